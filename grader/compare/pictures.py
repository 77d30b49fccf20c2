"""Which elements of an array are off, in a few letters: what a picture of it is drawn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from grader.model import Elements

if TYPE_CHECKING:
    from grader.compare.kinds import Array

MATRIX_SIDE: Final = 32
VECTOR_LENGTH: Final = 96
FEWEST: Final = 4
NOTABLE: Final = 0.1  # of the largest error
DIGITS: Final = 4

# From what says least of an element to what says most; see `Elements`.
LETTERS: Final = ".lhLHx"
_MATRIX_AXES: Final = 2


def elements(
    actual: Array, expected: Array, wrong: Array, worst: tuple[int, ...]
) -> Elements | None:
    """Mark the elements of an array that are off.

    Parameters
    ----------
    actual, expected : ndarray
        Of the same shape.
    wrong : ndarray of bool
        Which elements are off.
    worst : tuple of int
        The element that is furthest off.

    Returns
    -------
    Elements or None
        Of an array of more than two axes those of the matrix, along the last two, that holds the
        worst element; axes of one element are no axes. None where too few are left for a picture.
    """
    long = [axis for axis, size in enumerate(wrong.shape) if size > 1]
    leading = long[:-_MATRIX_AXES]
    place = tuple(
        worst[axis] if axis in leading else 0 if axis not in long else slice(None)
        for axis in range(wrong.ndim)
    )
    ranks = _ranks(actual[place], expected[place], wrong[place])
    if ranks.size < FEWEST:
        return None
    at = tuple(worst[axis] for axis in leading)
    if ranks.ndim == 1:
        return _vector(ranks, actual[place], expected[place], wrong.shape, at)
    rows, columns = (-(-size // MATRIX_SIDE) for size in ranks.shape)
    of_rows = np.maximum.reduceat(ranks, range(0, ranks.shape[0], rows), axis=0)
    blocks = np.maximum.reduceat(of_rows, range(0, ranks.shape[1], columns), axis=1)
    return Elements(
        shape=wrong.shape,
        at=at,
        rows=tuple("".join(LETTERS[rank] for rank in row) for row in blocks),
        block=(rows, columns),
    )


def _vector(
    ranks: Array, actual: Array, expected: Array, shape: tuple[int, ...], at: tuple[int, ...]
) -> Elements:
    stride = -(-ranks.size // VECTOR_LENGTH)
    kept = [
        start + int(np.argmax(ranks[start : start + stride]))
        for start in range(0, ranks.size, stride)
    ]
    return Elements(
        shape=shape,
        at=at,
        rows=("".join(LETTERS[ranks[index]] for index in kept),),
        block=(1, stride),
        expected=_numbers(expected[kept]),
        actual=_numbers(actual[kept]),
    )


def _ranks(actual: Array, expected: Array, wrong: Array) -> Array:
    """Return for each element the place of its letter in `LETTERS`."""
    ranks = np.where(wrong, LETTERS.index("x"), 0)
    if not all(np.isrealobj(side) and side.dtype != bool for side in (actual, expected)):
        return ranks
    with np.errstate(over="ignore", invalid="ignore"):
        errors = actual.astype(np.float64) - expected.astype(np.float64)
    known = wrong & np.isfinite(errors)
    sizes = np.where(known, np.abs(errors), 0.0)
    notable = sizes >= NOTABLE * sizes.max(initial=0.0)
    named = np.where(notable, LETTERS.index("L"), LETTERS.index("l")) + (errors > 0)
    return np.where(known, named, ranks)


def _numbers(values: Array) -> tuple[float | None, ...]:
    rounded = (float(f"{float(value):.{DIGITS}g}") for value in np.real(values))
    # The largest number there is has none of four digits beside it.
    return tuple(value if math.isfinite(value) else None for value in rounded)
