"""Numbers against numbers of the same shape: the only place where values are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from grader.compare.kinds import EPS32, fits_in_float32
from grader.compare.pictures import elements
from grader.compare.summaries import number_pair
from grader.compare.tolerance import CEILING, SAFETY, scale_of
from grader.model import Difference

if TYPE_CHECKING:
    from grader.compare.kinds import Array, Numbers
    from grader.compare.spots import Spot


def judge(actual: Numbers, expected: Numbers, spot: Spot) -> Difference | None:
    """Compare numbers of equal shapes and accepted families, element by element.

    Parameters
    ----------
    actual, expected : Numbers
        Of the same shape; nothing is broadcast.
    spot : Spot
        Where they are; gives the tolerance.

    Returns
    -------
    Difference or None
        Of kind ``not_finite``, ``value`` or ``dtype``, at the element that is furthest off.
    """
    if actual.values.shape != expected.values.shape:
        raise ValueError(f"shapes {actual.values.shape} and {expected.values.shape} reach judge")
    if expected.family in {"bool", "int"}:
        return _judge_exact(actual, expected.values, spot)
    return _judge_close(actual, expected, spot)


def _judge_exact(numbers: Numbers, expected: Array, spot: Spot) -> Difference | None:
    actual = numbers.values
    wrong = actual != expected
    if not wrong.any():
        if numbers.family == "float":
            spot.notes.add("whole")
        return None
    finite = np.isfinite(actual)
    if not finite.all():
        return _difference("not_finite", (actual, expected), _first_largest(~finite), ~finite, spot)
    distance = np.abs(actual.astype(np.float64) - expected.astype(np.float64))
    index = _first_largest(np.where(wrong, distance, -1.0))
    difference = _difference("value", (actual, expected), index, wrong, spot)
    if expected.dtype == bool:
        return difference
    error = abs(float(actual[index]) - float(expected[index]))
    return msgspec.structs.replace(difference, error=error, tolerance=0.0)


def _judge_close(actual: Numbers, expected: Numbers, spot: Spot) -> Difference | None:
    wanted = expected.values
    got = actual.values.astype(wanted.dtype)
    finite = np.isfinite(wanted)
    came = np.isfinite(got)
    if not (finite.all() and came.all()):
        for kind, bad in (
            ("not_finite", finite & ~came),
            ("value", ~finite & ~_same_non_finite(got, wanted)),
        ):
            if bad.any():
                return _difference(kind, (got, wanted), _first_largest(bad), bad, spot)
        # What is not finite is the same on both sides.
        came_to, right = np.where(finite, got, 0), np.where(finite, wanted, 0)
    else:
        came_to, right = got, wanted
    with np.errstate(over="ignore"):  # two huge numbers of opposite sign: an infinite error is true
        errors = np.abs(came_to - right)
    tolerance = spot.tolerances.at(spot.path, expected)
    wrong = errors > tolerance
    if not wrong.any():
        return None
    index = _first_largest(errors)
    eps = _computed_eps(actual, spot)
    coarse = errors <= _coarse_tolerance(eps, expected, tolerance)
    if coarse.all() and eps <= EPS32:
        spot.notes.add("precision")
        return None
    kind = "dtype" if coarse.all() else "value"
    difference = _difference(kind, (got, wanted), index, wrong, spot)
    return msgspec.structs.replace(difference, error=float(errors[index]), tolerance=tolerance)


def _computed_eps(actual: Numbers, spot: Spot) -> float:
    """Return the precision that the numbers may have come from, which their dtype may hide."""
    hidden = actual.family == "float" and fits_in_float32(actual.values)
    return max(actual.eps, spot.eps, EPS32 if hidden else 0.0)


def _coarse_tolerance(eps: float, expected: Numbers, tolerance: float) -> float:
    """Return what a precision could keep, where that is coarser than what is asked."""
    scale = scale_of(expected.values)
    if eps <= expected.eps or tolerance >= SAFETY * eps * scale:
        return tolerance
    return min(tolerance * eps / expected.eps, CEILING * scale)


def _same_non_finite(actual: Array, expected: Array) -> Array:
    same: Array = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return same


def _first_largest(values: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))


def _difference(
    kind: str, sides: tuple[Array, Array], index: tuple[int, ...], wrong: Array, spot: Spot
) -> Difference:
    actual, expected = sides
    texts = number_pair(expected[index].item(), actual[index].item())
    return Difference(
        kind,
        spot.path,
        texts[0],
        texts[1],
        index=index,
        wrong=int(np.count_nonzero(wrong)),
        total=int(wrong.size),
        elements=elements(actual, expected, wrong, index),
    )
