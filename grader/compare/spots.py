"""Where a comparison stands: the path so far and the tolerances below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from grader.compare import leaves
from grader.compare.summaries import brief
from grader.model import Difference

if TYPE_CHECKING:
    from grader.compare.tolerance import Tolerances


class Spot(msgspec.Struct, frozen=True):
    """A place inside the expected value.

    Parameters
    ----------
    path : str
        As Python would index it.
    tolerances : Tolerances
        By path.
    eps : float
        Precision in which the actual value may have been computed, where it does not tell.
    notes : set of str
        What was accepted although it came otherwise than asked for: ``precision`` for float32 in
        the place of float64, ``whole`` for floats in the place of integers.
    """

    path: str
    tolerances: Tolerances
    eps: float = 0.0
    notes: set[str] = msgspec.field(default_factory=set)

    def item(self, index: int) -> Spot:
        """Return the spot of an element of a sequence."""
        return msgspec.structs.replace(self, path=leaves.item_path(self.path, index))

    def key(self, key: object) -> Spot:
        """Return the spot of a dictionary's value."""
        return msgspec.structs.replace(self, path=leaves.key_path(self.path, key))

    def differ(self, kind: str, expected: object, actual: object) -> Difference:
        """Return a difference in form between two values here."""
        return Difference(kind, self.path, brief(expected), brief(actual))


# What the comparers of containers are given to compare what is inside: actual, expected, spot.
Comparer = Callable[[object, object, Spot], Difference | None]
