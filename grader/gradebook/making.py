"""The tables are made, and whose they are is looked at, before anything else is done.

SQLite's ``application_id`` tells a gradebook from any other database, ``user_version`` the versions
from one another; in PostgreSQL the table `about` does. A gradebook of version 4 gets the tables
that were added since; one that is older was never released, and is left as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, inspect, select, text, update
from sqlalchemy.schema import CreateSchema

from grader.errors import UsageError
from grader.gradebook.engine import place_in
from grader.gradebook.schema import ADDED, VERSION, about, batch, metadata, upload

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

    from grader.gradebook.places import Database

APPLICATION_ID: Final = 0x47524144  # "GRAD"
UTF8: Final = "UTF8"


def prepare(engine: Engine) -> None:
    """Make the tables, unless they are there: a reader needs no write lock.

    Raises
    ------
    UsageError
        When what is there is another program's, another version's, or another folder's.
    """
    with engine.begin() as connection:
        current = is_current(connection)
    if not current:
        with engine.execution_options(writes=True).begin() as connection:
            make_tables(connection)


def is_current(connection: Connection) -> bool:
    """Tell whether the tables are there, as this version has them, and are this folder's."""
    place = place_in(connection)
    if _version(connection) != VERSION:
        return False
    return isinstance(place, Path) or _folder(connection) == place.folder


def make_tables(connection: Connection) -> None:
    """Turn an empty file or schema into a gradebook, within the caller's transaction.

    Parameters
    ----------
    connection : Connection
        In a transaction that writes, so that of two processes one finds them made.

    Raises
    ------
    UsageError
        See `prepare`.
    """
    place = place_in(connection)
    if not isinstance(place, Path):
        _make_room(connection, place)
    version = _version(connection)
    if version != VERSION:
        added = [] if version is None else _added_since(version)
        if not added:
            _check_empty(connection, version)
        metadata.create_all(connection, tables=added or None, checkfirst=False)
        _sign(connection, place, version)
    if not isinstance(place, Path):
        _bind(connection, place)


def _added_since(version: int) -> list[Table]:
    """List the tables that a file of an earlier version lacks; none where it cannot be mended."""
    if version + 1 not in ADDED:
        return []
    return [table for later in range(version + 1, VERSION + 1) for table in ADDED[later]]


def _check_empty(connection: Connection, version: int | None) -> None:
    place = place_in(connection)
    if version is None:
        if _is_empty(connection):
            return
        what = "a database" if isinstance(place, Path) else "a schema"
        raise UsageError(
            f"{place} is {what} of another program; move it away, or give another folder with -o"
        )
    if version > VERSION:
        raise UsageError(
            f"{place} has schema {version}, and this version of the grader knows {VERSION}: "
            "update the grader, or give another folder with -o"
        )
    raise UsageError(
        f"{place} was written before the grader's first release; "
        "move it away, or give another folder with -o"
    )


def _version(connection: Connection) -> int | None:
    """Return the version of a gradebook; None for what is none, or not yet."""
    if isinstance(place_in(connection), Path):
        ours = _pragma(connection, "application_id") == APPLICATION_ID
        return _pragma(connection, "user_version") if ours else None
    if connection.execute(select(func.to_regclass(about.name))).scalar() is None:
        return None
    return connection.execute(select(about.c.version)).scalar()


def _is_empty(connection: Connection) -> bool:
    return not inspect(connection).get_table_names() and (
        not isinstance(place_in(connection), Path) or _pragma(connection, "user_version") == 0
    )


def _sign(connection: Connection, place: Path | Database, version: int | None) -> None:
    """Note which version it is, and that it is a gradebook."""
    if isinstance(place, Path):
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
        connection.execute(text(f"PRAGMA user_version = {VERSION}"))
    elif version is None:
        about.create(connection)
        row = {"version": VERSION, "folder": place.folder, "changes": 0}
        connection.execute(insert(about), row)
    else:
        connection.execute(update(about).values(version=VERSION))


def _make_room(connection: Connection, place: Database) -> None:
    """Make the schema, where it is not there; nobody else makes any meanwhile."""
    connection.execute(select(func.pg_advisory_xact_lock(APPLICATION_ID)))
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != UTF8:
        raise UsageError(
            f"{place} is in a database of encoding {encoding}; make one that takes any text: "
            "createdb --encoding UTF8 --template template0 NAME"
        )
    if place.schema not in inspect(connection).get_schema_names():
        connection.execute(CreateSchema(place.schema))


def _folder(connection: Connection) -> str | None:
    return connection.execute(select(about.c.folder)).scalar()


def _bind(connection: Connection, place: Database) -> None:
    """Let a schema be a folder's; as long as nothing is in it, it may be any other's."""
    if _folder(connection) == place.folder:
        return
    used = [connection.execute(select(func.count()).select_from(one)) for one in (batch, upload)]
    if any(count.scalar_one() for count in used):
        raise UsageError(
            f"{place} belongs to another folder of results, where the files lie that were handed "
            "in; give another database"
        )
    connection.execute(update(about).values(folder=place.folder))


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
