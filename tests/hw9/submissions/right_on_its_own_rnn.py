# Deep and bidirectional networks built on rnn; linear layers for products; recursion for loops.
import math
import torch
from torch import nn, Tensor
import torch.nn.functional as F
from typing import List, Tuple

def load_corpus(text, n):
    text = " ".join(text.split("\n"))
    text = " ".join(text.split("\r"))
    text = text if n >= len(text) else text[:n]
    vocab = list(set(text))
    vocab.sort(key=ord)
    char_to_idx = dict(zip(vocab, range(len(vocab))))
    return tuple(char_to_idx[c] for c in text), char_to_idx, tuple(vocab), len(vocab)

def data_iter_random(indices, batch_size, num_steps, seed):
    before = torch.get_rng_state()
    torch.manual_seed(seed)
    order = torch.argsort(torch.rand((len(indices) - 1) // num_steps))
    torch.set_rng_state(before)
    batch = []
    for k in order:
        s = int(k) * num_steps
        batch.append(indices[s:s + num_steps + 1])
        if len(batch) == batch_size:
            both = torch.tensor(batch)
            yield both[:, :num_steps], both[:, 1:]
            batch = []

def data_iter_consecutive(indices, batch_size, num_steps):
    length = len(indices) // batch_size
    strips = [indices[k * length:(k + 1) * length] for k in range(batch_size)]
    for at in range(0, length - num_steps, num_steps):
        yield (torch.tensor([strip[at:at + num_steps] for strip in strips]),
               torch.tensor([strip[at + 1:at + num_steps + 1] for strip in strips]))

def to_onehot(X, n_class):
    out = torch.zeros(X.shape[1], X.shape[0], n_class)
    out.scatter_(2, X.T.long().unsqueeze(-1), 1.0)
    return list(out.unbind())

def perplexity(loss_sum, n):
    try:
        return math.pow(math.e, loss_sum / n)
    except OverflowError:
        return float("inf")

def grad_clipping(params, theta):
    found, squares = [], 0.0
    for p in params:
        if p.grad is None: continue
        found.append(p.grad)
        squares = squares + torch.sum(p.grad * p.grad)
    norm = torch.sqrt(squares)
    factor = torch.clamp(theta / norm, max=1.0)
    with torch.no_grad():
        for g in found:
            g.copy_(factor * g)

class Params(nn.ParameterList):
    pass

def get_params(kind, n_class, hidden):
    sizes = [(n_class, hidden), (hidden, hidden), hidden] * (1 if kind == "rnn" else 3 if kind == "gru" else 4) + [(hidden, n_class), n_class]
    return Params([nn.Parameter(torch.zeros(s) if isinstance(s, int) else torch.randn(*s) / 100) for s in sizes])

def init_state(kind, batch_size, hidden):
    state = torch.zeros(2 if kind == "lstm" else 1, batch_size, hidden)
    return tuple(state)

def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    if len(inputs) == 0:
        return [], tuple(state)
    H = torch.tanh(F.linear(inputs[0], W_xh.T, b_h) + F.linear(state[0], W_hh.T))
    rest, last = rnn(inputs[1:], (H,), params)
    return [F.linear(H, W_hq.T, b_q)] + rest, last

def train_epoch(net, params, state, batches, lr, theta, reset):
    params = list(params)
    totals = torch.zeros(2, dtype=torch.float64)
    for X, Y in batches:
        start = []
        for part in state:
            start.append(torch.zeros_like(part) if reset else part.data)
        inputs = to_onehot(X, params[-1].shape[0])
        outputs, state = run(net, inputs, tuple(start), params)
        pairs = zip(outputs, Y.T.long())
        loss = torch.stack([F.cross_entropy(y_hat, y) for y_hat, y in pairs]).mean()
        for p in params: p.grad = None
        loss.backward()
        grad_clipping(iter(params), theta)
        params = [nn.Parameter(p.detach() - lr * p.grad) for p in params]
        totals += torch.tensor([loss.item() * Y.numel(), Y.numel()], dtype=torch.float64)
    return params, tuple(s.detach() for s in state), perplexity(totals[0].item(), totals[1].item())

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
    X = torch.tensor([[char_to_idx[c] for c in prefix]])
    outputs, state = run(net, to_onehot(X, len(idx_to_char)), state, params)
    text = prefix
    for _ in range(n):
        best = max(range(len(idx_to_char)), key=lambda k: outputs[-1][0, k].item())
        text += idx_to_char[best]
        outputs, state = run(net, to_onehot(torch.tensor([[best]]), len(idx_to_char)), state, params)
    return text

class RNNModel(nn.Module):
    def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.kind, self.vocab_size = kind, vocab_size
        args = vocab_size, hidden_size, num_layers
        if kind == "rnn": self.rnn = nn.RNN(*args, bidirectional=bidirectional)
        elif kind == "gru": self.rnn = nn.GRU(*args, bidirectional=bidirectional)
        else: self.rnn = nn.LSTM(*args, bidirectional=bidirectional)
        self.dense = nn.Linear(hidden_size * [1, 2][bidirectional], vocab_size)

    def begin_state(self, batch):
        directions = 2 if self.rnn.bidirectional else 1
        H = torch.zeros(self.rnn.num_layers * directions, batch, self.rnn.hidden_size)
        return (H, H) if self.kind == "lstm" else H

    def forward(self, X, state):
        if state is None:
            state = self.begin_state(X.shape[0])
        out, state = self.rnn(F.one_hot(X.T.long(), self.vocab_size).to(torch.float32), state)
        return self.dense(out.reshape((-1, out.shape[-1]))), state

def as_states(inputs, H, layer):
    width = len(layer[2])
    states, (last,) = rnn(list(inputs), (H,), [*layer, torch.eye(width), torch.zeros(width)])
    return states, last

def deep_rnn(inputs, states, layers):
    if not len(layers):
        return list(inputs), []
    outputs, first = as_states(inputs, states[0], layers[0])
    outputs, rest = deep_rnn(outputs, states[1:], layers[1:])
    return outputs, [first] + rest

def bi_rnn(inputs, forward, backward):
    start = [torch.zeros(inputs[0].shape[0], layer[1].shape[1]) for layer in (forward, backward)]
    there, _ = as_states(inputs, start[0], forward)
    back, _ = as_states(list(reversed(inputs)), start[1], backward)
    back.reverse()
    for f, b in zip(there, back):
        yield torch.cat((f, b), -1)

def step_perplexity(kind, parameters, indices):
    model = load_model(kind, parameters)
    def losses(at, state):
        scores, state = model(torch.tensor([[indices[at]]]), state)
        loss = F.cross_entropy(scores, torch.tensor([indices[at + 1]])).item()
        return loss if at + 2 == len(indices) else loss + losses(at + 1, state)
    return perplexity(losses(0, None), len(indices) - 1)
