"""Connections to the file, and what is said where it cannot be read."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import URL, NullPool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from grader.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

_LOCK_WAIT_S: Final = 30.0


def open_engine(path: Path) -> Engine:
    """Return what opens connections to a file; each call of it takes a new one."""
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


def reason(error: Exception) -> object:
    """Return what went wrong without the statement that SQLAlchemy quotes."""
    return getattr(error, "orig", None) or error


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes nothing.

    Raises
    ------
    UsageError
        When the file is damaged, or holds what no grader has written.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except (SQLAlchemyError, msgspec.DecodeError, ValueError) as error:
        raise UsageError(
            f"{engine.url.database} cannot be read ({reason(error)}); "
            "put a copy of it back, or give another folder with -o"
        ) from error
