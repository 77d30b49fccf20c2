#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Everything in one file. Do not run it: the training below was for Python 2."""
import sys
import numpy as np
import torch
from torch import nn
from d2lzh_pytorch import load_data_jay_lyrics

reload(sys)
sys.setdefaultencoding("utf-8")

data = open("../input/dinos.txt").read().lower()
chars = list(set(data))
char_to_ix = {c: i for i, c in enumerate(chars)}
ix_to_char = {i: c for i, c in enumerate(chars)}


# 1. simple network

def srn_forward(X, w, U, act="tanh"):
    f = {"linear": lambda z: z, "tanh": np.tanh}[act]
    h = [0, 0]
    H = []
    for row in X.tolist():
        h = [f(w[0] * row[0] + w[2] * row[1] + U[1] * h[0] + U[3] * h[1]),
             f(w[1] * row[0] + w[3] * row[1] + U[0] * h[0] + U[2] * h[1])]
        H.append(h)
    Y = [[w[4] * h1 + w[6] * h2, w[5] * h1 + w[7] * h2] for h1, h2 in H]
    return Y, H


def srn_cell(Wx, Uh, Vy, X):
    cell = nn.RNNCell(Wx.shape[1], Wx.shape[0])
    cell.load_state_dict({"weight_ih": Wx, "weight_hh": Uh, "bias_ih": Wx[:, 0] * 0, "bias_hh": Uh[0] * 0})
    H = []
    for x in X:
        H.append(cell(x, H[-1] if H else None))
    H = torch.stack(H)
    return torch.einsum("qh,sbh->sbq", Vy, H), H


def srn_rnn(Wx, Uh, Vy, X):
    layer = nn.RNN(Wx.shape[1], Wx.shape[0], batch_first=True)
    for p in layer.parameters():
        p.data.fill_(0)
    layer.weight_ih_l0.data += Wx
    layer.weight_hh_l0.data += Uh
    H = layer(X.transpose(0, 1))[0].transpose(0, 1)
    return H.matmul(Vy.t()), H


# 2. addition

sigmoid = lambda x: 1. / (1. + np.exp(-x))


def int_to_bits(n, dim=8):
    return [int(d) for d in bin(n)[2:].rjust(dim, "0")]


def bits_to_int(bits):
    return sum(2 ** i for i, bit in enumerate(bits[::-1]) if bit)


def binadd_forward(a, b, U, W, V):
    h = np.zeros(len(W))
    hs, os = [h], []
    for x in list(zip(a, b))[::-1]:
        h = sigmoid(np.dot(x, U) + np.dot(h, W))
        hs.append(h)
        os.append(sigmoid(np.dot(h, V)))
    return np.array(hs), np.array(os)


def binadd_backward(a, b, c, hs, os, U, W, V):
    hs = np.reshape(hs, (len(c) + 1, -1))
    os = np.reshape(os, (len(c), 1))
    x = np.stack([a, b], 1)[::-1]
    y = np.reshape(c, (-1, 1))[::-1]
    do = (os - y) * os * (1 - os)
    dz = np.zeros_like(hs)
    for t in range(len(c) - 1, -1, -1):
        later = dz[t + 1] if t + 1 < len(c) else 0 * hs[0]
        dz[t] = (V @ do[t] + W @ later) * hs[t + 1] * (1 - hs[t + 1])
    return x.T @ dz[:-1], hs[:-1].T @ dz[:-1], hs[1:].T @ do


def binadd_train(pairs, U, W, V, lr, dim=8):
    weights = [U, W, V]
    for p, q in pairs:
        bits = [int_to_bits(n, dim) for n in (p, q, p + q)]
        run = binadd_forward(bits[0], bits[1], *weights)
        for weight, slope in zip(weights, binadd_backward(*bits, *run, *weights)):
            weight -= lr * slope
    return weights


# 3. names

def softmax(x):
    return np.exp(x) / np.exp(x).sum()


def clip(gradients, maxValue):
    dWax, dWaa, dWya = gradients["dWax"], gradients["dWaa"], gradients["dWya"]
    db, dby = gradients["db"], gradients["dby"]
    for gradients in [dWax, dWaa, dWya, db, dby]:
        np.clip(gradients, -maxValue, maxValue, out=gradients)
    gradients = {"dWaa": dWaa, "dWax": dWax, "dWya": dWya, "db": db, "dby": dby}
    return gradients


def sample(parameters, char_to_ix, seed):
    x = np.zeros_like(parameters["by"])
    a = np.zeros_like(parameters["b"])
    indices = []
    while True:
        a, y = rnn_step_forward(parameters, a, x)
        y /= y.sum()
        np.random.seed(seed)
        seed += 2
        indices.append(np.random.choice(len(y), 1, p=y.reshape(-1)).item())
        x = (np.arange(len(y)) == indices[-1]).astype(float)[:, None]
        if indices[-1] == char_to_ix["\n"]:
            return indices
        if len(indices) == 50:
            return indices + [char_to_ix["\n"]]


def rnn_step_forward(parameters, a_prev, x):
    a = np.tanh(parameters["Wax"].dot(x) + parameters["Waa"].dot(a_prev) + parameters["b"])
    return a, softmax(parameters["Wya"].dot(a) + parameters["by"])


def rnn_step_backward(dy, gradients, parameters, x, a, a_prev):
    d = dict(gradients)
    dz = (1 - a) * (1 + a) * (parameters["Wya"].T.dot(dy) + d["da_next"])
    d["dWya"] = d["dWya"] + dy * a.T
    d["dby"] = d["dby"] + dy
    d["dWax"] = d["dWax"] + dz * x.T
    d["dWaa"] = d["dWaa"] + dz * a_prev.T
    d["db"] = d["db"] + dz
    d["da_next"] = parameters["Waa"].T.dot(dz)
    d["dxt"] = parameters["Wax"].T.dot(dz)
    return d


def rnn_forward(X, Y, a0, parameters, vocab_size=27):
    x, a, y_hat, loss = {}, {-1: a0}, {}, 0
    for t, (now, then) in enumerate(zip(X, Y)):
        x[t] = np.zeros((vocab_size, 1))
        if now is not None:
            x[t][now] = 1
        a[t], y_hat[t] = rnn_step_forward(parameters, a[t - 1], x[t])
        loss -= np.log(float(y_hat[t][then].item()))
    return loss, (y_hat, a, x)


def rnn_backward(X, Y, parameters, cache):
    y_hat, a, x = cache
    gradients = {"d" + k: np.zeros_like(v) for k, v in parameters.items()}
    gradients["da_next"] = np.zeros_like(parameters["b"])
    for t in reversed(range(len(X))):
        dy = y_hat[t] - np.eye(len(y_hat[t]))[:, Y[t]:Y[t] + 1]
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a


def update_parameters(parameters, gradients, lr):
    for k in parameters:
        np.subtract(parameters[k], lr * gradients["d" + k], out=parameters[k])
    return parameters


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, parameters["Wya"].shape[0])
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    prameters = update_parameters(parameters, gradients, learning_rate)
    return loss, gradients, a[len(X) - 1]


smooth = lambda loss, cur_loss: loss + (cur_loss - loss) / 1000


def get_initial_loss(vocab_size, seq_length):
    return -sum([np.log(1 / vocab_size)] * seq_length)


def get_sample(sample_ix, ix_to_char):
    txt = ""
    for i in sample_ix:
        txt += ix_to_char[i] if txt else ix_to_char[i].upper()
    return txt


def initialize_parameters(n_a, n_x, n_y):
    np.random.seed(1)
    Wax, Waa, Wya = [np.random.randn(*s) * 0.01 for s in ((n_a, n_x), (n_a, n_a), (n_y, n_a))]
    return dict(Wax=Wax, Waa=Waa, Wya=Wya, b=np.zeros((n_a, 1)), by=np.zeros((n_y, 1)))


def model(names, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27):
    names = names[:]
    np.random.seed(0)
    np.random.shuffle(names)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    state = np.zeros((n_a, 1))
    losses = [get_initial_loss(vocab_size, dino_names)]
    for j in range(num_iterations):
        word = [char_to_ix[c] for c in names[j % len(names)] + "\n"]
        loss, _, state = optimize([None] + word[:-1], word, state, parameters)
        losses.append(smooth(losses[-1], loss))
    return parameters, np.array(losses[1:])


# 4. ohlol

def hello_encode(word):
    x = torch.zeros(len(word), 1, 4)
    return x.scatter_(2, torch.tensor(["ehlo".index(c) for c in word]).view(-1, 1, 1), 1)


def hello_states(inputs, hidden, parameters):
    cell = nn.RNNCell(inputs.size(-1), hidden.size(-1))
    cell.load_state_dict(parameters)
    states = [hidden]
    for t in range(inputs.size(0)):
        states.append(cell(inputs[t], states[t]))
    return torch.stack(states[1:])


def hello_train(parameters, epochs):
    rnn = nn.RNN(4, parameters["fc.weight"].shape[1])
    fc = nn.Linear(rnn.hidden_size, 4)
    both = nn.Module()
    both.rnn, both.fc = rnn, fc
    both.load_state_dict(parameters)
    optimizer = torch.optim.Adam(both.parameters(), 0.05)
    x, y = hello_encode("hello"), hello_encode("ohlol").argmax(2).flatten()
    losses = []
    for epoch in range(epochs + 1):
        scores = fc(rnn(x)[0])[:, 0]
        if epoch == epochs:
            break
        loss = -scores.log_softmax(1)[range(5), y].mean()
        both.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return "".join("ehlo"[i] for i in scores.argmax(1).tolist()), tuple(losses)


# 5. gates

class GRUCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(GRUCell, self).__init__()
        for g in "zrh":
            setattr(self, "W_x" + g, nn.Parameter(torch.randn(input_size, hidden_size) / 100))
            setattr(self, "W_h" + g, nn.Parameter(torch.randn(hidden_size, hidden_size) / 100))
            setattr(self, "b_" + g, nn.Parameter(torch.zeros(hidden_size)))

    def forward(self, x, h):
        p = [self.W_xz, self.W_hz, self.b_z, self.W_xr, self.W_hr, self.b_r, self.W_xh, self.W_hh, self.b_h]
        return gru([x], h, p + [torch.eye(h.shape[1]), 0])[1]


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(LSTMCell, self).__init__()
        for g in "ifoc":
            setattr(self, "W_x" + g, nn.Parameter(torch.randn(input_size, hidden_size) / 100))
            setattr(self, "W_h" + g, nn.Parameter(torch.randn(hidden_size, hidden_size) / 100))
            setattr(self, "b_" + g, nn.Parameter(torch.zeros(hidden_size)))

    def forward(self, x, state):
        h, c = state
        gate = {g: x @ getattr(self, "W_x" + g) + h @ getattr(self, "W_h" + g) + getattr(self, "b_" + g) for g in "ifoc"}
        c = gate["f"].sigmoid() * c + gate["i"].sigmoid() * gate["c"].tanh()
        return [gate["o"].sigmoid() * c.tanh(), c]


def gru_later(inputs, state, params):
	H = state
    s_t0 =
        for X in inputs:
	    R = sigmoid(X


def gru(inputs, state, params):
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    H = state[0] if isinstance(state, (tuple, list)) else state
    outputs = ()
    for X in inputs:
        Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        R = torch.sigmoid(X @ W_xr + H @ W_hr + b_r)
        H = Z * H + (1 - Z) * torch.tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        outputs += (H @ W_hq + b_q,)
    return outputs, H


def lstm(inputs, state, params):
    H, C = state
    outputs = []
    for X in inputs:
        i, f, o, g = (X @ params[k] + H @ params[k + 1] + params[k + 2] for k in (0, 3, 6, 9))
        C = f.sigmoid() * C + i.sigmoid() * g.tanh()
        H = o.sigmoid() * C.tanh()
        outputs.append(H @ params[12] + params[13])
    return torch.cat(outputs), [H, C]


# 6. translation

def make_data(seq_data):
    length = max([n_step] + [len(w) for w in sum(map(list, seq_data), [])])
    parts = [], [], []
    for source, target in seq_data:
        source, target = (w + "?" * (length - len(w)) for w in (source, target))
        for part, text in zip(parts, (source + "E", "S" + target, target + "E")):
            part.append([letter2idx[c] for c in text])
    enc, dec, out = map(torch.LongTensor, parts)
    return [torch.eye(n_class)[enc], torch.eye(n_class)[dec], out]


class Seq2seq(nn.Module):
    def __init__(self, n_class=29, n_hidden=128):
        super(Seq2seq, self).__init__()
        self.encoder = nn.RNN(n_class, n_hidden, dropout=0)
        self.decoder = nn.RNN(n_class, n_hidden, dropout=0)
        self.fc = nn.Linear(n_hidden, n_class)

    def forward(self, enc_input, enc_hidden, dec_input):
        h = self.encoder(enc_input.permute(1, 0, 2), enc_hidden)[1]
        return torch.stack([self.fc(s) for s in self.decoder(dec_input.permute(1, 0, 2), h)[0]])


Seq2Seq = Seq2seq


def seq2seq_train(seq_data, parameters, epochs):
    net = Seq2Seq(n_hidden=parameters["fc.weight"].shape[1])
    net.load_state_dict(parameters)
    enc, dec, out = make_data(seq_data)
    optimizer = torch.optim.Adam(net.parameters())
    costs = []
    for _ in range(epochs):
        scores = net(enc, enc.new_zeros(1, len(enc), net.fc.in_features), dec)
        loss = nn.functional.cross_entropy(scores.permute(1, 2, 0), out, reduction="none").mean(1).sum()
        costs.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return dict(net.named_parameters()), costs


@torch.no_grad()
def translate(word, parameters):
    net = Seq2Seq(n_hidden=parameters["fc.weight"].shape[1])
    net.load_state_dict(parameters)
    enc, dec, _ = make_data([[word.lower(), ""]])
    said = ""
    for scores in net(enc, torch.zeros(1, 1, net.fc.in_features), dec):
        best = letter[scores.squeeze().argmax()]
        if best == "E":
            break
        said += best.strip("?")
    return said


if __name__ == "__main__":
    letter = ["S", "E", "?"] + list("abcdefghijklmnopqrstuvwxyz")
    letter2idx = {c: i for i, c in enumerate(letter)}
    n_class, n_step = len(letter), 5
    device = torch.device("cuda")
    for j in xrange(5000):
        print j, seq2seq_train([["man", "women"]], {}, 1)
