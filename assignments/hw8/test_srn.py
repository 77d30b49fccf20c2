"""Tests of srn: one small network, weight by weight in NumPy, and with torch's cell and layer.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw8 import make_network, make_tensors, stacked

TEXT = np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]])  # the inputs of the course text
TEXT_OUTPUTS = {
    "linear": [4.0, 12.0, 32.0],
    "tanh": [1.9280551601516338, 1.9984510891336251, 1.9999753470497836],
}
TINY = 1e-9  # below any effect of the inputs drawn here, above rounding


def make_same(torch, rng, steps):
    """Draw a network of `srn_forward`, and the tensors that make the others the same network.

    Their batch has two sequences: the inputs, and the inputs with all signs changed, which changes
    the signs of all results, as nothing is added in this network.
    """
    X, w, U = make_network(rng, steps)
    Wx, Uh, Vy = w[[0, 2, 1, 3]], U[[1, 3, 0, 2]], w[[4, 6, 5, 7]]
    tensors = [torch.from_numpy(part.reshape(2, 2)).float() for part in (Wx, Uh, Vy)]
    return (X, w, U, "tanh"), (*tensors, torch.from_numpy(np.stack([X, -X], axis=1)).float())


def as_tensors(torch, results):
    """Turn the arrays of `srn_forward` into what the networks in torch give for `make_same`."""
    arrays = [np.asarray(part) for part in results]
    return [torch.from_numpy(np.stack([array, -array], axis=1)).float() for array in arrays]


# srn_forward


@pytest.mark.exercise("srn_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("act", "steps"), [("linear", 4), ("tanh", 5)])
def test_computes_outputs_and_states(check, rng, act, steps):
    """With weights of which no two are equal, outputs and states of all steps are right."""
    check.srn_forward(*make_network(rng, steps), act)


@pytest.mark.exercise("srn_forward")
@pytest.mark.parametrize("act", ["linear", "tanh"])
def test_gives_the_outputs_of_the_course_text(check, submission, act):
    """With all weights 1, both outputs are those of the course text; most mistakes hide here."""
    Y, _ = submission.srn_forward(TEXT, np.ones(8), np.ones(4), act)

    check.equal(Y, np.repeat(np.array(TEXT_OUTPUTS[act])[:, None], 2, axis=1))


@pytest.mark.exercise("srn_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize("weight", ["U1", "U2", "U3", "U4"])
def test_each_u_leads_from_the_right_unit_to_the_right_unit(check, submission, rng, weight):
    """With one of the four alone, one unit hears of one other: U1 and U3 lead to the second."""
    X, w, _ = make_network(rng, 2)
    U = np.array([0.5 if name == weight else 0.0 for name in ("U1", "U2", "U3", "U4")])

    _, H = submission.srn_forward(X, w, U, "linear")

    from_inputs = w[[0, 2, 1, 3]].reshape(2, 2)
    first, second = from_inputs @ X[0], from_inputs @ X[1]
    sender, receiver = {"U1": (0, 1), "U2": (0, 0), "U3": (1, 1), "U4": (1, 0)}[weight]
    second[receiver] += 0.5 * first[sender]
    check.equal(H, np.array([first, second]))


@pytest.mark.exercise("srn_forward")
def test_the_linear_network_adds_up(check, submission, rng):
    """Without an activation, the outputs for a sum of two sequences are the sum of the outputs."""
    X, w, U = make_network(rng, 4)
    other = make_network(rng, 4)[0]
    other[1:] = 0

    (both, _), (one, _), (two, _) = (
        submission.srn_forward(inputs, w, U, "linear") for inputs in (X + 2 * other, X, other)
    )

    check.equal(both, np.asarray(one) + 2 * np.asarray(two))
    assert np.abs(two)[-1].max() > TINY, "the first input has no effect on the last output"


@pytest.mark.exercise("srn_forward")
def test_tanh_is_linear_for_tiny_inputs(check, submission, rng):
    """Near zero, tanh changes nothing: scaled back, the outputs are those of the linear network."""
    X, w, U = make_network(rng, 3)
    X[-1] = 0
    tiny = 2.0**-30  # the third power of it is lost in rounding

    Y, H = submission.srn_forward(tiny * X, w, U, "tanh")

    linear = submission.srn_forward(X, w, U, "linear")
    check.equal([np.asarray(Y) / tiny, np.asarray(H) / tiny], linear)
    assert np.abs(linear[0])[-1].max() > TINY, "the first inputs have no effect on the last output"


# srn_cell


@pytest.mark.exercise("srn_cell")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("sizes", "steps", "batch"), [((3, 4, 2), 5, 2), ((2, 3, 5), 4, 1), ((2, 2, 2), 3, 4)]
)
def test_cell_computes_outputs_and_states(check, torch, rng, sizes, steps, batch):
    """With random weights, outputs and states of all steps are right, and nothing is added."""
    check.srn_cell(*make_tensors(torch, rng, sizes, steps, batch))


@pytest.mark.exercise("srn_cell")
@pytest.mark.points(2)
def test_cell_is_the_network_of_srn_forward(check, submission, reference, torch, rng):
    """With the same weights, put into matrices, outputs and states are the same."""
    numbers, tensors = make_same(torch, rng, 4)

    results = submission.srn_cell(*tensors)

    expected = as_tensors(torch, reference.srn_forward(*numbers))
    check.equal(stacked(torch, results), expected)


# srn_rnn


@pytest.mark.exercise("srn_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("sizes", "steps", "batch"), [((3, 4, 2), 5, 2), ((2, 3, 5), 4, 1), ((2, 2, 2), 3, 4)]
)
def test_layer_computes_outputs_and_states(check, torch, rng, sizes, steps, batch):
    """With random weights, outputs and states of all steps are right, and nothing is added."""
    check.srn_rnn(*make_tensors(torch, rng, sizes, steps, batch))


@pytest.mark.exercise("srn_rnn")
@pytest.mark.points(2)
def test_layer_is_the_network_of_srn_forward(check, submission, reference, torch, rng):
    """With the same weights, put into matrices, outputs and states are the same."""
    numbers, tensors = make_same(torch, rng, 6)

    results = submission.srn_rnn(*tensors)

    expected = as_tensors(torch, reference.srn_forward(*numbers))
    check.equal(stacked(torch, results), expected)
