"""A run whose grades are kept: what the gradebook has need not be graded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.batch.conditions import submission_digest
from grader.batch.grade import Plan
from grader.model import Student

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.gradebook import Batch, Gradebook, Outlook
    from grader.intake import Submission
    from grader.model import Conditions, Grade

    OnOutlook = Callable[[Outlook, Conditions], None]


class KeptRun(Plan):
    """The plan of a batch that goes on where it stopped, and keeps each grade as it comes in.

    Parameters
    ----------
    book : Gradebook
        Open.
    assignment : str
        Id of the assignment.
    submissions : sequence of Submission
        Everything that is to be graded.
    students : sequence of Student or None
        Everybody who has a row, with their attempts; None for one row a submission.
    fresh : bool
        Whether a new batch is begun in any case, so that all is graded anew.
    on_outlook : callable or None
        Called with what is in the gradebook already, before anything is written.
    """

    def __init__(
        self,
        book: Gradebook,
        assignment: str,
        submissions: Sequence[Submission],
        *,
        students: Sequence[Student] | None = None,
        fresh: bool = False,
        on_outlook: OnOutlook | None = None,
    ) -> None:
        self._book = book
        self._assignment = assignment
        self._digests = {one.id: submission_digest(one) for one in submissions}
        if students is None:
            students = [Student.of_submission(one.id, one.name) for one in submissions]
        self._students = students
        self._fresh = fresh
        self._on_outlook = on_outlook
        self.batch: Batch | None = None
        self.kept = 0

    def waiting(
        self, conditions: Conditions, submissions: Sequence[Submission]
    ) -> Sequence[Submission]:
        """Choose what is new, has changed, or failed for a reason of ours."""
        outlook = self._book.look(self._assignment, conditions, self._digests, fresh=self._fresh)
        if self._on_outlook is not None:
            self._on_outlook(outlook, conditions)
        self.kept = len(outlook.done)
        return [submission for submission in submissions if submission.id not in outlook.done]

    def begin(self, conditions: Conditions) -> None:
        """Begin the batch, or go on with it."""
        self.batch = self._book.begin(
            self._assignment, conditions, self._students, fresh=self._fresh
        )

    def keep(self, submission: Submission, made: Grade) -> None:
        """Record a grade."""
        self._book.record(made, self._digests[submission.id], submission)
