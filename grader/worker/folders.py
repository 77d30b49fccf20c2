"""Folders of workers on disk: how much lies in one, and how to be rid of it."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS: Final = 200
LEAST_BYTES: Final = 4096
MOST_REMOVED: Final = 100_000


def size_bytes(folder: Path) -> float:
    """Add up what lies below a folder, without following links.

    More folders than anybody needs count as more bytes than anybody may have.
    """
    total, waiting, seen = 0, [os.fspath(folder)], 0
    while waiting:
        seen += 1
        if seen > FOLDERS:
            return math.inf
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    # An empty one takes its place in the table of files.
                    total += max(LEAST_BYTES, entry.stat(follow_symlinks=False).st_blocks * 512)
    return total


def empty(folder: Path) -> None:
    """Remove a folder, whatever modes and depths workers have left there.

    What lies in a folder is moved up before the folder goes, so that no depth makes a path too
    long or a walk too deep.
    """
    fresh = itertools.count()
    for _ in range(MOST_REMOVED):
        try:
            entries = list(os.scandir(folder))
        except OSError:
            break
        if not entries:
            break
        for entry in entries:
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    _level(Path(entry.path), folder, fresh)
                else:
                    Path(entry.path).unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _level(inner: Path, folder: Path, fresh: Iterator[int]) -> None:
    """Move what a folder holds up into the outer one, and remove it."""
    inner.chmod(0o700)
    for entry in list(os.scandir(inner)):
        if entry.is_dir(follow_symlinks=False):
            Path(entry.path).chmod(0o700)  # to move a folder, one must be able to write to it
            Path(entry.path).rename(folder / f".{next(fresh)}")
        else:
            Path(entry.path).unlink()
    inner.rmdir()
