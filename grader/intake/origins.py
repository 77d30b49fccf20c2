"""One file's text -> the texts that make up its module, and the modules that its cells write."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.intake.magics import Cleaner, ForeignCell, WrittenFile, exported_magic, is_meant
from grader.intake.notebook import marks_in, read_cells
from grader.intake.pieces import Origin
from grader.intake.syntax import split
from grader.trees import is_unwritten, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_INNER: Final = 2_000


class Texts(msgspec.Struct, frozen=True):
    """What one file holds.

    Parameters
    ----------
    own : list of Origin
        The file, or its cells in order.
    foreign : list of wire.LeftOut
        Cells that are no Python of the notebook's.
    written : dict of str to list of Origin
        Modules that cells write to files, by name, with their cells.
    asides : dict of str to tuple of str
        Cells of text that define something, by what they are called, with the names.
    """

    own: list[Origin] = msgspec.field(default_factory=list)
    foreign: list[wire.LeftOut] = msgspec.field(default_factory=list)
    written: dict[str, list[Origin]] = msgspec.field(default_factory=dict)
    asides: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


def script_texts(text: str, filename: str, label: str) -> Texts:
    """Take a script apart: itself, and what stands in it for cells of a notebook.

    Parameters
    ----------
    text : str
        The script.
    filename : str
        What tracebacks call it.
    label : str
        What its student calls it.
    """
    texts = Texts()
    inner: dict[int, Origin] = {}
    if "get_ipython()" in text:
        cleaner = Cleaner()
        for block in split(text)[0]:
            for node in block.body:
                line = block.first + node.lineno
                cell = exported_magic(node)
                if not cell or len(inner) > MAX_INNER:
                    continue
                if cell.startswith("%%"):
                    name = f"{label}[line {line}]"
                    for one in _cleaned(cleaner, cell, name, texts):
                        inner[line] = one
                elif is_meant(cell):
                    inner[line] = Origin(f"{label}[line {line}]", str(cleaner.clean(cell)), cell)
    texts.own.append(Origin(filename, text, text, inner=inner))
    return texts


def notebook_texts(
    text: str, name: str, label: str, exercises: Mapping[str, tuple[str, ...]]
) -> Texts:
    """Take a notebook apart.

    Parameters
    ----------
    text : str
        Its JSON.
    name : str
        The file's name, after which its cells are called.
    label : str
        The file's name for messages.
    exercises : mapping of str to tuple of str
        The graded names of each exercise.

    Raises
    ------
    UnreadableError
        When it is no notebook.
    """
    texts = Texts()
    cleaner = Cleaner()
    for cell in read_cells(text, label):
        if not cell.text.strip():
            continue
        if cell.kind != "code":
            names = _defined(cell.text)
            if names:
                place = f"{cell.kind} after cell {cell.number}" if cell.number else cell.kind
                texts.asides[f"{name}[{place}]"] = names
            continue
        found = _cleaned(cleaner, cell.text, f"{name}[cell {cell.number}]", texts)
        graded = {name.casefold() for name in exercises.get(cell.exercise, ())}
        texts.own.extend(
            msgspec.structs.replace(one, marked=(one.marked or frozenset()) | graded)
            for one in found
        )
    return texts


def _cleaned(cleaner: Cleaner, cell: str, filename: str, texts: Texts) -> list[Origin]:
    """Make Python of a cell; or add it to what it writes, or to what is foreign."""
    cleaned = cleaner.clean(cell)
    marked = marks_in(cell)
    if isinstance(cleaned, WrittenFile):
        one = Origin(filename, cleaned.text, cell, marked)
        before = texts.written.get(cleaned.module, []) if cleaned.adds else []
        texts.written[cleaned.module] = [*before, one]
        return []
    if isinstance(cleaned, ForeignCell):
        left = wire.LeftOut(cleaned.names, filename, cleaned.line, "magic", cleaned.text[:200])
        texts.foreign.append(left)
        cleaned = ""
    return [Origin(filename, cleaned, cell, marked)]


def _defined(text: str) -> tuple[str, ...]:
    """List what a cell of text would define if it were code; nothing if it is no Python."""
    lines = text.strip("\n").split("\n")
    if len(lines) > 1 and lines[0].startswith("```") and lines[-1].strip() == "```":
        lines = lines[1:-1]
    tree = parse("\n".join(lines))
    body = tree.body if isinstance(tree, ast.Module) else []
    return tuple(
        node.name
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not is_unwritten(node)
    )
