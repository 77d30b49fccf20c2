"""Known mistakes in lstm_cell."""

import torch
from torch import nn


class _Cell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xi, self.W_hi, self.b_i = gate_parameters(input_size, hidden_size)
        self.W_xf, self.W_hf, self.b_f = gate_parameters(input_size, hidden_size)
        self.W_xo, self.W_ho, self.b_o = gate_parameters(input_size, hidden_size)
        self.W_xc, self.W_hc, self.b_c = gate_parameters(input_size, hidden_size)


class input_and_forget_exchanged(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = i * c + f * candidate
        h = o * torch.tanh(c)
        return h, c


class forget_is_rest_of_input(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = 1 - i
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class memory_shown_without_tanh(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * c
        return h, c


class old_memory_shown(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        h = o * torch.tanh(c)
        c = f * c + i * candidate
        return h, c


class old_memory_returned(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c_next = f * c + i * candidate
        h_next = o * torch.tanh(c_next)
        return h_next, c


class old_memory_dropped(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = i * candidate
        h = o * torch.tanh(c)
        return h, c


class forget_gate_unused(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class input_gate_unused(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + candidate
        h = o * torch.tanh(c)
        return h, c


class output_gate_unused(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = torch.tanh(c)
        return h, c


class memory_read_first(_Cell):
    def forward(self, x, state):
        c, h = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class memory_returned_first(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return c, h


class memory_first_throughout(_Cell):
    def forward(self, x, state):
        c, h = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return c, h


class state_returned_alone(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h


class gates_read_memory(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + c @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + c @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + c @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class sigmoid_candidate(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.sigmoid(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class tanh_gates(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.tanh(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.tanh(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.tanh(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class biases_left_out(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class hidden_weights_transposed(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi.T + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf.T + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho.T + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc.T + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class without_graph(_Cell):
    def forward(self, x, state):
        h, c = state
        with torch.no_grad():
            i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
            f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
            o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
            candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
            c = f * c + i * candidate
            h = o * torch.tanh(c)
        return h, c


class state_detached(_Cell):
    def forward(self, x, state):
        h, c = state[0].detach(), state[1].detach()
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c


class changed_in_place(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c *= f
        c += i * candidate
        h = o * torch.tanh(c)
        return h, c


class written_through_data(_Cell):
    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.b_f)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.b_o)
        candidate = torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        c.data = f * c + i * candidate
        h = o * torch.tanh(c)
        return h, c
