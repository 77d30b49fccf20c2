"""`Gradebook`: open, look, begin a batch, record grades."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from grader.errors import HarnessError, UsageError
from grader.gradebook import batches
from grader.gradebook.batches import Outlook
from grader.gradebook.by_hand import ByHand
from grader.gradebook.contents import Contents
from grader.gradebook.engine import open_engine, reading, reason, writing
from grader.gradebook.handed_in import pack
from grader.gradebook.making import prepare
from grader.gradebook.places import DATABASE_VARIABLE, Database, place_of
from grader.gradebook.rows import carry_over, write_grade
from grader.gradebook.schema import about, submission
from grader.gradebook.uploads import Uploads
from grader.model import Conditions, Grade, Status, Student

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from grader.gradebook.batches import Batch
    from grader.intake import Submission


class Gradebook(Contents):
    """Grades of one assignment, in a SQLite file or in a schema of PostgreSQL.

    In SQLite a rollback journal with full synchronisation is used, not a write-ahead log: after
    `kill -9`, or a power cut, the next reader rolls a half-written grade back; the gradebook is one
    file that can be copied; and it works on network folders, where a write-ahead log does not. The
    price, two disk flushes for each grade, is small beside grading. No connection is kept between
    calls, unless a process that never forks asks for it.

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
        self.by_hand = ByHand(engine)
        self.uploads = Uploads(engine)

    @classmethod
    def open(cls, place: Path | Database, *, pooled: bool = False) -> Gradebook:
        """Open a gradebook, or make an empty one.

        Parameters
        ----------
        place : Path or Database
            The file, whose folder must exist; or a schema of a database, which must exist.
        pooled : bool
            See `engine.open_engine`.

        Returns
        -------
        Gradebook
            Also a context manager.

        Raises
        ------
        UsageError
            When it cannot be opened, is no gradebook, or is another version's or folder's.
        """
        engine = open_engine(place, pooled=pooled)
        try:
            prepare(engine)
        except DBAPIError as error:
            remedy = "check the folder, or give another one with -o"
            if not isinstance(place, Path):
                remedy = (
                    "check the server, the URL, what the role may do, and the password in "
                    f"{DATABASE_VARIABLE} or ~/.pgpass"
                )
            raise UsageError(
                f"{place} cannot be opened as a gradebook ({reason(error)}); {remedy}"
            ) from error
        return cls(engine)

    @classmethod
    def of(cls, out: Path, url: str | None = None, *, pooled: bool = False) -> Gradebook:
        """Open the gradebook of a folder of results, wherever it is; see `places.place_of`."""
        return cls.open(place_of(out, url), pooled=pooled)

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
        """Let go of the file, or of connections."""
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
        with writing(self._engine, "the batch could not be begun") as connection:
            batches.check_assignment(connection, assignment)
            found = None if fresh else batches.alike(connection, assignment, conditions)
            batch_id = batches.take_turn(connection, found, assignment, conditions)
            batches.replace_roster(connection, batch_id, students)
            begun = batches.get(connection, batch_id)
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
        with writing(self._engine, f"the grade of {grade.id!r} could not be stored") as connection:
            kept = None if handed_in is None else pack(handed_in)
            write_grade(connection, grade, digest, self._begun.id, kept)

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
        with writing(self._engine, "grades could not be carried over") as connection:
            carry_over(connection, from_batch, self._begun.id, carried, replace=replace)


def state_of(out: Path, url: str | None = None) -> tuple[int, int]:
    """Tell one state of the gradebook of a folder of results from another; see `Gradebook.of`.

    Raises
    ------
    OSError
        When the file is not there.
    """
    place = place_of(out, url)
    if isinstance(place, Path):
        found = place.stat()
        return found.st_mtime_ns, found.st_size
    engine = open_engine(place)
    with reading(engine) as connection:
        return connection.execute(select(about.c.changes)).scalar_one(), 0


def _done(connection: Connection, batch_id: int, digests: Mapping[str, str]) -> frozenset[str]:
    rows = connection.execute(
        select(submission.c.id, submission.c.digest).where(
            submission.c.batch_id == batch_id,
            submission.c.made_in == batch_id,
            submission.c.status.in_([Status.GRADED.value, Status.UNREADABLE.value]),
        )
    ).all()
    return frozenset(row.id for row in rows if digests.get(row.id) == row.digest)
