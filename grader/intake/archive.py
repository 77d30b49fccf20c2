"""An archive that somebody hands in: what may be read of it, in memory; nothing is unpacked."""

from __future__ import annotations

import bisect
import contextlib
import io
from typing import IO, TYPE_CHECKING, Final

import msgspec

from grader.intake.files import limit_of, open_regular
from grader.intake.kinds import (
    ARCHIVES,
    SUFFIXES,
    TELLING,
    is_archive,
    looks_like_code,
    may_be_code,
)
from grader.intake.members import (
    BrokenArchiveError,
    Member,
    is_ignored,
    path_of,
)
from grader.intake.notes import MAX_NOTES, UnreadableError, note, shown
from grader.intake.tars import members_of_tar
from grader.intake.zips import members_of_zip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.model import Message

MAX_ARCHIVE_BYTES: Final = 2 << 30
MAX_INNER_BYTES: Final = 256 << 20  # of an archive within an archive
# Of files under other names, of which a few may be code all the same.
MAX_MISNAMED_BYTES: Final = 16 << 20
MAX_GLANCED_BYTES: Final = 128 << 20
# Packed text shrinks to a tenth or so, and nothing that people write to a thousandth.
MAX_RATIO: Final = 200
RATIO_FROM_BYTES: Final = 16 << 20
MAX_DEPTH: Final = 10  # folders, one in the other


class Bounds(msgspec.Struct, frozen=True):
    """How much an archive may hold.

    Parameters
    ----------
    members : int
        Entries of any kind.
    kept_bytes : int
        Code and inner archives together, unpacked.
    """

    members: int = 50_000
    kept_bytes: int = 1 << 30


BOUNDS: Final = Bounds()

Notes = tuple[tuple[str, "Message"], ...]


class Contents:
    """What was kept of an archive.

    Parameters
    ----------
    files : mapping of str to bytes
        Code, and archives within; by path, sorted.
    notes : tuple of (str, Message)
        What was not read, each with the path that it concerns; empty where there is none.
    others : sequence of str
        Paths of folders, and of files of which nothing was kept; sorted.
    """

    def __init__(
        self, files: Mapping[str, bytes], notes: Notes, others: Sequence[str] = ()
    ) -> None:
        self.files = files
        self.notes = notes
        self.others = others
        self._paths = list(files)

    def below(self, folder: str) -> Contents:
        """Return what lies in a folder, with paths that begin there."""
        start = f"{folder}/"
        files = {path.removeprefix(start): self.files[path] for path in _within(self._paths, start)}
        others = [path.removeprefix(start) for path in _within(self.others, start) if path != start]
        notes = tuple(
            (path.removeprefix(start), told) for path, told in self.notes if path.startswith(start)
        )
        return Contents(files, notes, others)


def _within(paths: Sequence[str], start: str) -> Sequence[str]:
    """Cut out of sorted paths those that begin so; an archive may list very many."""
    after = start[:-1] + chr(ord("/") + 1)
    return paths[bisect.bisect_left(paths, start) : bisect.bisect_left(paths, after)]


def read_archive(path: Path, file: str, bounds: Bounds = BOUNDS) -> Contents:
    """Read an archive that lies on disk.

    Parameters
    ----------
    path : Path
        A regular file; a link is not followed.
    file : str
        What messages call it.
    bounds : Bounds
        How much it may hold.

    Raises
    ------
    UnreadableError
        When it is damaged, too large, or built to unpack to much more than it is.
    """
    with open_regular(path, file) as opened:
        size = opened.seek(0, 2)
        opened.seek(0)
        return _contents(opened, size, MAX_ARCHIVE_BYTES, path.name, file, bounds)


def read_inner(data: bytes, name: str, file: str) -> Contents:
    """Read an archive that lies within an archive; those within it in turn are left out."""
    found = _contents(io.BytesIO(data), len(data), MAX_INNER_BYTES, name, file, BOUNDS)
    files = {path: kept for path, kept in found.files.items() if not is_archive(path)}
    nested = [path for path in found.files if path not in files]
    notes = [(path, _told("intake_archive_nested", file, path)) for path in nested[:MAX_NOTES]]
    return Contents(files, (*found.notes, *notes), sorted((*found.others, *nested)))


def _contents(
    opened: IO[bytes], size: int, limit: int, name: str, file: str, bounds: Bounds
) -> Contents:
    if size > limit:
        raise UnreadableError("intake_too_large", file=file, limit_mib=limit >> 20)
    keeper = _Keeper(file, size, bounds)
    lower = name.lower()
    members = (
        members_of_zip(opened)
        if lower.endswith(".zip")
        else members_of_tar(opened, packed=not lower.endswith(".tar"))
    )
    try:
        with contextlib.closing(members):
            keeper.keep(members)
    except BrokenArchiveError as error:
        raise UnreadableError("intake_archive_broken", file=file, detail=str(error)) from error
    return keeper.contents()


class _Keeper:
    """Keeps what may be read of an archive's members, within bounds."""

    def __init__(self, file: str, packed_bytes: int, bounds: Bounds) -> None:
        self._bounds = bounds
        self._file = file
        self._packed_bytes = packed_bytes
        self._files: dict[str, bytes] = {}
        self._others: dict[str, None] = {}
        self._twice: set[str] = set()
        self._notes: list[tuple[str, Message]] = []
        self._kept_bytes = 0
        self._glanced_bytes = 0

    def contents(self) -> Contents:
        files = {path: data for path, data in self._files.items() if path not in self._twice}
        others = sorted(path for path in self._others if path not in files)
        return Contents(dict(sorted(files.items())), tuple(self._notes), others)

    def keep(self, members: Iterator[Member]) -> None:
        """Go through the members once."""
        for number, member in enumerate(members, 1):
            if number > self._bounds.members:
                raise UnreadableError(
                    "intake_archive_members", file=self._file, limit=self._bounds.members
                )
            path = path_of(member.name)
            if path is None:
                self._tell("intake_archive_path", "", member.name)
            elif path and not is_ignored(path):
                self._keep(member, path)

    def _keep(self, member: Member, path: str) -> None:
        self._others[f"{path}/" if member.folder else path] = None
        wanted = path.lower().endswith((*SUFFIXES, *ARCHIVES)) and not member.folder
        if wanted and path.count("/") > MAX_DEPTH:
            if len(self._notes) < MAX_NOTES:
                told = note("intake_too_deep", folder=shown(path), limit=MAX_DEPTH)
                self._notes.append((path, told))
            return
        if member.problem and (wanted or member.problem != "intake_archive_method"):
            self._tell(member.problem, path, member.name)
        elif member.problem or member.folder:
            return
        elif not wanted:
            self._glance(member, path)
        else:
            limit = MAX_INNER_BYTES if is_archive(path) else limit_of(path)
            data = member.read(limit + 1)
            self._count(len(data), member)
            if len(data) > limit:
                told = note("intake_too_large", file=shown(path), limit_mib=limit >> 20)
                self._notes.append((path, told))
            elif self._files.setdefault(path, data) != data and path not in self._twice:
                # Programs differ in which of the two they unpack, so neither can be meant.
                self._twice.add(path)
                self._tell("intake_archive_twice", path, member.name)

    def _glance(self, member: Member, path: str) -> None:
        """Keep a file under another name if it may be code; damage to others is none of ours."""
        limit = min(MAX_MISNAMED_BYTES, MAX_GLANCED_BYTES - self._glanced_bytes)
        name = path.rpartition("/")[2]
        about = name in TELLING
        if not (about or may_be_code(name)) or path.count("/") > MAX_DEPTH or limit <= 0:
            return
        with contextlib.suppress(BrokenArchiveError):
            data = member.read(limit)
            self._glanced_bytes += len(data)
            if len(data) < limit and (about or looks_like_code(data)):
                self._count(len(data), member)
                self._files.setdefault(path, data)

    def _count(self, size: int, member: Member) -> None:
        self._kept_bytes += size
        if self._kept_bytes > self._bounds.kept_bytes:
            limit_mib = self._bounds.kept_bytes >> 20
            raise UnreadableError("intake_archive_much", file=self._file, limit_mib=limit_mib)
        packed = min(member.packed_bytes, self._packed_bytes)
        if self._kept_bytes > RATIO_FROM_BYTES and (
            size > MAX_RATIO * max(packed, 1) or self._kept_bytes > MAX_RATIO * self._packed_bytes
        ):
            name = shown(member.name)[:200]
            raise UnreadableError("intake_archive_bomb", file=self._file, member=name)

    def _tell(self, key: str, path: str, name: str) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes.append((path, _told(key, self._file, name)))


def _told(key: str, file: str, member: str) -> Message:
    return note(key, file=file, member=shown(member)[:200])
