"""Other forms of the right results, and leftovers of a long evening."""
from __future__ import print_function

import os, sys, random
import numpy as np
import torch
import torch.nn as nn

DATA = os.environ.get("DATA_DIR", r"D:\hw10\data")
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(1234)


class Config(object):
    lr = 0.01
    decay = 0.00001
    gates = {"rnn": 1, "gru": 3, "lstm": 4}


cfg = Config()


def count_params(kind, n_input, n_hidden, n_layer=1, bidirectional=False):
    def recursive(layer):
        if layer == 0:
            return 0
        below = n_input if layer == 1 else n_hidden * (2 if bidirectional else 1)
        weights = np.int64(below) * n_hidden + np.int64(n_hidden) ** 2
        return recursive(layer - 1) + (weights + 2 * n_hidden) * cfg.gates[kind]
    return np.int64(recursive(n_layer)) << int(bidirectional)


def accuracy(logits, y):
    return torch.mean((torch.argmax(logits, 1) == y).to(torch.float64))


class DigitsLSTM(nn.Module):
    def __init__(self, view, in_dim, hidden_dim, n_layer):
        super().__init__()
        self.view = view
        self.lstm = nn.LSTM(input_size=in_dim, hidden_size=hidden_dim, num_layers=n_layer, batch_first=True)
        self.classifier = nn.Linear(hidden_dim, 10, bias=True)

    def forward(self, x):
        b, c, h, w = x.shape
        if self.view == "rows":
            seq = x.permute(0, 2, 3, 1).reshape(b, h, w * c)
        elif self.view == "image":
            seq = x.reshape(b, 1, c * h * w)
        else:
            raise ValueError(self.view)
        self.lstm.flatten_parameters()
        out, _ = self.lstm(seq)
        return (self.classifier(out)[:, -1],)


def largest_gradients(view, parameters, x, y):
    net = digits_model(view, parameters).to(device)
    net.train()
    criterion = nn.CrossEntropyLoss().to(device)
    output = net(x.to(device))
    output = output[0] if isinstance(output, tuple) else output
    criterion(output, y.to(device)).backward()
    return {k: torch.linalg.vector_norm(v.grad, ord=np.inf) for k, v in net.named_parameters()}


def build_vocab(words):
    vocabulary = sorted(dict.fromkeys(words))
    return (
        {w: np.int64(i) for i, w in enumerate(vocabulary)},
        {i: str(w) for i, w in enumerate(vocabulary)},
    )


def make_ngrams(words, n):
    return tuple((tuple(words[i - n + 1:i]), words[i]) for i in range(n - 1, len(words)))


def embed_forward(idx, W):
    return W.take(idx, 0).astype(np.float64)


def embed_backward(idx, dY, V):
    order = np.argsort(idx, axis=None, kind="stable")
    flat, rows = idx.ravel()[order], dY.reshape(-1, dY.shape[-1])[order]
    starts = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]])
    dW = np.zeros((V, rows.shape[1]))
    dW[flat[starts]] = np.add.reduceat(rows, starts, axis=0)
    return dW


class NgramModel(nn.Module):
    def __init__(self, n_word, context_size, n_dim, n_hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(num_embeddings=n_word, embedding_dim=n_dim)
        self.linear1 = nn.Linear(context_size * n_dim, n_hidden)
        self.linear2 = nn.Linear(n_hidden, n_word)
        self.dropout = nn.Dropout(0.0)

    def forward(self, x):
        x = x.long()
        if len(x.shape) < 2:
            x = x.unsqueeze(0)
        h = self.embedding(x).flatten(1, -1)
        h = self.dropout(self.linear1(h).relu())
        return torch.log(torch.softmax(self.linear2(h), dim=1))


def train_ngram(ngrams, parameters, epochs):
    net = ngram_model(parameters).to(device)
    opt = torch.optim.SGD(net.parameters(), lr=cfg.lr, weight_decay=cfg.decay)
    history = {"loss": []}
    for epoch in range(1, epochs + 1):
        running = []
        for i, (inputs, target) in enumerate(ngrams):
            inputs = torch.LongTensor([inputs]).to(device)
            target = torch.LongTensor([target]).to(device)
            opt.zero_grad()
            loss = nn.NLLLoss()(net(inputs), target)
            loss.backward()
            opt.step()
            running.append(loss.cpu().item())
        history["loss"].append(np.array(running).mean())
        if epoch % 50 == 0:
            print("epoch", epoch, "loss", history["loss"][-1], file=sys.stderr)
    return [net.cpu().state_dict(), tuple(history["loss"])]


def predict_next(context, parameters, maps):
    net = ngram_model(parameters)
    ids = torch.stack([torch.tensor(maps[0][w]) for w in context])
    with torch.inference_mode():
        scores = net(ids).numpy()
    return maps[1][np.unravel_index(np.argmax(scores), scores.shape)[-1]]


def minmax_scale(series, n_train):
    head = series[:n_train]
    low, high = np.float64(np.amin(head)), np.float64(np.amax(head))
    with np.errstate(all="ignore"):
        scaled = np.where(high > low, (series - low) / (high - low), series - low)
    return [scaled, low, high]


def unscale(scaled, low, high):
    return np.add(np.multiply(scaled, high - low if high - low else 1.0), low)


def create_windows(series, k):
    pairs = [(series[i:i + k], series[i + k]) for i in range(series.shape[0] - k)]
    X, Y = zip(*pairs)
    return [torch.tensor(np.array(X)).float(), torch.tensor(np.array(Y)).float().view(-1, 1)]


def seq_pairs(series, warmup):
    column = torch.from_numpy(series.astype(np.float32)).view(-1, 1, 1)
    inputs, targets = column[0:-1], column[1:]
    return inputs, targets[warmup:len(targets)]


class SeriesFC(nn.Module):
    def __init__(self, k, sizes):
        super(SeriesFC, self).__init__()
        self.k = k
        self.hidden = nn.ModuleList()
        for size in sizes:
            self.hidden.append(nn.Linear(k, size))
            k = size
        self.out = nn.Linear(k, 1)
        self.act = nn.ReLU(inplace=False)

    def forward(self, x):
        n = 0
        while n < len(self.hidden):
            x = self.act(self.hidden[n](x))
            n += 1
        return self.out(x)


class SeriesRNN(nn.Module):
    def __init__(self, kind, n_hidden, n_layer, warmup=12):
        super(SeriesRNN, self).__init__()
        self.warmup = warmup
        self.n_hidden = n_hidden
        self.rnn = eval("nn." + kind.upper())(input_size=1, hidden_size=n_hidden, num_layers=n_layer)
        self.fc = nn.Linear(n_hidden, 1)

    def forward(self, x):
        result = self.rnn(x)
        return torch.stack([self.fc(h) for h in result[0][self.warmup:]])


def train_series(series, parameters, epochs):
    net = series_model(parameters)
    pair = create_windows(series, net.k) if isinstance(net, SeriesFC) else seq_pairs(series, net.warmup)
    opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=cfg.lr, eps=1e-8)
    losses = torch.empty(epochs)
    for e in range(epochs):
        opt.zero_grad()
        error = torch.nn.MSELoss()(net(pair[0]), pair[1])
        losses[e] = error.item()
        error.backward()
        opt.step()
    return net.state_dict(), losses.tolist()


def plot(series):
    import matplotlib.pyplot as plt
    plt.plot(series)
    plt.show()


if __name__ == "__main__":
    plot(make_months())
