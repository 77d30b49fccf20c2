"""A folder of many submissions, or an archive of such a folder -> a list of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import IntakeError
from grader.intake.archive import is_archive, is_foreign, stem
from grader.intake.folders import ArchiveFolder, DiskFolder, Entry, Folder
from grader.intake.notes import UnreadableError, shown
from grader.intake.submission import (
    NOT_THE_STUDENTS,
    Submission,
    is_skipped,
    linked,
    read_entry,
    read_submission,
    safe_id,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def collect(
    folder: Path, *, modules: tuple[str, ...], exercises: Mapping[str, tuple[str, ...]]
) -> list[Submission]:
    """Read every submission in a folder.

    Parameters
    ----------
    folder : Path
        A folder, or an archive of one, in which each script, notebook, folder or archive is one
        submission; or one submission.
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
        opened = _opened(folder)
        entries = opened.entries() if opened else []
    except OSError as error:
        raise IntakeError(f"{shown(folder)} cannot be listed: {error.strerror}") from error
    except UnreadableError:
        opened = None  # to be told once more, as the problem of a submission
    if opened is None or _is_one(entries, modules):
        return [read_submission(folder, modules=modules, exercises=exercises)]
    whole = _unwrapped(opened, modules) if isinstance(opened, ArchiveFolder) else opened
    if whole is None:
        return [read_submission(folder, modules=modules, exercises=exercises)]
    return _read_all(whole, folder, modules, exercises)


def _read_all(
    opened: Folder,
    folder: Path,
    modules: tuple[str, ...],
    exercises: Mapping[str, tuple[str, ...]],
) -> list[Submission]:
    submissions: list[Submission] = []
    taken: set[str] = set()
    for entry in opened.entries():
        if not _is_submission(entry):
            continue
        path = folder / entry.name
        name = path.name if entry.is_folder else stem(path.name)
        chosen = safe_id(shown(name), taken)
        taken.add(chosen.casefold())
        if entry.is_link:
            submissions.append(linked(path, chosen))
        else:
            submissions.append(
                read_entry(opened, entry, path, modules=modules, exercises=exercises, id=chosen)
            )
    if isinstance(opened, ArchiveFolder):
        submissions += _refused(opened, folder, taken)
    return submissions


def _opened(path: Path) -> Folder | None:
    """Open what may hold many submissions; None for a single file."""
    if path.is_dir():
        return DiskFolder(path)
    if is_archive(path.name):
        real = Path(os.path.realpath(path)) if path.is_symlink() else path
        return DiskFolder(real.parent).archive(real.name, shown(path.name))
    return None


def _unwrapped(opened: ArchiveFolder, modules: Sequence[str]) -> ArchiveFolder | None:
    """Step into the one folder that many packers put around everything.

    None where the archive is a single submission: a folder of code named as the modules are, or
    nothing that could be told apart as the work of several.
    """
    entries = opened.entries()
    if len(entries) == 1 and entries[0].is_folder:
        inner = opened.folder(entries[0].name)
        below = inner.entries()
        if _is_one(below, modules) or sum(map(_is_submission, below)) < 2:  # noqa: PLR2004 - several
            return None
        return inner
    return opened if any(map(_is_submission, entries)) else None


def _refused(opened: ArchiveFolder, path: Path, taken: set[str]) -> list[Submission]:
    """Make a row of what concerns no submission of an archive: members that lead out of it."""
    notes = opened.own_notes()
    if not notes:
        return []
    name = shown(stem(path.name))
    return [Submission(safe_id(name, taken), name, path, None, notes[1:], notes[0])]


def _is_one(entries: Sequence[Entry], modules: Sequence[str]) -> bool:
    files = [entry for entry in entries if entry.is_code and not is_skipped(entry.name)]
    if any(entry.name == f"{module}.py" for entry in files for module in modules):
        return True
    if any(entry.is_folder or entry.is_archive for entry in entries):
        return False
    stems = [os.path.splitext(entry.name)[0] for entry in files]  # noqa: PTH122 - a bare name
    return bool(stems) and all(stem in modules for stem in stems)


def _is_submission(entry: Entry) -> bool:
    if entry.is_link or entry.is_folder or entry.is_archive or is_foreign(entry.name):
        return True
    # A lone test_alice.py is somebody's homework, whatever it would be inside of a folder.
    return entry.is_code and entry.name not in NOT_THE_STUDENTS
