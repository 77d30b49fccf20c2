"""How hard exercises and their cases were, and whether they tell strong from weak students.

Difficulty is the share of an exercise's points that was earned, or of a case's runs that passed.
Discrimination is the corrected item-total correlation: how an item goes with what the same students
earned on the other exercises, from -1 to 1. Sums are of whole numbers, so the order in which grades
come changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grader.model import Verdict

if TYPE_CHECKING:
    from grader.model import ExerciseResult, Grade

# Of fewer students a correlation says nothing.
FEWEST: Final = 10
_SCALE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of an exercise, or of a case of one.

    Parameters
    ----------
    id : str
        The exercise's id or the case's.
    suite : str
        ``public`` or ``hidden`` of a case; empty of an exercise.
    count : int
        How many students it was judged for.
    mean : Fraction or None
        The share that was earned, or passed; None where it was judged for nobody.
    discrimination : float or None
        None where fewer than ten students were judged, or all alike.
    """

    id: str
    suite: str
    count: int
    mean: Fraction | None
    discrimination: float | None


@dataclass(slots=True)
class _Sums:
    """Sums over students of an item's value x and of what they earned elsewhere, r."""

    count: int = 0
    x: int = 0
    xx: int = 0
    r: int = 0
    rr: int = 0
    xr: int = 0

    def add(self, x: int, r: int) -> None:
        self.count += 1
        self.x += x
        self.xx += x * x
        self.r += r
        self.rr += r * r
        self.xr += x * r

    def mean(self) -> Fraction | None:
        return Fraction(self.x, self.count * _SCALE) if self.count else None

    def correlation(self) -> float | None:
        spread = (self.count * self.xx - self.x**2) * (self.count * self.rr - self.r**2)
        if self.count < FEWEST or spread <= 0:
            return None
        return (self.count * self.xr - self.x * self.r) / math.sqrt(spread)


@dataclass(slots=True)
class _Exercise:
    whole: _Sums = field(default_factory=_Sums)
    cases: dict[tuple[str, str], _Sums] = field(default_factory=dict)


class ItemAnalysis:
    """Gathers an item analysis; of a grade no more is kept than sums."""

    def __init__(self) -> None:
        self._exercises: dict[str, _Exercise] = {}

    def add(self, grade: Grade) -> None:
        """Take in a grade; one without a score, or of nothing, says nothing of an item."""
        scores = {result.id: result.score for result in grade.exercises if result.score is not None}
        if grade.score is None:
            return
        total = sum(scores.values(), Fraction(0))
        for result in grade.exercises:
            if result.id in scores:
                self._add(result, _whole(total - scores[result.id]))

    def exercise(self, name: str) -> Item:
        """Return what is known of an exercise."""
        sums = self._exercises.get(name, _Exercise()).whole
        return Item(name, "", sums.count, sums.mean(), sums.correlation())

    def cases(self, name: str) -> list[Item]:
        """Return what is known of an exercise's cases, in the order of the suites."""
        found = self._exercises.get(name, _Exercise()).cases
        return [
            Item(case, suite, sums.count, sums.mean(), sums.correlation())
            for (suite, case), sums in found.items()
        ]

    def _add(self, result: ExerciseResult, rest: int) -> None:
        kept = self._exercises.setdefault(result.id, _Exercise())
        if result.score is not None and result.points:
            kept.whole.add(_whole(result.score / result.points), rest)
        for case in result.cases:
            if case.verdict.is_judged:
                sums = kept.cases.setdefault((case.suite, case.id), _Sums())
                sums.add(_SCALE if case.verdict is Verdict.PASSED else 0, rest)


def _whole(value: Fraction) -> int:
    return round(value * _SCALE)
