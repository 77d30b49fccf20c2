"""A run that grades a part of what was handed in again, and keeps the grades of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.batch.conditions import submission_digest
from grader.batch.grade import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.gradebook import Batch, Gradebook
    from grader.intake import Submission
    from grader.model import Conditions, Grade

    OnBegin = Callable[[Batch, Conditions], None]


class PartialRun(Plan):
    """The plan of a regrade.

    Under the conditions of the present batch, grades are replaced in it. Under others a batch is
    begun, or gone on with, into which the grades of whoever is not graded again are carried over;
    they keep the conditions that they were made under, so that reports say that there are several,
    and ``grader grade`` makes them anew.

    Parameters
    ----------
    book : Gradebook
        Open; something was graded in it.
    on_begin : callable or None
        Called with the present batch and the conditions in force, before anything is written.
    """

    def __init__(self, book: Gradebook, on_begin: OnBegin | None = None) -> None:
        self._book = book
        self._on_begin = on_begin
        self._chosen: frozenset[str] = frozenset()

    def waiting(
        self, conditions: Conditions, submissions: Sequence[Submission]
    ) -> Sequence[Submission]:
        """Choose all of them."""
        if self._on_begin is not None:
            self._on_begin(self._book.present(), conditions)
        self._chosen = frozenset(one.id for one in submissions)
        return submissions

    def begin(self, conditions: Conditions) -> None:
        """Go on with the present batch, or have the rest of it carried over into another."""
        present, students = self._book.present(), self._book.students()
        begun = self._book.begin(present.assignment, conditions, students)
        if begun.id != present.id:
            self._book.carry_over(present.id, self._chosen)

    def keep(self, submission: Submission, made: Grade) -> None:
        """Record a grade."""
        self._book.record(made, submission_digest(submission), submission)
