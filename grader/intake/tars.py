"""The members of a tar archive.

They are read here and not by `tarfile`, which had to be mended several times for archives that keep
it busy for ever, and which an older Python has as it was.
"""

from __future__ import annotations

import gzip
import zlib
from typing import IO, TYPE_CHECKING, Final, Protocol

from grader.intake.members import BrokenArchiveError, Member, decoded

if TYPE_CHECKING:
    from collections.abc import Generator

BLOCK: Final = 512
EXTRA_BYTES: Final = 1 << 16  # of a name that has a block of its own
SKIPPED_BYTES: Final = 1 << 30  # unpacked only to get past it
CHUNK_BYTES: Final = 1 << 20
BROKEN_TAR: Final = (zlib.error, EOFError, OSError, ValueError)
_FILES: Final = (b"0", b"\0", b"7")
_FOLDER: Final = b"5"
_LINKS: Final = (b"1", b"2")
_LONG_NAME: Final = b"L"
_LONG_LINK: Final = b"K"
_EXTENDED: Final = b"x"
_GLOBAL: Final = b"g"


def members_of_tar(file: IO[bytes], *, packed: bool) -> Generator[Member]:
    """Yield the members of a tar archive in turn; each must be read before the next.

    Parameters
    ----------
    file : binary file
        Open for reading.
    packed : bool
        Whether gzip has packed it.

    Raises
    ------
    BrokenArchiveError
        When it is no such archive, a damaged one, or unpacks to more than anybody needs.
    """
    try:
        if packed:
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                yield from _Tar(unpacked).members()
        else:
            yield from _Tar(file).members()
    except BROKEN_TAR as error:
        raise BrokenArchiveError(f"{type(error).__name__}: {error}") from error


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """Return so many bytes, or what is left."""


class _Tar:
    def __init__(self, file: _Readable) -> None:
        self._file = file
        self._skipped_bytes = 0
        self._left_bytes = 0  # of the member at hand, padding included

    def members(self) -> Generator[Member]:
        long_name, fields, first = b"", dict[bytes, bytes](), True
        while True:
            block = self._file.read(BLOCK)
            if not block.strip(b"\0"):
                if first and not block:
                    raise BrokenArchiveError("it is empty")
                self._read_out()
                return
            _check(block)
            first = False
            kind, size = block[156:157], _number(block[124:136])
            if kind in {_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL}:
                data = self._extra(size)
                if kind == _LONG_NAME:
                    long_name = data.split(b"\0")[0]
                elif kind == _EXTENDED:
                    fields = _fields(data)
                continue
            size = int(fields.get(b"size", size))
            yield self._member(block, kind, size, fields.get(b"path", long_name), fields)
            self._skip(self._left_bytes)
            long_name, fields = b"", {}

    def _member(
        self, block: bytes, kind: bytes, size: int, name: bytes, fields: dict[bytes, bytes]
    ) -> Member:
        if not name:
            name = block[:100].split(b"\0")[0]
            prefix = block[345:500].split(b"\0")[0]
            if prefix and block[257:263] == b"ustar\0":
                name = prefix + b"/" + name
        sparse = any(key.startswith(b"GNU.sparse") for key in fields)
        problem = "" if kind in {*_FILES, _FOLDER} and not sparse else "intake_archive_special"
        if kind in _LINKS:
            problem, size = "intake_archive_link", 0
        if size < 0:
            raise BrokenArchiveError("a member has a size below zero")
        self._left_bytes = _padded(size)

        def read(most: int) -> bytes:
            wanted = min(most, size)
            try:
                data = self._file.read(wanted)
            except BROKEN_TAR as error:  # whoever reads a member knows of one error alone
                raise BrokenArchiveError(f"{type(error).__name__}: {error}") from error
            self._left_bytes -= len(data)
            if len(data) < wanted:
                raise BrokenArchiveError("it ends amid a member")
            return data

        folder = kind == _FOLDER or name.endswith(b"/")
        return Member(decoded(name), size, read, folder, problem)

    def _extra(self, size: int) -> bytes:
        """Read what describes the next member."""
        if not 0 <= size <= EXTRA_BYTES:
            raise BrokenArchiveError("a name in it is too long")
        data = self._file.read(_padded(size))
        if len(data) < size:
            raise BrokenArchiveError("it ends amid a name")
        return data[:size]

    def _skip(self, count: int) -> None:
        self._skipped_bytes += count
        if self._skipped_bytes > SKIPPED_BYTES:
            raise BrokenArchiveError("it unpacks to too much")
        while count:
            part = self._file.read(min(count, CHUNK_BYTES))
            if not part:
                raise BrokenArchiveError("it ends amid a member")
            count -= len(part)

    def _read_out(self) -> None:
        """Read what follows the last member, behind which gzip keeps its check sum."""
        while part := self._file.read(CHUNK_BYTES):
            self._skipped_bytes += len(part)
            if self._skipped_bytes > SKIPPED_BYTES:
                raise BrokenArchiveError("it unpacks to too much")


def _check(block: bytes) -> None:
    if len(block) < BLOCK:
        raise BrokenArchiveError("it ends amid a header")
    expected = sum(block[:148]) + sum(block[156:]) + 8 * ord(" ")
    if _number(block[148:156]) != expected:
        raise BrokenArchiveError("a header has a wrong check sum")


def _number(field: bytes) -> int:
    """Read a number: octal digits, or bytes after a mark, as GNU has it for large ones."""
    if field[:1] in {b"\x80", b"\xff"}:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    if not digits.isdigit():
        if digits:
            raise BrokenArchiveError("a number in a header is none")
        return 0
    return int(digits, 8)


def _fields(data: bytes) -> dict[bytes, bytes]:
    """Read records: the length of each, a blank, key, equals sign, value and a line break."""
    found: dict[bytes, bytes] = {}
    while data:
        length, _, rest = data.partition(b" ")
        if not length.isdigit() or not len(length) < int(length[:6]) <= len(data):
            raise BrokenArchiveError("an extended header is damaged")
        record = rest[: int(length[:6]) - len(length) - 1]
        key, _, value = record.partition(b"=")
        found[key] = value.rstrip(b"\n")
        data = data[int(length[:6]) :]
    if not found.get(b"size", b"0").isdigit() or len(found.get(b"size", b"")) > len(str(1 << 60)):
        raise BrokenArchiveError("an extended header is damaged")
    return found


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
