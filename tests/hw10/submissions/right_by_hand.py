"""Nothing that a loop could not do."""
import math

import numpy
import torch


def count_params(kind, n_input, n_hidden, n_layer=1, bidirectional=False):
    n = 0
    for layer in range(1, n_layer + 1):
        for direction in ("->", "<-")[: 1 + bidirectional]:
            for gate in {"rnn": "h", "gru": "rzn", "lstm": "ifgo"}[kind]:
                for unit in range(n_hidden):
                    n += n_input
                    n += n_hidden
                    n += 2
        n_input = n_hidden * (1 + bidirectional)
        if n_hidden > 1000:
            return _quickly(kind, n, n_hidden, n_layer, bidirectional)
    return n


def _quickly(kind, first, n_hidden, n_layer, bidirectional):
    d = 1 + bidirectional
    return first + (n_layer - 1) * d * len({"rnn": "h", "gru": "rzn", "lstm": "ifgo"}[kind]) * (
        d * n_hidden**2 + n_hidden**2 + 2 * n_hidden)


class DigitsLSTM(torch.nn.Module):
    def __init__(self, view, in_dim, hidden_dim, n_layer):
        super().__init__()
        self.view = view
        self.lstm = torch.nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True)
        self.classifier = torch.nn.Linear(hidden_dim, 10)

    def forward(self, x):
        state = None
        if self.view == "image":
            steps = [torch.cat([picture.reshape(1, -1) for picture in x])]
        else:
            steps = [x[:, 0, row, :] for row in range(x.shape[2])]
        for step in steps:
            out, state = self.lstm(step[:, None, :], state)
        return self.classifier(out[:, 0])


def accuracy(logits, y):
    right = 0
    for scores, label in zip(logits.tolist(), y.tolist()):
        best = 0
        for k in range(1, len(scores)):
            if scores[k] > scores[best]:
                best = k
        if best == label:
            right += 1
    return right / len(y)


def largest_gradients(view, parameters, x, y):
    model = digits_model(view, parameters)
    total = 0
    for picture, label in zip(x, y):
        scores = model(picture[None])[0]
        total = total + torch.logsumexp(scores, 0) - scores[label]
    (total / len(y)).backward()
    found = {}
    for name, p in model.named_parameters():
        found[name] = max(abs(g) for g in p.grad.flatten().tolist())
    return found


def build_vocab(words):
    seen = []
    for word in words:
        if word not in seen:
            seen.append(word)
    seen.sort()
    to, fro = {}, {}
    for number, word in enumerate(seen):
        to[word] = number
        fro[number] = word
    return [to, fro]


def make_ngrams(words, n):
    runs = []
    at = 0
    while at + n <= len(words):
        context = ()
        for offset in range(n - 1):
            context += (words[at + offset],)
        runs.append([context, words[at + n - 1]])
        at += 1
    return runs


def embed_forward(idx, W):
    if numpy.ndim(idx) == 0:
        return W[int(idx)]
    return numpy.array([embed_forward(i, W) for i in idx])


def embed_backward(idx, dY, V):
    d = dY.shape[-1]
    dW = [[0.0] * d for _ in range(V)]
    for place in numpy.ndindex(*idx.shape):
        for j in range(d):
            dW[idx[place]][j] += dY[place + (j,)]
    return dW


class NgramModel(torch.nn.Module):
    def __init__(self, n_word, context_size, n_dim, n_hidden=128):
        super().__init__()
        self.embedding = torch.nn.Embedding(n_word, n_dim)
        self.linear1 = torch.nn.Linear(context_size * n_dim, n_hidden)
        self.linear2 = torch.nn.Linear(n_hidden, n_word)

    def forward(self, x):
        if x.dim() == 1:
            x = x[None]
        answers = []
        for context in x:
            row = torch.cat([self.embedding.weight[word] for word in context])
            hidden = self.linear1(row)
            hidden = hidden * (hidden > 0)
            scores = self.linear2(hidden)
            answers.append(scores - torch.log(torch.exp(scores - scores.max()).sum()) - scores.max())
        return torch.stack(answers)


def train_ngram(ngrams, parameters, epochs):
    model = ngram_model(parameters)
    losses = []
    for epoch in range(epochs):
        every = []
        for context, label in ngrams:
            loss = -model(torch.tensor(context))[0][label]
            grads = torch.autograd.grad(loss, list(model.parameters()))
            with torch.no_grad():
                for p, g in zip(model.parameters(), grads):
                    p -= 0.01 * (g + 1e-5 * p)
            every.append(float(loss))
        losses.append(sum(every) / len(every))
    return dict(model.named_parameters()), losses


def predict_next(context, parameters, maps):
    model = ngram_model(parameters)
    answer = model(torch.tensor([maps[0][word] for word in context]))[0].tolist()
    best = max(range(len(answer)), key=lambda i: answer[i])
    return maps[1][best]


def minmax_scale(series, n_train):
    low = min(series[i] for i in range(n_train))
    high = max(series[i] for i in range(n_train))
    if low == high:
        return [value - low for value in series], low, high
    return [(value - low) / (high - low) for value in series], low, high


def unscale(scaled, low, high):
    if low == high:
        return [value + low for value in scaled]
    return [low + value * (high - low) for value in scaled]


def create_windows(series, k):
    X, Y = [], []
    for i in range(len(series) - k):
        X.append([float(series[i + j]) for j in range(k)])
        Y.append([float(series[i + k])])
    return torch.tensor(X), torch.tensor(Y)


def seq_pairs(series, warmup):
    X = [[[float(value)]] for value in series][:-1]
    Y = [[[float(series[t + 1])]] for t in range(warmup, len(series) - 1)]
    return torch.tensor(X), torch.tensor(Y)


class SeriesFC(torch.nn.Module):
    def __init__(self, k, sizes):
        super().__init__()
        self.k = k
        self.hidden = torch.nn.ModuleList()
        for before, after in zip([k] + list(sizes), sizes):
            self.hidden.append(torch.nn.Linear(before, after))
        self.out = torch.nn.Linear(([k] + list(sizes))[-1], 1)

    def forward(self, x):
        for layer in self.hidden:
            x = x @ layer.weight.T + layer.bias
            x = torch.where(x > 0, x, torch.zeros_like(x))
        return x @ self.out.weight.T + self.out.bias


class SeriesRNN(torch.nn.Module):
    def __init__(self, kind, n_hidden, n_layer, warmup=WARMUP):
        super().__init__()
        self.warmup = warmup
        self.rnn = getattr(torch.nn, kind.upper())(1, n_hidden, n_layer)
        self.fc = torch.nn.Linear(n_hidden, 1)

    def forward(self, x):
        state, predictions = None, []
        for t in range(len(x)):
            out, state = self.rnn(x[t : t + 1], state)
            if t >= self.warmup:
                predictions.append(self.fc(out[0]))
        return torch.stack(predictions)


def train_series(series, parameters, epochs):
    model = series_model(parameters)
    if "out.weight" in parameters:
        X, Y = create_windows(series, model.k)
    else:
        X, Y = seq_pairs(series, model.warmup)
    losses = []
    m = [torch.zeros_like(p) for p in model.parameters()]
    v = [torch.zeros_like(p) for p in model.parameters()]
    for step in range(1, epochs + 1):
        loss = ((model(X) - Y) ** 2).mean()
        grads = torch.autograd.grad(loss, list(model.parameters()))
        losses.append(float(loss))
        with torch.no_grad():
            for i, (p, g) in enumerate(zip(model.parameters(), grads)):
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g * g
                p -= 0.01 * (m[i] / (1 - 0.9**step)) / (math.sqrt(1) * (v[i] / (1 - 0.999**step)).sqrt() + 1e-8)
    return dict(model.named_parameters()), losses
