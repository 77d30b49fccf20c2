"""A picture of a class: students by exercises, each mark a square that grows with its share.

What a mark is shows in the square's size and in its shade, so that it can be read on paper and
without telling colours apart; what is no number has a sign of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grader.report.amounts import percent, share
from grader.report.files import feedback_href
from grader.report.plain import one_line, shorten
from grader.scoring import final_score, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.model import ExerciseResult, Grade

    Line = tuple[Fraction, str, str, tuple[tuple[str, str], ...]]

CELL: Final = 16
TOP: Final = 120
LEFT: Final = 190
BLOCK: Final = 40  # rows of one picture, which fits on a page
_LABEL: Final = 24
_SMALLEST: Final = 4
_LARGEST: Final = 13
_FULL: Final = 100


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One student: the name, where the page is, how far down, and what is in the row, by style."""

    name: str
    href: str
    y: int
    marks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HeatBlock:
    """A picture of up to forty students."""

    width: int
    height: int
    first: str
    last: str
    columns: tuple[tuple[int, str], ...]
    rows: tuple[HeatRow, ...]


class Heat:
    """Gathers what the picture shows; of a grade a line is kept.

    Parameters
    ----------
    exercises : sequence of str
        The columns.
    """

    def __init__(self, exercises: Sequence[str]) -> None:
        self._exercises = tuple(exercises)
        self._lines: list[Line] = []

    def add(self, grade: Grade) -> None:
        """Take in a grade; in any order."""
        final = final_score(grade)
        results = {result.id: result for result in grade.exercises}
        marks = tuple(
            _mark(results[name], column)
            for column, name in enumerate(self._exercises)
            if name in results
        )
        worth = Fraction(-1) if final is None else share(final, grade.max_score)
        name = shorten(one_line(grade.name), _LABEL)
        self._lines.append((-worth, grade.id, name, _joined(marks)))

    def blocks(self) -> tuple[HeatBlock, ...]:
        """Return the pictures, the best students first."""
        lines = sorted(self._lines)
        return tuple(
            self._block(lines[start : start + BLOCK]) for start in range(0, len(lines), BLOCK)
        )

    def _block(self, lines: Sequence[Line]) -> HeatBlock:
        rows = tuple(
            HeatRow(name, feedback_href(whose), TOP + number * CELL, marks)
            for number, (_, whose, name, marks) in enumerate(lines)
        )
        return HeatBlock(
            width=LEFT + CELL * len(self._exercises) + 90,
            height=TOP + CELL * len(rows) + 4,
            first=rows[0].name,
            last=rows[-1].name,
            columns=tuple(
                (LEFT + number * CELL + CELL // 2, name)
                for number, name in enumerate(self._exercises)
            ),
            rows=rows,
        )


def _mark(result: ExerciseResult, column: int) -> tuple[str, str]:
    """Return a mark's style and path, relative to the middle of its row."""
    x = LEFT + column * CELL + CELL / 2
    state = state_of(result)
    if state == "unwritten":
        return "none", f"M{x - 3:g} 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
    if result.score is None:
        return "lost", f"M{x - 4:g} -4l8 8m0 -8l-8 8"
    part = percent(share(result.score, result.points))
    side = round(_SMALLEST + (_LARGEST - _SMALLEST) * part / _FULL, 1)
    style = (
        "full" if part == _FULL else "most" if part >= _FULL // 2 else "some" if part else "zero"
    )
    return style, f"M{x - side / 2:g} {-side / 2:g}h{side:g}v{side:g}h{-side:g}z"


def _joined(marks: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Put the paths of one style together, in a fixed order."""
    found: dict[str, str] = {}
    for style, path in marks:
        found[style] = found.get(style, "") + path
    return tuple(sorted(found.items()))
