"""Tests of hello_ohlol: letters as tensors, a cell step by step, and training on one word.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import pytest

from inputs_hw8 import draw, make_hello_parameters, make_rnn_cell_parameters

# hello_encode


@pytest.mark.exercise("hello_encode")
@pytest.mark.points(2)
def test_puts_ones_where_the_letters_stand(check):
    """The word hello becomes five steps with a batch of one, in the order e, h, l, o."""
    check.hello_encode("hello")


@pytest.mark.exercise("hello_encode")
@pytest.mark.parametrize("word", ["ohlol", "lo", "eeh"])
def test_encodes_other_words(check, word):
    """Any word of the four letters has a step for each character."""
    check.hello_encode(word)


@pytest.mark.exercise("hello_encode")
def test_the_inputs_are_float32(check):
    """The layers of PyTorch hold float32 and take nothing else, so hello_train needs it."""
    dtype = str(check.hello_encode("hell").dtype)

    assert dtype == "torch.float32", f"the tensor holds {dtype}; nn.RNN takes torch.float32 alone"


# hello_states


@pytest.mark.exercise("hello_states")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("steps", "batch", "n_in", "n_hidden"), [(5, 2, 4, 3), (3, 4, 6, 6), (1, 3, 2, 5)]
)
def test_keeps_the_state_of_every_step(check, torch, rng, steps, batch, n_in, n_hidden):
    """Each step starts from the state that the one before it has left."""
    inputs = draw(torch, rng, steps, batch, n_in)
    hidden = draw(torch, rng, batch, n_hidden)

    check.hello_states(inputs, hidden, make_rnn_cell_parameters(torch, rng, n_in, n_hidden))


@pytest.mark.exercise("hello_states")
def test_reads_hello(check, torch, rng):
    """The letters of hello, one-hot, from a state of zeros."""
    inputs = torch.eye(4)[[1, 0, 2, 2, 3]].unsqueeze(1)

    check.hello_states(inputs, torch.zeros(1, 7), make_rnn_cell_parameters(torch, rng, 4, 7))


# hello_train


@pytest.mark.exercise("hello_train")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_hidden", "epochs"), [(8, 3), (5, 4)])
def test_has_the_right_loss_in_every_epoch(check, torch, rng, n_hidden, epochs):
    """From given parameters, every step of training is right, so every loss is."""
    parameters = make_hello_parameters(torch, rng, n_hidden)

    check.hello_train(parameters, epochs, like=lambda found: found[1])


@pytest.mark.exercise("hello_train")
@pytest.mark.parametrize("epochs", [1, 3])
def test_writes_what_it_has_learnt_so_far(check, torch, rng, epochs):
    """The text is what the network says after the last step, right or wrong."""
    check.hello_train(make_hello_parameters(torch, rng, 8), epochs)


@pytest.mark.exercise("hello_train")
@pytest.mark.points(2)
def test_learns_to_write_ohlol(check, submission, reference, torch, rng):
    """Fifty steps are enough, wherever they start."""
    parameters = make_hello_parameters(torch, rng, 8)

    text, losses = submission.hello_train(parameters, 50)

    check.equal(text, "ohlol")
    check.equal(len(losses), 50)
    check.equal(losses[:1], reference.hello_train(parameters, 1)[1])
