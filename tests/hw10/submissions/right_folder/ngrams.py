from collections import Counter

import numpy as np
import torch
from torch import nn

from shared import chunks


def build_vocab(words):
    counts = Counter(words)
    vocabulary = sorted(counts.keys())
    return {w: vocabulary.index(w) for w in vocabulary}, {i: w for i, w in enumerate(vocabulary)}


def make_ngrams(words, n):
    return [(tuple(run[:n - 1]), run[n - 1]) for run in chunks(words, n)]


def embed_forward(idx, W):
    flat = np.asarray(idx).reshape(-1)
    return np.stack([W[i] for i in flat]).reshape(*np.shape(idx), W.shape[1])


def embed_backward(idx, dY, V):
    flat, rows = idx.reshape(-1), dY.reshape(-1, dY.shape[-1])
    return np.stack([np.bincount(flat, weights=rows[:, j], minlength=V) for j in range(rows.shape[1])], axis=1)


class NgramModel(nn.Module):
    def __init__(self, n_word, context_size, n_dim, n_hidden=128):
        super().__init__()
        self.context_size = context_size
        self.embedding = nn.Embedding(n_word, n_dim)
        self.linear1 = nn.Linear(context_size * n_dim, n_hidden)
        self.linear2 = nn.Linear(n_hidden, n_word)

    def forward(self, x):
        emb = torch.cat([self.embedding(x[..., i]) for i in range(self.context_size)], dim=-1)
        emb = emb.view(-1, emb.shape[-1])
        hidden = torch.nn.functional.threshold(self.linear1(emb), 0.0, 0.0)
        return nn.LogSoftmax(dim=-1)(self.linear2(hidden))


def train_ngram(ngrams, parameters, epochs):
    model = ngram_model(parameters)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0, weight_decay=1e-5)
    loss_function = nn.NLLLoss()
    X = torch.tensor([list(context) for context, _ in ngrams])
    Y = torch.tensor([label for _, label in ngrams])
    losses = torch.zeros(epochs, dtype=torch.float64)
    for epoch in range(epochs):
        for x, y in zip(X.split(1), Y.split(1)):
            model.zero_grad()
            loss = loss_function(model(x), y)
            loss.backward()
            optimizer.step()
            losses[epoch] += loss.detach().double() / len(ngrams)
    return {k: v.clone() for k, v in model.state_dict().items()}, losses.numpy()


@torch.no_grad()
def predict_next(context, parameters, maps):
    word_to_ix, ix_to_word = maps
    x = torch.LongTensor([[word_to_ix[w] for w in context]])
    values, indices = ngram_model(parameters)(x).sort(dim=1, descending=True)
    return ix_to_word[indices[0, 0].item()]
