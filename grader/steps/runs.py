"""What marked code has told in one run, read with the suspicion that it deserves."""

from __future__ import annotations

import bisect
import dataclasses
import functools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["array", "many", "plain", "opaque", "turn"]
OPAQUE: Final = "?"
_LONGEST: Final = 30_000


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One value that a mark was given.

    Parameters
    ----------
    number : int
        The mark's.
    order : int
        When, among all of the run.
    at : int
        How many values the mark had told before.
    kind : str
        ``array`` for an array or number; ``many`` for a container of some; ``plain`` for None and
        texts, of which nothing follows; ``opaque`` for any other object; ``turn`` for a loop that
        begins or comes round.
    leaves : tuple of ndarray
        The arrays, of float64.
    eps : float
        How far two of them may be apart, as a part of their size, and be the same.
    """

    number: int
    order: int
    at: int
    kind: Kind
    leaves: tuple[np.ndarray, ...] = ()
    eps: float = 0.0

    @property
    def value(self) -> np.ndarray:
        """The array, where it is one."""
        return self.leaves[0]


@dataclasses.dataclass(frozen=True)
class Run:
    """All that marked code has told in one run of a case.

    Parameters
    ----------
    told : tuple of Told
        In the order of time.
    """

    told: tuple[Told, ...]

    @classmethod
    def read(cls, decoded: Any) -> Run | None:
        """Make sense of what a worker sends; None where it does not keep to the form."""
        if not isinstance(decoded, list) or len(decoded) > _LONGEST:
            return None
        told = []
        counts: Counter[int] = Counter()
        for order, entry in enumerate(decoded):
            if not isinstance(entry, tuple) or len(entry) != 2:  # noqa: PLR2004 - number and value
                return None
            number, value = entry
            if not isinstance(number, int) or isinstance(number, bool):
                return None
            told.append(_told(number, order, counts[number], value))
            counts[number] += 1
        return cls(tuple(told))

    @functools.cached_property
    def by_number(self) -> dict[int, list[Told]]:
        """What each mark has told, in order."""
        found: dict[int, list[Told]] = {}
        for one in self.told:
            found.setdefault(one.number, []).append(one)
        return found

    def before(self, number: int, order: int) -> Told | None:
        """Return what a mark has told last before some time."""
        every = self.by_number.get(number, [])
        at = bisect.bisect_left(every, order, key=lambda one: one.order)
        return every[at - 1] if at else None

    def turn(self, loop: int, order: int) -> int:
        """Return in which turn of a loop something was told, from 1; 0 before the first."""
        count = 0
        for one in self.by_number.get(loop, ()):
            if one.order > order:
                break
            count = count + 1 if one.leaves and one.leaves[0] else 0
        return count


def _told(number: int, order: int, at: int, value: Any) -> Told:
    if isinstance(value, bool):
        return Told(number, order, at, "turn", (np.array(float(value)),))
    if value is None:
        return Told(number, order, at, "plain")
    if isinstance(value, list):
        leaves = [_array(item) for item in value]
        if any(leaf is None for leaf in leaves):
            return Told(number, order, at, "opaque")
        kept = [leaf for leaf in leaves if leaf is not None]
        eps = max((one for _, one in kept), default=0.0)
        return Told(number, order, at, "many", tuple(leaf for leaf, _ in kept), eps)
    found = _array(value)
    if found is None:
        return Told(number, order, at, "opaque")
    return Told(number, order, at, "array", (found[0],), found[1])


def _array(value: Any) -> tuple[np.ndarray, float] | None:
    """Return a number or an array of numbers in float64, with how exactly it was computed."""
    if isinstance(value, int | float | np.ndarray | np.generic) and not isinstance(value, bool):
        array = np.asarray(value)
        if array.dtype.kind in "fiub" and array.ndim <= _AXES:
            coarse = array.dtype.kind == "f" and array.dtype.itemsize < 8  # noqa: PLR2004 - bytes
            return array.astype(np.float64), COARSE if coarse else FINE
    return None


_AXES: Final = 5
COARSE: Final = 1e-4
FINE: Final = 1e-8


def all_arrays(every: Sequence[Told]) -> bool:
    """Tell whether a mark has told arrays and nothing else."""
    return all(one.kind == "array" for one in every)
