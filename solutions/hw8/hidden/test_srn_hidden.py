"""Hidden tests of srn: other lengths, other sizes, and what the public tests leave open.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw8 import make_network, make_tensors, stacked


def with_plain_steps(torch, Wx, Uh, Vy, X):
    """Work out outputs and states step by step, without a layer."""
    h, outputs, states = torch.zeros(X.shape[1], len(Uh)), [], []
    for x in X:
        h = torch.tanh(x @ Wx.T + h @ Uh.T)
        states.append(h)
        outputs.append(h @ Vy.T)
    return [torch.stack(outputs), torch.stack(states)]


# srn_forward


@pytest.mark.exercise("srn_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("act", "steps"), [("linear", 1), ("linear", 6), ("tanh", 1), ("tanh", 9)])
def test_sequences_of_any_length_have_the_right_outputs(check, rng, act, steps):
    """Outputs and states are right for one step and for many."""
    check.srn_forward(*make_network(rng, steps), act)


@pytest.mark.exercise("srn_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize("act", ["linear", "tanh"])
def test_an_input_shows_from_its_own_step_on(check, submission, rng, act):
    """Outputs before a changed input stay, and all from its step on are those of the change."""
    X, w, U = make_network(rng, 5)
    changed = X.copy()
    changed[2] += rng.standard_normal(2)

    (before, _), (after, _) = (submission.srn_forward(each, w, U, act) for each in (X, changed))

    check.equal(np.asarray(after)[:2], np.asarray(before)[:2])
    moved = np.abs(np.asarray(after)[2:] - np.asarray(before)[2:]).max(axis=1)
    assert np.all(moved > 1e-9), "the outputs after a changed input are the same as before"


@pytest.mark.exercise("srn_forward")
def test_the_linear_network_scales_with_its_inputs(check, submission, rng):
    """Three times the inputs give three times the outputs and the states."""
    X, w, U = make_network(rng, 4)
    X[-1] = 0

    scaled, plain = (submission.srn_forward(each, w, U, "linear") for each in (3 * X, X))

    check.equal(scaled, [3 * np.asarray(part) for part in plain])
    assert np.abs(plain[0])[-1].max() > 1e-9, "the inputs have no effect on later outputs"


@pytest.mark.exercise("srn_forward")
@pytest.mark.parametrize("act", ["linear", "tanh"])
def test_outputs_are_matrix_products_of_the_states(check, submission, rng, act):
    """Whatever the activation, it acts on the states alone."""
    X, w, U = make_network(rng, 4, scale=1.2)

    Y, H = submission.srn_forward(X, w, U, act)

    check.equal(Y, np.asarray(H) @ np.array([[w[4], w[5]], [w[6], w[7]]]))
    assert np.abs(H).min() > 0, "some state is zero whatever the inputs are"


# srn_cell


@pytest.mark.exercise("srn_cell")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("sizes", "steps", "batch"), [((4, 3, 6), 6, 3), ((5, 5, 5), 3, 2), ((1, 2, 1), 7, 5)]
)
def test_cell_is_right_for_any_sizes(check, torch, rng, sizes, steps, batch):
    """Outputs and states are right, also where all sizes are equal and everything fits."""
    check.srn_cell(*make_tensors(torch, rng, sizes, steps, batch))


@pytest.mark.exercise("srn_cell")
@pytest.mark.points(2)
def test_cell_makes_plain_steps(check, submission, torch, rng):
    """Outputs and states are those of a loop with tanh and matrix products."""
    tensors = make_tensors(torch, rng, (3, 2, 4), 5, 3)

    check.equal(stacked(torch, submission.srn_cell(*tensors)), with_plain_steps(torch, *tensors))


# srn_rnn


@pytest.mark.exercise("srn_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("sizes", "steps", "batch"), [((4, 3, 6), 6, 3), ((5, 5, 5), 3, 2), ((1, 2, 1), 7, 5)]
)
def test_layer_is_right_for_any_sizes(check, torch, rng, sizes, steps, batch):
    """Outputs and states are right, also where all sizes are equal and everything fits."""
    check.srn_rnn(*make_tensors(torch, rng, sizes, steps, batch))


@pytest.mark.exercise("srn_rnn")
@pytest.mark.points(2)
def test_layer_makes_plain_steps(check, submission, torch, rng):
    """Outputs and states are those of a loop with tanh and matrix products."""
    tensors = make_tensors(torch, rng, (3, 2, 4), 5, 3)

    check.equal(stacked(torch, submission.srn_rnn(*tensors)), with_plain_steps(torch, *tensors))
