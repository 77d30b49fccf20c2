"""Archives that lie: names that lead out or collide, links, bombs, damage, other kinds."""

from __future__ import annotations

import contextlib
import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from typing import TYPE_CHECKING, Final

from tests.fuzz.contents import CODE, damaged, metadata, notebook, script
from tests.fuzz.names import a_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random as Draw

OUTER: Final = ("../x.py", "/x.py", "C:\\x.py", "a/../../x.py", "..\\x.py", "//h/x.py")
BOMB_BYTES: Final = 48 << 20


def zip_archive(draw: Draw, *, inner: bool = True) -> bytes:
    """Draw a zip archive: names that lead out or collide, links, bombs, damage, other kinds."""
    buffer = io.BytesIO()
    method = draw.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]
    )
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as opened:
        warnings.simplefilter("ignore")
        for _ in range(draw.choice([0, 1, 2, 4, 8])):
            info = zipfile.ZipInfo(_member(draw), (1980 + draw.randrange(40), 1, 1, 0, 0, 0))
            info.compress_type = method
            kind = draw.choice(
                [0, stat.S_IFREG, stat.S_IFREG, stat.S_IFLNK, stat.S_IFCHR, stat.S_IFDIR]
            )
            info.external_attr = (kind | 0o644) << 16
            with opened.open(info, "w", force_zip64=draw.random() < 0.1) as stream:
                stream.write(_kept(draw, inner=inner))
        if draw.random() < 0.03:
            opened.writestr(
                "bomb" + draw.choice([".py", ".ipynb", ".zip", ".bin"]), bytes(BOMB_BYTES)
            )
        if draw.random() < 0.1:
            opened.comment = draw.choice([b"PK\5\6" + bytes(18), b"c" * 65535, b"\0\0"])
    data = bytearray(buffer.getvalue())
    for sign, offset in (
        (b"PK\1\2", 8),
        (b"PK\1\2", 16),
        (b"PK\1\2", 42),
        (b"PK\5\6", 12),
        (b"PK\5\6", 8),
    ):
        at = data.find(sign)
        if (
            at >= 0 and draw.random() < 0.06
        ):  # flags, check sum, overlap, size and number of the list
            struct.pack_into("<H", data, at + offset, draw.choice([0, 1, 0x41, 0xFFFF, 300]))
    if draw.random() < 0.06:
        at = data.rfind(b"PK\5\6")
        data[at:at] = b"PK\6\7" + bytes(16)
    return damaged(draw, bytes(data) if draw.random() < 0.9 else b"#!/bin/sh\n" + data)


def _member(draw: Draw) -> str:
    if draw.random() < 0.15:
        return draw.choice(OUTER)
    parts = [a_name(draw).decode("utf-8", "replace") for _ in range(draw.choice([1, 1, 2, 3]))]
    if draw.random() < 0.05:
        parts = ["d"] * draw.choice([9, 11, 400]) + parts
    return "/".join(parts)[:60000] + draw.choice(["", "", "", "/"])


def _kept(draw: Draw, *, inner: bool) -> bytes:
    makers: list[Callable[[Draw], bytes]] = [
        script,
        notebook,
        metadata,
        lambda _: CODE,
        lambda _: b"",
    ]
    if inner:
        makers.append(lambda drawn: zip_archive(drawn, inner=False))
        makers.append(lambda drawn: tar_archive(drawn, inner=False))
    return draw.choice(makers)(draw)


def tar_archive(draw: Draw, *, inner: bool = True) -> bytes:
    """Draw a tar archive: links, devices, extended headers that lie, numbers out of range."""
    buffer = io.BytesIO()
    kind = draw.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
    with tarfile.open(fileobj=buffer, mode="w", format=kind, errors="surrogateescape") as opened:
        for _ in range(draw.choice([0, 1, 2, 4, 8])):
            info = tarfile.TarInfo(_member(draw)[: 90 if kind == tarfile.USTAR_FORMAT else 2000])
            data = _kept(draw, inner=inner)
            info.size = len(data)
            info.type = draw.choice([b"0", b"0", b"0", b"1", b"2", b"3", b"5", b"6", b"7", b"S"])
            info.linkname = draw.choice(["", "../../x", "/etc/passwd"])
            if kind == tarfile.PAX_FORMAT and draw.random() < 0.4:
                info.pax_headers = draw.choice([
                    {"path": _member(draw)}, {"size": "99999999999999"}, {"size": "-1"},
                    {"size": "x"},
                    {"GNU.sparse.major": "1"}, {"mtime": "nan"}, {"path": "x\0y.py"}, {"": "x"},
                    {"comment": "c" * 70000},
                ])  # fmt: skip
            with contextlib.suppress(ValueError, UnicodeError):
                opened.addfile(info, io.BytesIO(data) if info.isreg() else None)
    data_out = bytearray(buffer.getvalue())
    if len(data_out) > 512 and draw.random() < 0.3:
        _lie(draw, data_out)
    return damaged(draw, bytes(data_out))


def _lie(draw: Draw, data: bytearray) -> None:
    """Change a number in a header, and make its check sum right again."""
    at = 512 * draw.randrange(len(data) // 512)
    field = draw.choice(
        [
            b"\x80" + bytes(10) + b"\7",
            b"\xff" * 12,
            b"77777777777\0",
            b"-0000000001\0",
            b"\x80" + b"\xff" * 11,
        ]
    )
    data[at + 124 : at + 136] = field
    total = sum(data[at : at + 148]) + 8 * 32 + sum(data[at + 156 : at + 512])
    data[at + 148 : at + 156] = b"%06o\0 " % total


def packed_tar(draw: Draw) -> bytes:
    """Draw a tar archive that gzip has packed, in one part or two, with or without its end."""
    data = tar_archive(draw)
    if draw.random() < 0.03:
        data += bytes(BOMB_BYTES)
    cut = draw.randrange(len(data) + 1)
    packed = gzip.compress(data[:cut], 1, mtime=0) + gzip.compress(data[cut:], 1, mtime=0)
    return damaged(draw, draw.choice([packed, gzip.compress(data, 1, mtime=0), data]))
