"""Known mistakes in gru_cell."""

import torch
from torch import nn


class _Cell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xz, self.W_hz, self.b_z = gate_parameters(input_size, hidden_size)
        self.W_xr, self.W_hr, self.b_r = gate_parameters(input_size, hidden_size)
        self.W_xh, self.W_hh, self.b_h = gate_parameters(input_size, hidden_size)


class reset_after(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + r * (h @ self.W_hh) + self.b_h)
        return z * h + (1 - z) * candidate


class reset_after_with_bias(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + r * (h @ self.W_hh + self.b_h))
        return z * h + (1 - z) * candidate


class reset_acts_on_everything(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(r * (x @ self.W_xh + h @ self.W_hh + self.b_h))
        return z * h + (1 - z) * candidate


class reset_unused(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class reset_flipped(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + ((1 - r) * h) @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class reset_state_mixed_in(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        h = r * h
        candidate = torch.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class reset_copied_from_update(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class update_flipped(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return (1 - z) * h + z * candidate


class gates_exchanged(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (z * h) @ self.W_hh + self.b_h)
        return r * h + (1 - r) * candidate


class update_unused(_Cell):
    def forward(self, x, h):
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return candidate


class old_state_left_out(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return (1 - z) * candidate


class candidate_added_whole(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return z * h + candidate


class sigmoid_candidate(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.sigmoid(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class linear_candidate(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = x @ self.W_xh + (r * h) @ self.W_hh + self.b_h
        return z * h + (1 - z) * candidate


class tanh_gates(_Cell):
    def forward(self, x, h):
        z = torch.tanh(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.tanh(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class gates_without_state(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class biases_left_out(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh)
        return z * h + (1 - z) * candidate


class hidden_weights_transposed(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz.T + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr.T + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh.T + self.b_h)
        return z * h + (1 - z) * candidate


class without_graph(_Cell):
    def forward(self, x, h):
        with torch.no_grad():
            z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
            r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
            candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
            return z * h + (1 - z) * candidate


class state_detached(_Cell):
    def forward(self, x, h):
        h = h.detach()
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return z * h + (1 - z) * candidate


class changed_in_place(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        h *= z
        h += (1 - z) * candidate
        return h


class written_through_data(_Cell):
    def forward(self, x, h):
        z = torch.sigmoid(x @ self.W_xz + h @ self.W_hz + self.b_z)
        r = torch.sigmoid(x @ self.W_xr + h @ self.W_hr + self.b_r)
        candidate = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        h.data = z * h + (1 - z) * candidate
        return h
