"""Where in a submission its code lies: at the top, deeper, in archives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.intake.folders import Entry, Folder, what_made_it
from grader.intake.kinds import Wanted, is_foreign, is_litter, is_meant_as_code
from grader.intake.notes import MAX_NOTES, UnreadableError, note, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.model import Message

MAX_LEVELS: Final = 8
MAX_FOLDERS: Final = 1_000
DEMOS: Final = "demos/"
DESCRIPTION: Final = "exercises.toml"


class File(msgspec.Struct, frozen=True):
    """A file of a submission.

    Parameters
    ----------
    origin : str
        Its name within the submission.
    folder : Folder
        Where it is read.
    name : str
        Its name there.
    called : str
        What its author called it.
    attempt : int
        The higher, the later it was handed in; 0 where no platform tells.
    outside : bool
        Whether it lies beside the assignment's own folder.
    """

    origin: str
    folder: Folder
    name: str
    called: str
    attempt: int = 0
    outside: bool = False


class Found(msgspec.Struct):
    """What was found of a submission.

    Parameters
    ----------
    files : list of File
        Its code, as it is called.
    notes : list of Message
        What is not read, and why.
    others : list of File
        Files that are not called as code is, the outermost first; some may be code all the same.
    deeper : list of File
        Code elsewhere in the submission, which is read if it is imported.
    """

    files: list[File] = msgspec.field(default_factory=list)
    notes: list[Message] = msgspec.field(default_factory=list)
    others: list[File] = msgspec.field(default_factory=list)
    deeper: list[File] = msgspec.field(default_factory=list)

    def add(self, other: Found) -> None:
        """Add what was found elsewhere."""
        self.files += other.files
        self.notes += other.notes
        self.others += other.others
        self.deeper += other.deeper


class _Place(msgspec.Struct, frozen=True, eq=False):  # there is one of each
    """A folder of a submission, with what lies in it."""

    folder: Folder
    prefix: str
    depth: int
    entries: Sequence[Entry]
    wanted: Wanted

    @property
    def code(self) -> list[Entry]:
        return [
            entry
            for entry in self._files
            if entry.is_code and not self.wanted.is_skipped(entry.name)
        ]

    @property
    def skipped(self) -> list[str]:
        names = [entry.name for entry in self._files if entry.is_code]
        return [self.prefix + name for name in names if self.wanted.is_skipped(name)]

    @property
    def archives(self) -> list[Entry]:
        return [entry for entry in self._files if entry.is_archive]

    @property
    def foreign(self) -> list[Entry]:
        return [entry for entry in self._files if is_foreign(entry.name)]

    @property
    def others(self) -> list[Entry]:
        known = {*self.code, *self.archives, *self.foreign}
        return [
            entry
            for entry in self._files
            if entry not in known and not self.wanted.is_skipped(entry.name)
        ]

    @property
    def refused(self) -> list[Message]:
        keys = [
            ("intake_link" if entry.is_link else "intake_not_a_file", entry.name)
            for entry in self.entries
            if entry.is_link or entry.is_special
        ]
        return [note(key, file=shown(self.prefix + name)) for key, name in keys[:MAX_NOTES]]

    @property
    def _files(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_plain and not entry.is_told]

    def as_files(self, entries: Iterable[Entry], *, outside: bool = False) -> list[File]:
        return [
            File(
                self.prefix + entry.name,
                self.folder,
                entry.name,
                entry.called or entry.name,
                entry.attempt,
                outside,
            )
            for entry in entries
        ]

    @property
    def is_home(self) -> bool:
        """Tell whether it is the assignment's own folder, as students are handed it."""
        own = self.wanted.assignment
        named = bool(own) and f"/{self.prefix}".endswith(f"/assignments/{own}/")
        described = any(entry.name == DESCRIPTION for entry in self._files)
        return (described or named) and any(self.wanted.is_part(entry.name) for entry in self.code)


def find_code(folder: Folder, wanted: Wanted, prefix: str = "") -> Found:
    """Find the code of a submission.

    Parameters
    ----------
    folder : Folder
        The submission.
    wanted : Wanted
        What the assignment's files are called.
    prefix : str
        What its files' names begin with.

    Returns
    -------
    Found
        The code in the assignment's own folder and at the top, where that folder is there; or else
        on the first level that holds any. An archive counts as a folder, and is opened where there
        is no code beside it or above it. Code that lies elsewhere is `Found.deeper`.
    """
    found = Found(notes=list(folder.notes))
    places = _places(folder, prefix, wanted, found.notes)
    homes = [place for place in places if place.is_home]
    with_code = [place for place in places if place.code]
    if homes:
        chosen = [place for place in homes if place.depth == homes[0].depth]
        chosen += [place for place in with_code[:1] if not place.depth and place not in chosen]
    else:
        chosen = [place for place in with_code if place.depth == with_code[0].depth]
    for place in chosen:
        outside = bool(homes) and place not in homes
        found.files += place.as_files(place.code, outside=outside)
    level = chosen[0].depth if chosen else len(places)
    if not homes:
        _open(found, [place for place in places if place.depth < level], wanted)
    _tell(found, wanted, places, chosen, homes)
    found.others += [file for place in places for file in place.as_files(place.others)]
    return found


def is_home(folder: Folder, entries: Sequence[Entry], wanted: Wanted) -> bool:
    """Tell whether a folder is what students are handed, or the assignment's folder in that."""
    if _Place(folder, "", 0, entries, wanted).is_home:
        return True
    inner, names = folder, entries
    for name in ("assignments", wanted.assignment):
        if not any(entry.name == name and entry.is_folder for entry in names):
            return False
        try:
            inner = inner.folder(name)
            names = inner.entries()
        except OSError:
            return False
    return any(wanted.is_part(entry.name) for entry in names if entry.is_code)


def _places(folder: Folder, prefix: str, wanted: Wanted, notes: list[Message]) -> list[_Place]:
    """List the folders of a submission, the outermost first."""
    places: list[_Place] = []
    waiting = [(folder, prefix, 0)]
    for at, (inner, name, depth) in enumerate(waiting):
        if at >= MAX_FOLDERS:
            notes.append(note("intake_too_many_folders", limit=MAX_FOLDERS))
            break
        try:
            listed = inner.entries()
        except OSError as error:
            if not depth:
                raise
            detail = error.strerror or type(error).__name__
            notes.append(note("intake_unreadable", file=shown(name), detail=detail))
            continue
        if depth and what_made_it(listed):
            continue
        entries = [entry for entry in listed if not is_litter(entry.name)]
        places.append(_Place(inner, name, depth, entries, wanted))
        below = [entry.name for entry in entries if entry.is_folder]
        if depth == MAX_LEVELS:
            notes += [
                note("intake_too_deep", folder=shown(f"{name}{one}"), limit=MAX_LEVELS)
                for one in below[:MAX_NOTES]
            ]
        elif len(waiting) <= MAX_FOLDERS:
            waiting += [(inner.folder(one), f"{name}{one}/", depth + 1) for one in below]
    return places


def _open(found: Found, places: Sequence[_Place], wanted: Wanted) -> None:
    """Look into archives, the outermost first, until one holds code."""
    for depth in sorted({place.depth for place in places if place.archives}):
        for place in [place for place in places if place.depth == depth]:
            for entry in place.archives:
                inner = f"{place.prefix}{entry.name}"
                try:
                    opened = place.folder.archive(entry.name, shown(inner))
                    found.add(find_code(opened, wanted, f"{inner}/"))
                except UnreadableError as error:
                    found.notes.append(error.message)
        if found.files:
            return


def _tell(
    found: Found,
    wanted: Wanted,
    places: Sequence[_Place],
    chosen: Sequence[_Place],
    homes: Sequence[_Place],
) -> None:
    """Name what is not read, and list what is read only if need be."""
    for place in chosen if chosen else places:
        found.notes += place.refused
        if place.skipped and place not in homes:
            found.notes.append(note("intake_skipped", files=shown(", ".join(place.skipped))))
    beside = [
        shown(place.prefix + entry.name)
        for place in chosen
        for entry in (*place.archives, *place.foreign)
    ]
    if beside:
        found.notes.append(note("intake_archive_beside", files=", ".join(sorted(beside))))
    # Demos, and other assignments beside this one, need no word.
    handed_out = tuple(home.prefix + DEMOS for home in homes) + tuple(
        home.prefix.removesuffix(f"{wanted.assignment}/")
        for home in homes
        if home.prefix.endswith(f"assignments/{wanted.assignment}/")
    )
    found.deeper += [
        file
        for place in places
        if place not in chosen and not place.prefix.startswith(handed_out or ("\0",))
        for file in place.as_files(place.code)
    ]
    misnamed = [
        shown(place.prefix + entry.name)
        for place in chosen
        for entry in place.others
        if is_meant_as_code(entry.name)
    ]
    if misnamed:
        found.notes.append(note("intake_misnamed_beside", files=", ".join(misnamed)))
    if not found.files:
        found.notes += [
            note("intake_archive_kind", file=shown(place.prefix + entry.name))
            for place in places
            for entry in place.foreign
        ][:MAX_NOTES]
