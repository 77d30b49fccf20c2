"""A folder of many submissions, or an archive of such a folder -> a list of them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import IntakeError
from grader.intake.folders import ArchiveFolder, DiskFolder, Entry, Folder, what_made_it
from grader.intake.kinds import is_archive, is_beside, is_foreign, is_hidden, is_litter, stem
from grader.intake.layout import is_one
from grader.intake.notes import UnreadableError, note, shown
from grader.intake.parts import NOT_THE_STUDENTS, Wanted
from grader.intake.submission import (
    Submission,
    name_of,
    read_entry,
    read_path,
    safe_id,
)
from grader.intake.walk import find_code

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.intake.layout import Layout
    from grader.model import Message


@dataclasses.dataclass(frozen=True, slots=True)
class Collected:
    """What lies in a folder.

    Parameters
    ----------
    submissions : tuple of Submission
        By name, each with an id of its own.
    notes : tuple of Message
        What concerns no submission: how the folder was read, and what of it is none.
    """

    submissions: tuple[Submission, ...]
    notes: tuple[Message, ...] = ()


def collect(
    folder: Path,
    *,
    modules: tuple[str, ...],
    exercises: Mapping[str, tuple[str, ...]],
    assignment: str = "",
    layout: Layout = "auto",
    skip: Collection[Path] = (),
) -> Collected:
    """Read every submission in a folder.

    Parameters
    ----------
    folder : Path
        A folder, or an archive of one, in which each script, notebook, folder or archive is one
        submission; or one submission.
    modules, exercises, assignment
        See `Wanted`.
    layout : str
        ``one``: all of it is one submission. ``many``: each entry is one. ``auto``: as `is_one`
        tells.
    skip : collection of Path
        What is left out without a word, wherever it lies below: the results, say.

    Returns
    -------
    Collected
        Every entry is a submission, or named in a note.

    Raises
    ------
    IntakeError
        When there is nothing at that path, or it may not be listed.
    """
    if not os.path.lexists(folder):
        raise IntakeError(f"{shown(folder)} does not exist; give a file or folder of submissions")
    wanted = Wanted(modules, exercises, assignment)
    skipped = frozenset(os.path.realpath(path) for path in skip)
    if layout == "one":
        return Collected((read_path(folder, wanted, skip=skipped),))
    try:
        opened = _opened(folder, skipped)
        entries = opened.entries() if opened else []
    except OSError as error:
        raise IntakeError(f"{shown(folder)} cannot be listed: {error.strerror}") from error
    except UnreadableError:
        opened = None  # to be told once more, as the problem of a submission
    if opened is None:
        return Collected((read_path(folder, wanted),))
    named = shown(folder.name or os.path.basename(os.path.realpath(folder)))  # noqa: PTH119 - a text
    one, told = (False, None) if layout == "many" else is_one(opened, entries, wanted, named)
    notes = () if told is None else (told,)
    inner: Folder | None = None if one else opened
    if isinstance(inner, ArchiveFolder):
        inner = _unwrapped(inner, wanted)
    if inner is None:
        return Collected((read_path(folder, wanted, skip=skipped),), notes)
    found = _read_all(inner, folder, wanted)
    return Collected(found.submissions, (*notes, *found.notes))


def _read_all(opened: Folder, folder: Path, wanted: Wanted) -> Collected:
    submissions: list[Submission] = []
    taken: set[str] = set()
    passed_over: dict[str, list[str]] = {}
    for entry in opened.entries():
        reason = _no_submission(opened, entry, wanted)
        if reason:
            passed_over.setdefault(reason, []).append(shown(entry.name))
            continue
        path = folder / entry.name
        chosen = safe_id(name_of(entry.name, is_folder=entry.is_folder), taken)
        taken.add(chosen.casefold())
        submissions.append(read_entry(opened, entry, path, wanted, id=chosen))
    if isinstance(opened, ArchiveFolder):
        submissions += _refused(opened, folder, taken)
    notes = [note(key, files=", ".join(names)) for key, names in sorted(passed_over.items())]
    return Collected(tuple(submissions), tuple(notes))


def _no_submission(folder: Folder, entry: Entry, wanted: Wanted) -> str:
    """Return the key of the note on an entry that nobody has handed in; empty for a submission."""
    if is_litter(entry.name):
        return "intake_litter"
    if entry.is_folder:
        return _made_by_a_program(folder, entry) or _hidden(folder, entry, wanted)
    if entry.is_link or entry.is_special or entry.is_archive or is_foreign(entry.name):
        return ""
    if entry.is_code:
        # A lone test_alice.py is somebody's homework, whatever it would be inside of a folder.
        return "intake_beside" if entry.name in NOT_THE_STUDENTS else ""
    return "intake_beside" if is_beside(entry.name) or is_hidden(entry.name) else ""


def _made_by_a_program(folder: Folder, entry: Entry) -> str:
    try:
        maker = what_made_it(folder.folder(entry.name).entries())
    except OSError:
        return ""
    return {"python": "intake_litter", "grader": "intake_results"}.get(maker, "")


def _hidden(folder: Folder, entry: Entry, wanted: Wanted) -> str:
    """Tell whether a folder is hidden and holds no code: a student's has some."""
    if not is_hidden(entry.name):
        return ""
    try:
        return "" if find_code(folder.folder(entry.name), wanted).files else "intake_beside"
    except (OSError, UnreadableError):
        return ""


def _opened(path: Path, skip: frozenset[str]) -> Folder | None:
    """Open what may hold many submissions; None for a single file."""
    if path.is_dir():
        return DiskFolder(path, skip=skip)
    if is_archive(path.name):
        real = Path(os.path.realpath(path)) if path.is_symlink() else path
        return DiskFolder(real.parent).archive(real.name, shown(path.name))
    return None


def _unwrapped(opened: ArchiveFolder, wanted: Wanted) -> ArchiveFolder | None:
    """Step into the one folder that many packers put around everything.

    None where the archive is a single submission: a folder of code named as the modules are, or
    nothing that could be told apart as the work of several.
    """
    entries = _handed_in(opened, wanted)
    if len(entries) == 1 and entries[0].is_folder:
        inner = opened.folder(entries[0].name)
        one, _ = is_one(inner, inner.entries(), wanted, "")
        return None if one or len(_handed_in(inner, wanted)) < 2 else inner  # noqa: PLR2004 - several
    return opened if entries else None


def _handed_in(folder: ArchiveFolder, wanted: Wanted) -> list[Entry]:
    return [entry for entry in folder.entries() if not _no_submission(folder, entry, wanted)]


def _refused(opened: ArchiveFolder, path: Path, taken: set[str]) -> list[Submission]:
    """Make a row of what concerns no submission of an archive: members that lead out of it."""
    notes = opened.own_notes()
    if not notes:
        return []
    name = shown(stem(path.name))
    return [Submission(safe_id(name, taken), name, path, None, notes[1:], notes[0])]
