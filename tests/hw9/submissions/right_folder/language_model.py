"""The model; `from corpus import *` as at home."""
from corpus import *
from math import exp, inf
import torch
from torch import nn
from networks import *

def to_onehot(X, n_class):
    return [nn.functional.one_hot(x, n_class).float() for x in X.long().T.contiguous()]

def perplexity(loss_sum, n):
    mean = loss_sum / n
    return exp(mean) if mean < 700 else inf

def grad_clipping(params, theta):
    with_gradient = [p for p in params if p.grad is not None]
    norm = torch.stack([p.grad.norm() for p in with_gradient]).norm()
    if norm > theta:
        for p in with_gradient:
            p.grad.mul_(theta / norm)

def get_params(kind, n_class, hidden):
    params = []
    for _ in range({"rnn": 1, "gru": 3, "lstm": 4}[kind]):
        params += triple(n_class, hidden)
    return params + [weight(hidden, n_class), nn.Parameter(torch.zeros(n_class))]

def init_state(kind, batch_size, hidden):
    H = torch.zeros(batch_size, hidden)
    return (H, torch.zeros_like(H)) if kind == "lstm" else (H,)

def rnn(inputs, state, params):
    *layer, W_hq, b_q = params
    H, outputs = state[0], []
    for X in inputs:
        H = step(X, H, layer)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H,)

def train_epoch(net, params, state, batches, lr, theta, reset):
    optimizer = torch.optim.SGD(params, lr)
    sums = []
    for X, Y in batches:
        state = tuple(torch.zeros_like(s) if reset else s.detach() for s in state)
        outputs, state = run(net, to_onehot(X, len(params[-1])), state, params)
        loss = nn.CrossEntropyLoss()(torch.cat(outputs), Y.T.flatten().long())
        optimizer.zero_grad()
        loss.backward()
        grad_clipping(params, theta)
        optimizer.step()
        sums.append((loss.item() * Y.numel(), Y.numel()))
    return params, state, perplexity(*map(sum, zip(*sums)))

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
    text = prefix[0]
    while len(text) < len(prefix) + n:
        X = torch.tensor([[char_to_idx[text[-1]]]])
        outputs, state = run(net, to_onehot(X, len(idx_to_char)), state, params)
        text += prefix[len(text)] if len(text) < len(prefix) else idx_to_char[outputs[0].argmax()]
    return text
