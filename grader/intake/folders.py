"""Where a submission's files lie: a folder on disk, or one within an archive."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from grader.intake.files import ReadFile, limit_of, open_regular, read_file
from grader.intake.kinds import SUFFIXES, is_archive
from grader.intake.notes import UnreadableError, note, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.intake.archive import Contents
    from grader.model import Message

HEAD_BYTES: Final = 4096
_ENVIRONMENT: Final = "pyvenv.cfg"
_GRADEBOOKS: Final = frozenset({"gradebook.sqlite", "gradebook.toml"})  # or a note of where it is


class Entry(msgspec.Struct, frozen=True):
    """One entry of a folder."""

    name: str
    is_folder: bool = False
    is_link: bool = False
    is_special: bool = False  # a pipe, a socket, a device
    is_told: bool = False  # why it is not read stands in its archive's notes
    called: str = ""  # what its author called it, where a platform has renamed it
    attempt: int = 0  # what tells a later attempt from an earlier one, by the platform

    @property
    def is_plain(self) -> bool:
        """Whether it is an ordinary file."""
        return not (self.is_folder or self.is_link or self.is_special)

    @property
    def is_code(self) -> bool:
        """Whether it is called as a file that students hand in."""
        return self.is_plain and self.name.lower().endswith(SUFFIXES)

    @property
    def is_archive(self) -> bool:
        """Whether it is an archive that can be read."""
        return self.is_plain and is_archive(self.name)


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
        """List all of it by name."""

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""

    def data(self, name: str, file: str, limit: int | None = None) -> bytes:
        """Return what a file holds; raises `UnreadableError` if that is more than code holds."""

    def notes_on(self, name: str) -> tuple[Message, ...]:
        """Return what was not read of one of its entries."""

    def folder(self, name: str) -> Folder:
        """Return a folder in it."""

    def archive(self, name: str, origin: str = "") -> Folder:
        """Open an archive in it; raises `UnreadableError` where it is none."""


class DiskFolder(msgspec.Struct, frozen=True):
    """A folder on disk.

    Parameters
    ----------
    path : Path
        Where it lies.
    notes : tuple of Message
        What is to be said about it.
    skip : frozenset of str
        Real paths that are not there for whoever lists it.
    """

    path: Path
    notes: tuple[Message, ...] = ()
    skip: frozenset[str] = frozenset()

    @property
    def empty(self) -> Message:
        """What is said where no code is in it."""
        return note("intake_no_code", folder=shown(self.path.name))

    def entries(self) -> list[Entry]:
        """List all of it by name."""
        home = os.path.realpath(self.path) if self.skip else ""
        with os.scandir(self.path) as scanned:
            found = [
                _entry(entry)
                for entry in scanned
                if not self.skip or os.path.join(home, entry.name) not in self.skip  # noqa: PTH118 - real already
            ]
        return sorted(found, key=lambda entry: entry.name)

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""
        return read_file(self.path / name, exercises, origin=origin)

    def data(self, name: str, file: str, limit: int | None = None) -> bytes:
        """Return what a file holds; raises `UnreadableError` if that is more than code holds."""
        with open_regular(self.path / name, file) as opened:
            head = opened.read(HEAD_BYTES)
            most = limit or limit_of(".ipynb" if head.lstrip()[:1] == b"{" else ".py")
            data = head + opened.read(most + 1)
        if len(data) > most:
            if limit is None:
                raise UnreadableError("intake_wrong_kind", file=file)
            raise UnreadableError("intake_too_large", file=file, limit_mib=limit >> 20)
        return data

    def notes_on(self, name: str) -> tuple[Message, ...]:  # noqa: ARG002 - archives have some
        """Return what was not read of one of its entries: nothing."""
        return ()

    def folder(self, name: str) -> DiskFolder:
        """Return a folder in it."""
        return DiskFolder(self.path / name, skip=self.skip)

    def archive(self, name: str, origin: str = "") -> ArchiveFolder:
        """Open an archive in it."""
        from grader.intake.archive import read_archive  # noqa: PLC0415 - few hand one in

        file = origin or shown(name)
        return ArchiveFolder(self.path / name, read_archive(self.path / name, file), file)


def _entry(entry: os.DirEntry[str]) -> Entry:
    link, folder = entry.is_symlink(), entry.is_dir(follow_symlinks=False)
    special = not (link or folder or entry.is_file(follow_symlinks=False))
    return Entry(entry.name, folder, link, special)


def what_made_it(entries: Sequence[Entry]) -> str:
    """Tell by what lies in a folder which program has made it.

    Returns
    -------
    str
        ``python`` for an environment, ``grader`` for results; empty for a folder of somebody's own.
    """
    names = {entry.name for entry in entries if not entry.is_folder}
    return "python" if _ENVIRONMENT in names else "grader" if names & _GRADEBOOKS else ""


class ArchiveFolder(msgspec.Struct, frozen=True):
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
        told = {path for path, _ in self.contents.notes}
        for path in (*self.contents.others, *self.contents.files):
            name, slash, _ = path.partition("/")
            found[name] = Entry(name, is_folder=bool(slash), is_told=not slash and path in told)
        return sorted(found.values(), key=lambda entry: entry.name)

    def read(
        self, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
    ) -> ReadFile:
        """Read one of its files of code; see `read_file`."""
        data = self._kept(name)
        return read_file(self.path / name, exercises, origin=origin, data=data)

    def data(self, name: str, file: str, limit: int | None = None) -> bytes:  # noqa: ARG002 - bounded when it was kept
        """Return what a file holds; raises `UnreadableError` where nothing of it was kept."""
        return self._kept(name)

    def folder(self, name: str) -> ArchiveFolder:
        """Return a folder in it, with the notes that concern it."""
        return ArchiveFolder(self.path / name, self.contents.below(name), self.file)

    def archive(self, name: str, origin: str = "") -> ArchiveFolder:
        """Open an archive within this one; what lies deeper is not read."""
        file = origin or shown(name)
        from grader.intake.archive import read_inner  # noqa: PLC0415 - as above

        contents = read_inner(self._kept(name), name, file)
        return ArchiveFolder(self.path / name, contents, file)

    def _kept(self, name: str) -> bytes:
        """Return what a file holds, or raise the reason why nothing of it was kept."""
        data = self.contents.files.get(name)
        if data is None:
            told = [message for path, message in self.contents.notes if path == name]
            if told:
                raise UnreadableError.of(told[0])
            raise UnreadableError("intake_wrong_kind", file=shown(name))
        return data

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
