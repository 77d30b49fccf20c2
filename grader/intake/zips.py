"""The members of a zip archive: names in any encoding, and the dangers."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final

from grader.intake.members import BrokenArchiveError, Member, decoded

if TYPE_CHECKING:
    from collections.abc import Generator

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
