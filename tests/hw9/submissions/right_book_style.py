# Language model, in the style of the well-known book: generators, float32 indices, .data, ParameterList
import math
import random
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')

def load_corpus(text, n):
    corpus_chars = text.replace('\n', ' ').replace('\r', ' ')
    corpus_chars = corpus_chars[0:n]
    idx_to_char = sorted(list(set(corpus_chars)))
    char_to_idx = dict([(char, i) for i, char in enumerate(idx_to_char)])
    vocab_size = len(char_to_idx)
    corpus_indices = [char_to_idx[char] for char in corpus_chars]
    return corpus_indices, char_to_idx, idx_to_char, vocab_size

def data_iter_random(indices, batch_size, num_steps, seed):
    random.seed(seed)
    num_examples = (len(indices) - 1) // num_steps
    epoch_size = num_examples // batch_size
    example_indices = list(range(num_examples))
    random.shuffle(example_indices)

    def _data(pos):
        return indices[pos: pos + num_steps]

    for i in range(epoch_size):
        i = i * batch_size
        batch_indices = example_indices[i: i + batch_size]
        X = [_data(j * num_steps) for j in batch_indices]
        Y = [_data(j * num_steps + 1) for j in batch_indices]
        yield torch.tensor(X, dtype=torch.float32, device=device), torch.tensor(Y, dtype=torch.float32, device=device)

def data_iter_consecutive(indices, batch_size, num_steps):
    corpus = torch.tensor(indices, dtype=torch.float32, device=device)
    batch_len = len(indices) // batch_size
    rows = corpus[0: batch_size * batch_len].view(batch_size, batch_len)
    for i in range((batch_len - 1) // num_steps):
        i = i * num_steps
        yield rows[:, i: i + num_steps], rows[:, i + 1: i + num_steps + 1]

def one_hot(x, n_class, dtype=torch.float32):
    x = x.long()
    res = torch.zeros(x.shape[0], n_class, dtype=dtype, device=x.device)
    res.scatter_(1, x.view(-1, 1), 1)
    return res

def to_onehot(X, n_class):
    return [one_hot(X[:, i], n_class) for i in range(X.shape[1])]

def perplexity(loss_sum, n):
    return np.exp(loss_sum / n)

def grad_clipping(params, theta):
    params = list(params)
    norm = torch.tensor([0.0], device=device)
    for param in params:
        if param.grad is None:
            continue
        norm += (param.grad.data ** 2).sum()
    norm = norm.sqrt().item()
    if norm > theta:
        for param in params:
            if param.grad is not None:
                param.grad.data *= (theta / norm)

def get_params(kind, n_class, hidden):
    def _one(shape):
        ts = torch.tensor(np.random.normal(0, 0.01, size=shape), device=device, dtype=torch.float32)
        return torch.nn.Parameter(ts, requires_grad=True)
    def _three():
        return [_one((n_class, hidden)), _one((hidden, hidden)),
                torch.nn.Parameter(torch.zeros(hidden, device=device), requires_grad=True)]
    params = []
    for _ in range({'rnn': 1, 'gru': 3, 'lstm': 4}[kind]):
        params += _three()
    params += [_one((hidden, n_class)), torch.nn.Parameter(torch.zeros(n_class, device=device))]
    return nn.ParameterList(params)

def init_state(kind, batch_size, hidden):
    if kind == 'lstm':
        return (torch.zeros((batch_size, hidden), device=device), torch.zeros((batch_size, hidden), device=device))
    return (torch.zeros((batch_size, hidden), device=device), )

def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    H, = state
    outputs = []
    for X in inputs:
        H = torch.tanh(torch.matmul(X, W_xh) + torch.matmul(H, W_hh) + b_h)
        Y = torch.matmul(H, W_hq) + b_q
        outputs.append(Y)
    return outputs, (H,)

def sgd(params, lr, batch_size):
    for param in params:
        param.data -= lr * param.grad / batch_size

def train_epoch(net, params, state, batches, lr, theta, reset):
    loss = nn.CrossEntropyLoss()
    l_sum, n = 0.0, 0
    vocab_size = params[-1].shape[0]
    for X, Y in batches:
        if reset:
            state = tuple(torch.zeros_like(s) for s in state)
        else:
            for s in state:
                s.detach_()
        (outputs, state) = run(net, to_onehot(X, vocab_size), state, params)
        outputs = torch.cat(outputs, dim=0)
        y = torch.transpose(Y, 0, 1).contiguous().view(-1)
        l = loss(outputs, y.long())
        if params[0].grad is not None:
            for param in params:
                param.grad.data.zero_()
        l.backward()
        grad_clipping(params, theta)
        sgd(params, lr, 1)
        l_sum += l.item() * y.shape[0]
        n += y.shape[0]
    return params, state, perplexity(l_sum, n)

def predict(prefix, n, net, params, state, char_to_idx, idx_to_char):
    output = [char_to_idx[prefix[0]]]
    for t in range(n + len(prefix) - 1):
        X = to_onehot(torch.tensor([[output[-1]]], device=device), len(idx_to_char))
        (Y, state) = run(net, X, state, params)
        if t < len(prefix) - 1:
            output.append(char_to_idx[prefix[t + 1]])
        else:
            output.append(int(Y[0].argmax(dim=1).item()))
    return ''.join([idx_to_char[i] for i in output])

class RNNModel(nn.Module):
    def __init__(self, kind, vocab_size, hidden_size, num_layers=1, bidirectional=False):
        super(RNNModel, self).__init__()
        make = getattr(nn, kind.upper())
        self.rnn = make(input_size=vocab_size, hidden_size=hidden_size, num_layers=num_layers, bidirectional=bidirectional)
        self.hidden_size = hidden_size * (2 if self.rnn.bidirectional else 1)
        self.vocab_size = vocab_size
        self.dense = nn.Linear(self.hidden_size, vocab_size)
        self.state = None

    def forward(self, inputs, state):
        X = to_onehot(inputs, self.vocab_size)
        Y, self.state = self.rnn(torch.stack(X), state)
        output = self.dense(Y.view(-1, Y.shape[-1]))
        return output, self.state

def deep_rnn(inputs, states, layers):
    outputs = []
    for X in inputs:
        for l in range(len(layers)):
            W_xh, W_hh, b_h = layers[l]
            states[l] = torch.tanh(torch.matmul(X, W_xh) + torch.matmul(states[l], W_hh) + b_h)
            X = states[l]
        outputs.append(X)
    return outputs, states

def bi_rnn(inputs, forward, backward):
    T = len(inputs)
    f, b = [None] * T, [None] * T
    H = torch.zeros((inputs[0].shape[0], forward[1].shape[0]))
    for t in range(T):
        H = torch.tanh(torch.matmul(inputs[t], forward[0]) + torch.matmul(H, forward[1]) + forward[2])
        f[t] = H
    H = torch.zeros((inputs[0].shape[0], backward[1].shape[0]))
    for t in range(T - 1, -1, -1):
        H = torch.tanh(torch.matmul(inputs[t], backward[0]) + torch.matmul(H, backward[1]) + backward[2])
        b[t] = H
    return [torch.cat((f[t], b[t]), dim=1) for t in range(T)]

def step_perplexity(kind, parameters, indices):
    model = load_model(kind, parameters)
    state, l_sum = None, 0.0
    for t in range(len(indices) - 1):
        y, state = model(torch.tensor([[indices[t]]]), state)
        l_sum += F.cross_entropy(y, torch.tensor([indices[t + 1]])).item()
    return math.exp(l_sum / (len(indices) - 1))

# training, left in
num_epochs, num_steps, batch_size, lr, clipping_theta = 250, 35, 32, 1e2, 1e-2
(corpus_indices, char_to_idx, idx_to_char, vocab_size) = load_corpus(open('jaychou_lyrics.txt').read(), 10000)
params = get_params('rnn', vocab_size, 256)
for epoch in range(num_epochs):
    params, state, ppl = train_epoch('rnn', params, init_state('rnn', batch_size, 256), data_iter_consecutive(corpus_indices, batch_size, num_steps), lr, clipping_theta, False)
    print(epoch, ppl)
