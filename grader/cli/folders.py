"""Folders that commands write to, and what is said where that cannot be."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.gradebook import ResultsLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
def writing(path: Path) -> Iterator[None]:
    """Say for a block that writes below a path why it could not.

    Raises
    ------
    UsageError
        In place of any `OSError`.
    """
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        where = error.filename or path
        raise UsageError(
            f"-o {path}: {where} is no folder; give the name of a folder with -o"
        ) from error
    except OSError as error:
        where = error.filename or path
        raise UsageError(
            f"{where} cannot be written: {error.strerror}; mend that, or give another folder "
            "with -o"
        ) from error


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
