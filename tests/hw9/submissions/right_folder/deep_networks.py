import torch
from torch import nn
from language_model import to_onehot, perplexity
import networks

class RNNModel(nn.Module):
    def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.rnn = getattr(nn, kind.upper())(vocab_size, hidden_size, num_layers, bidirectional=bidirectional)
        self.dense = nn.Linear(hidden_size * (1 + int(bidirectional)), vocab_size)

    def forward(self, X, state):
        outputs, state = self.rnn(torch.stack(to_onehot(X, self.dense.out_features)), state)
        return self.dense(outputs).flatten(end_dim=1), state

def run_layer(inputs, H, layer):
    states = []
    for X in inputs:
        H = networks.step(X, H, layer)
        states.append(H)
    return states

def deep_rnn(inputs, states, layers):
    last = []
    for H, layer in zip(states, layers):
        inputs = run_layer(inputs, H, layer)
        last.append(inputs[-1])
    return inputs, last

def bi_rnn(inputs, forward, backward):
    H = inputs[0].new_zeros
    left = run_layer(inputs, H(len(inputs[0]), len(forward[2])), forward)
    right = run_layer(inputs[::-1], H(len(inputs[0]), len(backward[2])), backward)[::-1]
    return [torch.cat(pair, dim=1) for pair in zip(left, right)]

def step_perplexity(kind, parameters, indices):
    model, state, total = load_model(kind, parameters), None, 0.0
    for now, following in zip(indices[:-1], indices[1:]):
        scores, state = model(torch.tensor([now]).reshape(1, 1), state)
        total += nn.CrossEntropyLoss()(scores, torch.tensor([following])).item()
    return perplexity(total, len(indices) - 1)
