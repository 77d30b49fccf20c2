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


def update_parameters(parameters, gradients, lr):
    return {k: v - lr * gradients["d" + k] for k, v in parameters.items()}


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, len(parameters["by"]))
    g = clip(rnn_backward(X, Y, parameters, cache)[0], 5)
    for k, v in update_parameters(parameters, g, learning_rate).items():
        parameters[k] = v
    return loss, g, cache[1][len(X) - 1]


def gate_parameters(input_size, hidden_size):
    return (nn.Parameter(0.01 * torch.randn(input_size, hidden_size)),
            nn.Parameter(0.01 * torch.randn(hidden_size, hidden_size)),
            nn.Parameter(torch.zeros(hidden_size)))


class GRUCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xz, self.W_hz, self.b_z = gate_parameters(input_size, hidden_size)
        self.W_xr, self.W_hr, self.b_r = gate_parameters(input_size, hidden_size)
        self.W_xh, self.W_hh, self.b_h = gate_parameters(input_size, hidden_size)

    def forward(self, x, h):
        update = torch.sigmoid(x.matmul(self.W_xz) + h.matmul(self.W_hz) + self.b_z)
        reset = torch.sigmoid(x.matmul(self.W_xr) + h.matmul(self.W_hr) + self.b_r)
        proposal = torch.tanh(x.matmul(self.W_xh) + reset * h.matmul(self.W_hh) + self.b_h)
        return update * h + (1 - update) * proposal


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_xi, self.W_hi, self.b_i = gate_parameters(input_size, hidden_size)
        self.W_xf, self.W_hf, self.b_f = gate_parameters(input_size, hidden_size)
        self.W_xo, self.W_ho, self.b_o = gate_parameters(input_size, hidden_size)
        self.W_xc, self.W_hc, self.b_c = gate_parameters(input_size, hidden_size)

    def forward(self, x, state):
        h, c = state
        write = torch.sigmoid(x.matmul(self.W_xi) + h.matmul(self.W_hi) + self.b_i)
        keep = torch.sigmoid(x.matmul(self.W_xf) + h.matmul(self.W_hf) + self.b_f)
        show = torch.sigmoid(x.matmul(self.W_xo) + h.matmul(self.W_ho) + self.b_o)
        proposal = torch.tanh(x.matmul(self.W_xc) + h.matmul(self.W_hc) + self.b_c)
        memory = keep * c + write * proposal
        return show * torch.tanh(memory), memory


def gru(inputs, state, params):
    Wz, Uz, cz, Wr, Ur, cr, Wn, Un, cn, Wo, co = params
    h, = state
    ys = []
    for x in inputs:
        update = torch.sigmoid(x.matmul(Wz) + h.matmul(Uz) + cz)
        reset = torch.sigmoid(x.matmul(Wr) + h.matmul(Ur) + cr)
        proposal = torch.tanh(x.matmul(Wn) + reset * h.matmul(Un) + cn)
        h = update * h + (1 - update) * proposal
        ys.append(h.matmul(Wo) + co)
    return ys, (h,)


def lstm(inputs, state, params):
    Wi, Ui, ci, Wf, Uf, cf, Wo, Uo, co, Wg, Ug, cg, Wy, cy = params
    h, memory = state
    ys = []
    for x in inputs:
        write = torch.sigmoid(x.matmul(Wi) + h.matmul(Ui) + ci)
        keep = torch.sigmoid(x.matmul(Wf) + h.matmul(Uf) + cf)
        show = torch.sigmoid(x.matmul(Wo) + h.matmul(Uo) + co)
        proposal = torch.tanh(x.matmul(Wg) + h.matmul(Ug) + cg)
        memory = keep * memory + write * proposal
        h = show * torch.tanh(memory)
        ys.append(h.matmul(Wy) + cy)
    return ys, (h, memory)


letter = list('SE?' + 'abcdefghijklmnopqrstuvwxyz')
letter2idx = dict(zip(letter, range(29)))
n_class = 29
n_step = 5


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
