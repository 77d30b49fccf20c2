"""What the tests of hw8 share: how inputs are drawn, and how what comes back is read.

`rng` is NumPy's generator of the running test, and `torch` is the module.
"""

from __future__ import annotations

import numpy as np

STEP = 1e-5  # how far something is moved to measure a slope


def draw(torch, rng, *shape, scale=1.0):
    """Draw a tensor of float32, of two decimals each: a message then shows what was passed."""
    return torch.from_numpy((scale * rng.standard_normal(shape)).round(2)).float()


def slack(gradient):
    """Say how far 128 roundings of float32 take a slope, where the gradient is computed in it."""
    single = np.asarray(gradient).dtype == np.float32
    return 2.0**-16 * float(np.linalg.norm(gradient)) if single else 0.0


# char_rnn

PARAMETERS = ("Wax", "Waa", "Wya", "b", "by")
GRADIENTS = ("dWax", "dWaa", "dWya", "db", "dby")


def draw_array(rng, *shape, scale=1.0):
    """Draw numbers of two decimals, none of them zero, with a standard deviation of `scale`."""
    drawn = (scale * rng.standard_normal(shape)).round(2)
    return np.where(drawn == 0, 0.01, drawn)


def draw_states(rng, n_a):
    """Draw a hidden state and the one before it: two decimals, between -1 and 1."""
    drawn = rng.uniform(-0.95, 0.95, size=(2, n_a, 1)).round(2)
    return np.where(drawn == 0, 0.01, drawn)


def make_shapes(n_a, vocab):
    """List the shapes of the five parameters."""
    shapes = [(n_a, vocab), (n_a, n_a), (vocab, n_a), (n_a, 1), (vocab, 1)]
    return dict(zip(PARAMETERS, shapes, strict=True))


def make_parameters(rng, n_a, vocab, scale=1.0):
    """Draw parameters, biases too, with a standard deviation of `scale`."""
    shapes = make_shapes(n_a, vocab)
    return {name: draw_array(rng, *shape, scale=scale) for name, shape in shapes.items()}


def make_gradients(rng, n_a, vocab, scale=1.0):
    """Draw the five gradients, and one for the state."""
    drawn = make_parameters(rng, n_a, vocab, scale)
    gradients = {f"d{name}": value for name, value in drawn.items()}
    return {**gradients, "da_next": draw_array(rng, n_a, 1, scale=scale)}


def one_hot(index, vocab):
    """Make a column of zeros with a one."""
    return np.eye(vocab)[:, [index]]


def five(gradients):
    """Take the five gradients of parameters out of a dictionary that may hold more."""
    return {name: gradients[name] for name in GRADIENTS}


def number(value):
    """Read a number that may come as an array with one element."""
    return float(np.asarray(value).item())


def assert_slopes(rng, loss, parameters, gradients):
    """Compare gradients with how the loss changes when a parameter moves a little."""
    for name, value in parameters.items():
        direction = rng.standard_normal(value.shape)
        direction /= np.linalg.norm(direction)
        above = loss({**parameters, name: value + STEP * direction})
        below = loss({**parameters, name: value - STEP * direction})
        measured = (above - below) / (2 * STEP)
        gradient = np.asarray(gradients[f"d{name}"])
        assert gradient.shape == value.shape, (
            f"d{name} has the shape {gradient.shape}, {name} has {value.shape}"
        )
        claimed = float(np.sum(gradient * direction))
        assert abs(claimed - measured) < 1e-6 * max(1.0, abs(measured)) + slack(gradient), (
            f"d{name} says that the loss changes by {claimed:.6g} for one unit along a random "
            f"direction of {name}; moving {name} a little shows {measured:.6g}"
        )


# binary_addition

WEIGHTS = ("U", "W", "V")


def make_weights(rng, hidden):
    """Draw U, W and V, large enough to show every mistake."""
    return [rng.standard_normal(shape) for shape in ((2, hidden), (hidden, hidden), (hidden, 1))]


def make_bits(number, dim):
    """Write a number in binary, the highest digit first."""
    return np.array([int(digit) for digit in f"{number:0{dim}b}"])


def make_sum(rng, dim):
    """Draw two numbers whose sum fits into `dim` bits; the bits of the three."""
    numbers = [int(number) for number in rng.integers(2 ** (dim - 1), size=2)]
    return [make_bits(number, dim) for number in (*numbers, sum(numbers))]


def make_run(reference, rng, dim, hidden):
    """Draw weights and a sum, and run forward: the arguments of `binadd_backward`."""
    weights = make_weights(rng, hidden)
    a, b, c = make_sum(rng, dim)
    hs, outputs = reference.binadd_forward(a, b, *weights)
    return [a, b, c, hs, outputs, *weights]


def by_step(results):
    """Flatten what belongs to a step, so that (hidden,), (1, hidden) and (1, 1) are all welcome."""
    return [[np.ravel(step) for step in part] for part in results]


# gated_cells


def make_cell_parameters(torch, rng, gates, sizes, scale=0.8):
    """Draw W_x, W_h and b of each gate, by name, large enough to show every mistake."""
    d, hidden = sizes
    parameters = {}
    for gate in gates:
        parameters[f"W_x{gate}"] = draw(torch, rng, d, hidden, scale=scale)
        parameters[f"W_h{gate}"] = draw(torch, rng, hidden, hidden, scale=scale)
        parameters[f"b_{gate}"] = draw(torch, rng, hidden, scale=scale)
    return parameters


def make_params(torch, rng, gates, sizes, scale=0.8):
    """Draw the parameters of a run over a sequence, as a list: those of the gates, W_hq, b_q."""
    d, hidden, q = sizes
    drawn = list(make_cell_parameters(torch, rng, gates, (d, hidden), scale).values())
    return [*drawn, draw(torch, rng, hidden, q), draw(torch, rng, q)]


def draw_fading_params(torch, rng, gates, sizes, scale=0.15):
    """Draw parameters with which a long run neither saturates nor grows chaotic, in order."""
    d, hidden, q = sizes
    shapes = [(d, hidden), (hidden, hidden), (hidden,)] * len(gates) + [(hidden, q), (q,)]
    return [draw(torch, rng, *shape, scale=scale) for shape in shapes]


def make_inputs(torch, rng, steps, batch, d):
    """Draw one input a step."""
    return [draw(torch, rng, batch, d) for _ in range(steps)]


def joined(torch, outputs, q):
    """Join outputs, which may come as a list or as one tensor, to (steps * batch, q)."""
    return torch.cat(list(outputs)).reshape(-1, q)


# srn


def make_network(rng, steps, scale=0.8):
    """Draw inputs, w and U of `srn_forward`, no two numbers equal."""
    drawn = [rng.standard_normal(shape) for shape in ((steps, 2), (8,), (4,))]
    return [scale * part for part in drawn]


def make_tensors(torch, rng, sizes, steps, batch):
    """Draw Wx, Uh, Vy and X; `sizes` are those of input, hidden state and output."""
    d, hidden, q = sizes
    shapes = ((hidden, d), (hidden, hidden), (q, hidden), (steps, batch, d))
    return [torch.from_numpy(0.8 * rng.standard_normal(shape)).float() for shape in shapes]


def stacked(torch, results):
    """Stack outputs and states, which may come as lists or as tensors, to one tensor each."""
    return [torch.stack(list(part)) for part in results]


# hello_ohlol


def make_rnn_cell_parameters(torch, rng, n_in, n_hidden):
    """Draw the parameters of a cell as torch has it, biases too."""
    return {
        "weight_ih": draw(torch, rng, n_hidden, n_in),
        "weight_hh": draw(torch, rng, n_hidden, n_hidden, scale=0.6),
        "bias_ih": draw(torch, rng, n_hidden),
        "bias_hh": draw(torch, rng, n_hidden),
    }


def make_hello_parameters(torch, rng, n_hidden):
    """Draw what hello_train starts from, about as large as torch itself would."""
    shapes = {
        "rnn.weight_ih_l0": (n_hidden, 4),
        "rnn.weight_hh_l0": (n_hidden, n_hidden),
        "rnn.bias_ih_l0": (n_hidden,),
        "rnn.bias_hh_l0": (n_hidden,),
        "fc.weight": (4, n_hidden),
        "fc.bias": (4,),
    }
    return {name: draw(torch, rng, *shape, scale=0.25) for name, shape in shapes.items()}


# seq2seq

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SYMBOLS = ("S", "E", "?", *LETTERS)
FIRST, LAST = SYMBOLS.index("S"), SYMBOLS.index("E")


def make_model_parameters(torch, rng, n_class, n_hidden):
    """Draw the parameters of encoder, decoder and linear layer, by name."""
    shapes = {"fc.weight": (n_class, n_hidden), "fc.bias": (n_class,)}
    for part in ("encoder", "decoder"):
        shapes |= {
            f"{part}.weight_ih_l0": (n_hidden, n_class),
            f"{part}.weight_hh_l0": (n_hidden, n_hidden),
            f"{part}.bias_ih_l0": (n_hidden,),
            f"{part}.bias_hh_l0": (n_hidden,),
        }
    return {name: draw(torch, rng, *shape, scale=0.6) for name, shape in shapes.items()}


def make_small_parameters(torch, rng, n_hidden):
    """Draw parameters about as large as torch itself would."""
    drawn = make_model_parameters(torch, rng, 29, n_hidden)
    return {name: 0.5 * value for name, value in drawn.items()}


def make_words(torch, rng, batch, steps, n_class):
    """Draw words, one-hot."""
    return torch.eye(n_class)[torch.from_numpy(rng.integers(n_class, size=(batch, steps)))]


def make_teller(torch, said):
    """Make parameters of a decoder that says a text whatever it reads: unit t is on at step t."""
    steps = len(said)
    parameters = {
        "fc.weight": torch.zeros(29, steps),
        "fc.bias": torch.zeros(29),
    }
    for part in ("encoder", "decoder"):
        parameters |= {
            f"{part}.weight_ih_l0": torch.zeros(steps, 29),
            f"{part}.weight_hh_l0": torch.zeros(steps, steps),
            f"{part}.bias_ih_l0": torch.zeros(steps),
            f"{part}.bias_hh_l0": torch.zeros(steps),
        }
    parameters["decoder.weight_ih_l0"][0, FIRST] = 10.0
    parameters["decoder.weight_hh_l0"] += 5.0 * torch.eye(steps).roll(1, dims=0)
    parameters["decoder.bias_hh_l0"] -= 2.5
    for step, symbol in enumerate(said):
        parameters["fc.weight"][SYMBOLS.index(symbol), step] += 1.0
        parameters["fc.bias"][SYMBOLS.index(symbol)] += 1.0
    return parameters


def make_speaker(torch, rng, n_hidden):
    """Draw parameters of a decoder that says other letters for other words, and no S, E or ?."""
    parameters = make_model_parameters(torch, rng, 29, n_hidden)
    parameters["decoder.weight_hh_l0"] *= 2.0
    parameters["fc.bias"][:3] -= 99.0
    return parameters


def make_ending_speaker(torch, rng, n_hidden, end):
    """Add a clock to a speaker, which makes it say E at the step that is given."""
    parts, clock = make_speaker(torch, rng, n_hidden), make_teller(torch, "?" * end + "E")
    clock["fc.weight"] = torch.zeros(29, end + 1)
    clock["fc.weight"][LAST, end] = 200.0  # outweighs what a speaker has against E
    both = {}
    for name in parts:
        if name == "fc.bias":
            both[name] = parts[name]
        elif name == "fc.weight":
            both[name] = torch.cat([parts[name], clock[name]], dim=1)
        elif "hh_l0" in name and "weight" in name:
            both[name] = torch.block_diag(parts[name], clock[name])
        else:
            both[name] = torch.cat([parts[name], clock[name]])
    return both
