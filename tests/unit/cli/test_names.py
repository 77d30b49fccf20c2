"""Two assignments may have an exercise, or a system, of one name: then one says which is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
[assignment]
id = "{id}"
seed = 1
title = {{ en = "T", zh = "题" }}

[[exercise]]
id = "twice"
module = "m"
points = 1
title = {{ en = "Twice", zh = "两倍" }}
hints = [{{ en = "Hint of {id}.", zh = "提示" }}]

[[exercise]]
id = "{only}"
module = "m"
points = 1
title = {{ en = "Only", zh = "唯一" }}
hints = [{{ en = "Only in {id}.", zh = "提示" }}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course with two assignments that share names."""
    for name, only in (("one", "here"), ("two", "there")):
        folder = tmp_path / "assignments" / name
        folder.mkdir(parents=True)
        (folder / "exercises.toml").write_text(TOML.format(id=name, only=only), "utf-8")
    return tmp_path


def said(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run a command in English; return its code and what it said."""
    code = main([*words, "--root", str(root), "--lang", "en"])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_a_name_of_one_assignment_is_enough(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where only one has it."""
    assert said(root, capsys, "hint", "there") == (0, "Only in two.\n")


def test_a_name_of_two_is_asked_for_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command to type is in the answer, and works."""
    code, text = said(root, capsys, "hint", "twice")

    assert code == 2
    assert "grader hint one twice" in text
    assert said(root, capsys, "hint", "two", "twice") == (0, "Hint of two.\n")


def test_without_assignments_the_folder_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So it is said which one is meant."""
    for words in (("hint", "twice"), ("demo",), ("validate",)):
        code, text = said(tmp_path, capsys, *words)

        assert code == 2
        assert "folder that holds assignments/" in text


def test_samples_are_those_of_one_assignment(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They would be read as submissions to each."""
    code, text = said(root, capsys, "validate", "--samples", str(root))

    assert code == 2
    assert "--samples goes with one assignment" in text
