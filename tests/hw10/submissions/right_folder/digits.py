import torch
from torch import nn
from torch.func import functional_call

from shared import chunks

GATES = dict(rnn=1, gru=3, lstm=4)


def _layer(gates, below, hidden):
    shapes = [(gates * hidden, below), (gates * hidden, hidden), (gates * hidden,), (gates * hidden,)]
    total = 0
    for shape in shapes:
        size = 1
        for side in shape:
            size *= side
        total += size
    return total


def count_params(kind, n_input, n_hidden, n_layer=1, bidirectional=False):
    both = [1, 2][bool(bidirectional)]
    sizes = [n_input] + [both * n_hidden] * (n_layer - 1)
    return sum(both * _layer(GATES[kind], below, n_hidden) for below in sizes)


class DigitsLSTM(nn.Module):
    def __init__(self, view, in_dim, hidden_dim, n_layer):
        super().__init__()
        self.view, self.in_dim = view, in_dim
        self.lstm = nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True)
        self.classifier = nn.Linear(hidden_dim, 10)

    def sequence(self, x):
        return x.contiguous().view(x.size(0), -1, self.in_dim)

    def forward(self, x):
        h0 = torch.zeros(self.lstm.num_layers, x.size(0), self.lstm.hidden_size, dtype=x.dtype)
        _, (h_n, c_n) = self.lstm(self.sequence(x), (h0, h0.clone()))
        return self.classifier(h_n[self.lstm.num_layers - 1])


def accuracy(logits, y):
    best = torch.topk(logits, 1, dim=1).indices.squeeze(1)
    ties = logits == logits.max(dim=1, keepdim=True).values
    best = ties.int().argmax(dim=1)
    return 1 - torch.count_nonzero(best - y).item() / best.numel()


def largest_gradients(view, parameters, x, y):
    model = digits_model(view, parameters)
    leaves = {name: value.detach().clone().requires_grad_() for name, value in parameters.items()}
    loss = nn.CrossEntropyLoss()(functional_call(model, leaves, (x,)), y)
    grads = torch.autograd.grad(loss, tuple(leaves.values()))
    return {name: float(torch.max(g.max(), -g.min())) for name, g in zip(leaves, grads)}
