"""Gradebooks in PostgreSQL: whose a schema is, what is noted, and what is said when it fails."""

from __future__ import annotations

import itertools
import tomllib
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from sqlalchemy import make_url

from grader.errors import UnreachableError, UsageError
from grader.gradebook import DATABASE_VARIABLE, Database, Gradebook, place_of, settle, state_of
from grader.gradebook.schema import VERSION, metadata
from grader.model import Conditions, Student
from tests.postgres import GUARDED, PASSWORD
from tests.unit.gradebook.test_uploads import NEVER, add, fine, new

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.gradebook import Counts
    from grader.model import Grade
    from tests.postgres import Server

COUNTER: Final = itertools.count()


@pytest.fixture
def schema() -> str:
    """Return the name of a schema that is not there yet."""
    return f"schema_{next(COUNTER)}"


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)


def guarded(postgres: Server, password: str = PASSWORD) -> str:
    """Return a URL with a password that is asked for."""
    return postgres.url(user=GUARDED, password=password)


def test_what_works_on_a_folder_finds_its_database(
    postgres: Server, tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a note, which has everything but the password."""
    settle(tmp_path, guarded(postgres), schema)
    monkeypatch.setenv(DATABASE_VARIABLE, guarded(postgres))

    with Gradebook.of(tmp_path) as book:
        add(book, "a")
    with Gradebook.of(tmp_path, guarded(postgres)) as book:
        tally = book.uploads.tally()

    told = (tmp_path / "gradebook.toml").read_text()
    noted = tomllib.loads(told)
    assert tally == {"queued": 1}
    assert (noted["schema"], noted["url"]) == (schema, postgres.url(user=GUARDED))
    assert "p%40ss" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.toml"]


def test_a_password_of_another_database_is_not_sent_there(
    postgres: Server, tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable says nothing of what the folder has a note of."""
    settle(tmp_path, guarded(postgres), schema)
    monkeypatch.setenv(DATABASE_VARIABLE, guarded(postgres).replace("127.0.0.1", "db.example.org"))

    place = place_of(tmp_path)

    assert isinstance(place, Database)
    assert (place.url.host, place.url.password) == ("127.0.0.1", None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("wrong", r'password authentication failed for user "guarded"'),
        (None, "no password supplied"),
    ],
)
def test_a_wrong_password_is_told_and_not_shown(
    postgres: Server, tmp_path: Path, schema: str, given: str | None, told: str
) -> None:
    """In one line, with what to do; nothing is noted."""
    url = postgres.url(user=GUARDED, password=given)

    with pytest.raises(UsageError, match=told) as caught:
        settle(tmp_path, url, schema)

    assert DATABASE_VARIABLE in str(caught.value)
    assert "wrong" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_told(tmp_path: Path, schema: str) -> None:
    """By its name, without a password."""
    with pytest.raises(UsageError, match=r"grader@127\.0\.0\.1:1/x cannot be opened .* refused"):
        settle(tmp_path, "postgresql://grader:secret@127.0.0.1:1/x", schema)


@pytest.mark.parametrize(
    "url",
    ["secret", "sqlite:///secret", "postgresql://u:secret@host", "postgresql://u:1@h:secret/n"],
)
def test_what_is_no_database_is_not_quoted(tmp_path: Path, url: str) -> None:
    """There may be a password in it."""
    with pytest.raises(UsageError, match=r"is named as postgresql\+psycopg://USER@") as caught:
        settle(tmp_path, url, "hw8")

    assert "secret" not in str(caught.value)


def test_homeworks_share_a_database(postgres: Server, tmp_path: Path, schema: str) -> None:
    """Each in a schema of its own."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        settle(tmp_path / name, postgres.url(), f"{schema}_{name}")

    with Gradebook.of(tmp_path / "one") as one, Gradebook.of(tmp_path / "two") as two:
        add(one, "a")
        assert (one.uploads.tally(), two.uploads.tally()) == ({"queued": 1}, {})


def test_a_folder_keeps_the_place_that_it_has(
    postgres: Server, tmp_path: Path, schema: str
) -> None:
    """Where that is, is told; the same once more is no change."""
    settle(tmp_path, postgres.url(), schema)
    settle(tmp_path, postgres.url(password="other"), schema)  # noqa: S106 - none is asked for

    with pytest.raises(
        UsageError, match=f"has its gradebook in schema {schema} of .*gradebook.toml"
    ):
        settle(tmp_path, postgres.url("elsewhere"), schema)


def test_a_folder_with_a_file_has_its_gradebook_there(postgres: Server, tmp_path: Path) -> None:
    """What it holds would be lost sight of."""
    Gradebook.of(tmp_path).close()

    with pytest.raises(UsageError, match=r"has its gradebook in gradebook\.sqlite"):
        settle(tmp_path, postgres.url(), "never_made")

    assert postgres.execute("SELECT to_regnamespace('never_made')") == [(None,)]


def test_a_schema_is_one_folders(postgres: Server, tmp_path: Path, schema: str) -> None:
    """Whose files lie there. As long as it is empty, it may become another's."""
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for folder in (one, two, three):
        folder.mkdir()
    settle(one, postgres.url(), schema)
    with Gradebook.of(one) as late:
        settle(two, postgres.url(), schema)
        with pytest.raises(UsageError, match="belongs to another folder of results by now"):
            add(late, "a")
    with Gradebook.of(two) as book:
        add(book, "b")

    with pytest.raises(UsageError, match="belongs to another folder of results, where the files"):
        settle(three, postgres.url(), schema)
    with pytest.raises(UsageError, match="belongs to another folder of results, where the files"):
        Gradebook.of(one)
    assert not (three / "gradebook.toml").exists()


def test_a_schema_of_another_program_is_left_alone(
    postgres: Server, tmp_path: Path, schema: str
) -> None:
    """No table is added to it."""
    postgres.execute(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.notes (text TEXT)")

    with pytest.raises(UsageError, match=f"schema {schema} of .* of another program"):
        settle(tmp_path, postgres.url(), schema)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE about SET version = 99", "update the grader"),
        ("UPDATE about SET version = 3", "before the grader's first release"),
    ],
)
def test_a_schema_of_another_version_is_refused(
    postgres: Server, tmp_path: Path, schema: str, change: str, told: str
) -> None:
    """With the remedy."""
    settle(tmp_path, postgres.url(), schema)
    postgres.execute(change, schema=schema)

    with pytest.raises(UsageError, match=told):
        Gradebook.of(tmp_path)


def test_a_schema_of_version_4_gets_what_was_added(
    postgres: Server, tmp_path: Path, schema: str
) -> None:
    """With all that it holds, as a file does."""
    settle(tmp_path, postgres.url(), schema)
    with Gradebook.of(tmp_path) as book:
        book.begin("hw8", Conditions("A", "s", "h"), [Student.of_submission("ada")])
    postgres.execute("DROP TABLE upload; UPDATE about SET version = 4", schema=schema)

    with Gradebook.of(tmp_path) as book:
        assert [student.id for student in book.students()] == ["ada"]
        assert book.uploads.tally() == {}
    assert postgres.execute("SELECT version FROM about", schema=schema) == [(VERSION,)]


def test_a_database_that_takes_not_any_text_is_refused(postgres: Server, tmp_path: Path) -> None:
    """Names and comments are in Chinese, too."""
    postgres.execute("CREATE DATABASE narrow ENCODING 'SQL_ASCII' TEMPLATE template0")

    with pytest.raises(UsageError, match=r"encoding SQL_ASCII; make one .* --encoding UTF8"):
        settle(tmp_path, postgres.url("narrow"), "hw8")


def test_any_text_is_kept(database: Database, make_grade: Callable[..., Grade]) -> None:
    """NUL, which PostgreSQL takes in no text, and the character that stands in for it."""
    name = "\ufdd0\0\ufdd00 \\0 ada"

    with Gradebook.open(database) as book:
        book.begin("hw8", make_grade().conditions, [Student.of_submission("ada")])
        book.record(msgspec.structs.replace(make_grade("ada"), name=name), "d")
        found = book.grade("ada")

    assert found is not None
    assert found.name == name


def test_every_write_is_seen_and_no_look(database: Database, tmp_path: Path) -> None:
    """By who keeps grades that were read, such as the desk."""
    out = tmp_path
    settle(out, make_url(database.url).render_as_string(hide_password=False), "watched")
    with Gradebook.of(out) as book:
        states = [state_of(out)]
        book.uploads.tally()
        states.append(state_of(out))
        add(book, "a")
        states.append(state_of(out))

    assert states[0] == states[1] != states[2]


def test_a_connection_that_is_lost_leaves_nothing_by_halves(
    postgres: Server, database: Database
) -> None:
    """It is told as that, and the next try finds the server again, kept connections or not."""

    def hang_up(_counts: Counts) -> None:
        postgres.hang_up()

    for pooled in (False, True):
        with Gradebook.open(database, pooled=pooled) as book:
            with pytest.raises(UnreachableError, match=r"schema .* does not answer \("):
                book.uploads.add(new("a"), NEVER, hang_up)
            assert book.uploads.tally() == {}
            postgres.hang_up()
            book.uploads.add(new(f"b{pooled}"), NEVER, fine)
            postgres.execute("DELETE FROM upload", schema=database.schema)


def test_the_tables_are_the_same_in_both(postgres: Server, tmp_path: Path, schema: str) -> None:
    """But for one row that says what SQLite's file says of itself."""
    settle(tmp_path, postgres.url(), schema)

    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    found = postgres.execute(query, schema=schema)

    assert {name for (name,) in found} == {*metadata.tables, "about"}


def test_no_password_is_in_what_is_shown_of_a_place() -> None:
    """Wherever in the URL it stands."""
    query = "postgresql://u:a-secret@h/n?password=secret&sslmode=require"
    place = Database(make_url(query), "hw8", "id")

    assert "secret" not in f"{place} {place!r}"
    assert "sslmode=require" in str(place)


def test_a_role_that_may_make_no_schema_is_told(postgres: Server, tmp_path: Path) -> None:
    """What it needs is the right to; a schema that somebody has made for it will do."""
    postgres.execute("CREATE DATABASE strict")
    url = postgres.url("strict", user=GUARDED, password=PASSWORD)

    with pytest.raises(UsageError, match=r"permission denied for database strict.*may do"):
        settle(tmp_path, url, "hw8")
    postgres.execute(f"CREATE SCHEMA hw8 AUTHORIZATION {GUARDED}", "strict")
    settle(tmp_path, url, "hw8")

    assert state_of(tmp_path, url) == (0, 0)
