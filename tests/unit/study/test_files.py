"""Whether a file was saved."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.study.files import Files

if TYPE_CHECKING:
    from pathlib import Path


def settled(files: Files) -> list[str]:
    """Look until what was written is at rest."""
    return files.saved() or files.saved()


def test_a_file_that_was_written_is_told_once(tmp_path: Path) -> None:
    """When it is at rest: not in the moment in which it changes."""
    (tmp_path / "a.py").write_text("1")
    files = Files(tmp_path)
    assert settled(files) == []

    (tmp_path / "a.py").write_text("12")

    assert files.saved() == []
    assert files.saved() == ["a.py"]
    assert settled(files) == []


def test_an_editor_may_put_a_new_file_in_its_place(tmp_path: Path) -> None:
    """Of the same length and age."""
    (tmp_path / "a.py").write_text("1")
    files = Files(tmp_path)
    old = (tmp_path / "a.py").stat()
    (tmp_path / "other").write_text("2")
    os.utime(tmp_path / "other", ns=(old.st_atime_ns, old.st_mtime_ns))

    (tmp_path / "other").replace(tmp_path / "a.py")

    assert settled(files) == ["a.py"]


def test_a_file_may_go_and_come(tmp_path: Path) -> None:
    """The one that is watched, too."""
    path = tmp_path / "hw.ipynb"
    path.write_text("{}")
    files = Files(path)

    path.unlink()
    assert settled(files) == ["hw.ipynb"]

    path.write_text("{}")
    assert settled(files) == ["hw.ipynb"]


def test_only_code_is_watched(tmp_path: Path) -> None:
    """In folders below, too; but not in those that tools make."""
    for folder in ("sub", ".ipynb_checkpoints", "__pycache__", "venv"):
        (tmp_path / folder).mkdir()
    files = Files(tmp_path)

    for name in (
        "a.txt", ".a.py.swp", ".hidden.py", ".ipynb_checkpoints/a.ipynb", "__pycache__/a.py",
        "venv/a.py",
    ):  # fmt: skip
        (tmp_path / name).write_text("x")
    assert settled(files) == []

    (tmp_path / "sub" / "b.py").write_text("x")
    assert settled(files) == ["b.py"]
