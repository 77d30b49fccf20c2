"""A folder of many submissions -> a list of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.errors import IntakeError
from grader.intake.notes import shown
from grader.intake.submission import (
    NOT_THE_STUDENTS,
    Submission,
    is_code,
    is_skipped,
    linked,
    read_submission,
    safe_id,
    visible_entries,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def collect(
    folder: Path, *, modules: tuple[str, ...], exercises: Mapping[str, tuple[str, ...]]
) -> list[Submission]:
    """Read every submission in a folder.

    Parameters
    ----------
    folder : Path
        A folder in which each script, notebook or folder is one submission; or one submission.
    modules : tuple of str
        The assignment's stub modules.
    exercises : mapping of str to tuple of str
        The graded names of each exercise.

    Returns
    -------
    list of Submission
        By name, each with an id of its own.

    Raises
    ------
    IntakeError
        When there is nothing at that path, or it may not be listed.

    Notes
    -----
    A folder that holds a file named as one of `modules` is a submission itself, and so is one whose
    code files all have such names.
    """
    if not os.path.lexists(folder):
        raise IntakeError(f"{shown(folder)} does not exist; give a file or folder of submissions")
    try:
        entries = visible_entries(folder) if folder.is_dir() else None
    except OSError as error:
        raise IntakeError(f"{shown(folder)} cannot be listed: {error.strerror}") from error
    if entries is None or _is_one(entries, modules):
        return [read_submission(folder, modules=modules, exercises=exercises)]
    submissions: list[Submission] = []
    taken: set[str] = set()
    for entry in entries:
        if not _is_submission(entry):
            continue
        path = folder / entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        chosen = safe_id(shown(path.name if is_folder else path.stem), taken)
        taken.add(chosen.casefold())
        if entry.is_symlink():
            submissions.append(linked(path, chosen))
        else:
            one = read_submission(path, modules=modules, exercises=exercises, id=chosen)
            submissions.append(one)
    return submissions


def _is_one(entries: Sequence[os.DirEntry[str]], modules: Sequence[str]) -> bool:
    files = [entry for entry in entries if is_code(entry) and not is_skipped(entry.name)]
    if any(entry.name == f"{module}.py" for entry in files for module in modules):
        return True
    if any(entry.is_dir(follow_symlinks=False) for entry in entries):
        return False
    stems = [os.path.splitext(entry.name)[0] for entry in files]  # noqa: PTH122 - a bare name
    return bool(stems) and all(stem in modules for stem in stems)


def _is_submission(entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink() or entry.is_dir(follow_symlinks=False):
        return True
    # A lone test_alice.py is somebody's homework, whatever it would be inside of a folder.
    return is_code(entry) and entry.name not in NOT_THE_STUDENTS
