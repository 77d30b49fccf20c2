"""What is said where a command cannot write."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from grader.cli.folders import output_folder, results_folder, write_whole, writing
from grader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["file", "file/below", "file/below/it"])
def test_a_file_is_no_folder(tmp_path: Path, name: str) -> None:
    """The message names the path and the remedy."""
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match=r"/file.* a file is in the way; .* with -o"):
        output_folder(tmp_path / name)


def test_a_full_disk_is_told_by_the_file(tmp_path: Path) -> None:
    """Which may be any of those that are written below the folder."""
    with (
        pytest.raises(UsageError, match=r"page\.html cannot be written: No space left"),
        writing(tmp_path),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "page.html"))


def test_what_is_no_trouble_with_files_passes(tmp_path: Path) -> None:
    """It is told elsewhere."""
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        raise ZeroDivisionError


def test_a_run_that_came_to_nothing_leaves_no_folder(tmp_path: Path) -> None:
    """Unless there is something in it, or it was there before."""
    out = tmp_path / "out"
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), results_folder(out):
            raise ZeroDivisionError
        assert not out.exists()

    with results_folder(out):
        (out / "grades.csv").write_text("")
    assert [path.name for path in out.iterdir()] == ["grades.csv"]

    (tmp_path / "empty").mkdir()
    with results_folder(tmp_path / "empty"):
        pass
    assert (tmp_path / "empty").is_dir()


def test_a_table_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was there before stays, and nothing lies about, where it cannot be."""
    path = tmp_path / "grades.csv"
    write_whole(path, b"first")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()

    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"second")

    assert path.read_bytes() == b"first"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "grades.csv"]
