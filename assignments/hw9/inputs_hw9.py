"""What the tests of hw9 share: how inputs are drawn, and how what comes back is read.

`rng` is NumPy's generator of the running test, and `torch` is the module.
"""

from __future__ import annotations

GATES = {"rnn": 1, "gru": 3, "gru_after": 3, "lstm": 4}


def draw(torch, rng, *shape, scale=1.0):
    """Draw a tensor of float32, of two decimals each: a message then shows what was passed."""
    return torch.from_numpy((scale * rng.standard_normal(shape)).round(2)).float()


def draw_indices(torch, rng, n_class, *shape):
    """Draw indices of characters."""
    return torch.from_numpy(rng.integers(n_class, size=shape))


def joined(torch, outputs, q):
    """Join outputs, which may come as a list or as one tensor, to (steps * batch, q)."""
    return torch.cat(list(outputs)).reshape(-1, q)


# corpus


def draw_text(rng, length, characters):
    """Draw a text."""
    return "".join(rng.choice(list(characters), size=length))


def draw_distinct(rng, length):
    """Draw a text of which no two indices are equal, so that each tells where it has stood."""
    return [int(index) for index in rng.permutation(length)]


def as_tables(found):
    """Write both tables as lists: a dictionary from index to character will do as well."""
    indices, char_to_idx, idx_to_char, vocab_size = found
    numbered = [idx_to_char[index] for index in range(len(idx_to_char))]
    return [list(indices), dict(char_to_idx), numbered, vocab_size]


def as_lists(batches):
    """Turn batches of tensors into lists of whole numbers."""
    return [[X.tolist(), Y.tolist()] for X, Y in batches]


def as_windows(batches):
    """List the windows of all batches, each with its labels, in an order of their own."""
    pairs = [zip(X.tolist(), Y.tolist(), strict=True) for X, Y in batches]
    return sorted([x, y] for batch in pairs for x, y in batch)


# language_model

HUGE = 1e6


def make_params(torch, rng, net, sizes, scale=0.6):
    """Draw the parameters of a network, large enough to show every mistake."""
    d, hidden, q = sizes
    shapes = [(d, hidden), (hidden, hidden), (hidden,)] * GATES[net] + [(hidden, q), (q,)]
    return [draw(torch, rng, *shape, scale=scale) for shape in shapes]


def make_state(torch, rng, net, batch, hidden):
    """Draw a state: one tensor, two for an LSTM."""
    return tuple(draw(torch, rng, batch, hidden) for _ in range(2 if net == "lstm" else 1))


def make_trained(torch, rng, net, n_class, hidden, scale=0.6):
    """Draw parameters that can be trained."""
    drawn = make_params(torch, rng, net, (n_class, hidden, n_class), scale)
    return [torch.nn.Parameter(value) for value in drawn]


def make_batches(torch, rng, n_class, count, batch, steps):
    """Draw batches of inputs and labels."""
    return [
        tuple(draw_indices(torch, rng, n_class, batch, steps) for _ in range(2))
        for _ in range(count)
    ]


def make_tables(rng, n_class, characters):
    """Draw a vocabulary of some of the characters, in any order."""
    idx_to_char = [str(one) for one in rng.permutation(list(characters))[:n_class]]
    return {character: index for index, character in enumerate(idx_to_char)}, idx_to_char


def weights_of(params):
    """Pick the parameters that are no biases: those with two axes that are longer than 1."""
    return [param.detach() for param in params if param.squeeze().dim() == 2]


# deep_networks


def make_layer(torch, rng, d, hidden, scale=0.7):
    """Draw the three parameters of a layer."""
    shapes = ((d, hidden), (hidden, hidden), (hidden,))
    return tuple(draw(torch, rng, *shape, scale=scale) for shape in shapes)


def make_inputs(torch, rng, steps, batch, d):
    """Draw one input a step."""
    return [draw(torch, rng, batch, d) for _ in range(steps)]


def make_model_parameters(torch, rng, kind, sizes, layers=1, both=False, scale=0.6):
    """Draw the parameters of an RNNModel, by name."""
    vocab, hidden = sizes
    rows, ways = GATES[kind] * hidden, 2 if both else 1
    shapes = {}
    for layer in range(layers):
        width = vocab if layer == 0 else ways * hidden
        for end in ("", "_reverse")[:ways]:
            shapes[f"rnn.weight_ih_l{layer}{end}"] = (rows, width)
            shapes[f"rnn.weight_hh_l{layer}{end}"] = (rows, hidden)
            shapes[f"rnn.bias_ih_l{layer}{end}"] = (rows,)
            shapes[f"rnn.bias_hh_l{layer}{end}"] = (rows,)
    shapes |= {"dense.weight": (vocab, ways * hidden), "dense.bias": (vocab,)}
    return {name: draw(torch, rng, *shape, scale=scale) for name, shape in shapes.items()}


def make_model_state(torch, rng, kind, batch, hidden, layers=1, both=False):
    """Draw a state as torch's layers have it."""
    shape = (layers * (2 if both else 1), batch, hidden)
    first = draw(torch, rng, *shape)
    return (first, draw(torch, rng, *shape)) if kind == "lstm" else first
