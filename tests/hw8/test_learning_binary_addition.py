"""The network of `binary_addition` learns to add every pair of numbers, as the course texts say.

What is run is the reference. How the weights start is not its affair, so both texts' ways are here.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from grader.catalog import load_assignment
from grader.mistakes import load_mistakes

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.learning

ROOT = Path(__file__).parents[2]
ASSIGNMENT, SOLUTION = ROOT / "assignments" / "hw8", ROOT / "solutions" / "hw8"
# The text that seeds its generator prints the error of one example every 1000 iterations.
PRINTED = [3.45638663, 3.63389116, 3.91366595, 3.72191702, 3.5852713, 2.53352328, 0.57691441]
PRINTED += [1.42589952]
RATE = 0.1

Weights = tuple[np.ndarray, np.ndarray, np.ndarray]
Pairs = list[tuple[int, int]]


def load_reference() -> ModuleType:
    """Load the reference module by its path, a fresh one each time."""
    spec = importlib.util.spec_from_file_location("addition", SOLUTION / "binary_addition.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw_start(start: str, count: int) -> tuple[Weights, Pairs]:
    """Draw the weights as one of the two texts does, then its pairs, from one generator."""
    generator = np.random.RandomState(0)
    if start == "uniform":
        U, V, W = (2 * generator.random_sample(shape) - 1 for shape in ((2, 16), (16, 1), (16, 16)))  # noqa: N806  (the course's names)
    else:
        U, W, V = (generator.randn(*shape) for shape in ((2, 16), (16, 16), (16, 1)))  # noqa: N806  (the same)
    pairs = [(int(generator.randint(128)), int(generator.randint(128))) for _ in range(count)]
    return (U, W, V), pairs


def count_right_sums(weights: Weights) -> int:
    """Add all pairs of numbers below 128, every pair in its own row, and count the right sums."""
    U, W, V = weights  # noqa: N806  (the course's names)
    first, second = (numbers.ravel() for numbers in np.divmod(np.arange(128 * 128), 128))
    h, answers = np.zeros((128 * 128, len(W))), np.zeros(128 * 128, dtype=int)
    for place in range(8):
        x = np.stack([first >> place & 1, second >> place & 1], axis=1)
        h = 1 / (1 + np.exp(-(x @ U + h @ W)))
        answers += (h @ V > 0).ravel() * 2**place  # where the sigmoid is above 1/2
    return int(np.sum(answers == first + second))


def error_of(addition: ModuleType, pair: tuple[int, int], weights: Weights) -> float:
    """Add one pair and sum up by how much the outputs miss their bits."""
    a, b, c = (addition.int_to_bits(number) for number in (*pair, sum(pair)))
    _, outputs = addition.binadd_forward(a, b, *weights)
    return float(sum(abs(o[0, 0] - y) for o, y in zip(outputs, c[::-1], strict=True)))


def test_adds_every_pair_after_8000_pairs_from_a_uniform_start() -> None:
    """All 16,384 sums are right, and on the way the printed errors of the course text come out."""
    addition = load_reference()
    weights, pairs = draw_start("uniform", 8000)

    errors = []
    for begin in range(0, 8000, 1000):
        errors.append(error_of(addition, pairs[begin], weights))
        weights = addition.binadd_train(pairs[begin : begin + 1000], *weights, RATE)

    # To the printed digits: weights that start 1e-15 off change none of them.
    assert errors == pytest.approx(PRINTED, abs=1e-8)
    assert count_right_sums(weights) == 128 * 128


def test_adds_every_pair_after_8000_pairs_from_a_normal_start() -> None:
    """All 16,384 sums are right from the other text's start as well, and none by chance before."""
    addition = load_reference()
    weights, pairs = draw_start("normal", 8000)

    learnt = addition.binadd_train(pairs, *weights, RATE)

    assert count_right_sums(weights) < 128
    assert count_right_sums(learnt) == 128 * 128


def test_reads_the_sum_off_its_outputs() -> None:
    """What the network has learnt can be used through the exercises' own functions."""
    addition = load_reference()
    weights, pairs = draw_start("normal", 4000)
    weights = addition.binadd_train(pairs, *weights, RATE)

    a, b = addition.int_to_bits(100), addition.int_to_bits(27)
    _, outputs = addition.binadd_forward(a, b, *weights)

    assert addition.bits_to_int(np.array([int(o[0, 0] > 0.5) for o in outputs[::-1]])) == 127


def test_a_wrong_gradient_may_learn_faster_than_the_right_one() -> None:
    """Without o(1 - o), all sums are right after 3000 pairs: accuracy does not judge a gradient."""
    addition = load_reference()
    mistakes = load_mistakes(load_assignment(ASSIGNMENT))["binadd_backward"]
    mistake = next(one for one in mistakes if one.id == "no_slope_at_output")
    weights, pairs = draw_start("uniform", 3000)

    right = addition.binadd_train(pairs, *weights, RATE)
    exec(mistake.definitions["binadd_backward"], vars(addition))  # noqa: S102  (our own text)
    wrong = addition.binadd_train(pairs, *weights, RATE)

    assert count_right_sums(wrong) == 128 * 128
    assert count_right_sums(right) < 128 * 128 // 8
