"""Tables of the gradebook, the column types that keep values exact, and whose file it is.

SQLite's ``application_id`` tells a gradebook from any other database, ``user_version`` the versions
from one another. A file of version 4 gets the tables that were added since; one that is older was
never released, and is left as it is.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.types import TypeDecorator

from grader import model
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Dialect

Value = TypeVar("Value")

APPLICATION_ID: Final = 0x47524144  # "GRAD"
VERSION: Final = 5  # one more whenever a table changes
# A class's hundred thousand cases say the same few things: what is short is read once. Values are
# frozen, so that many may share one.
OFTEN: Final = 4096
OFTEN_CHARACTERS: Final = 400


@lru_cache(OFTEN)
def _fraction(text: str) -> Fraction:
    return Fraction(text)


class ExactFraction(TypeDecorator[Fraction]):
    """A fraction as text such as ``7/3``; a binary float would round it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write the fraction in lowest terms."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read it back."""
        return None if value is None else _fraction(value)


class Json(TypeDecorator[Value]):
    """A value of `grader.model` as JSON text, which SQLite's JSON functions can query.

    Parameters
    ----------
    kind : type
        What the text is decoded to; anything else in the file is an error.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Value]) -> None:
        super().__init__()
        self.kind = kind
        self._often = lru_cache(OFTEN)(lambda text: model.from_json(text.encode(), kind))

    def process_bind_param(self, value: Value | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write JSON text."""
        return None if value is None else model.to_json(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Value | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read it back."""
        if value is None or len(value) > OFTEN_CHARACTERS:
            return None if value is None else model.from_json(value.encode(), self.kind)
        return self._often(value)


metadata: Final = MetaData()

# One row for each batch: grades that were made, or are being made, under the same conditions.
# `turn` counts the runs; the batch with the highest one is the present batch.
batch: Final = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("turn", Integer, nullable=False, unique=True),
    Column("begun_at", Text, nullable=False),
    Column("assignment", Text, nullable=False),
    Column("isolation", Text, nullable=False),
    Column("salt_fingerprint", Text, nullable=False),
    Column("suite_hash", Text, nullable=False),
    Column("parts", Json(tuple[tuple[str, str], ...]), nullable=False),
)

# Who has a row in a batch's reports, and with which attempts, as the last run of it found. Who is
# not present any more stays in the file and in no report, as do grades of what is nobody's attempt.
roster: Final = Table(
    "roster",
    metadata,
    Column("batch_id", Integer, ForeignKey("batch.id"), primary_key=True),
    Column("student_id", Text, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("student", Json(model.Student), nullable=False),
)

submission: Final = Table(
    "submission",
    metadata,
    Column("batch_id", Integer, ForeignKey("batch.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Under which batch's conditions it was made: this one's, unless only a part was graded again.
    Column("made_in", Integer, ForeignKey("batch.id"), nullable=False),
    # What was graded, as `gradebook.handed_in` packs it.
    Column("handed_in", LargeBinary),
    Column("status", Text, nullable=False),
    Column("score", ExactFraction),
    CheckConstraint("status IN ('graded', 'unreadable', 'not_graded')"),
    CheckConstraint("status = 'graded' OR score IS NULL"),
    Column("max_score", ExactFraction, nullable=False),
    Column("notes", Json(tuple[model.Message, ...]), nullable=False),
    Column("duration_s", Float, nullable=False),
)

exercise_result: Final = Table(
    "exercise_result",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("submission_id", Text, primary_key=True),
    Column("exercise", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("points", ExactFraction, nullable=False),
    Column("score", ExactFraction),
    Column("carried_forward", ExactFraction, nullable=False),
    Column("diagnosis", Json(model.Diagnosis)),
    ForeignKeyConstraint(
        ["batch_id", "submission_id"],
        ["submission.batch_id", "submission.id"],
        ondelete="CASCADE",
    ),
)

case_result: Final = Table(
    "case_result",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("submission_id", Text, primary_key=True),
    Column("exercise", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("test", Text, nullable=False),
    Column("suite", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("weight", ExactFraction, nullable=False),
    Column("message", Json(model.Message), nullable=False),
    Column("difference", Json(model.Difference)),
    Column("recipe", Json(model.Recipe)),
    Column("place", Json(model.Place)),
    Column("output", Text, nullable=False),
    Column("carried_forward", Boolean, nullable=False),
    Column("duration_s", Float, nullable=False),
    ForeignKeyConstraint(
        ["batch_id", "submission_id", "exercise"],
        [
            "exercise_result.batch_id",
            "exercise_result.submission_id",
            "exercise_result.exercise",
        ],
        ondelete="CASCADE",
    ),
    Index("case_result_by_verdict", "batch_id", "exercise", "verdict"),
)

# What instructors did by hand, in order: nothing is ever changed or taken out. Which marks and
# comments are in force follows from it, see `gradebook.journal`. It belongs to no batch, so that
# they outlive one.
journal: Final = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("student_id", Text, nullable=False),
    Column("exercise", Text, nullable=False),
    Column("points", ExactFraction),
    Column("text", Text, nullable=False),
    Column("undoes", Integer, ForeignKey("journal.id"), unique=True),
    CheckConstraint("kind IN ('override', 'comment', 'undo', 'regrade')"),
    CheckConstraint("(kind = 'override') = (points IS NOT NULL)"),
    CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)"),
    sqlite_autoincrement=True,
)
for _change in ("UPDATE", "DELETE"):
    event.listen(
        journal,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy says nothing of its arguments
            f"CREATE TRIGGER journal_no_{_change.lower()} BEFORE {_change} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END"
        ),
    )


# What `grader serve` has received, in the order in which it came in. The file lies in the folder of
# results; what became of it is a grade of a batch. `tries` counts how often grading was begun.
upload: Final = Table(
    "upload",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("student", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("retry_key", Text),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("batch_id", Integer, ForeignKey("batch.id")),
    Column("status", Text),
    CheckConstraint("state IN ('queued', 'running', 'done')"),
    CheckConstraint("(state = 'done') = (batch_id IS NOT NULL)"),
    CheckConstraint("(state = 'done') = (status IS NOT NULL)"),
    UniqueConstraint("student", "retry_key"),
    Index("upload_by_state", "state", "number"),
    sqlite_autoincrement=True,
)

# What each version has in addition to the one before.
ADDED: Final[Mapping[int, tuple[Table, ...]]] = {5: (upload,)}


def is_current(connection: Connection) -> bool:
    """Tell whether the tables are there, so that a reader needs no write lock."""
    ours = _pragma(connection, "application_id") == APPLICATION_ID
    return ours and _pragma(connection, "user_version") == VERSION


def make_tables(connection: Connection) -> None:
    """Turn an empty file into a gradebook, within the caller's transaction.

    Parameters
    ----------
    connection : Connection
        In a transaction that holds the write lock, so that of two processes one finds them made.

    Raises
    ------
    UsageError
        When the file is another program's, or another version of the grader wrote it.
    """
    if is_current(connection):
        return
    ours = _pragma(connection, "application_id") == APPLICATION_ID
    added = _added_since(_pragma(connection, "user_version")) if ours else []
    if not added:
        _check_empty(connection)
    metadata.create_all(connection, tables=added or None, checkfirst=False)
    connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
    connection.execute(text(f"PRAGMA user_version = {VERSION}"))


def _added_since(version: int) -> list[Table]:
    """List the tables that a file of an earlier version lacks; none where it cannot be mended."""
    if version + 1 not in ADDED:
        return []
    return [table for later in range(version + 1, VERSION + 1) for table in ADDED[later]]


def _check_empty(connection: Connection) -> None:
    path = connection.engine.url.database
    version = _pragma(connection, "user_version")
    tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
    if tables == 0 and version == 0:
        return
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise UsageError(
            f"{path} is a database of another program; move it away, or give another folder with -o"
        )
    if version > VERSION:
        raise UsageError(
            f"{path} has schema {version}, and this version of the grader knows {VERSION}: "
            "update the grader, or give another folder with -o"
        )
    raise UsageError(
        f"{path} was written before the grader's first release; "
        "move it away, or give another folder with -o"
    )


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
