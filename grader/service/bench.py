"""`Bench`: uploads become submissions, and their grades rows of the gradebook and reports."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from grader.batch import submission_digest, with_present_texts, write_reports
from grader.course import join
from grader.errors import HarnessError
from grader.intake import Delivery, Submission, read_submission
from grader.service.reception import RECEIVED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.gradebook import Batch, Gradebook, Upload
    from grader.model import Conditions, Grade, Student
    from grader.service.job import Course


@dataclasses.dataclass(frozen=True, slots=True)
class _HandedIn:
    """An upload as `grader.course.join` asks for it."""

    id: str
    name: str
    delivery: Delivery


class Bench:
    """Where what was received is worked on.

    Parameters
    ----------
    assignment : Assignment
        Which.
    book : Gradebook
        Its gradebook.
    out : Path
        The folder of its results.
    course : Course
        The class.
    lang : str
        Of the reports.
    """

    def __init__(
        self, assignment: Assignment, book: Gradebook, out: Path, course: Course, lang: str
    ) -> None:
        self._assignment = assignment
        self._book = book
        self._out = out
        self._course = course
        self._lang = lang
        self._done: list[Upload] = []
        self._rows: dict[str, Student] = {}
        self._batch: Batch | None = None
        self._changed: set[str] = set()

    def begin(self, conditions: Conditions) -> None:
        """Begin a batch, or go on with one; what was graded before stays as it is.

        Grades of another batch that was run last are taken over, so that what an instructor had
        graded again meanwhile, under whatever conditions, stays what counts.
        """
        batches = self._book.batches()
        before = self._book.present() if batches else None
        self._done = self._book.uploads.done()
        rows = self._joined(self._done)
        begun = self._book.begin(self._assignment.id, conditions, list(rows.values()))
        if before is not None and before.id != begun.id:
            self._book.carry_over(before.id, (), replace=True)
        self._rows, self._batch = rows, begun
        self._changed = set(rows)

    def is_present(self) -> bool:
        """Tell whether nobody else has begun another batch meanwhile."""
        return self._batch is not None and self._book.present().id == self._batch.id

    def read(self, upload: Upload) -> Submission:
        """Read what was received; nothing of it is run."""
        names = {exercise.id: exercise.names for exercise in self._assignment.exercises}
        return read_submission(
            self.path(upload),
            modules=self._assignment.modules,
            exercises=names,
            assignment=self._assignment.id,
            id=upload.submission,
        )

    def path(self, upload: Upload) -> Path:
        """Return where an upload lies."""
        return self._out / RECEIVED / upload.id / upload.file

    def finish(
        self, upload: Upload, submission: Submission, grade: Grade, *, again: bool = False
    ) -> None:
        """Record a grade, and what it changes of its student's row: all of it, or nothing.

        Parameters
        ----------
        upload : Upload
            That was claimed.
        submission : Submission
            What was made of it.
        grade : Grade
            What came of that.
        again : bool
            Whether it may be recorded already, for nothing was heard of an earlier attempt.

        Raises
        ------
        HarnessError
            When that could not be.
        """
        if self._batch is None:
            raise HarnessError("no batch was begun")
        done = [*self._done, upload]
        rows = self._joined(done)
        changed = [row for key, row in rows.items() if self._rows.get(key) != row]
        if not (again and self._is_done(upload)):
            self._book.uploads.finish(
                upload, grade, submission_digest(submission), submission, self._batch.id, changed
            )
        self._done, self._rows = done, rows
        self._changed |= {row.id for row in changed}

    def _is_done(self, upload: Upload) -> bool:
        found = self._book.uploads.get(upload.id)
        return found is not None and found.state == "done"

    @property
    def has_news(self) -> bool:
        """Whether there is something that no report says yet."""
        return bool(self._changed)

    def report(self) -> None:
        """Write what has changed into the reports."""
        grades = with_present_texts(self._assignment, self._book.grades())
        write_reports(self._assignment, grades, self._out, self._lang, only=self._changed)
        self._changed = set()

    def _joined(self, done: Sequence[Upload]) -> dict[str, Student]:
        """Make everybody's row of what is graded, by its id."""
        course = self._course
        handed_in = [
            _HandedIn(
                one.submission,
                owner.name or one.student,
                Delivery(owners=(owner,), handed_in_at=one.received_at, entries=(one.file,)),
            )
            for one in done
            for owner in [course.people.owner(one.student)]
        ]
        joined = join(handed_in, course.deadline, course.roster, course.extensions, by_number=True)
        return {student.id: student for student in joined.students}
