"""`Uploads`: what was handed in over HTTP, and how far it is: queued, running, done.

Whoever grades claims one upload after another. A claim lasts as long as the process that made it:
only one process grades for a gradebook at a time, which a lock of the kernel's sees to, so that
what is running when another one begins is nobody's any more, and is queued again. A grade, the row
of its student and the end of the upload are one transaction: each upload comes to one grade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from sqlalchemy import and_, func, insert, select, update

from grader.errors import HarnessError
from grader.gradebook import batches
from grader.gradebook.engine import reading, writing
from grader.gradebook.handed_in import pack
from grader.gradebook.rows import write_grade
from grader.gradebook.schema import upload
from grader.intake import safe_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import TypeVar

    from sqlalchemy import Connection, Engine, Row

    from grader.intake import Submission
    from grader.model import Grade, Student

    Value = TypeVar("Value")

State = Literal["queued", "running", "done"]
OPEN: Final = ("queued", "running")


class Upload(msgspec.Struct, frozen=True):
    """One file that somebody has handed in over HTTP.

    Parameters
    ----------
    number : int
        Its place in the order in which everything came in.
    id : str
        What nobody can guess; also the name of its folder.
    student : str
        Whose.
    received_at : str
        When it was there as a whole: ISO 8601, in UTC.
    file : str
        What the file is called, which is a name that is safe on disk.
    bytes : int
        Its size.
    sha256 : str
        Its digest, in hexadecimal digits.
    retry_key : str or None
        By which a client knows its own request again.
    state : str
        ``queued``, ``running`` or ``done``.
    tries : int
        How often grading was begun.
    batch_id : int or None
        In which batch its grade was made.
    status : str or None
        That grade's.
    """

    number: int
    id: str
    student: str
    received_at: str
    file: str
    bytes: int
    sha256: str
    retry_key: str | None = None
    state: State = "queued"
    tries: int = 0
    batch_id: int | None = None
    status: str | None = None

    @property
    def submission(self) -> str:
        """The id of the submission that is made of it."""
        return f"{safe_id(self.student)}-{self.number}"


class Counts(msgspec.Struct, frozen=True):
    """What a student has there already.

    Parameters
    ----------
    open : int
        Uploads that are not graded yet.
    since : tuple of str
        When those of some time came in, the earliest first.
    everybody : int
        Uploads of all students that are not graded yet.
    """

    open: int
    since: tuple[str, ...]
    everybody: int


class Uploads:
    """The uploads of a gradebook, each act in one transaction.

    Parameters
    ----------
    engine : Engine
        Of an up-to-date gradebook; use `Gradebook.uploads`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, new: Upload, since: str, check: Callable[[Counts], None]) -> Upload:
        """Queue an upload, unless it is there already.

        Parameters
        ----------
        new : Upload
            Its number and state are not looked at.
        since : str
            The time from which on uploads of the student are counted.
        check : callable
            Raises where that is too much. Nothing can come in between it and the new row.

        Returns
        -------
        Upload
            The new one, or the earlier one of the same student and `retry_key`.
        """

        def act(connection: Connection) -> Upload:
            known = _of_key(connection, new.student, new.retry_key)
            if known is not None:
                return known
            check(_counts(connection, new.student, since))
            values = {
                name: value
                for name, value in msgspec.structs.asdict(new).items()
                if name not in {"number", "state", "tries", "batch_id", "status"}
            }
            made = connection.execute(insert(upload).values(**values, state="queued", tries=0))
            (number,) = made.inserted_primary_key or (0,)
            return msgspec.structs.replace(new, number=int(number), state="queued", tries=0)

        return self._write(act)

    def of_key(self, student: str, retry_key: str | None) -> Upload | None:
        """Return a student's upload of that key, where there is one."""
        with reading(self._engine) as connection:
            return _of_key(connection, student, retry_key)

    def counts(self, student: str, since: str) -> Counts:
        """Count what a student has there; see `add`."""
        with reading(self._engine) as connection:
            return _counts(connection, student, since)

    def get(self, upload_id: str) -> Upload | None:
        """Return the upload of that id, where there is one."""
        with reading(self._engine) as connection:
            query = select(upload).where(upload.c.id == upload_id)
            row = connection.execute(query).one_or_none()
        return None if row is None else _upload(row)

    def of_student(self, student: str) -> list[Upload]:
        """List a student's, the first one first."""
        return self._every(upload.c.student == student)

    def done(self) -> list[Upload]:
        """List what is graded, of all students."""
        return self._every(upload.c.state == "done")

    def ids(self) -> frozenset[str]:
        """Return the ids of everything that was ever received."""
        with reading(self._engine) as connection:
            return frozenset(connection.execute(select(upload.c.id)).scalars())

    def ahead_of(self, one: Upload) -> int:
        """Count what is graded before an upload that is queued."""
        with reading(self._engine) as connection:
            query = select(func.count()).where(
                upload.c.state.in_(OPEN), upload.c.number < one.number
            )
            return int(connection.execute(query).scalar_one())

    def tally(self) -> dict[str, int]:
        """Count the uploads in each state."""
        with reading(self._engine) as connection:
            query = select(upload.c.state, func.count()).group_by(upload.c.state)
            return {state: int(count) for state, count in connection.execute(query).all()}

    def claim(self, *, alone: bool) -> Upload | None:
        """Take what is to be graded next, if anything is.

        Parameters
        ----------
        alone : bool
            Whether nothing else is being graded. What was begun before, and had no end, is given
            out only then: should the process end again, it is known what with.

        Returns
        -------
        Upload or None
            With the try that now begins counted.
        """
        first = select(upload).where(upload.c.state == "queued").order_by(upload.c.number).limit(1)
        with reading(self._engine) as connection:  # most of the time there is nothing
            if connection.execute(first).one_or_none() is None:
                return None

        def act(connection: Connection) -> Upload | None:
            row = connection.execute(first).one_or_none()
            if row is None or (row.tries and not alone):
                return None
            tries = row.tries + 1
            connection.execute(
                update(upload)
                .where(upload.c.number == row.number)
                .values(state="running", tries=tries)
            )
            return msgspec.structs.replace(_upload(row), state="running", tries=tries)

        return self._write(act)

    def requeue(self, *, forgive: bool, but: Collection[int] = ()) -> list[Upload]:
        """Queue again whatever is running; return it.

        Parameters
        ----------
        forgive : bool
            Whether the tries are not counted, for the process ended of its own accord.
        but : collection of int
            Numbers of uploads that somebody is at.
        """

        def act(connection: Connection) -> list[Upload]:
            running = and_(upload.c.state == "running", upload.c.number.not_in(but))
            rows = connection.execute(select(upload).where(running)).all()
            connection.execute(
                update(upload)
                .where(running)
                .values(state="queued", tries=upload.c.tries - (1 if forgive else 0))
            )
            return [_upload(row) for row in rows]

        return self._write(act)

    def finish(
        self,
        one: Upload,
        grade: Grade,
        digest: str,
        handed_in: Submission,
        batch_id: int,
        students: Collection[Student],
    ) -> None:
        """Record the grade of an upload that was claimed.

        Parameters
        ----------
        one : Upload
            As `claim` returned it.
        grade : Grade
            Of `one.submission`, made under the conditions of the batch.
        digest : str
            Digest of what was graded.
        handed_in : Submission
            What was graded, to be kept beside the grade.
        batch_id : int
            Number of the batch.
        students : collection of Student
            Whose rows change by it.

        Raises
        ------
        HarnessError
            When it is not running, or the write failed. Then nothing has changed.
        """

        def act(connection: Connection) -> None:
            write_grade(connection, grade, digest, batch_id, pack(handed_in))
            batches.put_rows(connection, batch_id, students)
            ended = connection.execute(
                update(upload)
                .where(upload.c.number == one.number, upload.c.state == "running")
                .values(state="done", batch_id=batch_id, status=grade.status.value)
            )
            if ended.rowcount != 1:
                raise HarnessError(f"{one.id} is not running, so it has no end")

        self._write(act)

    def _every(self, wanted: Any) -> list[Upload]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(upload).where(wanted).order_by(upload.c.number)).all()
        return [_upload(row) for row in rows]

    def _write(self, act: Callable[[Connection], Value]) -> Value:
        with writing(self._engine, "an upload could not be noted") as connection:
            return act(connection)


def _of_key(connection: Connection, student: str, retry_key: str | None) -> Upload | None:
    if retry_key is None:
        return None
    query = select(upload).where(upload.c.student == student, upload.c.retry_key == retry_key)
    row = connection.execute(query).one_or_none()
    return None if row is None else _upload(row)


def _counts(connection: Connection, student: str, since: str) -> Counts:
    waiting = select(func.count()).where(upload.c.state.in_(OPEN))
    own = connection.execute(waiting.where(upload.c.student == student)).scalar_one()
    everybody = connection.execute(waiting).scalar_one()
    times = (
        select(upload.c.received_at)
        .where(upload.c.student == student, upload.c.received_at > since)
        .order_by(upload.c.received_at)
    )
    return Counts(int(own), tuple(connection.execute(times).scalars()), int(everybody))


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        row.number,
        row.id,
        row.student,
        row.received_at,
        row.file,
        row.bytes,
        row.sha256,
        row.retry_key,
        row.state,
        row.tries,
        row.batch_id,
        row.status,
    )
