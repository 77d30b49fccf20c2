"""`Gradebook`: open, look, begin a batch, record grades, read them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from grader.errors import HarnessError, UsageError
from grader.gradebook import batches, journal
from grader.gradebook.batches import Batch  # noqa: TC001 - msgspec reads the annotation
from grader.gradebook.by_hand import ByHand
from grader.gradebook.engine import open_engine, reading, reason
from grader.gradebook.handed_in import pack, unpack
from grader.gradebook.rows import carry_over, read_grade, write_grade
from grader.gradebook.schema import is_current, make_tables, roster, submission
from grader.model import Conditions, Grade, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from grader.intake import Submission


class Outlook(msgspec.Struct, frozen=True):
    """What a run would find in the gradebook, were it to begin now.

    Parameters
    ----------
    batch : Batch or None
        The batch that it would go on with; None if it would begin a new one.
    done : frozenset of str
        Submissions that this batch holds a grade of, made from the same source.
    previous : Batch or None
        The present batch, where it is another one: its grades are set aside, which means that they
        stay in the file, and count neither for the run nor for its reports.
    """

    batch: Batch | None
    done: frozenset[str]
    previous: Batch | None


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
        handed_in: Collection[str],
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
        handed_in : collection of str
            The ids of all submissions there are; what was handed in before and is not among them
            is in no report from now on.
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
                batches.replace_roster(connection, batch_id, handed_in)
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

    def grade(self, submission_id: str, batch: int | None = None) -> Grade | None:
        """Return one grade, handed in or withdrawn, or None; `batch` as in `grades`.

        Marks set by hand and comments are in it.
        """
        with reading(self._engine) as connection:
            chosen = self._chosen(connection, batch)
            found = None if chosen is None else read_grade(connection, submission_id, chosen)
            if found is None:
                return None
            return journal.adjusted(found, journal.entries(connection, submission_id))

    def grades(self, batch: int | None = None) -> Iterator[Grade]:
        """Yield the grades of what was handed in when a batch was last run, in order of ids.

        Each grade is read in a transaction of its own: an open reader would keep a running batch
        from writing.

        Parameters
        ----------
        batch : int or None
            Number of the batch. None for the one that was begun here; if none was, for the one
            begun last by anybody.
        """
        with reading(self._engine) as connection:
            chosen = self._chosen(connection, batch)
            query = (
                select(submission.c.id)
                .join(
                    roster,
                    (roster.c.batch_id == submission.c.batch_id)
                    & (roster.c.submission_id == submission.c.id),
                )
                .where(submission.c.batch_id == chosen)
                .order_by(submission.c.id)
            )
            ids = connection.execute(query).scalars().all()
        for submission_id in ids:
            found = self.grade(submission_id, chosen)
            if found is not None:
                yield found

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
        try:
            with self._writing.begin() as connection:
                carry_over(connection, from_batch, self._begun.id, but)
        except SQLAlchemyError as error:
            raise HarnessError(f"grades could not be carried over: {reason(error)}") from error

    def handed_in(self, batch: int | None = None) -> list[str]:
        """List the ids of what was handed in when a batch was last run; `batch` as in `grades`."""
        with reading(self._engine) as connection:
            query = select(roster.c.submission_id).where(
                roster.c.batch_id == self._chosen(connection, batch)
            )
            return list(connection.execute(query.order_by(roster.c.submission_id)).scalars())

    def ever(self) -> list[str]:
        """List the ids of every submission that any batch has a grade of."""
        with reading(self._engine) as connection:
            query = select(submission.c.id).distinct().order_by(submission.c.id)
            return list(connection.execute(query).scalars())

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


def _done(connection: Connection, batch_id: int, digests: Mapping[str, str]) -> frozenset[str]:
    rows = connection.execute(
        select(submission.c.id, submission.c.digest).where(
            submission.c.batch_id == batch_id,
            submission.c.made_in == batch_id,
            submission.c.status.in_([Status.GRADED.value, Status.UNREADABLE.value]),
        )
    ).all()
    return frozenset(row.id for row in rows if digests.get(row.id) == row.digest)
