"""grades.csv: one row a student, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grader.model import Student
from grader.report.cells import cell
from grader.report.wording import status_name
from grader.scoring import deduction, final_score, lateness_of, two_decimals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.catalog import Assignment
    from grader.model import Grade

HEADER: Final = (
    "id", "name", "number", "email", "section", "group", "status", "score", "max_score",
    "carried_forward", "by_hand", "handed_in_at", "days_late", "deduction", "final_score",
)  # fmt: skip


def grades_csv(assignment: Assignment, grades: Iterable[Grade]) -> str:
    """Write grades.csv.

    Parameters
    ----------
    assignment : Assignment
        Its exercises are the columns after `HEADER`. ``score`` is their sum; ``final_score`` is
        what is left of it once ``deduction``, what being late costs, is taken off.
    grades : iterable of Grade
        In any order; rows are sorted by id, so that the same batch gives the same bytes.

    Returns
    -------
    str
        Comma-separated, with a header; lines end in a line feed. Points have two decimals. A score
        that does not exist is an empty cell, never 0. To be written as UTF-8 with a byte order
        mark where Excel is to read names that are not English.
    """
    table = GradesTable(assignment)
    for grade in grades:
        table.add(grade)
    return table.text()


class GradesTable:
    """Gathers the rows of grades.csv; see `grades_csv`."""

    def __init__(self, assignment: Assignment) -> None:
        self._exercises = [exercise.id for exercise in assignment.marked]
        self._rows: dict[str, list[str]] = {}

    def add(self, grade: Grade) -> None:
        """Take in a grade; in any order."""
        self._rows[grade.id] = _row(grade, self._exercises)

    def text(self) -> str:
        """Write what is there by now."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*HEADER, *map(cell, self._exercises)])
        writer.writerows(self._rows[submission] for submission in sorted(self._rows))
        return text.getvalue()


def _row(grade: Grade, exercises: list[str]) -> list[str]:
    results = {result.id: result for result in grade.exercises}
    scores = [_points(results[name].score) if name in results else "" for name in exercises]
    carried = sum((result.carried_forward for result in grade.exercises), Fraction(0))
    known = grade.student or Student(grade.id, grade.name)
    late = lateness_of(grade)
    return [
        *map(cell, (grade.id, grade.name, known.number, known.email, known.section, known.group)),
        status_name(grade),
        _points(grade.score),
        two_decimals(grade.max_score),
        "" if grade.score is None else two_decimals(carried),
        " ".join(set_by_hand(grade)),
        cell(grade.attempt.handed_in_at) if grade.attempt else "",
        "" if late is None else str(late.days),
        "" if grade.score is None else two_decimals(deduction(grade)),
        _points(final_score(grade)),
        *scores,
    ]


def set_by_hand(grade: Grade) -> list[str]:
    """Name the marks that were set by hand: exercises, and `total`."""
    named = [result.id for result in grade.exercises if result.override is not None]
    return named if grade.override is None else [*named, "total"]


def _points(value: Fraction | None) -> str:
    return "" if value is None else two_decimals(value)
