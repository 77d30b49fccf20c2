"""Folders that commands write to, and what is said where that cannot be."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from grader.errors import UsageError
from grader.gradebook import ResultsLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REMEDY: Final = "mend that, or give another folder with -o"


def output_folder(path: Path) -> Path:
    """Make the folder that ``-o`` names, unless it is there.

    Raises
    ------
    UsageError
        When it is a file, or cannot be made.
    """
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def writing(path: Path, remedy: str = REMEDY) -> Iterator[None]:
    """Say for a block that writes below a path why it could not, and what to do.

    Raises
    ------
    UsageError
        In place of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        # That a folder cannot be made where a file is has another name below than at the file.
        is_file = isinstance(error, FileExistsError | NotADirectoryError)
        why = "a file is in the way" if is_file else error.strerror
        raise UsageError(f"{error.filename or path} cannot be written: {why}; {remedy}") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: half a table would be imported like any other."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def results_folder(path: Path) -> Iterator[None]:
    """Make a folder of results and keep other runs out of it while the block runs.

    A folder that was made for nothing, because the run came to nothing, is taken away.

    Raises
    ------
    UsageError
        When it cannot be made, or another run is at work in it.
    """
    is_new = not path.exists()
    output_folder(path)
    try:
        with ResultsLock(path):
            yield
    finally:
        if is_new:
            with contextlib.suppress(OSError):  # there is something in it
                path.rmdir()
