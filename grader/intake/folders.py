"""Where a submission's files lie: a folder on disk, or one within an archive."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Final, Protocol

from grader.intake.archive import Contents, is_archive, read_archive, read_inner
from grader.intake.files import SUFFIXES, ReadFile, read_file
from grader.intake.notes import note, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.model import Message

_IGNORED: Final = ("__pycache__", "__MACOSX")


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder."""

    name: str
    is_folder: bool = False
    is_link: bool = False

    @property
    def is_code(self) -> bool:
        """Whether it is a file that students hand in."""
        return not self.is_folder and self.name.lower().endswith(SUFFIXES)

    @property
    def is_archive(self) -> bool:
        """Whether it is an archive that can be read."""
        return not (self.is_folder or self.is_link) and is_archive(self.name)


class Folder(Protocol):
    """A folder whose files can be read."""

    @property
    def path(self) -> Path:
        """Where its files say that they come from."""

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is to be said about it, besides what is said about its files."""

    @property
    def empty(self) -> Message:
        """What is said where no code is in it."""

    def entries(self) -> list[Entry]:
        """List it by name, without hidden and generated entries."""

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""

    def folder(self, name: str) -> Folder:
        """Return a folder in it."""

    def archive(self, name: str, origin: str = "") -> Folder:
        """Open an archive in it; raises `UnreadableError` where it is none."""


@dataclasses.dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder on disk."""

    path: Path
    notes: tuple[Message, ...] = ()

    @property
    def empty(self) -> Message:
        """What is said where no code is in it."""
        return note("intake_no_code", folder=shown(self.path.name))

    def entries(self) -> list[Entry]:
        """List it by name, without hidden and generated entries."""
        with os.scandir(self.path) as scanned:
            found = [
                Entry(entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink())
                for entry in scanned
                if not entry.name.startswith(".") and entry.name not in _IGNORED
            ]
        return sorted(found, key=lambda entry: entry.name)

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""
        return read_file(self.path / name, exercises, origin=origin)

    def folder(self, name: str) -> DiskFolder:
        """Return a folder in it."""
        return DiskFolder(self.path / name)

    def archive(self, name: str, origin: str = "") -> ArchiveFolder:
        """Open an archive in it."""
        file = origin or shown(name)
        return ArchiveFolder(self.path / name, read_archive(self.path / name, file), file)


@dataclasses.dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """A folder within an archive, or the whole archive."""

    path: Path
    contents: Contents
    file: str

    @property
    def notes(self) -> tuple[Message, ...]:
        """What was not read of it."""
        return tuple(message for _, message in self.contents.notes)

    @property
    def empty(self) -> Message:
        """What is said where no code is in it."""
        return note("intake_archive_empty", file=self.file)

    def entries(self) -> list[Entry]:
        """List it by name."""
        found: dict[str, Entry] = {}
        for path in self.contents.files:
            name, slash, _ = path.partition("/")
            found[name] = Entry(name, is_folder=bool(slash))
        return sorted(found.values(), key=lambda entry: entry.name)

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""
        data = self.contents.files[name]
        return read_file(self.path / name, exercises, origin=origin, data=data)

    def folder(self, name: str) -> ArchiveFolder:
        """Return a folder in it, with the notes that concern it."""
        start = f"{name}/"
        files = {
            path.removeprefix(start): data
            for path, data in self.contents.files.items()
            if path.startswith(start)
        }
        notes = tuple(
            (path.removeprefix(start), message)
            for path, message in self.contents.notes
            if path.startswith(start)
        )
        return ArchiveFolder(self.path / name, Contents(files, notes), self.file)

    def archive(self, name: str, origin: str = "") -> ArchiveFolder:
        """Open an archive within this one; what lies deeper is not read."""
        file = origin or shown(name)
        contents = read_inner(self.contents.files[name], name, file)
        return ArchiveFolder(self.path / name, contents, file)

    def own_notes(self) -> tuple[Message, ...]:
        """Return what concerns none of its entries."""
        names = {entry.name for entry in self.entries()}
        return tuple(
            message for path, message in self.contents.notes if path.partition("/")[0] not in names
        )

    def notes_on(self, name: str) -> tuple[Message, ...]:
        """Return what concerns one entry."""
        return tuple(
            message for path, message in self.contents.notes if path.partition("/")[0] == name
        )
