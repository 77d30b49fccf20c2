"""Entries that a platform has renamed and spread -> one folder, with the names of their author."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from grader.intake.files import ReadFile, limit_of, read_file
from grader.intake.notes import note, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.intake.folders import Entry, Folder
    from grader.intake.platforms import Member, Student
    from grader.model import Message


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
