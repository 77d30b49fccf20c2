"""Folders as nobody would hand them in: entries, names and damage of every kind.

All of it is drawn from one `random.Random`, so that a number names a folder.
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING, Final

from tests.fuzz.archives import packed_tar, tar_archive, zip_archive
from tests.fuzz.contents import CODE, metadata, notebook, script, table
from tests.fuzz.names import FAMILIES, a_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random as Draw

DEEPEST: Final = 120
SPARSE_BYTES: Final = 3 << 30


def write_folder(draw: Draw, folder: bytes, *, depth: int = 0) -> None:
    """Fill a folder with entries, folders among them."""
    names = {a_name(draw) for _ in range(draw.randint(0, 7 if depth == 0 else 4))}
    if depth == 0 and draw.random() < 0.4:
        names.update(draw.choice(FAMILIES)[: draw.randint(1, 5)])
    for each in sorted(names):
        with contextlib.suppress(FileExistsError):
            _write_entry(draw, folder + b"/" + each, depth)


def _write_entry(draw: Draw, path: bytes, depth: int) -> None:
    chance = draw.random()
    if chance < 0.22 and depth < 3:
        os.mkdir(path)  # noqa: PTH102 - bytes
        write_folder(draw, path, depth=depth + 1)
        if draw.random() < 0.1:
            os.chmod(path, draw.choice([0, 0o200, 0o400, 0o100]))  # noqa: PTH101
    elif chance < 0.34:
        draw.choice(STRANGE)(path)
    else:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(_data(draw, path))
        if draw.random() < 0.04:
            os.chmod(path, 0)  # noqa: PTH101


def _data(draw: Draw, path: bytes) -> bytes:
    """Draw what a file holds: mostly what its name says."""
    likely = {
        b".zip": zip_archive, b".tar": tar_archive, b".gz": packed_tar, b".tgz": packed_tar,
        b".yml": metadata, b".csv": table, b".ipynb": notebook, b".py": script, b".yaml": metadata,
    }  # fmt: skip
    ending = b"." + path.rpartition(b".")[2]
    maker = likely.get(ending.lower())
    if maker is None or draw.random() < 0.1:
        maker = draw.choice([*likely.values(), lambda drawn: drawn.randbytes(60), lambda _: b""])
    return maker(draw)


def _pipe(path: bytes) -> None:
    os.mkfifo(path)


def _socket(path: bytes) -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as opened:
        opened.bind(path)


def _link_to(target: bytes) -> Callable[[bytes], None]:
    def make(path: bytes) -> None:
        os.symlink(target, path)  # noqa: PTH211

    return make


def _link_to_itself(path: bytes) -> None:
    os.symlink(path, path)  # noqa: PTH211


def _deep(path: bytes) -> None:
    """Make folders one in the other, with code in the last."""
    for _ in range(DEEPEST):
        os.mkdir(path)  # noqa: PTH102
        path += b"/d"
    with open(path + b".py", "wb") as file:  # noqa: PTH123
        file.write(CODE)


def _sparse(path: bytes) -> None:
    """Make a file of gigabytes that takes no room."""
    with open(path, "wb") as file:  # noqa: PTH123
        file.truncate(SPARSE_BYTES)


def _many(path: bytes) -> None:
    """Make a folder with more files than anybody hands in."""
    os.mkdir(path)  # noqa: PTH102
    for number in range(300):
        with open(b"%s/f%d.py" % (path, number), "wb") as file:  # noqa: PTH123
            file.write(CODE)


STRANGE: Final = (
    _pipe, _socket, _link_to(b"nowhere"), _link_to_itself, _link_to(b".."),
    _link_to(b"/etc/passwd"),    _link_to(b"/dev/zero"), _deep, _sparse, _many,
)  # fmt: skip
