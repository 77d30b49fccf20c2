"""One .py or .ipynb file -> `wire.Module`. Bytes are read, text is never run."""

from __future__ import annotations

import codecs
import contextlib
import keyword
import os
import re
import stat
import sys
import unicodedata
from typing import IO, TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.intake.duplicates import settle
from grader.intake.notes import MAX_NOTES, UnreadableError, note, shown
from grader.intake.origins import notebook_texts, script_texts
from grader.intake.pieces import sort_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.intake.origins import Texts
    from grader.intake.pieces import Origin
    from grader.model import Message

    Exercises = Mapping[str, tuple[str, ...]]

MAX_PY_BYTES: Final = 2 << 20
MAX_NOTEBOOK_BYTES: Final = 64 << 20
# What was left out and is told one by one.
_TOLD_AS: Final = {"syntax": "intake_syntax", "newer": "intake_newer", "magic": "intake_magic"}
MAX_NAMELESS: Final = 1_000
SUFFIXES: Final = (".py", ".ipynb")

_HERE: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
_COOKIE: Final = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK: Final = re.compile(rb"[ \t\f]*(?:#.*)?$")


class ReadFile(msgspec.Struct, frozen=True):
    """What one file gave: its module, notes, and the modules that its cells write to files."""

    module: wire.Module
    notes: tuple[Message, ...]
    written: tuple[wire.Module, ...] = ()


def read_file(
    path: Path, exercises: Exercises, *, origin: str = "", data: bytes | None = None
) -> ReadFile:
    """Read one file of a submission.

    Parameters
    ----------
    path : Path
        A .py or .ipynb file; a link is not followed.
    exercises : mapping of str to tuple of str
        The graded names of each exercise.
    origin : str
        The file's name within its submission; its own name if empty.
    data : bytes or None
        What it holds, if that lies in an archive; `path` then only says where.

    Raises
    ------
    UnreadableError
        When nothing of it can be read.
    """
    file = origin or shown(path.name)
    is_notebook = path.suffix.lower() == ".ipynb"
    if data is None:
        data = read_bytes(path, limit_of(path.name), file)
    notes: list[Message] = []
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        notes.append(note("intake_bom", file=file))
    if is_notebook:
        texts = notebook_texts(_decoded(data, file), shown(path.name), file, exercises)
    else:
        _check_cookie(data, file)
        text = _decoded(data, file)
        if "\0" in text:
            raise UnreadableError("intake_null_byte", file=file, offset=data.index(b"\0"))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        texts = script_texts(text, shown(path), shown(path.name))
    read = _read(texts, path, file, exercises)
    return msgspec.structs.replace(read, notes=(*notes, *read.notes))


def limit_of(name: str) -> int:
    """Return the most bytes that are read of a file."""
    return MAX_NOTEBOOK_BYTES if name.lower().endswith(".ipynb") else MAX_PY_BYTES


def read_text(text: str, path: Path, exercises: Exercises) -> wire.Module:
    """Read a script from its text; `path` is where it would lie."""
    texts = script_texts(text, shown(path), shown(path.name))
    return _read(texts, path, shown(path.name), exercises).module


def read_bytes(path: Path, limit: int, file: str) -> bytes:
    """Read a regular file of at most `limit` bytes; never waits at a pipe, follows no link."""
    with open_regular(path, file) as opened:
        data = opened.read(limit + 1)
    if len(data) > limit:
        raise UnreadableError("intake_too_large", file=file, limit_mib=limit >> 20)
    return data


@contextlib.contextmanager
def open_regular(path: Path, file: str) -> Iterator[IO[bytes]]:
    """Open a regular file for reading; never waits at a pipe, follows no link."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as opened:  # noqa: PTH123 - a descriptor, not a path
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableError("intake_not_a_file", file=file)
            yield opened
    except OSError as error:
        if path.is_symlink():
            raise UnreadableError("intake_link", file=file) from error
        detail = error.strerror or type(error).__name__
        raise UnreadableError("intake_unreadable", file=file, detail=detail) from error


def module_name(path: Path) -> str:
    """Return the name by which other files can import a file; a stem that is a name stays."""
    name = re.sub(r"\W", "_", unicodedata.normalize("NFKC", shown(path.stem))) or "_"
    if not name.isidentifier():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError("intake_not_utf8", file=file, offset=error.start) from error


def _check_cookie(data: bytes, file: str) -> None:
    """Refuse a declared encoding other than UTF-8: the text would not mean what its author saw."""
    offset = 0
    for line in data.split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            encoding = cookie[1].decode("ascii", "replace")
            if encoding.lower().replace("_", "-") not in {"utf-8", "utf8", "utf-8-sig"}:
                at = offset + cookie.start(1)
                raise UnreadableError("intake_encoding", file=file, encoding=encoding, offset=at)
            return
        if not _BLANK.match(line.rstrip(b"\r")):
            return
        offset += len(line) + 1


def _read(texts: Texts, path: Path, file: str, exercises: Exercises) -> ReadFile:
    graded = dict.fromkeys(name for names in exercises.values() for name in names)
    module, notes = _module(module_name(path), texts.own, texts.foreign, path, file, graded)
    written = []
    for name, origins in texts.written.items():
        one, more = _module(name, origins, (), path, file, graded)
        written.append(one)
        notes += more
    defined = {name for one in (module, *written) for piece in one.pieces for name in piece.names}
    asides = [
        wire.LeftOut(tuple(lost), cell, 1, "text")
        for cell, names in texts.asides.items()
        if (lost := [name for name in names if name in graded and name not in defined])
    ]
    if not module.pieces and not module.left_out and not written and not asides:
        notes = [note("intake_empty", file=file)]
    notes += [
        note("intake_text", where=one.filename, names=", ".join(one.names)) for one in asides
    ][:MAX_NOTES]
    module = msgspec.structs.replace(
        module,
        left_out=(*module.left_out, *asides),
        cells={**module.cells, **{one.filename: "" for one in asides}},
    )
    return ReadFile(module, tuple(notes), tuple(written))


def _module(
    name: str,
    origins: Sequence[Origin],
    foreign: Sequence[wire.LeftOut],
    path: Path,
    file: str,
    graded: Iterable[str],
) -> tuple[wire.Module, list[Message]]:
    graded = tuple(graded)
    sorted_ = sort_statements(origins, file, graded)
    own = shown(path)
    labels = {origin.filename: file for origin in origins if origin.filename == own}
    settled = settle(sorted_.found, graded, labels)
    left_out = (*sorted_.left_out, *foreign, *settled.shadowed)
    module = wire.Module(
        name=name,
        origin=file,
        pieces=settled.pieces,
        # Those without names explain nothing; a bound on them bounds what workers are sent.
        left_out=tuple(one for at, one in enumerate(left_out) if one.names or at < MAX_NAMELESS),
        unwritten=settled.unwritten,
        cells={
            one.filename: one.shown
            for origin in origins
            for one in (origin, *origin.inner.values())
            if one.filename != own
        },
    )
    notes = [*_left_out_notes(left_out, file, labels), *settled.notes[:MAX_NOTES]]
    return module, notes


def _left_out_notes(
    left_out: Sequence[wire.LeftOut], file: str, labels: Mapping[str, str]
) -> list[Message]:
    """Tell one by one what does not parse; of calls, which are many, only how many."""
    notes = [
        note(
            _TOLD_AS[left.reason],
            where=labels.get(left.filename, left.filename),
            line=left.line,
            names=", ".join(left.names) or "-",
            detail=left.detail,
            **({"here": _HERE} if reason == "newer" else {}),
        )
        for reason in _TOLD_AS
        for left in [one for one in left_out if one.reason == reason][:MAX_NOTES]
        if left.reason != "magic" or left.names
    ]
    calls = sum(left.reason in {"call", "outside", "tries"} for left in left_out)
    if calls:
        notes.append(note("intake_calls", file=file, count=calls))
    return notes
