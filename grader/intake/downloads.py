"""A course platform's download -> one row for each student, whatever the platform calls it."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from grader import clock
from grader.intake import metadata
from grader.intake.files import ReadFile, limit_of, read_file
from grader.intake.folders import Entry
from grader.intake.kinds import TELLING, is_litter
from grader.intake.notes import UnreadableError, called, note, shown
from grader.intake.platforms import recognise
from grader.intake.submission import UNKNOWN, Delivery
from grader.model import Owner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.intake.folders import Folder
    from grader.intake.metadata import Handed, Submitter
    from grader.intake.platforms import Member, Student
    from grader.model import Message

CLASSROOM50: Final = "Classroom 50"
MARKER: Final = TELLING[1]
MARKER_BYTES: Final = 64 << 10
LOOKED_AT: Final = 5  # folders, before it is decided that none of them is a clone
_FIELD: Final = re.compile(
    r"""^(classroom|assignment):[ \t]*["']?([\w.-]+)["']?[ \t]*$""", re.MULTILINE
)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A submission to be read.

    Parameters
    ----------
    name : str
        For people.
    key : str
        What its id is made of.
    entry : Entry
        What to read of the folder.
    inside : Folder or None
        What to read instead, where it is put together of several entries.
    notes : tuple of Message
        What the platform tells about it.
    delivery : Delivery
        Whose it is, and when it was handed in.
    """

    name: str
    key: str
    entry: Entry
    inside: Folder | None = None
    notes: tuple[Message, ...] = ()
    delivery: Delivery = UNKNOWN


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """What a platform has packed.

    Parameters
    ----------
    rows : tuple of Row
        One for each student.
    entries : frozenset of str
        The names of the entries that they take up; the others are for whoever reads the folder.
    notes : tuple of Message
        How the download was understood.
    """

    rows: tuple[Row, ...] = ()
    entries: frozenset[str] = frozenset()
    notes: tuple[Message, ...] = ()


def rows_of(folder: Folder, entries: Sequence[Entry]) -> Rows:
    """Tell whose the entries of a platform's download are; nothing for any other folder."""
    if any(entry.name == metadata.NAME and entry.is_plain for entry in entries):
        return _gradescope(folder, entries)
    download = recognise(entries)
    if download is None:
        return _classroom50(folder, entries)
    again = Counter((student.name, student.number) for student in download.students)
    rows = tuple(
        _row(student, folder, download.platform, again=again[student.name, student.number] > 1)
        for student in download.students
    )
    names = [member.entry.name for student in download.students for member in student.members]
    told = note(
        "intake_platform", platform=download.platform, entries=len(names), students=len(again)
    )
    return Rows(rows, frozenset(names), (told,))


def _row(student: Student, folder: Folder, platform: str, *, again: bool) -> Row:
    """Make the row of an attempt; where there are several, its id says which."""
    name = called(student.name)
    parts = [name, student.number, student.handed_in_at if again else ""]
    key = "_".join(part for part in parts if part)
    notes = (note("intake_late"),) if student.late else ()
    delivery = Delivery(
        platform,
        (Owner(name, student.number),),
        student.handed_in_at,
        student.late,
        tuple(shown(member.entry.name) for member in student.members),
    )
    first = student.members[0].entry
    if len(student.members) == 1 and (first.is_folder or first.is_link or first.is_special):
        return Row(name, key, first, None, notes, delivery)
    group = GroupFolder.of(student, folder)
    return Row(name, key, Entry(first.name, is_folder=True), group, notes, delivery)


def _gradescope(folder: Folder, entries: Sequence[Entry]) -> Rows:
    known = frozenset({metadata.NAME})
    try:
        data = folder.data(metadata.NAME, metadata.NAME, metadata.MAX_BYTES)
        handed = metadata.read_metadata(data)
    except metadata.MalformedError as error:
        told = note("intake_metadata_broken", file=metadata.NAME, detail=str(error))
        return Rows(entries=known, notes=(told,))
    except UnreadableError as error:
        return Rows(entries=known, notes=(error.message,))
    there = {entry.name: entry for entry in entries}
    named = {name for name, one in handed.items() if one.submitters}
    found = sorted(named & set(there))
    again = Counter(_number(name, who) for name in found for who in handed[name].submitters)
    rows = tuple(_gradescope_row(there[name], handed[name], again) for name in found)
    notes = [
        note("intake_platform", platform="Gradescope", entries=len(found), students=len(again))
    ]
    missing = [shown(name) for name in sorted(named - set(there))]
    if missing:
        notes.append(note("intake_metadata_missing", folders=", ".join(missing)))
    return Rows(rows, known | set(found), tuple(notes))


def _number(folder: str, submitter: Submitter) -> str:
    """Return what tells a person; without a number, one name in two folders may be two people."""
    return submitter.sid or submitter.email or f"{folder}/{submitter.name}"


def _gradescope_row(entry: Entry, handed: Handed, again: Mapping[str, int]) -> Row:
    """Make the row of a folder: one person's first one is called after the person."""
    owners = tuple(Owner(called(one.name), one.sid, one.email) for one in handed.submitters)
    names = [owner.name or owner.email for owner in owners]
    first, folder = handed.submitters[0], shown(entry.name)
    key = folder
    if len(owners) == 1:
        parts = [names[0], first.sid or first.email or folder]
        parts += [folder] if again[_number(entry.name, first)] > 1 else []
        key = "_".join(parts)
    notes = (note("intake_together", names=", ".join(names)),) if len(names) > 1 else ()
    handed_in_at = clock.utc_text(handed.created_s) if handed.created_s else ""
    delivery = Delivery("Gradescope", owners, handed_in_at, entries=(folder,))
    return Row(", ".join(names), key, entry, None, notes, delivery)


def _classroom50(folder: Folder, entries: Sequence[Entry]) -> Rows:
    """Tell whose the clones of Classroom 50 are: what follows classroom and assignment in the name.

    Whoever works in a repository can change what is in it. So its file only says what repositories
    of this assignment begin with, all of them together, and the folder's name says whose one is.
    """
    folders = [entry for entry in entries if entry.is_folder and not is_litter(entry.name)]
    if not any(_prefix(folder, entry) for entry in folders[:LOOKED_AT]):
        return Rows()
    told = Counter(prefix for entry in folders if (prefix := _prefix(folder, entry)))
    ((common, _),) = told.most_common(1)
    rows = tuple(
        Row(login, login, entry, None, (), Delivery(CLASSROOM50, (Owner(login, login),)))
        for entry in folders
        if entry.name.lower().startswith(common) and (login := shown(entry.name[len(common) :]))
    )
    told_so = note("intake_platform", platform=CLASSROOM50, entries=len(rows), students=len(rows))
    return Rows(rows, frozenset(row.entry.name for row in rows), (told_so,))


def _prefix(folder: Folder, entry: Entry) -> str:
    """Return what a clone says that its name begins with; empty if it does not begin so."""
    try:
        data = folder.folder(entry.name).data(MARKER, MARKER, MARKER_BYTES)
    except (OSError, UnreadableError):
        return ""
    found = {key: value.lower() for key, value in _FIELD.findall(data.decode("utf-8", "replace"))}
    prefix = f"{found.get('classroom')}-{found.get('assignment')}-"
    return prefix if entry.name.lower().startswith(prefix) else ""


@dataclasses.dataclass(frozen=True, slots=True)
class GroupFolder:
    """Some entries of a folder under other names.

    Parameters
    ----------
    path : Path
        The folder.
    whole : Folder
        The folder, to read from.
    members : mapping of str to Member
        By the names they have here.
    name : str
        What messages call it.
    """

    path: Path
    whole: Folder
    members: Mapping[str, Member]
    name: str

    @classmethod
    def of(cls, student: Student, whole: Folder) -> GroupFolder:
        """Put together what a student handed in; of two of one name, one is called as it lies."""
        members: dict[str, Member] = {}
        for member in student.members:
            name = member.entry.name if member.name in members else member.name
            while name in members:
                name = f"_{name}"
            members[name] = member
        return cls(whole.path, whole, members, called(student.name))

    @property
    def notes(self) -> tuple[Message, ...]:
        """What was not read of it, where it lies in an archive."""
        return tuple(
            told
            for member in self.members.values()
            for told in self.whole.notes_on(member.entry.name)
        )

    @property
    def empty(self) -> Message:
        """What is said where no code is in it."""
        return note("intake_no_code", folder=self.name)

    def entries(self) -> list[Entry]:
        """List all of it by name."""
        return [
            msgspec.structs.replace(
                member.entry, name=name, called=member.called, attempt=member.attempt
            )
            for name, member in sorted(self.members.items())
        ]

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""
        data = self.data(name, origin or shown(name), limit_of(name))
        return read_file(self.path / name, exercises, origin=origin, data=data)

    def data(self, name: str, file: str, limit: int | None = None) -> bytes:
        """Return what a file holds."""
        return self.whole.data(self.members[name].entry.name, file, limit)

    def folder(self, name: str) -> Folder:
        """Return a folder in it."""
        return self.whole.folder(self.members[name].entry.name)

    def archive(self, name: str, origin: str = "") -> Folder:
        """Open an archive in it."""
        return self.whole.archive(self.members[name].entry.name, origin or shown(name))

    def notes_on(self, name: str) -> tuple[Message, ...]:
        """Return what was not read of one entry."""
        return self.whole.notes_on(self.members[name].entry.name)
