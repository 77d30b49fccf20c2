"""`Gradebook`: open, begin a batch, record grades, read them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec
from sqlalchemy import URL, NullPool, create_engine, event, func, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from grader.errors import HarnessError, UsageError
from grader.gradebook.migrations import is_current, migrate
from grader.gradebook.rows import read_grade, write_grade
from grader.gradebook.schema import batch, submission
from grader.model import Conditions, Grade, Status

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

_LOCK_WAIT_S = 30.0


class Begun(msgspec.Struct, frozen=True):
    """What a batch finds in the gradebook when it begins.

    Parameters
    ----------
    kept : int
        Grades made under the same conditions; those of unchanged submissions are reused.
    set_aside : int
        Grades made under other conditions. They are neither reused nor reported, and stay in the
        file until their submission is graded anew.
    earlier : tuple of Conditions
        Those other conditions, for telling the instructor what changed.
    """

    kept: int
    set_aside: int
    earlier: tuple[Conditions, ...] = ()


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
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._begun: tuple[int, str, Conditions] | None = None

    @classmethod
    def open(cls, path: Path) -> Gradebook:
        """Open a gradebook, make an empty one, or bring an older one up to date.

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
            When the file cannot be opened, is no gradebook, or is a newer version's.
        """
        engine = _engine(path)
        book = cls(engine)
        try:
            with engine.begin() as connection:
                current = is_current(connection)
            if not current:
                with book._writing.begin() as connection:
                    migrate(connection)
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

    def begin(self, assignment: str, conditions: Conditions) -> Begun:
        """Begin a batch, or go on with one.

        Parameters
        ----------
        assignment : str
            Id of the assignment; a gradebook holds one.
        conditions : Conditions
            Under what the grades will be made.

        Returns
        -------
        Begun
            What is there already.

        Raises
        ------
        UsageError
            When the gradebook is another assignment's.
        """
        with self._writing.begin() as connection:
            _check_assignment(connection, assignment)
            batch_id = _begin_batch(connection, assignment, conditions)
            rows = connection.execute(
                select(batch, func.count(submission.c.id).label("grades"))
                .join(submission)
                .group_by(batch.c.id)
                .order_by(batch.c.turn)
            ).all()
        self._begun = (batch_id, assignment, conditions)
        others = [row for row in rows if row.id != batch_id]
        return Begun(
            kept=sum(row.grades for row in rows if row.id == batch_id),
            set_aside=sum(row.grades for row in others),
            earlier=tuple(
                Conditions(row.isolation, row.salt_fingerprint, row.suite_hash) for row in others
            ),
        )

    def record(self, grade: Grade, source_digest: str) -> None:
        """Store a grade, in one transaction; it replaces an earlier one of the same id.

        Parameters
        ----------
        grade : Grade
            Made for the assignment and under the conditions that the batch began with.
        source_digest : str
            Digest of what was graded; `done` compares it.

        Raises
        ------
        HarnessError
            When no batch was begun, the grade is not of this batch, or the write failed. The
            gradebook is then as it was before.
        """
        if self._begun is None:
            raise HarnessError("no batch was begun in this gradebook")
        batch_id, assignment, conditions = self._begun
        if (grade.assignment, grade.conditions) != (assignment, conditions):
            raise HarnessError(f"the grade of {grade.id!r} was not made in the batch that is open")
        try:
            with self._writing.begin() as connection:
                write_grade(connection, grade, source_digest, batch_id)
        except (SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
            raise HarnessError(f"the grade of {grade.id!r} could not be stored: {error}") from error

    def grade(self, submission_id: str) -> Grade | None:
        """Return one grade of the present batch, or None."""
        with self._engine.begin() as connection:
            batch_id = _present(connection)
            return None if batch_id is None else read_grade(connection, submission_id, batch_id)

    def grades(self) -> Iterator[Grade]:
        """Yield the grades of the present batch, in the order of their ids.

        The present batch is the one begun last, in this process or an earlier one. Each grade is
        read in a transaction of its own: an open reader would keep a running batch from writing.
        """
        with self._engine.begin() as connection:
            present = select(submission.c.id).where(submission.c.batch_id == _present(connection))
            ids = connection.execute(present.order_by(submission.c.id)).scalars().all()
        for submission_id in ids:
            found = self.grade(submission_id)
            if found is not None:
                yield found

    def done(self, source_digests: Mapping[str, str]) -> set[str]:
        """Tell which submissions need not be graded again.

        Parameters
        ----------
        source_digests : mapping of str to str
            Submission id to the digest of its present source.

        Returns
        -------
        set of str
            Ids graded, or found unreadable, in the present batch and from the same source. What
            failed for a reason of ours is not among them.
        """
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(submission.c.id, submission.c.source_digest).where(
                    submission.c.batch_id == _present(connection),
                    submission.c.status.in_([Status.GRADED.value, Status.UNREADABLE.value]),
                )
            ).all()
        return {row.id for row in rows if source_digests.get(row.id) == row.source_digest}


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite+pysqlite", database=str(path.absolute()))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _LOCK_WAIT_S})

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 begins transactions itself, and too late
        for pragma in ("foreign_keys = ON", "journal_mode = DELETE", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The write lock is taken at once: a reader that turns writer midway can only give up.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _check_assignment(connection: Connection, assignment: str) -> None:
    other = connection.execute(
        select(batch.c.assignment).where(batch.c.assignment != assignment).limit(1)
    ).scalar()
    if other is not None:
        raise UsageError(
            f"{connection.engine.url.database} holds grades of {other}, not of {assignment}; "
            "give another folder with -o"
        )


def _begin_batch(connection: Connection, assignment: str, conditions: Conditions) -> int:
    columns = {"assignment": assignment, **msgspec.structs.asdict(conditions)}
    same = select(batch.c.id).where(*(batch.c[name] == value for name, value in columns.items()))
    turn = (connection.execute(select(func.max(batch.c.turn))).scalar() or 0) + 1
    found = connection.execute(same).scalar()
    if found is None:
        connection.execute(insert(batch), {"turn": turn, **columns})
        return int(connection.execute(same).scalar_one())
    connection.execute(update(batch).where(batch.c.id == found).values(turn=turn))
    return int(found)


def _present(connection: Connection) -> int | None:
    return connection.execute(select(batch.c.id).order_by(batch.c.turn.desc()).limit(1)).scalar()
