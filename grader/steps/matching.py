"""Which of a submission's values are steps of the solution: found by value, not by name.

Both sides have run the same case, with marks. What an expression gave each time is held against
what each expression of the reference gave: turn by turn, up to the order of axes and the shape; all
steps at once against one a turn; from the last turn to the first. A value that does not change is
looked for among all of the reference's.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Final

import numpy as np

from grader.steps.layouts import agreement, equal, same
from grader.steps.runs import all_arrays

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from grader.steps.runs import Run, Told
    from grader.steps.spots import Marked, Spot

FORWARDS: Final = False
BACKWARDS: Final = True
_NEAR: Final = 1e-2  # of sums; who is near is looked at closely


@dataclasses.dataclass(frozen=True, slots=True)
class Outset:
    """An expression whose value is none of the solution's, though all that it is made of is.

    Parameters
    ----------
    spot : Spot
        The expression.
    told : Told
        Its first value that is none of the solution's.
    made_in : frozenset of (int, int)
        Function and line of each statement in which it is made out of values of the solution's: its
        own, and those of values on the way that are none either.
    made_by : frozenset of int
        The marks of the values on the way.
    """

    spot: Spot
    told: Told
    made_in: frozenset[tuple[int, int]]
    made_by: frozenset[int]


class Matching:
    """A submission's values in one case, held against the reference's.

    Parameters
    ----------
    run : Run
        What the submission's marks have told.
    solution : Run
        What the reference's have.
    definitions : sequence of Marked
        The submission's expressions.
    """

    def __init__(self, run: Run, solution: Run, definitions: Sequence[Marked]) -> None:
        self.run = run
        self._spots = {spot.number: spot for one in definitions for spot in one.spots}
        self._bound: dict[tuple[int, str], set[int]] = {}
        for function, name, line in (one for each in definitions for one in each.bound):
            self._bound.setdefault((function, name), set()).add(line)
        self._right = series_of(solution)
        self._pool = _Pool(one for one in solution.told if one.kind in {"array", "many"})
        self._kept = [one for one in solution.told if one.kind == "many"]
        self._prefixes: dict[int, tuple[int, int]] = {}
        self._met: set[int] = set()

    @property
    def met(self) -> set[int]:
        """The reference's marks whose values the submission is known to have."""
        return self._met

    def is_right(self, told: Told) -> bool:
        """Tell whether a value is a step of the solution, or nothing that could be one."""
        if told.kind in {"plain", "turn"}:
            return True
        if told.kind == "opaque":
            return False
        return bool(self._ways(told))

    def lines_of(self, spot: Spot) -> set[int]:
        """List the lines that give a name its value, or change it; none for a parameter."""
        return self._bound.get((spot.function, spot.name), set())

    def kept_in(self, spot: Spot) -> set[int]:
        """List the lines that fill a container which a name stands for; none for others."""
        every = self.run.by_number.get(spot.number, [])
        return self.lines_of(spot) if any(one.kind == "many" for one in every) else set()

    def outsets(self, most: int) -> list[Outset]:
        """List expressions whose first wrong value is made of right ones in a few lines.

        Parameters
        ----------
        most : int
            In how many lines, its own included.

        Returns
        -------
        list of Outset
            In the order of time.
        """
        found = []
        for number, every in self.run.by_number.items():
            spot = self._spots.get(number)
            if spot is None or not spot.computes or not all_arrays(every):
                continue
            prefix = max(self._prefix(number))
            if prefix < len(every):
                # A result that is wrong is made by all that comes before.
                lines = 1 if spot.returned else most
                made = self._made(spot, every[prefix], lines)
                if made is not None:
                    found.append(Outset(spot, every[prefix], *made))
        return sorted(found, key=lambda one: one.told.order)

    def is_always_made_in(self, spot: Spot, lines: Collection[tuple[int, int]]) -> bool:
        """Tell whether all values of an expression are made of right ones in some lines."""
        every = self.run.by_number.get(spot.number, [])
        made = [self._made(spot, one, len(lines)) for one in every]
        return all(one is not None and one[0] <= frozenset(lines) for one in made)

    def _made(
        self, spot: Spot, told: Told, most: int
    ) -> tuple[frozenset[tuple[int, int]], frozenset[int]] | None:
        """Return in which lines, and by which marks, a wrong value is made of right ones.

        None if they are too many, or one of them is not made in sight.
        """
        lines = {(spot.function, spot.statement[0])}
        seen = {spot.number}
        waiting = [(part, told.order) for part in spot.parts]
        ways = {FORWARDS, BACKWARDS}
        while waiting:
            number, order = waiting.pop()
            part = self._spots[number]
            latest = self.run.before(number, order)
            if number in seen or latest is None:
                continue
            if self._is_given(part, latest):
                ways &= self._ways(latest)
                if not ways:
                    return None
                continue
            seen.add(number)
            if not part.name:
                if part.elsewhere:
                    return None
                waiting += [(one, latest.order) for one in part.parts]
                lines.add((part.function, part.statement[0]))
            else:
                bound = self.lines_of(part)
                if not bound:
                    return None
                lines |= {(part.function, line) for line in bound}
                waiting += [(one, latest.order) for one in self._set_on(part.function, bound)]
            if len(lines) > most:
                return None
        return frozenset(lines), frozenset(seen)

    def _is_given(self, part: Spot, told: Told) -> bool:
        """Tell whether a value needs no reason: it is right, and no number that is written down.

        Such a number is easily one of the solution's as well.
        """
        bound = self.lines_of(part) if part.name else set()
        is_number = told.kind == "array" and told.value.size == 1
        if is_number and bound and not self._set_on(part.function, bound):
            return False
        return self.is_right(told)

    def _set_on(self, function: int, lines: set[int]) -> list[int]:
        return [
            spot.number
            for spot in self._spots.values()
            if spot.function == function
            and any(spot.statement[0] <= line <= spot.statement[1] for line in lines)
        ]

    def _prefix(self, number: int) -> tuple[int, int]:
        """Return how many of a mark's values are right, from the first on; see `agreement`."""
        if number not in self._prefixes:
            self._prefixes[number] = self._longest(self.run.by_number[number])
        return self._prefixes[number]

    def _longest(self, every: Sequence[Told]) -> tuple[int, int]:
        if not all_arrays(every):
            return 0, 0
        count = len(every)
        steady = all(equal(every[0].value, one.value, one.eps) for one in every[1:])
        if steady and self._pool.has(every[0].value, every[0].eps):
            return count, count
        longest = 0, 0
        for mark, series in self._right.items():
            agreed = agreement(every, series)
            longest = max(longest[0], agreed[0]), max(longest[1], agreed[1])
            if count in agreed:
                self._met.add(mark)
            if longest == (count, count):
                break
        return longest

    def _ways(self, told: Told) -> set[bool]:
        """Tell in which order of the turns a value is right: that of the reference, or the other.

        A value that is right there, and another that is right in the other order, do not belong
        together.
        """
        if told.kind == "many":
            return self._ways_of_many(told)
        if told.kind != "array":
            return set() if told.kind == "opaque" else {FORWARDS, BACKWARDS}
        forwards, backwards = self._prefix(told.number)
        return {
            way for way, count in ((FORWARDS, forwards), (BACKWARDS, backwards)) if told.at < count
        }

    def _ways_of_many(self, told: Told) -> set[bool]:
        """Tell in which order a container has what the reference keeps, or computes in turn."""
        leaves, eps = told.leaves, told.eps
        if any(_alike(leaves, other.leaves, max(eps, other.eps)) for other in self._kept):
            return {FORWARDS, BACKWARDS}
        found = set()
        for series in self._right.values():
            values = [one.value for one in series]
            if len(values) >= len(leaves) and _alike(leaves, values[: len(leaves)], eps):
                found.add(FORWARDS)
            if len(values) == len(leaves) and _alike(leaves, values[::-1], eps):
                found.add(BACKWARDS)
        return found


def _alike(some: Sequence[np.ndarray], others: Sequence[np.ndarray], eps: float) -> bool:
    return len(some) == len(others) and all(
        same(one, other, eps) for one, other in zip(some, others, strict=True)
    )


def series_of(run: Run) -> dict[int, list[Told]]:
    """Collect what marks have told that have told arrays and nothing else; no two alike."""
    found: dict[int, list[Told]] = {}
    seen: set[tuple[object, ...]] = set()
    for number, every in run.by_number.items():
        if all_arrays(every):
            key = tuple((one.value.shape, one.value.tobytes()) for one in every)
            if key not in seen:
                seen.add(key)
                found[number] = every
    return found


class _Pool:
    """All values of a run, to look one up."""

    def __init__(self, every: Iterator[Told]) -> None:
        self._by_size: dict[int, list[tuple[np.ndarray, float]]] = {}
        for told in every:
            for leaf in told.leaves:
                self._by_size.setdefault(leaf.size, []).append((leaf, told.eps))

    @functools.cached_property
    def _sums(self) -> dict[int, np.ndarray]:
        return {
            size: np.array([float(leaf.sum()) for leaf, _ in leaves])
            for size, leaves in self._by_size.items()
        }

    def has(self, value: np.ndarray, eps: float) -> bool:
        """Tell whether a value is among them, up to the order of axes and the shape."""
        leaves = self._by_size.get(value.size)
        if leaves is None:
            return False
        with np.errstate(invalid="ignore"):
            apart = np.abs(self._sums[value.size] - float(value.sum()))
            near = np.flatnonzero(~(apart > _NEAR * (1 + np.abs(self._sums[value.size]))))
        return any(same(value, leaves[at][0], max(eps, leaves[at][1])) for at in near)
