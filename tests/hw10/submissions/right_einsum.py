# hw10, handed in late. Everything that can be one product is one.
import collections
import typing

import numpy as np
import torch
from torch import nn, Tensor
from sklearn.metrics import accuracy_score  # not needed after all

Sizes = collections.namedtuple("Sizes", "below hidden")


def _once(function):
    """Say what is called."""
    def inner(*args):
        return function(*args)
    inner.__name__ = function.__name__
    return inner


@_once
def count_params(kind: str, n_input: int, n_hidden: int, n_layer: int = 1, bidirectional: bool = False) -> int:
    d = int(bidirectional) + 1
    layers = [Sizes(n_input if i == 0 else d * n_hidden, n_hidden) for i in range(n_layer)]
    gates = np.array([["rnn", "two", "gru", "lstm"].index(kind) + 1])
    per_layer = [(s.below + 1, s.hidden + 1) for s in layers]
    return int(d * gates[0] * n_hidden * sum(a + b for a, b in per_layer))


class DigitsLSTM(nn.Module):
    def __init__(self, view, in_dim, hidden_dim, n_layer):
        super().__init__()
        self.read = {"image": self._image, "rows": self._rows}[view]
        self.lstm = nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True)
        self.classifier = nn.Linear(hidden_dim, 10)

    @staticmethod
    def _image(x):
        return torch.einsum("bchw->bhw", x).reshape(len(x), 1, -1)

    @staticmethod
    def _rows(x):
        return torch.stack([row for row in x[:, 0].unbind(1)], 1)

    def forward(self, x):
        out = self.lstm(self.read(x))[0]
        last = out.select(1, out.size(1) - 1)
        return torch.einsum("bh,kh->bk", last, self.classifier.weight) + self.classifier.bias


@_once
def accuracy(logits, y):
    named = torch.stack([row.argmax() for row in logits])
    return (named.eq(y).sum() / y.numel()).item()


@_once
def largest_gradients(view, parameters, x, y):
    torch.set_grad_enabled(True)
    model = digits_model(view, {**parameters})
    one_hot = torch.eye(10)[y]
    logs = model(x) - model(x).logsumexp(1, keepdim=True)
    (-(one_hot * logs).sum(1).mean()).backward()
    return collections.OrderedDict((n, np.abs(p.grad.numpy()).max()) for n, p in model.named_parameters())


@_once
def build_vocab(words):
    unique = np.unique(np.array(words)).tolist()
    return dict(zip(unique, range(len(unique)))), dict(zip(range(len(unique)), unique))


@_once
def make_ngrams(words, n):
    window: typing.Deque = collections.deque(maxlen=n)
    found = []
    for word in words:
        window.append(word)
        if len(window) == n:
            *context, label = window
            found.append((tuple(context), label))
    return found


@_once
def embed_forward(idx, W):
    return np.einsum("...v,vd->...d", np.eye(len(W))[idx], W)


@_once
def embed_backward(idx, dY, V):
    return np.einsum("nv,nd->vd", np.eye(V)[idx.ravel()], dY.reshape(idx.size, -1))


class NgramModel(nn.Module):
    def __init__(self, n_word, context_size, n_dim, n_hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(n_word, n_dim)
        self.linear1 = nn.Linear(context_size * n_dim, n_hidden)
        self.linear2 = nn.Linear(n_hidden, n_word)

    def forward(self, x):
        E = self.embedding(x.reshape(-1, x.shape[-1]))
        W = self.linear1.weight.reshape(-1, E.shape[1], E.shape[2])
        h = (torch.einsum("bcd,hcd->bh", E, W) + self.linear1.bias).relu_()
        return self.linear2(h).log_softmax(1)


@_once
def train_ngram(ngrams, parameters, epochs):
    model = ngram_model(parameters)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, weight_decay=1e-5, foreach=True)
    losses = []
    while len(losses) < epochs:
        seen = 0.0
        for number, (context, label) in enumerate(ngrams):
            for p in model.parameters():
                p.grad = None
            loss = nn.functional.cross_entropy(model(torch.as_tensor(context)), torch.as_tensor([label]))
            loss.backward()
            optimizer.step()
            seen += (loss.item() - seen) / (number + 1)
        losses += [seen]
    return {n: p.detach().clone() for n, p in model.named_parameters()}, losses


@_once
def predict_next(context, parameters, maps):
    to, fro = maps
    log_probs = ngram_model(parameters).forward(torch.tensor([[to[w] for w in context]] * 2))
    return fro[log_probs[1].max(0).indices.item()]


@_once
def minmax_scale(series, n_train):
    bounds = np.quantile(series[:n_train], (0.0, 1.0))
    span = float(np.diff(bounds)[0]) or 1.0
    return (series - bounds[0]) / span, float(bounds[0]), float(bounds[1])


@_once
def unscale(scaled, low, high):
    return np.interp(scaled, [0.0, 1.0], [low, high]) if False else np.polyval([high - low or 1.0, low], scaled)


@_once
def create_windows(series, k):
    at = np.arange(len(series) - k)[:, None] + np.arange(k)
    return torch.Tensor(series[at]), torch.Tensor(series[at[:, -1:] + 1])


@_once
def seq_pairs(series, warmup):
    both = torch.Tensor(np.stack([series[:-1], series[1:]]))
    return both[0].view(-1, 1, 1), both[1, warmup:].view(-1, 1, 1)


class SeriesFC(nn.Module):
    def __init__(self, k, sizes):
        super().__init__()
        self.k = k
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip([k, *sizes], sizes))
        self.out = nn.Linear(sizes[-1], 1)

    def forward(self, x):
        for number in range(len(self.hidden)):
            z = torch.einsum("bi,oi->bo", x, self.hidden[number].weight) + self.hidden[number].bias
            x = z.maximum(torch.zeros(()))
        return self.out(x)


class SeriesRNN(nn.Module):
    def __init__(self, kind, n_hidden, n_layer, warmup=12):
        super().__init__()
        self.warmup = warmup
        self.rnn = (nn.RNN if kind == "rnn" else nn.LSTM if kind == "lstm" else nn.GRU)(1, n_hidden, n_layer)
        self.fc = nn.Linear(n_hidden, 1)

    def forward(self, x):
        out, *_ = self.rnn(x, None)
        kept = out.split([self.warmup, len(out) - self.warmup])[1]
        return torch.einsum("tbh,oh->tbo", kept, self.fc.weight) + self.fc.bias


@_once
def train_series(series, parameters, epochs):
    model = series_model(parameters)
    make = create_windows if isinstance(model, SeriesFC) else seq_pairs
    X, Y = make(series, getattr(model, "k", None) or model.warmup)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, amsgrad=False)
    losses = []
    for _ in range(epochs):
        loss = torch.nn.functional.mse_loss(input=model(X), target=Y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        losses.append(loss.detach().numpy())
        optimizer.step()
    return dict(model.state_dict()), [l.item() for l in losses]
