"""`Contents`: what a gradebook holds, read back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from grader.errors import UsageError
from grader.gradebook import batches, journal
from grader.gradebook.engine import place_in, reading
from grader.gradebook.handed_in import unpack
from grader.gradebook.rows import missing, read_grade
from grader.gradebook.schema import roster, submission
from grader.scoring import final_score

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection, Engine

    from grader.gradebook.batches import Batch
    from grader.intake import Submission
    from grader.model import Grade, Student


class Contents:
    """The grades of a gradebook's batches, and whose they are; nothing here is written.

    Parameters
    ----------
    engine : Engine
        Of an up-to-date gradebook.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begun: Batch | None = None

    def batches(self) -> list[Batch]:
        """List the batches in the order in which they were first begun."""
        with reading(self._engine) as connection:
            return batches.every(connection)

    def present(self) -> Batch:
        """Return the batch that was run last.

        Raises
        ------
        UsageError
            When there is none.
        """
        with reading(self._engine) as connection:
            found = batches.present(connection)
        if found is None:
            raise UsageError(f"{place_in(self._engine)} holds no grades yet")
        return found

    def grade(self, submission_id: str, batch: int | None = None) -> Grade | None:
        """Return the grade of a submission as the suites made it, or None; `batch` as in `grades`.

        What is done by hand is done to students' rows: see `row`.
        """
        with reading(self._engine) as connection:
            chosen = self._chosen(connection, batch)
            return None if chosen is None else read_grade(connection, submission_id, chosen)

    def row(self, student_id: str, batch: int | None = None) -> Grade | None:
        """Return the grade of one who has a row, as `grades` does; None where there is none."""
        return next(self.grades(batch, {student_id}), None)

    def grades(
        self, batch: int | None = None, students: Collection[str] | None = None
    ) -> Iterator[Grade]:
        """Yield the grade of everybody who has a row, in the order of ids.

        It bears the student's id and name, and says which attempt it is of: of those that may
        count, the best. Marks set by hand and comments are in it. Who has handed in nothing has
        one, too. Each grade is read in a transaction of its own, since an open reader would keep a
        running batch from writing.

        Parameters
        ----------
        batch : int or None
            Number of the batch. None for the one that was begun here; if none was, for the one
            begun last by anybody.
        students : collection of str or None
            Whose; None for everybody's.
        """
        with reading(self._engine) as connection:
            chosen = self._chosen(connection, batch)
            if chosen is None:
                return
            found = batches.get(connection, chosen)
            rows = batches.students(connection, chosen)
            most = batches.max_score(connection, chosen)
            done = journal.by_student(connection)
        for student in rows:
            if students is not None and student.id not in students:
                continue
            if student.attempts:
                grade = self._counting(student, chosen)
            else:
                grade = missing(student, found, most)
            if grade is not None:
                yield journal.adjusted(grade, done.get(student.id, ()))

    def _counting(self, student: Student, batch: int) -> Grade | None:
        """Return the grade that counts of a student's attempts; None where there is none yet."""
        grades = [
            msgspec.structs.replace(
                grade, id=student.id, name=student.name, student=student, attempt=attempt
            )
            for attempt in student.candidates
            if (grade := self.grade(attempt.submission, batch)) is not None
        ]
        return max(grades, key=_worth, default=None)

    def students(self, batch: int | None = None) -> list[Student]:
        """List who has a row, in the order of ids; `batch` as in `grades`."""
        with reading(self._engine) as connection:
            return batches.students(connection, self._chosen(connection, batch))

    def submission(self, submission_id: str, batch: int | None = None) -> Submission | None:
        """Return what a grade was made of, None where it was not kept; `batch` as in `grades`."""
        with reading(self._engine) as connection:
            query = select(submission.c.handed_in).where(
                submission.c.batch_id == self._chosen(connection, batch),
                submission.c.id == submission_id,
            )
            kept = connection.execute(query).scalar()
        return None if kept is None else unpack(kept)

    def scores(
        self, submission_ids: Collection[str], batch: int | None = None
    ) -> dict[str, Fraction | None]:
        """Return what submissions earned, of those that are graded; `batch` as in `grades`."""
        with reading(self._engine) as connection:
            query = select(submission.c.id, submission.c.score).where(
                submission.c.batch_id == self._chosen(connection, batch),
                submission.c.id.in_(submission_ids),
            )
            return {row.id: row.score for row in connection.execute(query)}

    def handed_in(self, batch: int | None = None) -> list[str]:
        """List the ids of the submissions that may count; `batch` as in `grades`."""
        return sorted(
            {one.submission for student in self.students(batch) for one in student.candidates}
        )

    def ever(self) -> list[str]:
        """List the ids of everybody who has had a row in any batch, and of all submissions."""
        with reading(self._engine) as connection:
            ids = connection.execute(select(submission.c.id).distinct()).scalars().all()
            rows = connection.execute(select(roster.c.student_id).distinct()).scalars().all()
        return sorted({*ids, *rows})

    def withdrawn(self, batch: int | None = None) -> list[str]:
        """List what a batch has a grade of and is not handed in any more; `batch` as in `grades`.

        A submission that was given another name counts as withdrawn under the old one.
        """
        there = set(self.handed_in(batch))
        with reading(self._engine) as connection:
            query = select(submission.c.id).where(
                submission.c.batch_id == self._chosen(connection, batch)
            )
            ids = connection.execute(query.order_by(submission.c.id)).scalars().all()
        return [submission_id for submission_id in ids if submission_id not in there]

    def _chosen(self, connection: Connection, batch: int | None) -> int | None:
        if batch is not None:
            return batch
        chosen = self._begun or batches.present(connection)
        return None if chosen is None else chosen.id


def _worth(grade: Grade) -> Fraction:
    """Return what attempts are compared by; of equal ones the first counts."""
    final = final_score(grade)
    return Fraction(-1) if final is None else final
