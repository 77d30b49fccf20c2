import itertools as it, functools as ft
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

count_params = lambda kind, n_input, n_hidden, n_layer=1, bidirectional=False: (1 + bidirectional) * {"r": 1, "g": 3, "l": 4}[kind[0]] * n_hidden * (
    n_input + (n_layer - 1) * (1 + bidirectional) * n_hidden + n_layer * (n_hidden + 1))


class DigitsLSTM(nn.Module):
    def __init__(s, view, in_dim, hidden_dim, n_layer):
        super().__init__()
        s.in_dim = in_dim
        s.lstm, s.classifier = nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True), nn.Linear(hidden_dim, 10)

    def forward(s, x):
        return s.classifier(s.lstm(x.flatten(1).unflatten(1, (-1, s.in_dim)))[1][0][-1])


accuracy = lambda logits, y: (logits.argmax(0) == y).double().mean()


def largest_gradients(view, parameters, x, y):
    m = digits_model(view, parameters)
    ps = dict(m.named_parameters())
    gs = torch.autograd.grad(F.nll_loss(F.log_softmax(m(x), -1), y), list(ps.values()))
    return {n: g.norm(float("inf")) for n, g in zip(ps, gs)}


def build_vocab(words):
    i2w = dict(enumerate(sorted({*words})))
    return dict(map(reversed, i2w.items())), i2w


make_ngrams = lambda words, n: [(run[:-1], run[-1]) for run in zip(*(words[i:] for i in range(n)))]
embed_forward = lambda idx, W: (np.arange(len(W)) == np.asarray(idx)[..., None]) @ W
embed_backward = lambda idx, dY, V: np.eye(V)[idx.ravel()].T @ dY.reshape(idx.size, -1)


class NgramModel(nn.Module):
    def __init__(s, n_word, context_size, n_dim, n_hidden=128):
        super().__init__()
        s.embedding, s.linear1, s.linear2 = nn.Embedding(n_word, n_dim), nn.Linear(context_size * n_dim, n_hidden), nn.Linear(n_hidden, n_word)

    forward = lambda s, x: s.linear2(s.linear1(s.embedding(torch.atleast_2d(x)).flatten(1)).clamp_min(0)).log_softmax(-1)


def train_ngram(ngrams, parameters, epochs):
    m = ngram_model(parameters)
    o = torch.optim.SGD(m.parameters(), 1e-2, weight_decay=1e-5)

    def step(run):
        l = F.nll_loss(m(torch.tensor(run[0])), torch.tensor(run[1:]))
        l.backward(); o.step()
        return l.item()

    losses = np.array([np.mean([step(run) for run in ngrams]) for _ in range(epochs)])
    return m.state_dict(), losses.tolist()


predict_next = lambda context, parameters, maps: maps[1][ngram_model(parameters)(torch.tensor([*map(maps[0].get, context)])).argmax().item()]


def minmax_scale(series, n_train):
    a, b = np.sort(series[:n_train])[[0, -1]]
    return (series - a) / (b - a or 1), a, b


unscale = lambda scaled, low, high: scaled * (high - low or 1) + low
t32 = ft.partial(torch.as_tensor, dtype=torch.float32)
create_windows = lambda series, k: (t32(np.lib.stride_tricks.sliding_window_view(series, k)[:-1].copy()), t32(series[k:])[:, None])
seq_pairs = lambda series, warmup: (t32(series[:-1])[:, None, None], t32(series[1:])[:, None, None])


class SeriesFC(nn.Module):
    def __init__(s, k, sizes):
        super().__init__()
        s.k, s.hidden = k, nn.ModuleList(it.starmap(nn.Linear, it.pairwise([k, *sizes])))
        s.out = nn.Linear([k, *sizes][-1], 1)

    forward = lambda s, x: s.out(ft.reduce(lambda h, f: F.relu(f(h)), s.hidden, x))


class SeriesRNN(nn.Module):
    def __init__(s, kind, n_hidden, n_layer, warmup=12):
        super().__init__()
        s.warmup, s.rnn, s.fc = warmup, dict(rnn=nn.RNN, lstm=nn.LSTM, gru=nn.GRU)[kind](1, n_hidden, n_layer), nn.Linear(n_hidden, 1)

    forward = lambda s, x: s.fc(s.rnn(x[s.warmup:])[0])


def train_series(series, parameters, epochs):
    m, losses = series_model(parameters), []
    x, y = create_windows(series, m.k) if hasattr(m, "k") else seq_pairs(series, m.warmup)
    o = torch.optim.Adam(m.parameters(), 1e-2)

    def closure():
        o.zero_grad(set_to_none=False)
        l = (m(x) - y).square().mean()
        l.backward()
        losses.append(l.item())
        return l

    for _ in range(epochs):
        o.step(closure)
    return dict(m.named_parameters()), losses
