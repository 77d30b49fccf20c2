"""Parts of sums and products that the reference does not compute by themselves, but others may.

Of ``a * h * (1 - h)`` one student computes ``h * (1 - h)`` first, of ``x @ U + h @ W + b`` another
``x @ U + b``. They are steps of the solution as well.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np

from grader.steps.runs import Run, Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.steps.spots import Marked, Spot

_FIRST: Final = 1 << 20  # of the numbers of what has no mark
_LEAST_TERMS: Final = 3  # of two there is no part
_MOST_TERMS: Final = 4
_PLACES: Final = 1 << _MOST_TERMS


def grouped(run: Run, definitions: Sequence[Marked]) -> Run:
    """Return a run that tells parts of sums and products, too, under numbers of their own.

    Parameters
    ----------
    run : Run
        What the reference's marks have told.
    definitions : sequence of Marked
        What they stand for.
    """
    told = list(run.told)
    for one in definitions:
        for spot in one.spots:
            for number, values in _parts(run, spot):
                told += [
                    Told(number, of.order, of.at, "array", (value,), of.eps) for of, value in values
                ]
    return Run(tuple(told))


def mark_behind(number: int) -> int:
    """Return the mark of the sum or product that a part belongs to; the mark itself for one."""
    return number if number < _FIRST else (number - _FIRST) // _PLACES


def _parts(run: Run, spot: Spot) -> Iterator[tuple[int, list[tuple[Told, np.ndarray]]]]:
    every = run.by_number.get(spot.number, [])
    terms = [(run.by_number.get(number, []), sign) for number, sign in spot.operands]
    if not _LEAST_TERMS <= len(terms) <= _MOST_TERMS:
        return
    if any(len(series) != len(every) for series, _ in terms):
        return
    if any(one.kind != "array" for series, _ in terms for one in series):
        return
    for count in range(2, len(terms)):
        for chosen in itertools.combinations(range(len(terms)), count):
            values = []
            for at, of in enumerate(every):
                value = _together(
                    [(terms[one][0][at].value, terms[one][1]) for one in chosen], spot
                )
                if value is None:
                    return
                values.append((of, value))
            place = sum(1 << one for one in chosen)
            yield _FIRST + spot.number * _PLACES + place, values


def _together(terms: Sequence[tuple[np.ndarray, int]], spot: Spot) -> np.ndarray | None:
    try:
        with np.errstate(all="ignore"):
            value = np.full((), 1.0 if spot.operation == "*" else 0.0)
            for term, sign in terms:
                value = value * term if spot.operation == "*" else value + sign * term
    except ValueError:
        return None
    return np.asarray(value)
