"""What a zip or tar archive says it holds: names in any encoding, cleaned, and the dangers.

Tar archives are read here and not by `tarfile`, which had to be mended several times for archives
that keep it busy for ever, and which an older Python has as it was.
"""

from __future__ import annotations

import dataclasses
import gzip
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final, Protocol

from grader.intake.kinds import is_litter

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

MAX_NAME_CHARS: Final = 1000

_DRIVE: Final = re.compile(r"[A-Za-z]:")

# Of zip archives.
DIRECTORY_BYTES: Final = 8 << 20  # of the list of members, which is read before they are counted
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Everything that `zipfile` raises on hostile bytes.
BROKEN_ZIP: Final = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError,
    ValueError, struct.error, IndexError, OverflowError,
)  # fmt: skip
_END: Final = b"PK\5\6"
_END_BYTES: Final = 22
_LOCATOR: Final = b"PK\6\7"
_LOCATOR_BYTES: Final = 20
_COMMENT_BYTES: Final = 1 << 16
_UTF8: Final = 0x800
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_UNICODE_PATH: Final = 0x7075

# Of tar archives.
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


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive.

    Parameters
    ----------
    name : str
        Its name as the archive has it, decoded.
    packed_bytes : int
        Its size within the archive.
    read : callable
        Returns its first bytes, as many as it is told.
    folder : bool
        Whether it is a folder.
    problem : str
        Key of the text that says why it is not read; empty where it can be.
    """

    name: str
    packed_bytes: int
    read: Callable[[int], bytes]
    folder: bool = False
    problem: str = ""


class BrokenArchiveError(Exception):
    """The archive does not keep to its format; the text says how. Never leaves this package."""


def decoded(raw: bytes) -> str:
    """Decode a name that no flag declares the encoding of.

    Linux and macOS write UTF-8. Chinese versions of Windows write GBK, and Western ones the code
    page of MS-DOS, for which a name passes only where it then holds nothing but Latin letters.
    """
    for encoding in ("utf-8", "gb2312"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    western = raw.decode("cp437")
    if all(char.isascii() or "LATIN" in unicodedata.name(char, "") for char in western):
        return western
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return western


def path_of(name: str) -> str | None:
    """Clean a member's name.

    Parameters
    ----------
    name : str
        As the archive has it. Backslashes separate too, as some packers on Windows write them.

    Returns
    -------
    str or None
        Its path, relative, with slashes; empty for the archive's own root. None for a name that
        could lead out of a folder, or that no file should have.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = [part for part in text.split("/") if part not in {"", "."}]
    leads_out = text.startswith("/") or ".." in parts or bool(parts and _DRIVE.match(parts[0]))
    odd = any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)
    if leads_out or odd or len(text) > MAX_NAME_CHARS:
        return None
    return "/".join(parts)


def is_ignored(path: str) -> bool:
    """Tell whether a path is one that a system or a tool adds by itself."""
    return any(is_litter(part) for part in path.split("/"))


def members_of_zip(file: IO[bytes]) -> Generator[Member]:
    """Yield the members of a zip archive, without unpacking any.

    Parameters
    ----------
    file : binary file
        Open for reading, and seekable; must stay open while members are read.

    Raises
    ------
    BrokenArchiveError
        When it is no zip archive, or a damaged one.
    """
    try:
        _check_directory(file)
        with zipfile.ZipFile(file) as opened:
            for info in opened.infolist():
                yield _zip_member(opened, info)
    except BROKEN_ZIP as error:
        raise BrokenArchiveError(f"{type(error).__name__}: {error}") from error


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a list of members that is too long before `zipfile` reads it whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _LOCATOR_BYTES - _COMMENT_BYTES))
    tail = file.read()
    at = len(tail) - _END_BYTES
    if not (tail[at:].startswith(_END) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END)  # where a comment follows
    if at < 0 or len(tail) - at < _END_BYTES:
        raise BrokenArchiveError("it is no zip archive, or its end is missing")
    if _LOCATOR in tail[max(0, at - _LOCATOR_BYTES) : at]:
        raise BrokenArchiveError("it is of the kind for files above 4 GiB")
    (listed_bytes,) = struct.unpack_from("<I", tail, at + 12)
    if listed_bytes > DIRECTORY_BYTES:
        raise BrokenArchiveError("it lists too many members")


def _zip_member(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    problem = ""
    if kind == stat.S_IFLNK:
        problem = "intake_archive_link"
    elif kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        problem = "intake_archive_special"
    elif info.flag_bits & _ENCRYPTED:
        problem = "intake_archive_encrypted"
    elif info.compress_type not in METHODS:
        problem = "intake_archive_method"

    def read(most: int) -> bytes:
        try:
            with opened.open(info) as stream:
                return stream.read(most)
        except BROKEN_ZIP as error:
            raise BrokenArchiveError(f"{type(error).__name__}: {error}") from error

    name = _zip_name(info)
    folder = kind == stat.S_IFDIR or name.endswith(("/", "\\"))
    return Member(name, info.compress_size, read, folder, problem)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Decode a name: as declared, by the extra field of newer packers, or else by its bytes."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:  # noqa: PLR2004 - its layout
            (checksum,) = struct.unpack_from("<I", field, 1)
            if checksum == zlib.crc32(raw):
                return field[5:].decode("utf-8", "replace")
    return decoded(raw)


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
            data = self._file.read(wanted)
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
