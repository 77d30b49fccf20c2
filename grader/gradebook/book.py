"""`Gradebook`: open, look, begin a batch, record grades, read them back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Self

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from grader.errors import HarnessError, UsageError
from grader.gradebook import batches, journal
from grader.gradebook.batches import Outlook
from grader.gradebook.by_hand import ByHand
from grader.gradebook.engine import open_engine, reading, reason
from grader.gradebook.handed_in import pack, unpack
from grader.gradebook.rows import carry_over, missing, read_grade, write_grade
from grader.gradebook.schema import is_current, make_tables, roster, submission
from grader.model import Conditions, Grade, Status, Student
from grader.scoring import final_score

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from grader.gradebook.batches import Batch
    from grader.intake import Submission


class Gradebook:
    """Grades of one assignment in a SQLite file.

    A rollback journal with full synchronisation is used, not a write-ahead log: after `kill -9`, or
    a power cut, the next reader rolls a half-written grade back; the gradebook is one file that can
    be copied; and it works on network folders, where a write-ahead log does not. The price, two
    disk flushes for each grade, is small beside grading. No connection is kept between calls.

    Parameters
    ----------
    engine : Engine
        Of an up-to-date gradebook; use `Gradebook.open`.

    Attributes
    ----------
    by_hand : ByHand
        What an instructor does to it, and the log of that.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._begun: Batch | None = None
        self.by_hand = ByHand(engine)

    @classmethod
    def open(cls, path: Path) -> Gradebook:
        """Open a gradebook, or make an empty one.

        Parameters
        ----------
        path : Path
            The file; its folder must exist.

        Returns
        -------
        Gradebook
            Also a context manager.

        Raises
        ------
        UsageError
            When the file cannot be opened, is no gradebook, or is another version's.
        """
        engine = open_engine(path)
        book = cls(engine)
        try:
            with engine.begin() as connection:
                current = is_current(connection)
            if not current:
                with book._writing.begin() as connection:
                    make_tables(connection)
        except DBAPIError as error:
            raise UsageError(
                f"{path} cannot be opened as a gradebook ({error.orig}); "
                "check the folder, or give another one with -o"
            ) from error
        return book

    def __enter__(self) -> Self:
        """Return the gradebook."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the gradebook; what was recorded is on disk already."""
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def look(
        self,
        assignment: str,
        conditions: Conditions,
        digests: Mapping[str, str],
        *,
        fresh: bool = False,
    ) -> Outlook:
        """Tell what a run would find; nothing is written.

        Parameters
        ----------
        assignment : str
            Id of the assignment; a gradebook holds one.
        conditions : Conditions
            Under what grades would be made.
        digests : mapping of str to str
            Each submission's id, and a digest of what would be graded.
        fresh : bool
            Whether a new batch is wanted, whatever is there.

        Returns
        -------
        Outlook
            Not among those done is what failed for a reason of ours.

        Raises
        ------
        UsageError
            When the gradebook is another assignment's.
        """
        with reading(self._engine) as connection:
            batches.check_assignment(connection, assignment)
            present = batches.present(connection)
            found = None if fresh else batches.alike(connection, assignment, conditions)
            done = frozenset[str]() if found is None else _done(connection, found.id, digests)
        other = present is not None and (found is None or found.id != present.id)
        return Outlook(found, done, present if other else None)

    def begin(
        self,
        assignment: str,
        conditions: Conditions,
        students: Collection[Student],
        *,
        fresh: bool = False,
    ) -> Batch:
        """Begin a batch, or go on with the last one under the same conditions.

        No grade is deleted, here or by a later run: each batch has its own.

        Parameters
        ----------
        assignment : str
            Id of the assignment; a gradebook holds one.
        conditions : Conditions
            Under what the grades will be made.
        students : collection of Student
            Everybody who has a row, with all attempts there are; who had one before and is not
            among them is in no report from now on.
        fresh : bool
            Whether to begin a new batch, whatever is there.

        Returns
        -------
        Batch
            The present batch from now on.

        Raises
        ------
        UsageError
            When the gradebook is another assignment's.
        HarnessError
            When it cannot be written.
        """
        try:
            with self._writing.begin() as connection:
                batches.check_assignment(connection, assignment)
                found = None if fresh else batches.alike(connection, assignment, conditions)
                batch_id = batches.take_turn(connection, found, assignment, conditions)
                batches.replace_roster(connection, batch_id, students)
                begun = batches.get(connection, batch_id)
        except (SQLAlchemyError, UnicodeEncodeError) as error:
            raise HarnessError(f"the batch could not be begun: {reason(error)}") from error
        self._begun = begun
        return begun

    def record(self, grade: Grade, digest: str, handed_in: Submission | None = None) -> None:
        """Store a grade, in one transaction; it replaces an earlier one of the same batch and id.

        Parameters
        ----------
        grade : Grade
            Made for the assignment and under the conditions that the batch began with.
        digest : str
            Digest of what was graded; `look` compares it.
        handed_in : Submission or None
            What was graded, to be kept beside the grade.

        Raises
        ------
        HarnessError
            When no batch was begun, the grade is not of this batch, or the write failed. The
            gradebook is then as it was before.
        """
        if self._begun is None:
            raise HarnessError("no batch was begun in this gradebook")
        if (grade.assignment, grade.conditions) != (
            self._begun.assignment,
            self._begun.conditions,
        ):
            raise HarnessError(f"the grade of {grade.id!r} was not made in the batch that is open")
        try:
            with self._writing.begin() as connection:
                kept = None if handed_in is None else pack(handed_in)
                write_grade(connection, grade, digest, self._begun.id, kept)
        except (SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
            raise HarnessError(
                f"the grade of {grade.id!r} could not be stored: {reason(error)}"
            ) from error

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
            raise UsageError(f"{self._engine.url.database} holds no grades yet")
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
        one, too. Each grade is read in a transaction
        of its own: an open reader would keep a running batch from writing.

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

    def carry_over(self, from_batch: int, but: Collection[str]) -> None:
        """Let grades of an earlier batch stand in the one that was begun here.

        They keep the conditions that they were made under, and `look` never counts them as done.

        Parameters
        ----------
        from_batch : int
            Number of the earlier batch.
        but : collection of str
            Submissions that get grades of their own here; whoever is not handed in is left out too.

        Raises
        ------
        HarnessError
            When no batch was begun, or the write failed.
        """
        if self._begun is None:
            raise HarnessError("no batch was begun in this gradebook")
        carried = [one for one in self.handed_in() if one not in but]
        try:
            with self._writing.begin() as connection:
                carry_over(connection, from_batch, self._begun.id, carried)
        except SQLAlchemyError as error:
            raise HarnessError(f"grades could not be carried over: {reason(error)}") from error

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


def _done(connection: Connection, batch_id: int, digests: Mapping[str, str]) -> frozenset[str]:
    rows = connection.execute(
        select(submission.c.id, submission.c.digest).where(
            submission.c.batch_id == batch_id,
            submission.c.made_in == batch_id,
            submission.c.status.in_([Status.GRADED.value, Status.UNREADABLE.value]),
        )
    ).all()
    return frozenset(row.id for row in rows if digests.get(row.id) == row.digest)
