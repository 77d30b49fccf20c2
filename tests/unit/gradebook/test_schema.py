"""Old, new, foreign and broken files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.gradebook.engine import open_engine
from grader.gradebook.making import make_tables
from grader.gradebook.schema import VERSION, metadata
from grader.model import Conditions, Student

if TYPE_CHECKING:
    from pathlib import Path


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_gradebook_keeps_what_the_tables_declare(path: Path) -> None:
    """Keys are held and a score of what is not graded is refused: by the file, not by us alone."""
    Gradebook.open(path).close()
    batch = "INSERT INTO batch VALUES (1, 1, 'now', 'hw8', 'A', 's', 'h', '[]')"
    grade = (
        "INSERT INTO submission VALUES (1, 'ada', 'Ada', 'd', 1, NULL, '{}', {}, '9', '[]', 0.5)"
    )
    _execute(path, batch, grade.format("graded", "'7/3'"))

    for broken in (
        batch.replace("(1, 1", "(2, 1"),
        grade.format("graded", "'7/3'"),
        grade.replace("'ada'", "'bob'").format("not_graded", "'7/3'"),
        grade.replace("'ada'", "'bob'").format("lost", "NULL"),
    ):
        with pytest.raises(sqlite3.IntegrityError):
            _execute(path, broken)


def test_two_that_open_an_empty_file_make_one_gradebook(path: Path) -> None:
    """The second finds the tables made, with what the first has written."""
    engine = open_engine(path).execution_options(writes=True)
    for _ in range(2):
        with engine.begin() as connection:
            make_tables(connection)
    engine.dispose()

    with closing(sqlite3.connect(path)) as found:
        tables = {name for (name,) in found.execute("SELECT name FROM sqlite_master")}
        (version,) = found.execute("PRAGMA user_version").fetchone()
    assert tables >= set(metadata.tables)
    assert version == VERSION


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


def test_a_gradebook_of_version_4_gets_what_was_added(path: Path) -> None:
    """With all that it holds; it had no uploads."""
    with Gradebook.open(path) as book:
        book.begin("hw8", Conditions("A", "s", "h"), [Student.of_submission("ada")])
    _execute(path, "DROP TABLE upload", "PRAGMA user_version = 4")

    with Gradebook.open(path) as book:
        assert [student.id for student in book.students()] == ["ada"]
        assert book.uploads.tally() == {}

    with closing(sqlite3.connect(path)) as found:
        assert found.execute("PRAGMA user_version").fetchone() == (VERSION,)


@pytest.mark.parametrize("version", [1, 3])
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
