"""Old, new, foreign and broken files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.gradebook.migrations import STEPS, migrate
from grader.gradebook.schema import metadata
from grader.model import Diagnosis, Finding, Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.model import Conditions, Grade


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
    assert version == len(STEPS) + 2


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
    _execute(path, "PRAGMA application_id = 1196572996", "CREATE TABLE batch (old TEXT)")

    with pytest.raises(UsageError, match="cannot be opened"):
        Gradebook.open(path)

    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        version = connection.execute("PRAGMA user_version").fetchone()
    assert (tables, version) == ([("batch",)], (0,))


@pytest.fixture
def first_version(path: Path, conditions: Conditions, make_grade: Callable[..., Grade]) -> Path:
    """A gradebook as the first version wrote it: the same rows, without diagnoses."""
    present = path.with_name("present.sqlite")
    with Gradebook.open(present) as book:
        book.begin("hw8", conditions)
        book.record(make_grade(), "d1")
    engine = create_engine(f"sqlite+pysqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
    tables = {
        table.name: ", ".join(each["name"] for each in inspect(engine).get_columns(table.name))
        for table in metadata.sorted_tables
    }
    engine.dispose()
    _execute(
        path,
        f"ATTACH '{present}' AS present",
        *(
            f"INSERT INTO {name} ({columns}) SELECT {columns} FROM present.{name}"  # noqa: S608 - ours
            for name, columns in tables.items()
        ),
    )
    return path


def test_a_gradebook_of_the_first_version_is_read(
    first_version: Path, conditions: Conditions, make_grade: Callable[..., Grade]
) -> None:
    """What it holds is kept and counts as done; no exercise in it has a diagnosis."""
    with closing(sqlite3.connect(first_version)) as connection:
        columns = connection.execute("PRAGMA table_info(exercise_result)").fetchall()
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert "diagnosis" not in {column[1] for column in columns}

    with Gradebook.open(first_version) as book:
        begun = book.begin("hw8", conditions)

        assert (begun.kept, begun.set_aside) == (1, 0)
        assert book.done({"ada": "d1"}) == {"ada"}
        assert list(book.grades()) == [make_grade()]
        assert {result.diagnosis for result in make_grade().exercises} == {None}


def test_a_gradebook_of_the_first_version_takes_diagnoses(
    first_version: Path, conditions: Conditions, make_grade: Callable[..., Grade]
) -> None:
    """A batch that an older version began can be finished by this one."""
    found = Diagnosis((), (Finding(Message("finding_sign"), "test_a", "public"),))
    result = msgspec.structs.replace(make_grade().exercises[1], diagnosis=found)
    diagnosed = make_grade("bob", exercises=(result,))

    with Gradebook.open(first_version) as book:
        book.begin("hw8", conditions)
        book.record(diagnosed, "d2")

        assert list(book.grades()) == [make_grade(), diagnosed]
