"""Random folders, with names of any bytes and entries of any kind."""

from __future__ import annotations

import io
import os
import socket
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from grader import wire
from grader.intake import shown
from grader.intake.collect import Collected, collect
from grader.intake.kinds import is_beside, is_litter
from grader.intake.layout import Layout
from grader.texts import render

CODE = b"def clip(g):\n    return g\n"
WANTED: Any = {
    "modules": ("dinos", "rnn_step"),
    "exercises": {"clip": ("clip",), "cell": ("GRUCell", "gru")},
    "assignment": "hw8",
}
CONTENTS = st.sampled_from([
    b"", CODE, b"x = 1\n", b"def gru(:\n", b"\xff\xfe\0", b"%PDF-1.7", b"PK\5\6" + bytes(18),
    b'{"cells": [{"cell_type": "code", "source": "def clip(g): return 1"}]}', b'{"cells": []}',
    b"submission_1:\n  :submitters:\n  - :name: A\n    :sid: '1'\n",
])  # fmt: skip
KNOWN = st.sampled_from([
    b"dinos.py", b"hw8.ipynb", b"rnn_step.py", b"test_a.py", b"conftest.py", b".git", b".alice",
    b"__MACOSX", b".DS_Store", b"assignments", b"hw8", b"exercises.toml", b"demos", b"README.md",
    b"submission_metadata.yml", b"submission_1", b"submission_2", b"gradebook.sqlite",
    b"pyvenv.cfg", b"roster.csv", b"a_LATE_104_2231_hw8-2.py", b"a_104_2232_dinos.py",
    b"b_105_2233_x.pdf", b"A B_12_assignsubmission_file_", b"A B_12_assignsubmission_file_x.py",
    b"hw_ab_attempt_2026-03-01-10-15-00_a.py", b"CON.py", b"hw.ipynb.txt", b"a.zip", b"b.tgz",
    b"x.rar", b"...", b"-x.py", b"~$a.docx", b"nul",
])  # fmt: skip
LETTERS = st.lists(
    st.sampled_from([
        b"a", b"A", b"\xc3\xa9", b"e\xcc\x81", b"\xff", b"\n", b"\x1b[1m", b"=", b".", b" ", b"'",
        b'"', b"<", b"\xe2\x80\xae", b"\xe5\xad\x97", b"\\", b"-", b"_", b"\x7f", b"\xed\xa0\x80",
    ]),
    min_size=1, max_size=6,
).map(b"".join)  # fmt: skip
ENDINGS = st.sampled_from([b"", b".py", b".ipynb", b".PY", b".pdf", b".txt", b".zip", b".md"])
NAMES = (KNOWN | st.tuples(LETTERS, ENDINGS).map(b"".join)).filter(
    lambda name: name not in {b".", b".."} and b"/" not in name
)
LEAVES = (
    CONTENTS
    | st.sampled_from(["fifo", "socket", "dangling", "loop", "up"])
    | st.lists(st.tuples(NAMES, CONTENTS), max_size=4).map(lambda members: ("zip", members))
    | st.lists(st.tuples(NAMES, CONTENTS), max_size=4).map(lambda members: ("tar", members))
)
TREES = st.recursive(
    st.dictionaries(NAMES, LEAVES, max_size=5),
    lambda inner: st.dictionaries(NAMES, LEAVES | inner, max_size=5),
    max_leaves=12,
)


def make(tree: dict[bytes, Any], folder: bytes) -> None:
    """Write a tree to disk."""
    for name, what in tree.items():
        path = folder + b"/" + name
        match what:
            case dict():
                os.mkdir(path)  # noqa: PTH102 - bytes
                make(what, path)
            case bytes():
                write(path, what)
            case ("zip" | "tar" as kind, members):
                write(path, packed(kind, members))
            case "fifo":
                os.mkfifo(path)
            case "socket":
                with socket.socket(socket.AF_UNIX) as opened:
                    opened.bind(path)
            case other:
                targets = {"dangling": b"nowhere", "loop": name, "up": b".."}
                os.symlink(targets[other], path)  # noqa: PTH211 - bytes


def write(path: bytes, data: bytes) -> None:
    """Write a file."""
    with open(path, "wb") as file:  # noqa: PTH123 - bytes
        file.write(data)


def packed(kind: str, members: list[tuple[bytes, bytes]]) -> bytes:
    """Write an archive."""
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in dict(members).items():
                archive.writestr(name.decode("cp437"), data)
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz") as opened:
            for name, data in members:
                info = tarfile.TarInfo(os.fsdecode(name))
                info.size = len(data)
                opened.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tree=TREES, layout=st.sampled_from(get_args(Layout)))
def test_any_folder_is_read(tree, layout):
    """Every entry is a row or named in a note; ids are unique and safe; the answer stays the same.

    Nothing raises, nothing is waited for, and all of it can be sent to a worker and written down.
    """
    with tempfile.TemporaryDirectory(prefix="t") as name:
        folder = Path(name)
        make(tree, os.fsencode(name))

        found = collect(folder, layout=layout, **WANTED)

        assert found == collect(folder, layout=layout, **WANTED)
    ids = [one.id.casefold() for one in found.submissions]
    assert len(set(ids)) == len(ids)
    assert all(_is_safe(one) for one in ids)
    for one in found.submissions:
        assert (one.source is None) != (one.problem is None)
        assert one.name.isprintable()
        if one.source is not None:
            load = wire.Load(nonce=1, source=one.source, given=wire.Source(()), home="dinos")
            assert wire.unpack_request(wire.pack(load)) == load
    said = [message for one in found.submissions for message in (*one.notes, one.problem)]
    for message in (*found.notes, *filter(None, said)):
        for lang in ("en", "zh"):
            assert render(message, lang).encode()
    if layout == "many" or "intake_platform" not in {note.key for note in found.notes}:
        _check_that_nothing_is_lost(tree, folder, found, layout)


def _check_that_nothing_is_lost(
    tree: dict[bytes, Any], folder: Path, found: Collected, layout: str
) -> None:
    """Each entry has its row, or is named; in one submission it may be litter without a word."""
    rows = {one.path.name for one in found.submissions}
    notes = [*found.notes]
    whole = [one for one in found.submissions if one.path == folder]
    for one in whole:
        notes += [*one.notes, *filter(None, [one.problem])]
        rows |= {module.origin for module in one.source.modules} if one.source else set()
    told = {text for note in notes for value in note.fields.values() for text in _parts(value)}
    lost = [
        name
        for name in map(os.fsdecode, tree)
        if name not in rows and shown(name) not in told and shown(name) not in rows
    ]
    if not whole:
        assert lost == []
    elif layout == "auto" and not any(note.key == "intake_as_handed_out" for note in notes):
        assert [name for name in lost if not (is_litter(name) or is_beside(name))] == []


def _parts(value: object) -> set[str]:
    """Take a list of names apart."""
    return {part.partition("/")[0] for part in [str(value), *str(value).split(", ")]}


def _is_safe(text: str) -> bool:
    plain = all(char.isalnum() or char in "-_." for char in text)
    reserved = text.partition(".")[0] in {"con", "nul"}
    return plain and not reserved and not text.startswith((".", "-")) and len(text.encode()) < 140
