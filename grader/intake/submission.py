"""One submission: a file, or a folder of files -> `Submission`."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import IntakeError
from grader.intake.files import read_file
from grader.intake.folders import DiskFolder, Entry, Folder
from grader.intake.kinds import Wanted, stem
from grader.intake.lacking import notes_on_decorators
from grader.intake.notes import UnreadableError, note, shown
from grader.intake.sources import of_file, source_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from grader import wire
    from grader.model import Message, Owner

MAX_ID_BYTES: Final = 120
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class Delivery(msgspec.Struct, frozen=True):
    """What a course platform tells about a submission; what it does not is empty.

    Parameters
    ----------
    platform : str
        Its name.
    owners : tuple of Owner
        Whose it is; several who work together.
    handed_in_at : str
        When, as ISO 8601; without an offset, in the platform's own zone.
    marked_late : bool
        Whether the platform calls it late.
    entries : tuple of str
        What the download calls the entries that it was read from.
    """

    platform: str = ""
    owners: tuple[Owner, ...] = ()
    handed_in_at: str = ""
    marked_late: bool = False
    entries: tuple[str, ...] = ()


UNKNOWN: Final = Delivery()


class Submission(msgspec.Struct, frozen=True):
    """What one student handed in.

    Parameters
    ----------
    id : str
        Unique in its batch, and safe as the name of a file.
    name : str
        For people: the stem of the file or the name of the folder.
    path : Path
        Where it was read from.
    source : wire.Source or None
        What a worker is given; None when nothing could be read.
    notes : tuple of Message
        What was left out, shadowed or skipped.
    problem : Message or None
        Why nothing could be read.
    delivery : Delivery
        What a platform tells about it, if it comes from one.
    """

    id: str
    name: str
    path: Path
    source: wire.Source | None
    notes: tuple[Message, ...] = ()
    problem: Message | None = None
    delivery: Delivery = UNKNOWN


def read_submission(
    path: Path,
    *,
    modules: tuple[str, ...],
    exercises: Mapping[str, tuple[str, ...]],
    assignment: str = "",
    id: str | None = None,  # noqa: A002 - the field's own name
) -> Submission:
    """Read a submission; what is wrong with it is part of the answer.

    Parameters
    ----------
    path : Path
        A .py file, a notebook, a folder of them, or an archive of one. The path itself may be a
        link; links inside a folder are not followed.
    modules, exercises, assignment
        See `Wanted`.
    id : str or None
        Its id; made from the path if None.

    Returns
    -------
    Submission
        With a source, or with a problem.

    Raises
    ------
    IntakeError
        When there is nothing at that path.
    """
    if not os.path.lexists(path):
        raise IntakeError(
            f"{shown(path)} does not exist; give a .py or .ipynb file, a folder or an archive"
        )
    return read_path(path, Wanted(modules, exercises, assignment), id=id)


def read_path(
    path: Path,
    wanted: Wanted,
    *,
    id: str | None = None,  # noqa: A002 - the field's own name
    skip: frozenset[str] = frozenset(),
) -> Submission:
    """Read what lies at a path as one submission, but for the real paths to skip."""
    # Not Path.resolve, which raises for a link to itself.
    nameless = path.name in {"", ".."}
    real = Path(os.path.realpath(path)) if nameless or path.is_symlink() else path
    named = real if nameless else path
    entry = Entry(real.name, is_folder=real.is_dir())
    inside = DiskFolder(real, skip=skip)
    return read_entry(DiskFolder(real.parent), entry, named, wanted, id=id, inside=inside)


def read_entry(
    folder: Folder,
    entry: Entry,
    path: Path,
    wanted: Wanted,
    *,
    id: str | None = None,  # noqa: A002 - the field's own name
    inside: Folder | None = None,
    name: str = "",
) -> Submission:
    """Read one entry of a folder as a submission.

    Parameters
    ----------
    folder : Folder
        On disk or in an archive.
    entry : Entry
        What of it.
    path : Path
        What it is called by the one who asked.
    wanted : Wanted
        What is looked for.
    id : str or None
        Its id; made from the path if None.
    inside : Folder or None
        The entry itself, if it is a folder that is known already.
    name : str
        Whose it is; made from the path if empty.
    """
    name = name or name_of(path.name, is_folder=entry.is_folder)
    chosen = safe_id(name) if id is None else id
    try:
        source, notes = source_of(folder, entry, path, wanted, inside)
    except UnreadableError as error:
        return Submission(chosen, name, path, None, (), error.message)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        problem = note("intake_unreadable", file=shown(path.name), detail=detail)
        return Submission(chosen, name, path, None, (), problem)
    return _submission(chosen, name, path, source, notes, wanted)


def read_notebook(
    data: bytes,
    path: Path,
    *,
    modules: tuple[str, ...],
    exercises: Mapping[str, tuple[str, ...]],
    assignment: str = "",
) -> Submission:
    """Read a notebook as `read_submission` would if it were saved now.

    Parameters
    ----------
    data : bytes
        Its JSON.
    path : Path
        Where it would lie; nothing is read there.
    modules, exercises, assignment
        See `Wanted`.
    """
    wanted = Wanted(modules, exercises, assignment)
    name = name_of(path.name, is_folder=False)
    try:
        read = read_file(path, exercises, data=data)
    except UnreadableError as error:
        return Submission(safe_id(name), name, path, None, (), error.message)
    return _submission(safe_id(name), name, path, of_file(read), read.notes, wanted)


def _submission(
    id: str,  # noqa: A002 - the field's own name
    name: str,
    path: Path,
    source: wire.Source,
    notes: tuple[Message, ...],
    wanted: Wanted,
) -> Submission:
    """Make a submission of what was read, or say that nothing of it is of use."""
    if not source.modules:
        if len(notes) == 1 and notes[0].key != "intake_skipped":
            return Submission(id, name, path, None, (), notes[0])
        problem = note("intake_nothing_read", folder=name)
        return Submission(id, name, path, None, notes, problem)
    if any(module.pieces for module in source.modules) and not _holds_any(source, wanted):
        notes = (*notes, note("no_exercise_file"))
    notes = (*notes, *notes_on_decorators(source))
    return Submission(id, name, path, source, notes)


def _holds_any(source: wire.Source, wanted: Wanted) -> bool:
    """Tell whether anything that is graded stands in a submission, in whatever state."""
    there = {
        name
        for module in source.modules
        for names in (
            *(piece.names for piece in module.pieces),
            *(left.names for left in module.left_out),
        )
        for name in names
    }
    return any(name in there for names in wanted.exercises.values() for name in names)


def name_of(name: str, *, is_folder: bool) -> str:
    """Return what people call an entry: its name, without what tells its kind."""
    return shown(name if is_folder else stem(name))


def safe_id(name: str, taken: Container[str] = ()) -> str:
    """Make a file name that every system accepts, other than those taken.

    Parameters
    ----------
    name : str
        Any text; letters of any script stay.
    taken : container of str
        Casefolded ids already given; a number is appended until there is no clash.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(char if char.isalnum() or char in "-_." else "_" for char in text)
    text = text.encode()[:MAX_ID_BYTES].decode("utf-8", "ignore")
    text = text.lstrip("-._").rstrip("._") or "submission"
    if _RESERVED.match(text):
        text = f"_{text}"
    chosen, number = text, 2
    while chosen.casefold() in taken:
        chosen, number = f"{text}-{number}", number + 1
    return chosen
