# -*- coding: utf-8 -*-
"""读书笔记第五章的代码，照着教程写"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.autograd import Variable
from torch.nn import init
import matplotlib.pyplot as plt

from seqInit import toTs, cudAvl
from seqInit import train, real

CONTEXT_SIZE = 2
EMBEDDING_DIM = 10


def count_params(kind, n_input, n_hidden, n_layer=1, bidirectional=False):
    # LSTM 是 4 倍, GRU 是 3 倍
    if kind == 'rnn':
        mult = 1
    elif kind == 'gru':
        mult = 3
    else:
        mult = 4
    num_directions = 1
    if bidirectional:
        num_directions = 2
    first = mult * n_hidden * (n_input + n_hidden + 1 + 1)
    other = mult * n_hidden * (num_directions * n_hidden + n_hidden + 1 + 1)
    return num_directions * (first + (n_layer - 1) * other)


class DigitsLSTM(nn.Module):
    def __init__(self, view, in_dim=None, hidden_dim=None, n_layer=None):
        super(DigitsLSTM, self).__init__()
        self.view = view
        self.lstm = nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True)
        self.classifier = nn.Linear(hidden_dim, 10)

    def forward(self, x):
        x = x.view(x.size(0), 1, -1)  # 构建张量维度
        out, _ = self.lstm(x)
        out = out[:, -1, :]
        out = self.classifier(out)
        return out


def accuracy(logits, y):
    pred = logits.max(1)[1]
    num_correct = (pred == y).sum().data
    return float(num_correct) / y.size(0)


def largest_gradients(view, parameters, x, y):
    criterion = nn.CrossEntropyLoss()
    net = digits_model(view, parameters)
    net.zero_grad()
    out = net(Variable(x))
    loss = criterion(out, Variable(y))
    loss.backward()
    result = {}
    for name, param in net.named_parameters():
        result[name] = param.grad.data.abs().max()
    return result


def build_vocab(words):
    vocb = set(words)
    word_to_ix = {word: i for i, word in enumerate(vocb)}
    idx_to_word = {word_to_ix[word]: word for word in word_to_ix}
    return word_to_ix, idx_to_word


def make_ngrams(words, n):
    trigram = []
    for i in range(len(words) - (n - 1)):
        context = tuple(words[i + j] for j in range(n - 1))
        trigram.append((context, words[i + n - 1]))
    return trigram


def embed_forward(idx, W):
    return np.take(W, idx, axis=0)


def embed_backward(idx, dY, V):
    D = dY.shape[-1]
    dW = np.zeros((V, D))
    dW[idx] += dY
    return dW


class NgramModel(nn.Module):
    def __init__(self, vocb_size, context_size, n_dim, n_hidden=128):
        super().__init__()
        self.n_word = vocb_size
        self.embedding = nn.Embedding(self.n_word, n_dim)
        self.linear1 = nn.Linear(context_size * n_dim, n_hidden)
        self.linear2 = nn.Linear(n_hidden, self.n_word)

    def forward(self, x):
        emb = self.embedding(x)
        emb = emb.view(1, -1)
        out = self.linear1(emb)
        out = F.relu(out)
        out = self.linear2(out)
        log_prob = F.log_softmax(out, 1)
        return log_prob


def train_ngram(ngrams, parameters, epoches):
    net = ngram_model(parameters)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=1e-2, weight_decay=1e-5)
    losses = []
    for epoch in range(epoches):
        train_loss = 0
        for word, label in ngrams:
            word = Variable(torch.LongTensor(word))
            label = Variable(torch.LongTensor([label]))
            # 前向传播
            out = net(word)
            loss = criterion(out, label)
            train_loss += loss.item()
            # 反向传播
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(train_loss / len(ngrams))
        if (epoch + 1) % 20 == 0:
            print('epoch: {}, Loss : {:.6f}'.format(epoch + 1, train_loss / len(ngrams)))
    return net.state_dict(), losses


def predict_next(context, parameters, maps):
    word_to_ix, idx_to_word = maps
    net = ngram_model(parameters)
    net = net.eval()
    word = Variable(torch.LongTensor([word_to_ix[i] for i in context]))
    out = net(word)
    pred_label_idx = out.max(1)[1].data[0]
    predict_word = idx_to_word[int(pred_label_idx)]
    return predict_word


def minmax_scale(series, n_train):
    max_value = np.max(series)
    min_value = np.min(series)
    scalar = max_value - min_value
    if scalar == 0:
        scalar = 1
    dataset = list(map(lambda x: (x - min_value) / scalar, series))
    return np.array(dataset), min_value, max_value


def unscale(scaled, low, high):
    if high == low:
        return scaled + low
    return scaled * (high - low) + low


def create_windows(series, k):
    dataset = series.reshape(-1, 1).astype('float32')
    dataX, dataY = [], []
    for i in range(k, len(dataset)):
        x = dataset[i - k: i]
        y = dataset[i]
        dataX.append(x)
        dataY.append(y)
    dataX, dataY = np.array(dataX), np.array(dataY)
    return torch.from_numpy(dataX.reshape(-1, k)), torch.from_numpy(dataY.reshape(-1, 1))


def seq_pairs(series, warmup):
    train = series.reshape(-1, 1, 1).astype(np.float32)
    x = torch.from_numpy(train[:-1])
    y = torch.from_numpy(train[1:])[warmup:]
    return x, y


class SeriesFC(nn.Module):
    def __init__(self, k, sizes):
        super().__init__()
        self.k = k
        self.hidden = nn.ModuleList()
        in_dim = k
        for hid in sizes:
            self.hidden.append(nn.Linear(in_dim, hid))
            in_dim = hid
        self.out = nn.Linear(in_dim, 1)
        # 使用kaiming_normal初始化模型参数
        self.weightInit(init.kaiming_normal_)

    def forward(self, x):
        for layer in self.hidden:
            x = layer(x)
            x = nn.ReLU(True)(x)
        x = self.out(x)
        return x

    def weightInit(self, func):
        for name, param in self.named_parameters():
            if 'weight' in name:
                func(param)


class SeriesRNN(nn.Module):
    def __init__(self, kind, n_hidden, n_layer, warmup=12):
        super().__init__()
        self.warmup = warmup
        if kind == 'rnn':
            self.rnn = nn.RNN(1, n_hidden, n_layer)
        if kind == 'lstm':
            self.rnn = nn.LSTM(1, n_hidden, n_layer)
        if kind == 'gru':
            self.rnn = nn.GRU(1, n_hidden, n_layer)
        self.fc = nn.Linear(n_hidden, 1)

    def forward(self, x):
        out, _ = self.rnn(x)
        out = nn.ReLU()(out)
        out = out[self.warmup:]
        out = self.fc(out)
        return out


def train_series(series, parameters, epochs):
    net = series_model(parameters)
    if isinstance(net, SeriesFC):
        x, y = create_windows(series, net.k)
    else:
        x, y = seq_pairs(series, net.warmup)
    criterion = nn.MSELoss()
    optimizer = optim.Adam(net.parameters(), lr=1e-2)
    loss_set = []
    for e in range(1, epochs + 1):
        inputs = Variable(x)
        target = Variable(y)
        # forward
        output = net(inputs)
        loss = criterion(output, target)
        # update paramters
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        # print training information
        print_loss = loss.item()
        loss_set.append((e, print_loss))
    return net.state_dict(), [loss[1] for loss in loss_set]


rnn = cudAvl(SeriesRNN('rnn', 10, 2))
trained, losses = train_series(train.reshape(-1), dict(rnn.named_parameters()), 2000)
plt.plot(losses)
plt.show()
