"""What the tests of hw10 share: how inputs are drawn.

`rng` is NumPy's generator of the running test, and `torch` is the module.
"""

from __future__ import annotations

import numpy as np


def draw(torch, rng, *shape, scale=1.0):
    """Draw a tensor of float32, of two decimals each: a message then shows what was passed."""
    return torch.from_numpy((scale * rng.standard_normal(shape)).round(2)).float()


# series


def make_series(rng, count):
    """Draw a series that grows, so that its last values are beyond the first ones."""
    return (rng.uniform(20, 60, size=count) + 5.0 * np.arange(count)).round(1)


def make_fc_parameters(torch, rng, k, sizes, scale=0.8):
    """Draw the parameters of a SeriesFC, by name."""
    parameters = {}
    widths = [k, *sizes]
    for layer, size in enumerate(sizes):
        parameters[f"hidden.{layer}.weight"] = draw(torch, rng, size, widths[layer], scale=scale)
        parameters[f"hidden.{layer}.bias"] = draw(torch, rng, size, scale=scale)
    parameters["out.weight"] = draw(torch, rng, 1, widths[-1], scale=scale)
    parameters["out.bias"] = draw(torch, rng, 1, scale=scale)
    return parameters


def make_rnn_parameters(torch, rng, kind, n_hidden, n_layer, scale=0.8):
    """Draw the parameters of a SeriesRNN, by name."""
    rows = {"rnn": 1, "gru": 3, "lstm": 4}[kind] * n_hidden
    parameters = {}
    for depth in range(n_layer):
        width = n_hidden if depth else 1
        parameters |= {
            f"rnn.weight_ih_l{depth}": draw(torch, rng, rows, width, scale=scale),
            f"rnn.weight_hh_l{depth}": draw(torch, rng, rows, n_hidden, scale=scale),
            f"rnn.bias_ih_l{depth}": draw(torch, rng, rows, scale=scale),
            f"rnn.bias_hh_l{depth}": draw(torch, rng, rows, scale=scale),
        }
    parameters["fc.weight"] = draw(torch, rng, 1, n_hidden, scale=scale)
    parameters["fc.bias"] = draw(torch, rng, 1, scale=scale)
    return parameters


# digits


def make_digits_parameters(torch, rng, in_dim, hidden, layers):
    """Draw the parameters of a network, by name."""
    shapes = {"classifier.weight": (10, hidden), "classifier.bias": (10,)}
    for layer in range(layers):
        shapes |= {
            f"lstm.weight_ih_l{layer}": (4 * hidden, hidden if layer else in_dim),
            f"lstm.weight_hh_l{layer}": (4 * hidden, hidden),
            f"lstm.bias_ih_l{layer}": (4 * hidden,),
            f"lstm.bias_hh_l{layer}": (4 * hidden,),
        }
    return {name: draw(torch, rng, *shape, scale=0.7) for name, shape in shapes.items()}


def in_dim_of(view, height, width):
    """Return how many numbers a step has."""
    return width if view == "rows" else height * width


# ngrams


def make_ngram_parameters(torch, rng, sizes, scale=0.8):
    """Draw the parameters of a network, by name; `sizes`: words, context, vector, hidden."""
    n_word, context, n_dim, n_hidden = sizes
    shapes = {
        "embedding.weight": (n_word, n_dim),
        "linear1.weight": (n_hidden, context * n_dim),
        "linear1.bias": (n_hidden,),
        "linear2.weight": (n_word, n_hidden),
        "linear2.bias": (n_word,),
    }
    return {name: draw(torch, rng, *shape, scale=scale) for name, shape in shapes.items()}


def make_runs(rng, n_word, context, count):
    """Draw n-grams of indices."""
    drawn = rng.integers(n_word, size=(count, context + 1)).tolist()
    return [(tuple(run[:-1]), run[-1]) for run in drawn]
