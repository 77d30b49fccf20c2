"""Where a submission's files lie in the repository that they were checked out from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def paths_in_repository(submission: Path) -> Callable[[str], str | None]:
    """Return what tells a file's path from its repository's root, as GitHub wants it.

    Parameters
    ----------
    submission : Path
        A file, folder or archive; without a repository around it, paths are from here.

    Returns
    -------
    callable
        Takes the name of a file of the submission, as places in grades have it; returns its path
        with forward slashes, or None where no file is meant beyond doubt.
    """
    whole = submission.absolute()
    root = _root(whole)

    def path_of(name: str) -> str | None:
        found = _find(whole, name)
        if found is None or not found.is_relative_to(root):
            return None
        return found.relative_to(root).as_posix()

    return path_of


def _root(path: Path) -> Path:
    for folder in (path, *path.parents):
        if (folder / ".git").exists():
            return folder
    return Path.cwd()


def _find(submission: Path, name: str) -> Path | None:
    if submission.is_file():
        return submission if submission.name == name else None  # else it is within an archive
    if (submission / name).is_file():
        return submission / name
    found = list(_called(submission, Path(name).name))
    return found[0] if len(found) == 1 else None


def _called(folder: Path, name: str) -> Iterator[Path]:
    for where, below, files in os.walk(folder):
        below[:] = [each for each in below if not each.startswith(".")]
        if name in files:
            yield Path(where) / name
