"""A course platform's download -> one row for each student, whatever the platform calls it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from grader.intake import metadata
from grader.intake.files import ReadFile, limit_of, read_file
from grader.intake.folders import Entry
from grader.intake.notes import UnreadableError, note, shown
from grader.intake.platforms import recognise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.intake.folders import Folder
    from grader.intake.metadata import Handed, Submitter
    from grader.intake.platforms import Member, Student
    from grader.model import Message


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
    """

    name: str
    key: str
    entry: Entry
    inside: Folder | None = None
    notes: tuple[Message, ...] = ()


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
        return Rows()
    rows = tuple(_row(student, folder) for student in download.students)
    names = [member.entry.name for student in download.students for member in student.members]
    told = note(
        "intake_platform", platform=download.platform, entries=len(names), students=len(rows)
    )
    return Rows(rows, frozenset(names), (told,))


def _row(student: Student, folder: Folder) -> Row:
    name = shown(student.name)
    key = f"{name}_{student.number}" if student.number else name
    notes = (note("intake_late"),) if student.late else ()
    first = student.members[0].entry
    if len(student.members) == 1 and (first.is_folder or first.is_link or first.is_special):
        return Row(name, key, first, None, notes)
    group = GroupFolder.of(student, folder)
    return Row(name, key, Entry(first.name, is_folder=True), group, notes)


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
    people = _people({name: one for name, one in handed.items() if name in there})
    rows = tuple(_person_row(submitter, folders, handed, there) for submitter, folders in people)
    named = {name for name, one in handed.items() if one.submitters}
    notes = [
        note("intake_platform", platform="Gradescope", entries=len(named & set(there)),
             students=len(rows))
    ]  # fmt: skip
    missing = [shown(name) for name in sorted(named - set(there))]
    if missing:
        notes.append(note("intake_metadata_missing", folders=", ".join(missing)))
    return Rows(rows, known | (named & set(there)), tuple(notes))


def _people(handed: Mapping[str, Handed]) -> list[tuple[Submitter, list[str]]]:
    """List each person, as named in the newest folder, with all folders, the newest first."""
    newest = sorted(
        handed, key=lambda name: (handed[name].created_s, len(name), name), reverse=True
    )
    people: dict[str, tuple[Submitter, list[str]]] = {}
    for name in newest:
        for submitter in handed[name].submitters:
            # Without a number, one name in two folders may well be two people.
            number = submitter.sid or submitter.email or f"{name}/{submitter.name}"
            folders = people.setdefault(number, (submitter, []))[1]
            if name not in folders:
                folders.append(name)
    return sorted(people.values(), key=lambda pair: _key(*pair))


def _key(submitter: Submitter, folders: Sequence[str]) -> str:
    number = submitter.sid or submitter.email or folders[0]
    return shown(f"{submitter.name or submitter.email}_{number}")


def _person_row(
    submitter: Submitter,
    folders: Sequence[str],
    handed: Mapping[str, Handed],
    there: Mapping[str, Entry],
) -> Row:
    notes = []
    counts = folders[0]
    others = [one.name or one.email for one in handed[counts].submitters if one.name or one.email]
    if len(others) > 1:
        notes.append(note("intake_together", names=shown(", ".join(others))))
    if len(folders) > 1:
        older = shown(", ".join(folders[1:]))
        notes.append(note("intake_older", kept=shown(counts), dropped=older))
    name = shown(submitter.name or submitter.email)
    return Row(name, _key(submitter, folders), there[counts], None, tuple(notes))


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
        return cls(whole.path, whole, members, shown(student.name))

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
            dataclasses.replace(
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
