"""Four cases for each of four exercises."""

import pytest

SIZES = [(2, 3), (3, 2), (4, 4), (6, 5)]


def make_network(rng, hidden, inputs):
    """Draw input weights, state weights, a bias and a state."""
    return [rng.standard_normal((hidden, width)) for width in (inputs, hidden, 1, 1)]


@pytest.mark.exercise("clip")
@pytest.mark.parametrize("bound", [0.1, 0.5, 2.0, 10.0])
def test_every_entry_is_limited(check, rng, bound):
    """The gradients lie within the bound."""
    gradients = {name: 3 * rng.standard_normal((4, 5)) for name in ("dWx", "dWh", "db")}
    check.clip(gradients, bound)


@pytest.mark.exercise("step_forward")
@pytest.mark.parametrize(("hidden", "inputs"), SIZES)
def test_one_step_is_right(check, rng, hidden, inputs):
    """The new state is right."""
    check.step_forward(*make_network(rng, hidden, inputs), rng.standard_normal((inputs, 1)))


@pytest.mark.exercise("word_forward")
@pytest.mark.parametrize(("hidden", "inputs"), SIZES)
def test_every_state_is_right(check, rng, hidden, inputs):
    """All states of a word are right."""
    check.word_forward(*make_network(rng, hidden, inputs), rng.standard_normal((7, inputs, 1)))


@pytest.mark.exercise("layer")
@pytest.mark.parametrize(("hidden", "inputs"), SIZES)
def test_the_layer_is_right(check, torch, rng, hidden, inputs):
    """All states are right."""
    wx, wh, _, _ = make_network(rng, hidden, inputs)
    xs = rng.standard_normal((7, 2, inputs))
    check.layer(*(torch.tensor(value, dtype=torch.float32) for value in (wx, wh, xs)))
