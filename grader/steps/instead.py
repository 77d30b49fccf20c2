"""What the reference has that could stand in the place of a submission's values."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from grader.steps.layouts import common, fitted
from grader.steps.runs import all_arrays

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.steps.runs import Run, Told


@dataclasses.dataclass(frozen=True, slots=True)
class Instead:
    """Values of the reference that could stand in the place of an expression's.

    Parameters
    ----------
    marks : frozenset of int
        The reference's marks that have them.
    values : tuple of ndarray
        As many as the expression gave, in the same shapes.
    """

    marks: frozenset[int]
    values: tuple[np.ndarray, ...]


def in_place_of(
    every: Sequence[Told],
    solution: Run,
    marks: Collection[int] | None = None,
    met: Collection[int] = (),
) -> list[Instead]:
    """List what the reference has that could stand in the place of an expression's values.

    Parameters
    ----------
    every : sequence of Told
        What the expression gave, each time.
    solution : Run
        What the reference's marks have told in the same case.
    marks : collection of int or None
        Of which of them; None for all.
    met : collection of int
        Marks that come last, for the submission has their values elsewhere.

    Returns
    -------
    list of Instead
        Those that agree with the first values come first. What is there already is left out, unless
        marks are given.
    """
    mine = b"".join(_key(one.value) for one in every)
    found: dict[bytes, tuple[tuple[int, int, bool, int], set[int], tuple[np.ndarray, ...]]] = {}
    for number, series in solution.by_number.items():
        if not all_arrays(series) or (marks is not None and number not in marks):
            continue
        agreed = -common(every, series)
        for odd, values in enumerate(fitted(every, series)):
            key = b"".join(map(_key, values))
            if key == mine and marks is None:
                continue
            rank = agreed, odd, number in met, number
            before = found.setdefault(key, (rank, set(), tuple(values)))
            before[1].add(number)
            found[key] = min(before[0], rank), before[1], before[2]
    ranked = sorted(found.values(), key=lambda one: one[0])
    return [Instead(frozenset(numbers), values) for _, numbers, values in ranked]


def _key(value: np.ndarray) -> bytes:
    return np.float32(value).tobytes()
