"""Hidden tests of hello_ohlol: other words, sizes and beginnings, and a cell run by hand.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import pytest

from inputs_hw8 import draw, make_hello_parameters, make_rnn_cell_parameters

# hello_encode


@pytest.mark.exercise("hello_encode")
@pytest.mark.points(2)
@pytest.mark.parametrize("length", [1, 4, 9])
def test_encodes_words_of_any_length(check, rng, length):
    """Every character has its step and its place."""
    check.hello_encode("".join(rng.choice(list("ehlo"), size=length)))


@pytest.mark.exercise("hello_encode")
def test_has_a_single_one_in_every_step(check, submission):
    """The largest entry of each step is the only one, and tells the letter."""
    encoded = submission.hello_encode("oleh")

    check.equal(list(encoded.shape), [4, 1, 4])
    check.equal(encoded.sum(dim=2).flatten().tolist(), [1.0] * 4)
    check.equal(encoded.argmax(dim=2).flatten().tolist(), [3, 2, 0, 1])


# hello_states


@pytest.mark.exercise("hello_states")
@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("steps", "batch", "n_in", "n_hidden"), [(4, 1, 5, 2), (6, 3, 3, 3), (2, 2, 1, 6)]
)
def test_states_are_right_for_any_sizes(check, torch, rng, steps, batch, n_in, n_hidden):
    """The states are right also where sizes are equal and no product fails to fit."""
    inputs = draw(torch, rng, steps, batch, n_in)
    hidden = draw(torch, rng, batch, n_hidden)

    check.hello_states(inputs, hidden, make_rnn_cell_parameters(torch, rng, n_in, n_hidden))


@pytest.mark.exercise("hello_states")
def test_agrees_with_a_loop_over_the_formula(check, submission, torch, rng):
    """Written out with matrix products, the states are the same."""
    parameters = make_rnn_cell_parameters(torch, rng, 3, 5)
    inputs, state = draw(torch, rng, 4, 2, 3), draw(torch, rng, 2, 5)

    states = submission.hello_states(inputs, state, parameters)

    expected = []
    for x in inputs:
        read = x @ parameters["weight_ih"].T + parameters["bias_ih"]
        state = torch.tanh(read + state @ parameters["weight_hh"].T + parameters["bias_hh"])
        expected.append(state)
    check.equal(states, expected)


# hello_train


@pytest.mark.exercise("hello_train")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n_hidden", "epochs"), [(3, 5), (10, 8)])
def test_losses_are_right_from_any_beginning(check, torch, rng, n_hidden, epochs):
    """Sizes and number of epochs are those of the arguments."""
    parameters = make_hello_parameters(torch, rng, n_hidden)

    check.hello_train(parameters, epochs, like=lambda found: found[1])


@pytest.mark.exercise("hello_train")
def test_says_what_it_knows_without_training(check, torch, rng):
    """With no epoch, the text is that of the parameters that came in."""
    check.hello_train(make_hello_parameters(torch, rng, 6), 0, like=lambda found: found[0])


@pytest.mark.exercise("hello_train")
@pytest.mark.points(2)
@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_learns_from_every_beginning(check, submission, reference, torch, rng, attempt):
    """Fifty steps lead to ohlol, and to a loss far below that of guessing."""
    parameters = make_hello_parameters(torch, rng, 8)

    text, losses = submission.hello_train(parameters, 50)

    check.equal(text, "ohlol")
    check.equal(losses[:1], reference.hello_train(parameters, 1)[1])
    assert losses[-1] < 0.1, f"after 50 epochs the loss is still {losses[-1]:.3f}"
