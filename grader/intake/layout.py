"""Whether a folder is one student's work or that of many; said out loud where names mislead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from grader.intake.kinds import (
    Wanted,
    is_beside,
    is_foreign,
    is_litter,
    is_meant_as_code,
    may_be_code,
)
from grader.intake.misnamed import read_code
from grader.intake.notes import UnreadableError, note, shown
from grader.intake.walk import find_code, is_home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.intake.folders import Entry, Folder
    from grader.model import Message

Layout = Literal["auto", "one", "many"]
# What lies beside the assignment in a checkout of a course.
_COURSE: Final = frozenset({"assignments", "data", "docs", "grader", "solutions", "tests"})


def is_one(
    folder: Folder, entries: Sequence[Entry], wanted: Wanted, name: str
) -> tuple[bool, Message | None]:
    """Tell whether a folder is one submission, and what is to be said of that.

    Parameters
    ----------
    folder : Folder
        On disk or in an archive.
    entries : sequence of Entry
        What lies in it.
    wanted : Wanted
        What the assignment's files are called.
    name : str
        What messages call the folder.

    Returns
    -------
    (bool, Message or None)
        True for what students are handed out, filled in; and where there is code, all of it lies at
        the top and every file of it is named as the assignment names its own. A file that happens
        to have such a name among others decides nothing.
    """
    if is_home(folder, entries, wanted):
        # In a folder of many, one student's entries may be called like the course's.
        strangers = [one.name for one in entries if _is_stranger(folder, one, entries, wanted)]
        if not strangers:
            return True, note("intake_as_handed_out", folder=name)
        told = {"folder": name, "other": shown(strangers[0])}
        return False, note("intake_handed_out_among_others", **told)
    code = [
        entry
        for entry in entries
        if entry.is_code and not is_litter(entry.name) and not wanted.is_skipped(entry.name)
    ]
    named = [entry.name for entry in code if wanted.is_part(entry.name)]
    if not named:
        return False, None
    others = [entry.name for entry in code if entry.name not in named]
    others = others or [entry.name for entry in entries if _holds_code(folder, entry, wanted)]
    listed = ", ".join(map(shown, named))
    if others:
        return False, note("intake_as_many", folder=name, files=listed, other=shown(others[0]))
    known = (wanted.is_skipped, is_litter, is_beside)
    extra = [
        shown(entry.name)
        for entry in entries
        if entry not in code and not any(tells(entry.name) for tells in known)
    ]
    if len(named) == 1 and not extra:
        return True, None
    return True, note("intake_as_one", folder=name, files=listed, others=", ".join(extra))


def _is_stranger(folder: Folder, entry: Entry, entries: Sequence[Entry], wanted: Wanted) -> bool:
    """Tell whether an entry is code that does not belong to what students are handed."""
    there = {one.name for one in entries}
    if all(f"{module}.py" in there for module in wanted.modules):
        return False  # the assignment's own folder: whatever helps its modules is beside them
    if entry.is_code:
        return not is_litter(entry.name) and not wanted.is_skipped(entry.name)
    return not (entry.is_folder and entry.name in _COURSE) and _holds_code(folder, entry, wanted)


def _holds_code(folder: Folder, entry: Entry, wanted: Wanted) -> bool:
    if is_litter(entry.name) or wanted.is_skipped(entry.name):
        return False
    if not entry.is_folder:
        return entry.is_archive or is_foreign(entry.name) or _is_misnamed(folder, entry, wanted)
    try:
        return bool(find_code(folder.folder(entry.name), wanted).files)
    except (OSError, UnreadableError):
        return True  # whatever it is, it is somebody's


def _is_misnamed(folder: Folder, entry: Entry, wanted: Wanted) -> bool:
    """Tell whether a file is code that is not called so."""
    if not entry.is_plain or entry.is_code or not may_be_code(entry.name):
        return False
    try:
        read_code(folder, entry.name, wanted.exercises)
    except (OSError, UnreadableError):
        return is_meant_as_code(entry.name)
    return True
