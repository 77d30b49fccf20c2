"""What `grader grade` reads below a path, and what it says about that on stderr."""

from __future__ import annotations

from pathlib import Path

import pytest

import grader
from grader.catalog import Assignment, find_assignment
from grader.cli.grade import read_submissions
from grader.errors import UsageError


@pytest.fixture(scope="module")
def hw8() -> Assignment:
    """Describe the assignment."""
    return find_assignment("hw8", Path(grader.__file__).parents[1])


def write(folder: Path, names: list[str]) -> Path:
    """Write scripts."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x = 1")
    return folder


def test_results_and_salt_are_no_submissions(hw8, tmp_path, capsys):
    """Though they lie among them; nothing is said about what is our own."""
    write(tmp_path, ["alice.py", "results/json/a.py", "salt"])

    ours = [tmp_path / "results", tmp_path / "salt"]
    found = read_submissions(hw8, tmp_path, "auto", "en", skip=ours)

    assert [one.id for one in found] == ["alice"]
    assert capsys.readouterr() == ("", "")


def test_results_do_not_go_into_the_folder_of_submissions_itself(hw8, tmp_path):
    """Where pages and tables would be taken for homework the next time."""
    write(tmp_path, ["alice.py"])

    with pytest.raises(UsageError, match=r"such as .*results"):
        read_submissions(hw8, tmp_path, "auto", "en", skip=[tmp_path / "." / ""])


def test_how_a_folder_is_read_is_said(hw8, tmp_path, capsys):
    """On stderr, in the language asked for; markup in names is no markup."""
    write(tmp_path, ["srn.py", "[bold]eve.py"])

    read_submissions(hw8, tmp_path, "auto", "en")
    read_submissions(hw8, tmp_path, "auto", "zh")

    out, err = capsys.readouterr()
    assert out == ""
    assert "srn.py" in err
    assert "[bold]eve.py is not named so" in err
    assert "--as one" in err
    assert "各作为一份提交" in err


def test_an_empty_folder_is_the_instructors_mistake(hw8, tmp_path):
    """The message says what would be a submission."""
    with pytest.raises(UsageError, match="holds no submission"):
        read_submissions(hw8, tmp_path, "auto", "en")
