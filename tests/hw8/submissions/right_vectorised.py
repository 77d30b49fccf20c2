"""hw8, all in one file."""
import numpy as np
import torch
from torch import nn


def softmax(z):
    z = np.exp(z - np.max(z))
    return z / z.sum()


def clip(gradients, max_value):
    return {k: np.clip(g, -max_value, max_value) for k, g in gradients.items()}


def sample(parameters, char_to_ix, seed):
    Wax, Waa, Wya, b, by = (parameters[k] for k in ("Wax", "Waa", "Wya", "b", "by"))
    V, stop = len(by), char_to_ix["\n"]
    eye = np.eye(V)
    x, a, out = np.zeros((V, 1)), np.zeros_like(b), []
    while len(out) < 50 and stop not in out:
        a = np.tanh(Wax @ x + Waa @ a + b)
        p = softmax(Wya @ a + by)
        np.random.seed(seed + 2 * len(out))
        out.append(np.random.choice(V, p=p[:, 0]))
        x = eye[:, [out[-1]]]
    return out + [stop] * (len(out) == 50)


def rnn_step_forward(parameters, a_prev, x):
    p = parameters
    a = np.tanh(np.hstack([p["Wax"], p["Waa"]]) @ np.vstack([x, a_prev]) + p["b"])
    return a, softmax(p["Wya"] @ a + p["by"])


def rnn_step_backward(dy, gradients, parameters, x, a, a_prev):
    dz = (1 - a**2) * (parameters["Wya"].T @ dy + gradients["da_next"])
    share = {
        "dWya": np.outer(dy, a), "dby": dy,
        "dWax": np.outer(dz, x), "dWaa": np.outer(dz, a_prev), "db": dz,
    }
    new = {k: gradients[k] + v for k, v in share.items()}
    return new | {"da_next": parameters["Waa"].T @ dz}


def rnn_forward(X, Y, a0, parameters, vocab_size=27):
    none, eye = np.zeros((vocab_size, 1)), np.eye(vocab_size)
    x = {t: none if i is None else eye[:, [i]] for t, i in enumerate(X)}
    a, p = {-1: a0.copy()}, {}
    for t in x:
        a[t], p[t] = rnn_step_forward(parameters, a[t - 1], x[t])
    return -sum(np.log(p[t][i, 0]) for t, i in enumerate(Y)), (p, a, x)


def rnn_backward(X, Y, parameters, cache):
    y_hat, a, x = cache
    g = {"d" + k: np.zeros(v.shape) for k, v in parameters.items()}
    g["da_next"] = np.zeros(a[0].shape)
    V = len(y_hat[0])
    for t in range(len(X))[::-1]:
        g = rnn_step_backward(y_hat[t] - np.eye(V)[:, [Y[t]]], g, parameters, x[t], a[t], a[t - 1])
    return g, a


update_parameters = lambda parameters, gradients, lr: {k: parameters[k] - lr * gradients["d" + k] for k in parameters}


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, len(parameters["by"]))
    g = clip(rnn_backward(X, Y, parameters, cache)[0], 5)
    for k, v in update_parameters(parameters, g, learning_rate).items():
        parameters[k] = v
    return loss, g, cache[1][len(X) - 1]


class GRUCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        for gate in "zrh":
            w = nn.Parameter(torch.randn(input_size, hidden_size) * 0.01)
            u = nn.Parameter(torch.randn(hidden_size, hidden_size) * 0.01)
            c = nn.Parameter(torch.zeros(hidden_size))
            self.register_parameter("W_x" + gate, w)
            self.register_parameter("W_h" + gate, u)
            self.register_parameter("b_" + gate, c)

    def forward(self, x, h):
        W = torch.cat([self.W_xz, self.W_xr], 1)
        U = torch.cat([self.W_hz, self.W_hr], 1)
        b = torch.cat([self.b_z, self.b_r])
        z, r = torch.sigmoid(x @ W + h @ U + b).chunk(2, 1)
        n = torch.tanh(x @ self.W_xh + (r * h) @ self.W_hh + self.b_h)
        return n + z * (h - n)


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        for gate in "ifoc":
            self.register_parameter("W_x" + gate, nn.Parameter(torch.randn(input_size, hidden_size) * 0.01))
            self.register_parameter("W_h" + gate, nn.Parameter(torch.randn(hidden_size, hidden_size) * 0.01))
            self.register_parameter("b_" + gate, nn.Parameter(torch.zeros(hidden_size)))

    def forward(self, x, state):
        h, c = state
        i, f, o = (
            torch.sigmoid(x @ getattr(self, "W_x" + g) + h @ getattr(self, "W_h" + g) + getattr(self, "b_" + g))
            for g in "ifo"
        )
        c = f * c + i * torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        return o * c.tanh(), c


def gru(inputs, state, params):
    *p, W_hq, b_q = params
    (H,) = state
    Y = []
    for X in inputs:
        z = torch.sigmoid(X @ p[0] + H @ p[1] + p[2])
        r = torch.sigmoid(X @ p[3] + H @ p[4] + p[5])
        n = torch.tanh(X @ p[6] + (r * H) @ p[7] + p[8])
        H = torch.lerp(n, H, z)
        Y.append(torch.addmm(b_q, H, W_hq))
    return torch.stack(Y), (H,)


def lstm(inputs, state, params):
    *p, W_hq, b_q = params
    gates = [p[k:k + 3] for k in range(0, 12, 3)]
    H, C = state
    Y = []
    for X in inputs:
        i, f, o, g = [X @ w + H @ u + b for w, u, b in gates]
        C = torch.sigmoid(f) * C + torch.sigmoid(i) * torch.tanh(g)
        H = torch.sigmoid(o) * torch.tanh(C)
        Y.append(H @ W_hq + b_q)
    return torch.stack(Y), (H, C)


letter = "SE?abcdefghijklmnopqrstuvwxyz"
letter2idx = dict(zip(letter, range(29)))
n_class, n_step = 29, 5


def make_data(seq_data):
    n = max([n_step] + [len(w) for pair in seq_data for w in pair])
    enc, dec, out = [], [], []
    for src, tgt in seq_data:
        src, tgt = src.ljust(n, "?"), tgt.ljust(n, "?")
        enc.append([letter2idx[c] for c in src + "E"])
        dec.append([letter2idx[c] for c in "S" + tgt])
        out.append([letter2idx[c] for c in tgt + "E"])
    onehot = lambda rows: torch.nn.functional.one_hot(torch.tensor(rows), n_class).float()
    return onehot(enc), onehot(dec), torch.tensor(out)


class Seq2Seq(nn.Module):
    def __init__(self, n_class, n_hidden):
        super().__init__()
        self.encoder, self.decoder = nn.RNN(n_class, n_hidden), nn.RNN(n_class, n_hidden)
        self.fc = nn.Linear(n_hidden, n_class)

    def forward(self, enc_input, enc_hidden, dec_input):
        thought = self.encoder(enc_input.movedim(1, 0), enc_hidden)[1]
        return self.fc(self.decoder(dec_input.movedim(1, 0), thought)[0])


if __name__ == "__main__":
    from pathlib import Path

    names = Path("dinos.txt").read_text().lower().split("\n")
    chars = sorted(set("\n".join(names)))
    ix = {c: i for i, c in enumerate(chars)}
    rng = np.random.default_rng(0)
    sizes = dict(Wax=(50, 27), Waa=(50, 50), Wya=(27, 50))
    P = {k: 0.01 * rng.standard_normal(s) for k, s in sizes.items()}
    P |= dict(b=np.zeros((50, 1)), by=np.zeros((27, 1)))
    a = np.zeros((50, 1))
    for j in range(20_000):
        word = [ix[c] for c in names[j % len(names)]]
        loss, _, a = optimize([None, *word], [*word, ix["\n"]], a, P)
    for s in range(7):
        print("".join(chars[i] for i in sample(P, ix, s)), end="")
