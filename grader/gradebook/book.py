"""`Gradebook`: open, look, begin a batch, record grades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from grader.errors import HarnessError, UsageError
from grader.gradebook import batches
from grader.gradebook.batches import Outlook
from grader.gradebook.by_hand import ByHand
from grader.gradebook.contents import Contents
from grader.gradebook.engine import open_engine, reading, reason
from grader.gradebook.handed_in import pack
from grader.gradebook.rows import carry_over, write_grade
from grader.gradebook.schema import is_current, make_tables, submission
from grader.gradebook.uploads import Uploads
from grader.model import Conditions, Grade, Status, Student

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from grader.gradebook.batches import Batch
    from grader.intake import Submission


class Gradebook(Contents):
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
    uploads : Uploads
        What `grader serve` has received.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._writing = engine.execution_options(writes=True)
        self.by_hand = ByHand(engine)
        self.uploads = Uploads(engine)

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

    def carry_over(self, from_batch: int, but: Collection[str], *, replace: bool = False) -> None:
        """Let grades of an earlier batch stand in the one that was begun here.

        They keep the conditions that they were made under, and `look` never counts them as done.

        Parameters
        ----------
        from_batch : int
            Number of the earlier batch.
        but : collection of str
            Submissions that get grades of their own here; whoever is not handed in is left out too.
        replace : bool
            Whether they take the place of grades that stand here already.

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
                carry_over(connection, from_batch, self._begun.id, carried, replace=replace)
        except SQLAlchemyError as error:
            raise HarnessError(f"grades could not be carried over: {reason(error)}") from error


def _done(connection: Connection, batch_id: int, digests: Mapping[str, str]) -> frozenset[str]:
    rows = connection.execute(
        select(submission.c.id, submission.c.digest).where(
            submission.c.batch_id == batch_id,
            submission.c.made_in == batch_id,
            submission.c.status.in_([Status.GRADED.value, Status.UNREADABLE.value]),
        )
    ).all()
    return frozenset(row.id for row in rows if digests.get(row.id) == row.digest)
