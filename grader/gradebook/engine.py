"""Connections to a gradebook, in SQLite or PostgreSQL, and what is said where one fails.

Transactions mean the same in both. Who writes keeps other writers out from the beginning on, so
that what was read is still so when it is written: by SQLite's write lock, or by that of the one row
of the table `about`. Who reads sees one state, and keeps nobody out.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import URL, NullPool, QueuePool, create_engine, event, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from grader.errors import HarnessError, UnreachableError, UsageError
from grader.gradebook.schema import about

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Engine

    from grader.gradebook.places import Database

_LOCK_WAIT_S: Final = 30.0
_CONNECTIONS: Final = 5
_PRIMARY: Final = 0xFF  # of SQLite's code of an error; the rest says more of the same
# SQLSTATEs: a transaction or a server that is only read from, and a right that is lacking.
_MAY_NOT_WRITE: Final = frozenset({"25006", "42501"})
# Among them, how soon either side notices that the other is gone, its network or machine included.
_CLIENT: Final[Mapping[str, int | str]] = {
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_SERVER: Final[Mapping[str, str]] = {
    "lock_timeout": f"{_LOCK_WAIT_S:.0f}s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "default_transaction_isolation": r"read\ committed",
    "synchronous_commit": "on",
}


def open_engine(place: Path | Database, *, pooled: bool = False) -> Engine:
    """Return what opens connections.

    Parameters
    ----------
    place : Path or Database
        Where the gradebook is.
    pooled : bool
        Whether connections to a server are kept for the next call: not in a process that forks, as
        a transaction lasts as long as somebody has its connection. None to a file is ever kept.

    Raises
    ------
    UsageError
        When the driver is broken.
    """
    engine = _of_file(place) if isinstance(place, Path) else _of_database(place, pooled=pooled)
    return engine.execution_options(place=place)


def place_in(source: Engine | Connection) -> Path | Database:
    """Return where the gradebook is."""
    place: Path | Database = source.get_execution_options()["place"]
    return place


def _of_file(path: Path) -> Engine:
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


def _of_database(place: Database, *, pooled: bool) -> Engine:
    query = place.url.query
    told = query.get("options", "")
    quoted = place.schema.replace("\\", "\\\\").replace('"', '""').replace(" ", r"\ ")
    settings = {**_SERVER, "search_path": f'"{quoted}"'}
    options = [told if isinstance(told, str) else " ".join(told)]
    options += [f"-c {name}={value}" for name, value in settings.items()]
    client = {name: value for name, value in _CLIENT.items() if name not in query}
    connect = {**client, "application_name": "grader", "options": " ".join(options)}
    try:
        if not pooled:
            return create_engine(place.url, poolclass=NullPool, connect_args=connect)
        return create_engine(
            place.url,
            poolclass=QueuePool,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args=connect,
        )
    except ModuleNotFoundError:  # the command line says what to install
        raise
    except ImportError as error:
        raise UsageError(f"psycopg cannot be used here ({_one_line(error)})") from error


def reason(error: Exception) -> str:
    """Return what went wrong without the statement that SQLAlchemy quotes, in one line."""
    return _one_line(getattr(error, "orig", None) or error)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes nothing.

    Raises
    ------
    UsageError
        When the file is damaged, or holds what no grader has written.
    UnreachableError
        When the server does not answer.
    """
    place = place_in(engine)
    if not isinstance(place, Path):
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with engine.begin() as connection:
            yield connection
    except (SQLAlchemyError, msgspec.DecodeError, ValueError) as error:
        _check_reachable(place, error)
        raise UsageError(
            f"{place} cannot be read ({reason(error)}); "
            "put a copy of it back, or give another folder with -o"
        ) from error


@contextlib.contextmanager
def writing(engine: Engine, failed: str) -> Iterator[Connection]:
    """Open a transaction that nobody else writes beside.

    Parameters
    ----------
    engine : Engine
        Of an up-to-date gradebook.
    failed : str
        What is said if it comes to nothing.

    Raises
    ------
    UnreachableError
        When the server does not answer. What was written may be there, or not.
    UsageError
        When nobody may write there, or the schema is another folder's by now.
    HarnessError
        When something else is amiss. Then nothing has changed.
    """
    place = place_in(engine)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if not isinstance(place, Path):
                _take_turn(connection, place)
            yield connection
    except (SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
        _check_reachable(place, error)
        if _may_not_write(error):
            raise UsageError(f"the gradebook cannot be written to: {reason(error)}") from error
        raise HarnessError(f"{failed}: {reason(error)}") from error


def _take_turn(connection: Connection, place: Database) -> None:
    """Wait for one's turn to write, and count it."""
    own = update(about).where(about.c.folder == place.folder)
    if connection.execute(own.values(changes=about.c.changes + 1)).rowcount != 1:
        raise UsageError(
            f"{place} belongs to another folder of results by now; give another database"
        )


def _check_reachable(place: Path | Database, error: Exception) -> None:
    """Tell an error of the connection, or of the server as a whole, from one of a statement."""
    lost = isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)
    lost = lost or (isinstance(error, DBAPIError) and error.connection_invalidated)
    if lost and not isinstance(place, Path):
        raise UnreachableError(f"{place} does not answer ({reason(error)})") from error


def _may_not_write(error: Exception) -> bool:
    origin = getattr(error, "orig", None)
    code = getattr(origin, "sqlite_errorcode", 0) & _PRIMARY
    return code == sqlite3.SQLITE_READONLY or getattr(origin, "sqlstate", "") in _MAY_NOT_WRITE
