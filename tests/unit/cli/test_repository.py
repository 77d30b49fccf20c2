"""Where an annotation points in a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.cli.repository import paths_in_repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with homework in a folder below."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "week 8" / "assignments" / "hw8"
    folder.mkdir(parents=True)
    (folder / "char_rnn.py").write_text("")
    return tmp_path


def test_a_path_begins_at_the_root(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever folder one is in, and whatever of the repository was handed in."""
    expected = "week 8/assignments/hw8/char_rnn.py"
    folder = checkout / "week 8" / "assignments" / "hw8"
    monkeypatch.chdir(folder)

    for handed_in in (folder, folder / "char_rnn.py", checkout, checkout / "week 8"):
        assert paths_in_repository(handed_in)("char_rnn.py") == expected
    relative = paths_in_repository(type(checkout)())
    assert relative("char_rnn.py") == expected
    assert paths_in_repository(checkout / "week 8")("assignments/hw8/char_rnn.py") == expected


def test_a_checkout_of_a_worktree_has_a_root(checkout: Path) -> None:
    """There ``.git`` is a file."""
    (checkout / ".git").rmdir()
    (checkout / ".git").write_text("gitdir: elsewhere\n")

    assert paths_in_repository(checkout / "week 8")("char_rnn.py") is not None


def test_nothing_is_told_where_two_files_could_be_meant(checkout: Path) -> None:
    """An annotation at the wrong file is worse than none; hidden folders do not count."""
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "char_rnn.py").write_text("")
    assert paths_in_repository(checkout)("char_rnn.py") is not None

    (checkout / "old").mkdir()
    (checkout / "old" / "char_rnn.py").write_text("")

    assert paths_in_repository(checkout)("char_rnn.py") is None


def test_a_file_within_an_archive_has_no_path(checkout: Path) -> None:
    """Nor has one that is not there."""
    (checkout / "ada.zip").write_bytes(b"")

    assert paths_in_repository(checkout / "ada.zip")("char_rnn.py") is None
    assert paths_in_repository(checkout)("srn.py") is None


def test_without_a_repository_paths_begin_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies elsewhere then has none."""
    (tmp_path / "here").mkdir()
    for folder in (tmp_path, tmp_path / "here"):
        (folder / "a.py").write_text("")
    monkeypatch.chdir(tmp_path / "here")

    assert paths_in_repository(tmp_path / "here" / "a.py")("a.py") == "a.py"
    assert paths_in_repository(tmp_path / "a.py")("a.py") is None
