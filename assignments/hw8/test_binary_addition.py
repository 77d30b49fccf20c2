"""Tests of binary_addition: numbers and bits, the network forward and backward, learning.

`rng` draws the inputs. `check.NAME(...)` calls your function and ours with equal copies of them and
compares; `submission.NAME(...)` calls yours alone, `reference.NAME(...)` ours alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw8 import (
    STEP,
    WEIGHTS,
    by_step,
    make_bits,
    make_run,
    make_sum,
    make_weights,
    slack,
)


def text_weights(start):
    """Draw weights as the two course texts do, in their order; and go on with this generator."""
    generator = np.random.RandomState(0)
    if start == "uniform":
        U, V, W = (2 * generator.random_sample(shape) - 1 for shape in ((2, 16), (16, 1), (16, 16)))
    else:
        U, W, V = (generator.randn(*shape) for shape in ((2, 16), (16, 16), (16, 1)))
    return generator, (U, W, V)


def text_pair(generator):
    """Draw the two numbers of an example as both course texts do."""
    return int(generator.randint(128)), int(generator.randint(128))


# bits


@pytest.mark.exercise("bits")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n", "dim"), [(6, 8), (19, 5), (200, 8), (2**11 + 300, 12)])
def test_writes_a_number_highest_digit_first(check, n, dim):
    """As many digits as were asked for, with zeros in front, also more than eight."""
    check.int_to_bits(n, dim)


@pytest.mark.exercise("bits")
def test_writes_eight_digits_unless_told_otherwise(check):
    """Without a second argument, there are eight."""
    check.int_to_bits(77)


@pytest.mark.exercise("bits")
@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("number", "dim", "kind"), [(6, 5, "int64"), (211, 8, "uint8"), (2**10 + 77, 12, "uint8")]
)
def test_reads_a_number_highest_digit_first(check, number, dim, kind):
    """Digits of any integer type are read, and the number may be larger than 255."""
    check.bits_to_int(make_bits(number, dim).astype(kind))


@pytest.mark.exercise("bits")
def test_reads_what_it_wrote(check, submission):
    """Numbers of eight digits come back from their digits."""
    numbers = list(range(1, 256, 4))

    written = [submission.int_to_bits(number, 8) for number in numbers]

    assert {len(digits) for digits in written} == {8}, "a number is not written as eight digits"
    check.equal([submission.bits_to_int(digits) for digits in written], numbers)


# binadd_forward


@pytest.mark.exercise("binadd_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("dim", "hidden"), [(8, 5), (3, 7)])
def test_computes_states_and_outputs(check, rng, dim, hidden):
    """All states, the first of them zero, and all outputs are right, lowest bit first."""
    a, b, _ = make_sum(rng, dim)
    a[-1], b[-1], a[0], b[0] = 1, 0, 0, 1  # neither end nor the two numbers are alike

    check.binadd_forward(a, b, *make_weights(rng, hidden), like=by_step)


@pytest.mark.exercise("binadd_forward")
def test_reads_the_highest_bit_last(check, submission, rng):
    """The first digit of a number changes the output of the last step, and no other."""
    a, b, _ = make_sum(rng, 6)
    weights = make_weights(rng, 4)
    changed = a.copy()
    changed[0] = 1 - changed[0]

    (_, before), (_, after) = (by_step(submission.binadd_forward(n, b, *weights))
                               for n in (a, changed))  # fmt: skip

    check.equal(after[:5], before[:5])
    assert np.abs(after[5] - before[5]).max() > 1e-6, "the highest bit has no effect on its output"


@pytest.mark.exercise("binadd_forward")
def test_is_as_wrong_at_the_start_as_in_the_course_text(check, reference):
    """With the weights and the first numbers of the text, the error that it prints comes out."""
    generator, weights = text_weights("uniform")
    numbers = text_pair(generator)
    a, b, c = (make_bits(number, 8) for number in (*numbers, sum(numbers)))

    def outputs(found):
        return [np.ravel(output) for output in found[1]]

    check.binadd_forward(a, b, *weights, like=outputs)
    printed = np.concatenate(outputs(reference.binadd_forward(a, b, *weights)))
    assert round(np.abs(printed - c[::-1]).sum(), 8) == 3.45638663


# binadd_backward


@pytest.mark.exercise("binadd_backward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("dim", "hidden"), [(8, 5), (4, 6)])
@pytest.mark.parametrize("part", [0, 1, 2], ids=["dU", "dW", "dV"])
def test_computes_the_gradient(check, reference, rng, part, dim, hidden):
    """Each of the three gradients is the sum of what all steps contribute."""
    run = make_run(reference, rng, dim, hidden)

    check.binadd_backward(*run, like=lambda found: found[part])


@pytest.mark.exercise("binadd_backward")
@pytest.mark.points(2)
def test_agrees_with_measured_slopes(submission, reference, rng):
    """The gradients say how 1/2 sum (o - y)^2 changes when a weight moves a little."""
    run = make_run(reference, rng, 6, 4)
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
def test_the_gradient_has_the_right_size(check, reference, rng):
    """Every entry is right but perhaps for its sign, as in the texts that add the step."""
    run = make_run(reference, rng, 7, 3)

    check.binadd_backward(*run, like=lambda found: [np.abs(gradient) for gradient in found])


@pytest.mark.exercise("binadd_backward")
def test_a_single_step_has_no_history(check, submission, rng):
    """With one bit, the state before is zero, and so is the gradient of W."""
    weights, (a, b, c) = make_weights(rng, 3), ([1], [1], [0])
    h, o = rng.uniform(0.2, 0.8, (1, 3)), rng.uniform(0.2, 0.8, (1, 1))

    found = submission.binadd_backward(
        np.array(a), np.array(b), np.array(c), [np.zeros((1, 3)), h], [o], *weights
    )

    do = o * o * (1 - o)
    dz = (do * weights[2].T) * h * (1 - h)
    check.equal(found, [np.repeat(dz, 2, axis=0), np.zeros((3, 3)), do * h.T])


# binadd_train


@pytest.mark.exercise("binadd_train")
@pytest.mark.points(3)
@pytest.mark.parametrize(("dim", "hidden", "lr"), [(8, 5, 0.7), (4, 6, 2.0)])
@pytest.mark.parametrize("part", [0, 1, 2], ids=WEIGHTS)
def test_learns_from_each_pair(check, rng, part, dim, hidden, lr):
    """Each weight takes one step against its gradient for each pair."""
    pairs = [[int(n) for n in pair] for pair in rng.integers(2 ** (dim - 1), size=(4, 2))]

    check.binadd_train(
        pairs, *make_weights(rng, hidden), lr, dim, like=lambda weights: weights[part]
    )


@pytest.mark.exercise("binadd_train")
@pytest.mark.points(2)
def test_one_pair_is_one_step(check, reference, submission, rng):
    """After one pair, every weight has moved by -lr times its gradient."""
    weights, (first, second) = make_weights(rng, 4), (21, 9)
    a, b, c = (make_bits(number, 6) for number in (first, second, first + second))
    hs, outputs = reference.binadd_forward(a, b, *weights)
    gradients = reference.binadd_backward(a, b, c, hs, outputs, *weights)

    learnt = submission.binadd_train([[first, second]], *weights, 0.5, 6)

    check.equal(learnt, [w - 0.5 * g for w, g in zip(weights, gradients, strict=True)])


@pytest.mark.exercise("binadd_train")
@pytest.mark.parametrize("start", ["uniform", "normal"])
def test_learns_from_the_first_pairs_of_the_course_texts(check, start):
    """Whether weights start uniform or normal, the first ten steps are the same descent."""
    generator, weights = text_weights(start)
    pairs = [text_pair(generator) for _ in range(10)]

    check.binadd_train(pairs, *weights, 0.1)
