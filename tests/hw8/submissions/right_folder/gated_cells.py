import torch
from torch import nn


def gate_parameters(input_size, hidden_size):
    return (nn.Parameter(0.01 * torch.randn(input_size, hidden_size)),
            nn.Parameter(0.01 * torch.randn(hidden_size, hidden_size)),
            nn.Parameter(torch.zeros(hidden_size)))


def gru_step(x, h, p):
    z = torch.sigmoid(torch.mm(x, p[0]) + torch.mm(h, p[1]) + p[2])
    r = torch.sigmoid(torch.mm(x, p[3]) + torch.mm(h, p[4]) + p[5])
    new = torch.tanh(torch.mm(x, p[6]) + torch.mm(r * h, p[7]) + p[8])
    return z * h + (1 - z) * new


def gru(inputs, state, params):
    H = state[0]
    outputs = []
    for x in inputs:
        H = gru_step(x, H, params[:9])
        outputs.append(torch.addmm(params[10], H, params[9]))
    return outputs, (H,)


class GRUCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xz, self.W_hz, self.b_z = gate_parameters(input_size, hidden_size)
        self.W_xr, self.W_hr, self.b_r = gate_parameters(input_size, hidden_size)
        self.W_xh, self.W_hh, self.b_h = gate_parameters(input_size, hidden_size)

    def forward(self, x, h):
        params = [self.W_xz, self.W_hz, self.b_z, self.W_xr, self.W_hr, self.b_r,
                  self.W_xh, self.W_hh, self.b_h]
        return gru_step(x, h, params)


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xi, self.W_hi, self.b_i = gate_parameters(input_size, hidden_size)
        self.W_xf, self.W_hf, self.b_f = gate_parameters(input_size, hidden_size)
        self.W_xo, self.W_ho, self.b_o = gate_parameters(input_size, hidden_size)
        self.W_xc, self.W_hc, self.b_c = gate_parameters(input_size, hidden_size)

    def gate(self, x, h, w, u, b):
        return x.mm(w).add(h.mm(u)).add(b)

    def forward(self, x, state):
        h = state[0]
        c = state[1]
        i = self.gate(x, h, self.W_xi, self.W_hi, self.b_i).sigmoid()
        f = self.gate(x, h, self.W_xf, self.W_hf, self.b_f).sigmoid()
        o = self.gate(x, h, self.W_xo, self.W_ho, self.b_o).sigmoid()
        g = self.gate(x, h, self.W_xc, self.W_hc, self.b_c).tanh()
        c_new = c * f + g * i
        return [torch.tanh(c_new) * o, c_new]


def lstm(inputs, state, params):
    *p, W_hq, b_q = params
    gates = [p[k:k + 3] for k in range(0, 12, 3)]
    H, C = state
    Y = []
    for X in inputs:
        i, f, o, g = [X @ w + H @ u + b for w, u, b in gates]
        C = torch.sigmoid(f) * C + torch.sigmoid(i) * torch.tanh(g)
        H = torch.sigmoid(o) * torch.tanh(C)
        Y.append(H @ W_hq + b_q)
    return torch.stack(Y), (H, C)
