"""Tables of the gradebook, and the column types that keep values exact, whatever the database."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import (
    DDL,
    BigInteger,
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
)
from sqlalchemy.types import TypeDecorator

from grader import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Dialect

Value = TypeVar("Value")

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


class AnyText(TypeDecorator[str]):
    """Text for PostgreSQL, in the order of its bytes, and with NUL, which it does not take.

    A character that no text is exchanged with stands before what takes the place of it.
    """

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write what can be stored."""
        if value is None or not ("\0" in value or _ESCAPE in value):
            return value
        return value.replace(_ESCAPE, _ESCAPE * 2).replace("\0", f"{_ESCAPE}0")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read it back."""
        if value is None or _ESCAPE not in value:
            return value
        return _ESCAPED.sub(lambda found: "\0" if found[1] == "0" else _ESCAPE, value)


_ESCAPE: Final = "\ufdd0"
_ESCAPED: Final = re.compile(f"{_ESCAPE}([{_ESCAPE}0])")
PlainText: Final = Text().with_variant(AnyText(), "postgresql")
Count: Final = Integer().with_variant(BigInteger(), "postgresql")

metadata: Final = MetaData()

# One row for each batch: grades that were made, or are being made, under the same conditions.
# `turn` counts the runs; the batch with the highest one is the present batch.
batch: Final = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("turn", Integer, nullable=False, unique=True),
    Column("begun_at", PlainText, nullable=False),
    Column("assignment", PlainText, nullable=False),
    Column("isolation", PlainText, nullable=False),
    Column("salt_fingerprint", PlainText, nullable=False),
    Column("suite_hash", PlainText, nullable=False),
    Column("parts", Json(tuple[tuple[str, str], ...]), nullable=False),
)

# Who has a row in a batch's reports, and with which attempts, as the last run of it found. Who is
# not present any more stays in the file and in no report, as do grades of what is nobody's attempt.
roster: Final = Table(
    "roster",
    metadata,
    Column("batch_id", Integer, ForeignKey("batch.id"), primary_key=True),
    Column("student_id", PlainText, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("student", Json(model.Student), nullable=False),
)

submission: Final = Table(
    "submission",
    metadata,
    Column("batch_id", Integer, ForeignKey("batch.id"), primary_key=True),
    Column("id", PlainText, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("digest", PlainText, nullable=False),
    # Under which batch's conditions it was made: this one's, unless only a part was graded again.
    Column("made_in", Integer, ForeignKey("batch.id"), nullable=False),
    # What was graded, as `gradebook.handed_in` packs it.
    Column("handed_in", LargeBinary),
    Column("status", PlainText, nullable=False),
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
    Column("submission_id", PlainText, primary_key=True),
    Column("exercise", PlainText, primary_key=True),
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
    Column("submission_id", PlainText, primary_key=True),
    Column("exercise", PlainText, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("id", PlainText, nullable=False),
    Column("test", PlainText, nullable=False),
    Column("suite", PlainText, nullable=False),
    Column("visibility", PlainText, nullable=False),
    Column("verdict", PlainText, nullable=False),
    Column("weight", ExactFraction, nullable=False),
    Column("message", Json(model.Message), nullable=False),
    Column("difference", Json(model.Difference)),
    Column("recipe", Json(model.Recipe)),
    Column("place", Json(model.Place)),
    Column("output", PlainText, nullable=False),
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
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("student_id", PlainText, nullable=False),
    Column("exercise", PlainText, nullable=False),
    Column("points", ExactFraction),
    Column("text", PlainText, nullable=False),
    Column("undoes", Integer, ForeignKey("journal.id"), unique=True),
    CheckConstraint("kind IN ('override', 'comment', 'undo', 'regrade')"),
    CheckConstraint("(kind = 'override') = (points IS NOT NULL)"),
    CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)"),
    sqlite_autoincrement=True,
)
_TRIGGERS: Final = {
    "sqlite": [
        f"CREATE TRIGGER journal_no_{change.lower()} BEFORE {change} ON journal "
        "BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END"
        for change in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION journal_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''the log is only added to''; END'",
        "CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_is_only_added_to()",
    ],
}
for _dialect, _statements in _TRIGGERS.items():
    for _statement in _statements:
        _made = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy says nothing of it
        event.listen(journal, "after_create", _made.execute_if(dialect=_dialect))


# What `grader serve` has received, in the order in which it came in. The file lies in the folder of
# results; what became of it is a grade of a batch. `tries` counts how often grading was begun.
upload: Final = Table(
    "upload",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", PlainText, nullable=False, unique=True),
    Column("student", PlainText, nullable=False),
    Column("received_at", PlainText, nullable=False),
    Column("file", PlainText, nullable=False),
    Column("bytes", Count, nullable=False),
    Column("sha256", PlainText, nullable=False),
    Column("retry_key", PlainText),
    Column("state", PlainText, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("batch_id", Integer, ForeignKey("batch.id")),
    Column("status", PlainText),
    CheckConstraint("state IN ('queued', 'running', 'done')"),
    CheckConstraint("(state = 'done') = (batch_id IS NOT NULL)"),
    CheckConstraint("(state = 'done') = (status IS NOT NULL)"),
    UniqueConstraint("student", "retry_key"),
    Index("upload_by_state", "state", "number"),
    sqlite_autoincrement=True,
)

# What each version has in addition to the one before.
ADDED: Final[Mapping[int, tuple[Table, ...]]] = {5: (upload,)}

# In PostgreSQL alone, and one row: which version the tables are, which folder of results they
# belong to, and how often they were written to. Whoever writes changes it first.
about: Final = Table(
    "about",
    MetaData(),
    Column("version", Integer, nullable=False),
    Column("folder", Text, nullable=False),
    Column("changes", BigInteger, nullable=False),
)
