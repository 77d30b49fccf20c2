import numpy as np
from numpy import random

from functions import one_hot, softmax
from learning import clip, update_parameters
from step import rnn_step_backward, rnn_step_forward


def sample(parameters, char_to_ix, seed):
    size, end = len(parameters["by"]), char_to_ix["\n"]
    a = np.zeros_like(parameters["b"])
    indices = []
    while len(indices) < 50:
        x = one_hot(indices[-1] if indices else None, size)
        a, p = rnn_step_forward(parameters, a, x)
        random.seed(seed + 2 * len(indices))
        indices.append(int(random.choice(size, p=p.squeeze())))
        if indices[-1] == end:
            break
    return indices if len(indices) < 50 else indices + [end]


def rnn_forward(X, Y, a0, parameters, vocab_size=27):
    columns = {t: one_hot(index, vocab_size) for t, index in enumerate(X)}
    states, guesses, loss = {-1: a0}, {}, 0.0
    for t, column in columns.items():
        states[t], guesses[t] = rnn_step_forward(parameters, states[t - 1], column)
        loss -= np.log(guesses[t][Y[t]].item())
    return loss, (guesses, states, columns)


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


def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters, len(parameters["by"]))
    g = clip(rnn_backward(X, Y, parameters, cache)[0], 5)
    for k, v in update_parameters(parameters, g, learning_rate).items():
        parameters[k] = v
    return loss, g, cache[1][len(X) - 1]
