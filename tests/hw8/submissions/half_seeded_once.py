import numpy as np
import torch
import torch.nn as nn
from char_rnn import *


def softmax(z):
    exps = np.exp(z - z.max())
    return exps / exps.sum()


def clip(gradients, maxValue):
    for gradients_ in gradients.values():
        gradients_[gradients_ > maxValue] = maxValue
        gradients_[gradients_ < -maxValue] = -maxValue
    return gradients


def sample(parameters, char_to_ix, seed):
    np.random.seed(seed)
    n_chars, end = parameters["by"].size, char_to_ix["\n"]
    letter_in = np.zeros((n_chars, 1))
    hidden = np.zeros_like(parameters["b"])
    drawn = []
    while len(drawn) < 50 and end not in drawn:
        hidden, prob = rnn_step_forward(parameters, hidden, letter_in)
        drawn.append(int(np.random.choice(n_chars, p=prob.ravel())))
        letter_in = np.eye(n_chars)[:, [drawn[-1]]]
    if len(drawn) == 50:
        drawn.append(end)
    return drawn


def rnn_step_forward(parameters, a_prev, x):
    from_input = np.dot(parameters['Wax'], x)
    from_past = np.dot(parameters['Waa'], a_prev)
    a = np.tanh(from_input + from_past + parameters['b'])
    scores = np.dot(parameters['Wya'], a) + parameters['by']
    return a, softmax(scores)


def rnn_step_backward(dy, gradients, parameters, x, a, a_prev):
    state_error = parameters['Wya'].T.dot(dy) + gradients['da_next']
    delta = (1 - a * a) * state_error
    gradients['dby'] += dy
    gradients['dWya'] += dy.dot(a.T)
    gradients['dWax'] += delta.dot(x.T)
    gradients['dWaa'] += delta.dot(a_prev.T)
    gradients['db'] += delta
    gradients['da_next'] = parameters['Waa'].T.dot(delta)
    return gradients


def rnn_forward(X, Y, a0, parameters, vocab_size=27):
    letters, states, guesses = {}, {-1: np.array(a0)}, {}
    loss = 0
    for t in range(len(X)):
        letters[t] = np.zeros((vocab_size, 1))
        if X[t] != None:
            letters[t][X[t]] = 1
        states[t], guesses[t] = rnn_step_forward(parameters, states[t-1], letters[t])
        loss += -np.log(guesses[t][Y[t]][0])
    return loss, (guesses, states, letters)


def rnn_backward(X, Y, parameters, cache):
    guesses, states, letters = cache
    gradients = {'da_next': 0 * states[0]}
    for name in parameters:
        gradients['d' + name] = np.zeros_like(parameters[name])
    for t in range(len(X) - 1, -1, -1):
        dy = guesses[t].copy()
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, letters[t], states[t], states[t-1])
    return gradients, states


def update_parameters(parameters, gradients, lr):
    for p in ['Wax', 'Waa', 'Wya', 'b', 'by']:
        parameters[p] -= gradients['d' + p] * lr
    return parameters


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    n_chars = len(parameters['by'])
    loss, cache = rnn_forward(X, Y, a_prev, parameters, n_chars)
    raw, states = rnn_backward(X, Y, parameters, cache)
    clipped = clip(raw, maxValue=5)
    parameters = update_parameters(parameters, clipped, learning_rate)
    return loss, clipped, states[len(X)-1]


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
        proposal = torch.tanh(x.matmul(self.W_xh) + (reset * h).matmul(self.W_hh) + self.b_h)
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
        proposal = torch.tanh(x.matmul(Wn) + (reset * h).matmul(Un) + cn)
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
    longest = n_step
    for pair in seq_data:
        longest = max(longest, len(pair[0]), len(pair[1]))

    def numbers(word):
        return [letter2idx[sign] for sign in word]

    sources, teachers, targets = [], [], []
    for source, target in seq_data:
        source += '?' * (longest - len(source))
        target += '?' * (longest - len(target))
        sources.append(np.eye(n_class)[numbers(source + 'E')])
        teachers.append(np.eye(n_class)[numbers('S' + target)])
        targets.append(numbers(target + 'E'))
    return torch.Tensor(np.array(sources)), torch.Tensor(np.array(teachers)), torch.LongTensor(targets)


class Seq2Seq(nn.Module):
    def __init__(self, n_class, n_hidden):
        super().__init__()
        self.encoder = nn.RNN(n_class, n_hidden)
        self.decoder = nn.RNN(n_class, n_hidden)
        self.fc = nn.Linear(n_hidden, n_class)

    def forward(self, enc_input, enc_hidden, dec_input):
        source = enc_input.permute(1, 0, 2)
        teacher = dec_input.permute(1, 0, 2)
        states, meaning = self.encoder(source, enc_hidden)
        states, last = self.decoder(teacher, meaning)
        return self.fc(states)
