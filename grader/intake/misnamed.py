"""Files that are not what their names say: code under another ending, and what is no code at all.

A file is read as code when it plainly is: a notebook's JSON with code cells, or text that parses as
Python and defines something that is graded. Texts in which code is quoted are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from grader.intake.files import MAX_PY_BYTES, ReadFile, read_file
from grader.intake.kinds import ENDING_OF_CODE, key_of_kind, may_be_code, stem_of_code
from grader.intake.notebook import read_cells
from grader.intake.notes import UnreadableError, note, shown
from grader.trees import Flaw, bound_names, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.intake.folders import Folder
    from grader.model import Message

Kind = Literal["notebook", "script", ""]


def read_code(
    folder: Folder, name: str, exercises: Mapping[str, tuple[str, ...]], origin: str = ""
) -> ReadFile:
    """Read a file as what it is, and note where that is not what it is called.

    Raises
    ------
    UnreadableError
        When it is no code, or cannot be read.
    """
    file = origin or shown(name)
    if not stem_of_code(name):
        return _read_misnamed(folder, name, exercises, file)
    try:
        read = folder.read(name, exercises, origin=file)
    except UnreadableError as error:
        if error.message.key != "intake_not_a_notebook":
            raise
        try:
            return _read_misnamed(folder, name, exercises, file)
        except UnreadableError:
            raise error from None
    if name.lower().endswith(".py") and not _defines(read):
        try:
            return _read_misnamed(folder, name, exercises, file)
        except UnreadableError:
            return read
    return read


def _defines(read: ReadFile) -> bool:
    module = read.module
    return any(piece.names for piece in module.pieces) or bool(module.left_out or read.written)


def _read_misnamed(
    folder: Folder, name: str, exercises: Mapping[str, tuple[str, ...]], file: str
) -> ReadFile:
    if not (may_be_code(name) or stem_of_code(name)):
        raise UnreadableError.of(what_it_is(name, file))
    data = folder.data(name, file)
    kind = _kind(data, name, exercises)
    if not kind:
        raise UnreadableError.of(what_it_is(name, file, data))
    right = _right_name(name, kind)
    read = read_file(folder.path / right, exercises, origin=file, data=data)
    key = "intake_is_a_notebook" if kind == "notebook" else "intake_is_a_script"
    told = note(key, file=file, right=shown(right))
    return msgspec.structs.replace(read, notes=(told, *read.notes))


def what_it_is(name: str, file: str, data: bytes | None = None) -> Message:
    """Say what a file is that is no code, and what to hand in instead."""
    if data is not None and not data.strip():
        return note("intake_is_nothing", file=file)
    return note(key_of_kind(name) or "intake_wrong_kind", file=file)


def _kind(data: bytes, name: str, exercises: Mapping[str, tuple[str, ...]]) -> Kind:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    if text.lstrip().startswith("{"):
        try:
            return "notebook" if read_cells(text, name) else ""
        except UnreadableError:
            return ""
    tree = parse(text) if len(data) <= MAX_PY_BYTES else Flaw(1, "")
    graded = {one for names in exercises.values() for one in names}
    return "" if isinstance(tree, Flaw) or not graded & set(bound_names(tree.body)) else "script"


def _right_name(name: str, kind: Kind) -> str:
    """Return what the file should be called."""
    found = ENDING_OF_CODE.search(name)
    head = name[: found.start()] if found else name.rpartition(".")[0] or name
    return (head or "homework") + (".ipynb" if kind == "notebook" else ".py")
