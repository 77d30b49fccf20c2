import torch
from torch import nn

def weight(*size):
    return nn.Parameter(0.01 * torch.randn(size))

def triple(n_class, hidden):
    return [weight(n_class, hidden), weight(hidden, hidden), nn.Parameter(torch.zeros(hidden))]

def step(X, H, layer):
    W_xh, W_hh, b_h = layer
    return torch.tanh(X @ W_xh + H @ W_hh + b_h)
