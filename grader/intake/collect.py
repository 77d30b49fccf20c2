"""A folder of many submissions, or an archive of such a folder -> a list of them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.errors import IntakeError
from grader.intake.downloads import Row, Rows, rows_of
from grader.intake.folders import ArchiveFolder, DiskFolder, Entry, Folder, what_made_it
from grader.intake.kinds import (
    NOT_THE_STUDENTS,
    Wanted,
    is_archive,
    is_beside,
    is_foreign,
    is_hidden,
    is_litter,
    is_meant_as_code,
    stem,
)
from grader.intake.layout import is_one
from grader.intake.notes import UnreadableError, note, shown
from grader.intake.submission import (
    Submission,
    name_of,
    read_entry,
    read_path,
    safe_id,
)
from grader.intake.walk import find_code

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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
    inner, more = (None, ()) if one else _unwrapped(opened, wanted, layout, named)
    if inner is None:
        return Collected((read_path(folder, wanted, skip=skipped),), notes)
    found = _read_all(inner, folder, wanted, layout)
    return Collected(found.submissions, (*notes, *more, *found.notes))


def _read_all(opened: Folder, folder: Path, wanted: Wanted, layout: Layout) -> Collected:
    entries = opened.entries()
    download = rows_of(opened, entries) if layout == "auto" else Rows()
    rows = list(download.rows)
    passed_over: dict[str, list[str]] = {}
    for entry in entries:
        if entry.name in download.entries:
            continue
        reason = _no_submission(opened, entry, wanted)
        if reason:
            passed_over.setdefault(reason, []).append(shown(entry.name))
        else:
            name = name_of(entry.name, is_folder=entry.is_folder)
            rows.append(Row(name, name, entry))
    submissions: list[Submission] = []
    ids = _ids([row.key for row in rows])
    taken = {chosen.casefold() for chosen in ids}
    for row, chosen in zip(rows, ids, strict=True):
        path = opened.path / row.entry.name
        read = read_entry(
            opened, row.entry, path, wanted, id=chosen, inside=row.inside, name=row.name
        )
        notes = (*row.notes, *read.notes)
        submissions.append(msgspec.structs.replace(read, notes=notes, delivery=row.delivery))
    if isinstance(opened, ArchiveFolder):
        submissions += _refused(opened, folder, taken)
    told = [note(key, files=", ".join(names)) for key, names in sorted(passed_over.items())]
    return Collected(tuple(submissions), (*download.notes, *told))


def _ids(keys: Sequence[str]) -> list[str]:
    """Choose an id for each key; who is called as an id can be has it, whoever comes first."""
    taken: set[str] = set()
    chosen: dict[int, str] = {}
    for at in sorted(range(len(keys)), key=lambda at: safe_id(keys[at]) != keys[at]):
        chosen[at] = safe_id(keys[at], taken)
        taken.add(chosen[at].casefold())
    return [chosen[at] for at in range(len(keys))]


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


def _unwrapped(
    opened: Folder, wanted: Wanted, layout: Layout, name: str
) -> tuple[Folder | None, tuple[Message, ...]]:
    """Step into the one folder that packers and platforms put around everything.

    None where an archive is a single submission, for nothing in it could be told apart as the work
    of several. On disk a lone folder is a student's, unless a platform has made it; as it may be a
    class all the same, that is said.
    """
    if layout == "auto" and rows_of(opened, opened.entries()).rows:
        return opened, ()
    packed = isinstance(opened, ArchiveFolder)
    entries = _handed_in(opened, wanted)
    if len(entries) != 1 or not entries[0].is_folder or (layout == "many" and not packed):
        return (opened if entries or not packed else None), ()
    inner = opened.folder(entries[0].name)
    try:
        if layout == "many" or rows_of(inner, inner.entries()).rows:
            return inner, ()
    except OSError:
        return opened, ()
    return _lone(opened, inner, wanted, name)


def _lone(
    opened: Folder, inner: Folder, wanted: Wanted, name: str
) -> tuple[Folder | None, tuple[Message, ...]]:
    """Tell what the one folder in a folder is: a student's, or a class."""
    packed = isinstance(opened, ArchiveFolder)
    one, _ = is_one(inner, inner.entries(), wanted, "")
    several = len([entry for entry in _handed_in(inner, wanted) if not _is_extra(entry)])
    if one or several < 2:  # noqa: PLR2004 - several
        return (None if packed else opened), ()
    key = "intake_lone_folder_packed" if packed else "intake_lone_folder"
    told = note(key, folder=name, inner=shown(inner.path.name), entries=several)
    return (inner if packed else opened), (told,)


def _handed_in(folder: Folder, wanted: Wanted) -> list[Entry]:
    return [entry for entry in folder.entries() if not _no_submission(folder, entry, wanted)]


def _is_extra(entry: Entry) -> bool:
    """Tell whether an entry is of a kind that students put beside their code."""
    code = entry.is_code or entry.is_archive or is_meant_as_code(entry.name)
    return entry.is_plain and not code


def _refused(opened: ArchiveFolder, path: Path, taken: set[str]) -> list[Submission]:
    """Make a row of what concerns no submission of an archive: members that lead out of it."""
    notes = opened.own_notes()
    if not notes:
        return []
    name = shown(stem(path.name))
    return [Submission(safe_id(name, taken), name, path, None, notes[1:], notes[0])]
