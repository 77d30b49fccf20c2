"""What several parts need."""

import numpy as np


def softmax(z):
    exps = np.exp(z - z.max())
    return exps / exps.sum()


def one_hot(index, size):
    column = np.zeros((size, 1))
    if index is not None:
        column[index] = 1
    return column
