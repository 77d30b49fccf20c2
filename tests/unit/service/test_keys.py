"""Tokens: where they are read from, and what is no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.errors import UsageError
from grader.service import Keys, People
from grader.service.keys import Caller, course_token, new_token, student_tokens
from tests.unit.service.conftest import ROSTER

if TYPE_CHECKING:
    from pathlib import Path

LONG = "0123456789abcdef0123456789abcdef"


def private(path: Path, text: str, mode: int = 0o600) -> Path:
    """Write a file for its owner alone."""
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_new_token_is_read_back_by_its_owner(tmp_path: Path) -> None:
    """Drawn anew each time, and written over nothing."""
    for name in "ab":
        new_token(tmp_path / name)
    with pytest.raises(FileExistsError):
        new_token(tmp_path / "a")

    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert len(course_token(tmp_path / "a")) > 40
    assert course_token(tmp_path / "a") != course_token(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """With the remedy."""
    path = private(tmp_path / "token", LONG, mode)

    with pytest.raises(UsageError, match="chmod 600"):
        course_token(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [("short", "openssl rand"), ("", "openssl rand"), (f"{LONG} {LONG}", "one word"),
     (f"{LONG}é", "one word"), ("x" * 501, "characters")],
)  # fmt: skip
def test_what_could_be_guessed_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Or cannot be sent as it is."""
    with pytest.raises(UsageError, match=told):
        course_token(private(tmp_path / "token", text))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Nor is what is not there, or no text."""
    with pytest.raises(UsageError, match=r"no plain file|directory"):
        course_token(tmp_path)
    with pytest.raises(UsageError, match="No such file"):
        course_token(tmp_path / "absent")
    path = tmp_path / "bytes"
    path.write_bytes(b"\xff" * 40)
    path.chmod(0o600)
    with pytest.raises(UsageError, match="UTF-8"):
        course_token(path)


def test_students_tokens_are_of_people_on_the_roster(tmp_path: Path) -> None:
    """By number, login or address."""
    path = private(tmp_path / "t.csv", f"student,token\nada,{LONG}1\nbob@x.org,{LONG}2\n")

    assert student_tokens(path, [People(ROSTER)]) == {f"{LONG}1": "101", f"{LONG}2": "102"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,token\n", "columns student and token"),
        (f"student,token\neve,{LONG}\n", "line 2: there is no student 'eve'"),
        (f"student,token\nada,{LONG}\nbob,{LONG}\n", "line 3: this token is another"),
        ("student,token\nada,short\n", "line 2: a token has"),
        ("student,token\nada\n", "line 2: a token has"),
    ],
)
def test_a_table_that_is_wrong_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    """And the token itself is not."""
    with pytest.raises(UsageError, match=told) as error:
        student_tokens(private(tmp_path / "t.csv", text), [People(ROSTER)])

    assert LONG not in str(error.value)


def test_a_token_is_whose_it_is() -> None:
    """However the word before it is written."""
    keys = Keys(LONG, {f"{LONG}x": "ada"})

    assert keys.caller(f"bearer {LONG}") == Caller()
    assert keys.caller(f"Bearer  {LONG}x ") == Caller("ada")
    assert keys.caller(f"Bearer {LONG}y") is None
    assert LONG not in repr(vars(keys))
