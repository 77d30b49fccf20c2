"""Hidden tests of binary_addition: other numbers and sizes, and what the public tests leave open.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw8 import STEP, WEIGHTS, by_step, make_run, make_weights, slack


def make_pairs(rng, dim, count):
    """Draw pairs of numbers whose sums fit into `dim` bits."""
    return [[int(n) for n in pair] for pair in rng.integers(2 ** (dim - 1), size=(count, 2))]


# bits


@pytest.mark.exercise("bits")
@pytest.mark.points(2)
@pytest.mark.parametrize("dim", [1, 3, 7, 8, 16])
def test_writes_any_number_with_any_number_of_digits(check, rng, dim):
    """Zero, the largest number and one in between have the right digits."""
    for number in (0, 2**dim - 1, int(rng.integers(2**dim))):
        check.int_to_bits(number, dim)


@pytest.mark.exercise("bits")
@pytest.mark.points(2)
@pytest.mark.parametrize(("dim", "kind"), [(5, "int64"), (8, "uint8"), (7, "int64"), (12, "uint8")])
def test_reads_any_digits(check, rng, dim, kind):
    """Random digits, all ones and a single one in front are read, whatever their integer type."""
    first = np.eye(1, dim, dtype=kind)[0]
    for digits in (rng.integers(2, size=dim).astype(kind), np.ones(dim, kind), first):
        check.bits_to_int(digits)


@pytest.mark.exercise("bits")
def test_any_numbers_come_back(check, submission, rng):
    """Numbers of eight digits come back from their digits."""
    numbers = [int(number) for number in rng.integers(1, 2**8, size=20)]

    written = [submission.int_to_bits(number, 8) for number in numbers]

    assert {len(digits) for digits in written} == {8}, "a number is not written as eight digits"
    check.equal([submission.bits_to_int(digits) for digits in written], numbers)


# binadd_forward


@pytest.mark.exercise("binadd_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("dim", "hidden"), [(8, 16), (1, 3), (12, 2), (4, 5)])
def test_numbers_of_any_length_have_the_right_outputs(check, rng, dim, hidden):
    """States and outputs are right for one bit and for many, and for any size of the state."""
    a, b = rng.integers(2, size=(2, dim))

    check.binadd_forward(a, b, *make_weights(rng, hidden), like=by_step)


@pytest.mark.exercise("binadd_forward")
def test_the_two_numbers_have_weights_of_their_own(check, submission, rng):
    """With the numbers exchanged and the rows of U as well, nothing changes."""
    a, b = rng.integers(2, size=(2, 7))
    a[-1], b[-1] = 1, 0
    U, W, V = make_weights(rng, 4)

    exchanged = by_step(submission.binadd_forward(b, a, U[::-1].copy(), W, V))

    check.equal(exchanged, by_step(submission.binadd_forward(a, b, U, W, V)))
    _, outputs = by_step(submission.binadd_forward(b, a, U, W, V))
    assert np.abs(outputs[0] - exchanged[1][0]).max() > 1e-9, "it is all one which number is which"


@pytest.mark.exercise("binadd_forward")
def test_a_longer_number_begins_alike(check, submission, rng):
    """Digits put in front leave the first states and outputs as they were."""
    a, b = rng.integers(2, size=(2, 5))
    weights = make_weights(rng, 6)
    longer = (np.concatenate([[1, 0, 1], number]) for number in (a, b))

    states, outputs = by_step(submission.binadd_forward(*longer, *weights))

    check.equal([states[:6], outputs[:5]], by_step(submission.binadd_forward(a, b, *weights)))
    _, others = by_step(submission.binadd_forward(1 - a, b, *weights))
    assert np.abs(others[0] - outputs[0]).max() > 1e-9, "the digits of a have no effect"


# binadd_backward


@pytest.mark.exercise("binadd_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("dim", "hidden"), [(8, 16), (5, 2), (2, 7), (11, 4)])
def test_numbers_of_any_length_have_the_right_gradients(check, reference, rng, dim, hidden):
    """All three gradients are right for few bits and for many."""
    check.binadd_backward(*make_run(reference, rng, dim, hidden))


@pytest.mark.exercise("binadd_backward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("dim", "hidden"), [(3, 3), (9, 5)])
def test_agrees_with_slopes_for_any_sizes(submission, reference, rng, dim, hidden):
    """The gradients say how 1/2 sum (o - y)^2 changes when a weight moves a little."""
    run = make_run(reference, rng, dim, hidden)
    a, b, c, *_ = run
    weights = dict(zip(WEIGHTS, run[5:], strict=True))

    gradients = submission.binadd_backward(*run)

    def loss(moved):
        _, outputs = reference.binadd_forward(a, b, *moved.values())
        errors = [float(np.ravel(o).item()) - y for o, y in zip(outputs, c[::-1], strict=True)]
        return sum(error * error for error in errors) / 2

    for name, gradient in zip(WEIGHTS, gradients, strict=True):
        direction = rng.standard_normal(weights[name].shape)
        direction /= np.linalg.norm(direction)
        above, below = (
            loss({**weights, name: weights[name] + step * direction}) for step in (STEP, -STEP)
        )
        measured, claimed = (above - below) / (2 * STEP), float(np.sum(gradient * direction))
        assert abs(claimed - measured) < 1e-6 * max(1.0, abs(measured)) + slack(gradient), (
            f"d{name} says that the loss changes by {claimed:.6g} for one unit along a random "
            f"direction of {name}; moving {name} a little shows {measured:.6g}"
        )


@pytest.mark.exercise("binadd_backward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("dim", "hidden"), [(6, 4), (10, 2)])
def test_the_gradient_has_the_right_size_for_any_sizes(check, reference, rng, dim, hidden):
    """Every entry is right but perhaps for its sign, as in the texts that add the step."""
    run = make_run(reference, rng, dim, hidden)

    check.binadd_backward(*run, like=lambda found: [np.abs(gradient) for gradient in found])


# binadd_train


@pytest.mark.exercise("binadd_train")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("dim", "hidden", "lr", "count"), [(8, 16, 0.1, 12), (5, 3, 1.5, 6), (10, 4, 0.4, 5)]
)
def test_learns_from_any_numbers(check, rng, dim, hidden, lr, count):
    """The weights after some pairs are right for any number of bits and any learning rate."""
    check.binadd_train(make_pairs(rng, dim, count), *make_weights(rng, hidden), lr, dim)


@pytest.mark.exercise("binadd_train")
@pytest.mark.points(2)
def test_goes_on_from_where_it_was(check, submission, rng):
    """Pairs learnt in two calls, the second with the weights of the first, are pairs in one."""
    pairs, weights = make_pairs(rng, 6, 5), make_weights(rng, 4)

    half = submission.binadd_train(pairs[:2], *weights, 0.8, 6)
    learnt = submission.binadd_train(pairs[2:], *half, 0.8, 6)

    check.equal(learnt, submission.binadd_train(pairs, *weights, 0.8, 6))
    for before, after in zip((*weights, *half), (*half, *learnt), strict=True):
        assert np.abs(after - before).max() > 1e-9, "some pairs have taught it nothing"


@pytest.mark.exercise("binadd_train")
def test_without_pairs_nothing_is_learnt(check, rng):
    """An empty list leaves the weights as they are, and a pair does not."""
    check.binadd_train([], *make_weights(rng, 3), 0.5, 7)
    check.binadd_train(make_pairs(rng, 7, 1), *make_weights(rng, 3), 0.5, 7)


@pytest.mark.exercise("binadd_train")
def test_learns_eight_bits_unless_told_otherwise(check, rng):
    """Without the last argument, numbers have eight bits."""
    check.binadd_train(make_pairs(rng, 8, 3), *make_weights(rng, 5), 0.9)
