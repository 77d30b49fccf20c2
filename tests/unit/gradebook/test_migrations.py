"""Old, new, foreign and broken files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.gradebook.migrations import STEPS, UNRELEASED, migrate
from grader.gradebook.schema import metadata

if TYPE_CHECKING:
    from pathlib import Path


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_the_migrated_tables_are_those_that_queries_use(path: Path) -> None:
    """Migrations and `schema` agree on tables, columns, nullability and keys."""
    Gradebook.open(path).close()

    engine = create_engine(f"sqlite+pysqlite:///{path}")
    found = inspect(engine)
    tables = {name: found.get_columns(name) for name in found.get_table_names()}
    keys = {name: found.get_pk_constraint(name)["constrained_columns"] for name in tables}
    engine.dispose()

    assert {
        name: [(column["name"], column["nullable"]) for column in columns]
        for name, columns in tables.items()
    } == {
        name: [(column.name, column.nullable) for column in table.columns]
        for name, table in metadata.tables.items()
    }
    assert keys == {
        name: [column.name for column in table.primary_key]
        for name, table in metadata.tables.items()
    }


def test_an_older_gradebook_takes_only_the_steps_it_lacks(path: Path) -> None:
    """Steps run in order, once, and the version counts them."""
    Gradebook.open(path).close()
    taken: list[str] = []

    def second(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE submission ADD COLUMN late TEXT"))
        taken.append("second")

    def third(connection: Connection) -> None:
        connection.execute(text("UPDATE submission SET late = 'no'"))
        taken.append("third")

    engine = create_engine(f"sqlite+pysqlite:///{path}")
    for _ in range(2):
        with engine.begin() as connection:
            migrate(connection, [*STEPS, second, third])
    with engine.begin() as connection:
        version = connection.execute(text("PRAGMA user_version")).scalar_one()
    engine.dispose()

    assert taken == ["second", "third"]
    assert version == UNRELEASED + len(STEPS) + 2


def test_refuses_a_newer_gradebook(path: Path) -> None:
    """A newer version's file is left alone, with the remedy."""
    Gradebook.open(path).close()
    _execute(path, "PRAGMA user_version = 99")

    with pytest.raises(UsageError, match=r"schema 99, and this version .* update the grader"):
        Gradebook.open(path)


def test_refuses_another_programs_database(path: Path) -> None:
    """No tables are added to a file that is not ours."""
    _execute(path, "CREATE TABLE notes (text TEXT)")

    with pytest.raises(UsageError, match="another program"):
        Gradebook.open(path)


def test_refuses_what_is_no_database(path: Path) -> None:
    """A text file is not overwritten."""
    path.write_text("name,score\n" * 100)

    with pytest.raises(UsageError, match="not a database"):
        Gradebook.open(path)

    assert path.read_text().startswith("name,score")


def test_refuses_a_folder_that_is_not_there(path: Path) -> None:
    """The message names the path and the option."""
    with pytest.raises(UsageError, match=r"absent/book\.sqlite cannot be opened .* with -o"):
        Gradebook.open(path.parent / "absent" / "book.sqlite")


def test_a_failed_step_leaves_the_old_schema(path: Path) -> None:
    """A migration happens as a whole or not at all."""
    Gradebook.open(path).close()
    engine = create_engine(f"sqlite+pysqlite:///{path}")

    def broken(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE another (name TEXT)"))
        connection.execute(text("CREATE TABLE batch (name TEXT)"))

    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        with pytest.raises(DBAPIError):
            migrate(connection, [*STEPS, broken])
    engine.dispose()

    with closing(sqlite3.connect(path)) as found:
        tables = {name for (name,) in found.execute("SELECT name FROM sqlite_master")}
        (version,) = found.execute("PRAGMA user_version").fetchone()
    assert "batch" in tables
    assert "another" not in tables
    assert version == UNRELEASED + len(STEPS)


@pytest.mark.parametrize("version", [1, UNRELEASED])
def test_refuses_what_was_written_before_the_first_release(path: Path, version: int) -> None:
    """It had one grade a submission whatever its batch, and is left as it is."""
    _execute(
        path,
        "PRAGMA application_id = 1196572996",
        f"PRAGMA user_version = {version}",
        "CREATE TABLE batch (old TEXT)",
    )

    with pytest.raises(UsageError, match="before the grader's first release; move it away"):
        Gradebook.open(path)

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("batch",)]
