"""From an empty file, or one that an older version wrote, to the present schema.

The number of steps done is kept in SQLite's ``user_version``; steps are never edited once
released, only added. ``application_id`` tells a gradebook from any other SQLite file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    Step = Callable[[Connection], None]

APPLICATION_ID: Final = 0x47524144  # "GRAD"
# Schemas 1 and 2 were never released, and had one grade a submission whatever its batch.
UNRELEASED: Final = 2

_FIRST_TABLES: Final = (
    """
    CREATE TABLE batch (
        id INTEGER NOT NULL PRIMARY KEY,
        turn INTEGER NOT NULL UNIQUE,
        begun_at TEXT NOT NULL,
        assignment TEXT NOT NULL,
        isolation TEXT NOT NULL,
        salt_fingerprint TEXT NOT NULL,
        suite_hash TEXT NOT NULL,
        parts TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE roster (
        batch_id INTEGER NOT NULL REFERENCES batch (id),
        submission_id TEXT NOT NULL,
        PRIMARY KEY (batch_id, submission_id)
    )
    """,
    """
    CREATE TABLE submission (
        batch_id INTEGER NOT NULL REFERENCES batch (id),
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        digest TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('graded', 'unreadable', 'not_graded')),
        score TEXT CHECK (status = 'graded' OR score IS NULL),
        max_score TEXT NOT NULL,
        notes TEXT NOT NULL,
        duration_s FLOAT NOT NULL,
        PRIMARY KEY (batch_id, id)
    )
    """,
    """
    CREATE TABLE exercise_result (
        batch_id INTEGER NOT NULL,
        submission_id TEXT NOT NULL,
        exercise TEXT NOT NULL,
        position INTEGER NOT NULL,
        points TEXT NOT NULL,
        score TEXT,
        carried_forward TEXT NOT NULL,
        diagnosis TEXT,
        PRIMARY KEY (batch_id, submission_id, exercise),
        FOREIGN KEY (batch_id, submission_id)
            REFERENCES submission (batch_id, id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE case_result (
        batch_id INTEGER NOT NULL,
        submission_id TEXT NOT NULL,
        exercise TEXT NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        test TEXT NOT NULL,
        suite TEXT NOT NULL,
        visibility TEXT NOT NULL,
        verdict TEXT NOT NULL,
        weight TEXT NOT NULL,
        message TEXT NOT NULL,
        difference TEXT,
        recipe TEXT,
        place TEXT,
        output TEXT NOT NULL,
        carried_forward BOOLEAN NOT NULL,
        duration_s FLOAT NOT NULL,
        PRIMARY KEY (batch_id, submission_id, exercise, position),
        FOREIGN KEY (batch_id, submission_id, exercise)
            REFERENCES exercise_result (batch_id, submission_id, exercise) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX case_result_by_verdict ON case_result (batch_id, exercise, verdict)",
)


def migrate(connection: Connection, steps: Sequence[Step] | None = None) -> None:
    """Bring a gradebook up to date, within the caller's transaction.

    Parameters
    ----------
    connection : Connection
        In a transaction that holds the write lock, so that two processes do not both migrate.
    steps : sequence of callable or None
        Every migration there is, oldest first; None for `STEPS`.

    Raises
    ------
    UsageError
        When the file is another program's, or another version of the grader wrote it that this one
        cannot follow.
    """
    steps = STEPS if steps is None else steps
    version = _pragma(connection, "user_version")
    _check_ours(connection, version)
    if version > UNRELEASED + len(steps):
        raise UsageError(
            f"{connection.engine.url.database} has schema {version}, and this version of the "
            f"grader knows up to {UNRELEASED + len(steps)}: update the grader, or give another "
            "folder with -o"
        )
    for step in steps[max(version - UNRELEASED, 0) :]:
        step(connection)
    connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
    connection.execute(text(f"PRAGMA user_version = {UNRELEASED + len(steps)}"))


def is_current(connection: Connection) -> bool:
    """Tell whether there is nothing to do, so that a reader needs no write lock."""
    ours = _pragma(connection, "application_id") == APPLICATION_ID
    return ours and _pragma(connection, "user_version") == UNRELEASED + len(STEPS)


def _check_ours(connection: Connection, version: int) -> None:
    tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
    empty = tables == 0 and version == 0
    if empty:
        return
    path = connection.engine.url.database
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise UsageError(
            f"{path} is a database of another program; move it away, or give another folder with -o"
        )
    if version <= UNRELEASED:
        raise UsageError(
            f"{path} was written before the grader's first release; "
            "move it away, or give another folder with -o"
        )


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(text(f"PRAGMA {name}")).scalar_one())


def _make_first_tables(connection: Connection) -> None:
    for statement in _FIRST_TABLES:
        connection.execute(text(statement))


STEPS: Final[tuple[Step, ...]] = (_make_first_tables,)
