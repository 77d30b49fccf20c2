"""Two numbers and a digest in the place of all that a case has answered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.diagnose import Answer, Trace, answer
from grader.diagnose.fingerprint import Fingerprint, fingerprint
from grader.sandbox import Result

VALUES: dict[str, Any] = {
    "a": np.arange(6.0).reshape(2, 3) + 0.1,
    "b": [np.ones(3), None, "text", 2.5],
}


def failed(*values: Any) -> Trace:
    """Make the trace of a case that failed after some calls."""
    return Trace(passed=False, answers=tuple(answer("f", Result(value)) for value in values))


def alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Compare as is done with stored ones."""
    return one.form == other.form and all(
        abs(a - b) <= one.tolerance for a, b in zip(one.numbers, other.numbers, strict=True)
    )


def test_rounding_makes_no_difference() -> None:
    """Nor do a row of matrices joined to one, and a tuple of one thing."""
    rounded = {"a": VALUES["a"] * (1 + 1e-12), "b": VALUES["b"]}
    stacked = np.random.default_rng(0).standard_normal((2, 3, 4))

    assert alike(fingerprint(failed(VALUES), None), fingerprint(failed(rounded), None))
    assert alike(
        fingerprint(failed(stacked), None), fingerprint(failed((stacked.reshape(6, 4),)), None)
    )


@pytest.mark.parametrize(
    "other",
    [
        {**VALUES, "a": VALUES["a"] + 1e-3},
        {**VALUES, "a": VALUES["a"].T},
        {**VALUES, "a": VALUES["a"].astype(np.float32)},
        {**VALUES, "b": [np.ones(3), None, "other", 2.5]},
        {**VALUES, "b": [np.ones(3), 0, "text", 2.5]},
        {**VALUES, "b": [np.ones(3), None, "text", 2.51]},
        {"a": VALUES["a"]},
    ],
    ids=["value", "shape", "precision", "text", "kind", "number", "key"],
)
def test_each_part_makes_a_difference(other: Any) -> None:
    """Numbers by their sum, all else by the digest."""
    assert not alike(fingerprint(failed(VALUES), None), fingerprint(failed(other), None))


def test_keys_that_the_reference_lacks_do_not_count() -> None:
    """As in `grader.diagnose.agree`."""
    right, more = failed(VALUES), failed({**VALUES, "c": 7.0})

    assert alike(fingerprint(right, right), fingerprint(more, right))
    assert not alike(fingerprint(right, None), fingerprint(more, None))


def test_calls_and_errors_count() -> None:
    """How often something was called, what, and how it failed."""
    once, twice = fingerprint(failed(1.0), None), fingerprint(failed(1.0, 1.0), None)
    raised = fingerprint(Trace(False, (Answer("f", error="errored_student TypeError"),)), None)
    other = fingerprint(Trace(False, (Answer("f", error="errored_student NameError"),)), None)

    assert len({one.form for one in (once, twice, raised, other)}) == 4
    assert raised.numbers == (0.0, 0.0)


def test_zeros_and_what_is_not_finite_are_no_accident() -> None:
    """Nothing is divided by a norm of zero, and NaN lies where it lies."""
    zeros, nan, moved = (
        fingerprint(failed(np.array(value)), None)
        for value in ([0.0, 0.0], [np.nan, 1.0], [1.0, np.nan])
    )

    assert zeros.numbers == (0.0, 0.0)
    assert not alike(nan, moved)
