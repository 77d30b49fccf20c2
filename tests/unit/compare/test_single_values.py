"""Policy for None, truth values, texts and single numbers."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from grader.compare import compare
from grader.errors import HarnessError
from grader.wire import Handle

if TYPE_CHECKING:
    from grader.model import Difference


def differ(actual: object, expected: object) -> Difference:
    """Compare two values that must not be accepted."""
    difference = compare(actual, expected)
    assert difference is not None, "accepted"
    return difference


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (None, None),
        (np.True_, True),
        (torch.tensor(data=True), True),
        (np.int64(3), 3),
        (3, np.uint8(3)),
        (np.array(3), 3),
        (2**200, 2**200),
        (1, 1.0),
        (np.float64(0.1), 0.1),
        (np.array([[0.1]]), 0.1),
        (torch.tensor(0.1, dtype=torch.float64), 0.1),
        ((0.1,), 0.1),
        (1.5, 1.5 + 0j),
        ("ab", "ab"),
        (b"ab", b"ab"),
        (float("nan"), float("nan")),
        (float("inf"), float("inf")),
        ("a\ud800", "a\ud800"),
    ],
    ids=repr,
)
def test_accepts_equal_single_values(actual: object, expected: object) -> None:
    """A number may come from Python, numpy or, without dimensions, from an array."""
    assert compare(actual, expected) is None


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (0, None),
        (None, 0),
        (0, False),
        (1, True),
        (True, 1),
        (np.True_, 1),
        (np.array([3]), 3),
        (True, 1.0),
        (1j, 1.0),
        ("1.0", 1.0),
        (np.ones(2), 1.0),
        (np.zeros(0), 0.0),
        ([], 0.0),
        ([1.0], 1.0),
        (b"ab", "ab"),
        ("ab", b"ab"),
        (Handle(1), 1.0),
        ({1, 2}, [1, 2]),
        ("ab", ["a", "b"]),
        ({0: 1.0}, [1.0]),
    ],
    ids=repr,
)
def test_tells_kinds_of_single_values_apart(actual: object, expected: object) -> None:
    """Equality in Python's sense is not enough: 1 == True == 1.0."""
    assert differ(actual, expected).kind == "kind"


@pytest.mark.parametrize(
    ("actual", "expected", "error"),
    [(4, 3, 1.0), (2**70, 3, float(2**70 - 3)), (10**400, 3, None), (0.5, 0.75, 0.25)],
)
def test_measures_how_far_a_number_is_off(
    actual: float, expected: float, error: float | None
) -> None:
    """The error is absolute; beyond the range of floats it is left out."""
    difference = differ(actual, expected)

    assert (difference.kind, difference.error, difference.total) == ("value", error, 1)


def test_writes_close_numbers_so_that_they_differ() -> None:
    """Nine digits unless the two would look the same."""
    difference = differ(0.1 + 1e-13, 0.1)

    assert difference.expected != difference.actual
    assert float(difference.actual) == 0.1 + 1e-13


def test_int_past_every_float_is_not_finite() -> None:
    """No int that a submission returns can make the comparator itself fail."""
    assert differ(10**400, 1.5).kind == "not_finite"
    assert differ([10**400, 1.0], np.ones(2)).kind == "kind"
    assert differ(10**400, np.array(3)).kind == "kind"


def test_points_at_the_first_wrong_character() -> None:
    """Long texts are shown around the place where they part."""
    difference = differ("abc" * 30 + "x", "abc" * 30 + "y")

    assert difference.index == (90,)
    assert difference.expected.endswith("y'")
    assert len(difference.actual) < 60
    assert differ("ab", "abc").index == (2,)


def test_texts_differing_in_control_characters_are_shown_escaped() -> None:
    """A quoted text never breaks the line."""
    assert "\n" not in differ("a\nb", "a b").actual


@pytest.mark.parametrize(
    "expected", [{1, 2}, [object()], {"a": Handle(3)}, np.array(["a"]), np.array([None])]
)
def test_refuses_an_expected_value_that_cannot_be_compared(expected: object) -> None:
    """That is the grader's fault, and must not become a verdict."""
    with pytest.raises(HarnessError, match="cannot be compared"):
        compare(expected, expected)


def test_works_without_torch() -> None:
    """Exercises in numpy never pay for torch's import."""
    code = (
        "import sys, numpy as np; from grader.compare import *;"
        "v = {'a': [np.ones(3), 1.5, 'x']};"
        "p = perturb(v, np.random.default_rng(0), 1e-6);"
        "assert compare(p, v, derive(v, [p], 1e-6)) is not None and summary(v);"
        "assert 'torch' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()


def test_a_float_that_is_no_integer_is_a_wrong_value() -> None:
    """Only the integer itself may come as a float."""
    for value, kind in ((3.5, "value"), (4.0, "value"), (np.float64("nan"), "not_finite")):
        difference = compare(value, 3)
        assert difference is not None
        assert difference.kind == kind
