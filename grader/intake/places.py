"""Where in a submission a name is defined, in the student's own terms."""

from __future__ import annotations

import ast
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from grader.model import Listing, Place
from grader.trees import FUNCTIONS, Flaw, loaded_names, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader import wire

_CELL: Final = re.compile(r"\[cell (\d+)\]$")
MOST_BITS: Final = 63
LISTED_LINES: Final = 60
LISTED_CHARACTERS: Final = 160


def definition_of(source: wire.Source, home: str, names: Iterable[str]) -> Place | None:
    """Find the definition that counts of the first of some names that there is.

    Parameters
    ----------
    source : Source
        The submission.
    home : str
        The module in which names are looked up first.
    names : iterable of str
        Functions or classes.

    Returns
    -------
    Place or None
        File, line of the ``def`` or ``class``, and cell for a notebook; None if no name is defined.
    """
    found = _definition(source, home, names)
    return None if found is None else _place(*found)


def listing_of(
    source: wire.Source, home: str, names: Iterable[str], faults: Sequence[Place] = ()
) -> Listing | None:
    """Quote the definition in which something went wrong, or of the first of some names.

    Parameters
    ----------
    source : Source
        The submission.
    home : str
        The module in which names are looked up first.
    names : iterable of str
        Functions or classes.
    faults : sequence of Place
        Where it went wrong; those lines of the definition that holds the first are marked.

    Returns
    -------
    Listing or None
        At most `LISTED_LINES` lines, those around the first fault; None if there is no such
        definition.
    """
    for module in source.modules if faults else ():
        for piece in module.pieces:
            if _holds(module, piece, faults[0]):
                held = [one.line for one in faults if _holds(module, piece, one)]
                return _listing(module, piece, held)
    found = _definition(source, home, names)
    return None if found is None else _listing(*found[:2])


def parameters_of(source: wire.Source, home: str, name: str) -> tuple[str, ...]:
    """List the parameters of a submission's function, or of a class's ``__init__``.

    Empty where there is no such definition.
    """
    for module in sorted(source.modules, key=lambda module: module.name != home):
        for piece in reversed(module.pieces):
            if name in piece.names and piece.kind == "definition":
                tree = parse(piece.code)
                return () if isinstance(tree, Flaw) else _parameters(tree, name)
    return ()


def definition_text(source: wire.Source, home: str, name: str) -> str:
    """Return the text of the definition that counts of a function or class; empty without one."""
    for module in sorted(source.modules, key=lambda module: module.name != home):
        for piece in reversed(module.pieces):
            if name in piece.names and piece.kind == "definition":
                return piece.code
    return ""


def _parameters(tree: ast.AST, name: str) -> tuple[str, ...]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in {name, "__init__"}:
            arguments = (*node.args.posonlyargs, *node.args.args)
            found = tuple(argument.arg for argument in arguments)
            return found[1:] if node.name == "__init__" else found
    return ()


def globals_read(source: wire.Source, names: Iterable[str]) -> list[tuple[str, float]]:
    """List the numbers at the top of a submission that the code of some names reads.

    Parameters
    ----------
    source : Source
        The submission.
    names : iterable of str
        Functions or classes.

    Returns
    -------
    list of (str, int or float)
        Name and value of each constant that is set to a plain number.
    """
    wanted = set(names)
    found = []
    for module in source.modules:
        read: set[str] = set()
        for piece in module.pieces:
            tree = parse(piece.code) if wanted & set(piece.names) else None
            if tree is not None and not isinstance(tree, Flaw):
                read |= loaded_names(tree)
        for piece in module.pieces:
            number = _number(piece) if piece.kind == "constant" else None
            if number is not None and piece.names[0] in read:
                found.append((piece.names[0], number))
    return found


def _number(piece: wire.Piece) -> float | None:
    tree = parse(piece.code)
    match tree:
        case ast.Module(body=[ast.Assign(targets=[ast.Name()], value=ast.Constant(value=value))]):
            # A number of thousands of digits can be read, in hexadecimal, but not written.
            if type(value) is float or (type(value) is int and value < 1 << MOST_BITS):
                return value
    return None


def _definition(
    source: wire.Source, home: str, names: Iterable[str]
) -> tuple[wire.Module, wire.Piece, str] | None:
    """Find the definition that counts of the first of some names that has one; no stub."""
    modules = sorted(source.modules, key=lambda module: module.name != home)
    for name in names:
        for module in modules:
            defining = [
                piece
                for piece in module.pieces
                if name in piece.names and piece.kind == "definition"
            ]
            if defining and name not in module.unwritten:
                return module, defining[-1], name
    return None


def _holds(module: wire.Module, piece: wire.Piece, fault: Place) -> bool:
    """Tell whether a place lies in a definition."""
    if piece.kind != "definition" or _cell(module, piece) != fault.cell:
        return False
    called = piece.filename if fault.cell is None else _CELL.sub("", piece.filename)
    within = piece.line <= fault.line <= piece.line + piece.code.count("\n")
    return within and fault.file in {called, PurePath(called).name}


def _listing(module: wire.Module, piece: wire.Piece, marked: Sequence[int] = ()) -> Listing:
    lines = piece.code.split("\n")
    documented = _docstring_end(piece.code)
    # The line that is marked in the middle, or nearer to the end that is close; else what comes
    # behind a docstring.
    at = marked[0] - piece.line if marked else len(lines) if documented else 0
    first = max(0, min(at - LISTED_LINES // 2, len(lines) - LISTED_LINES))
    if first:
        first = max(first, documented)  # half a docstring is no Python
    shown = lines[first : first + LISTED_LINES]
    return Listing(
        file=module.origin,
        line=piece.line + first,
        lines=tuple(line[:LISTED_CHARACTERS].rstrip() for line in shown),
        cell=_cell(module, piece),
        marked=tuple(marked),
        above=first,
        below=len(lines) - first - len(shown),
    )


def _docstring_end(code: str) -> int:
    """Return how many lines the head of a definition has with its docstring; 0 without one."""
    tree = parse(code)
    if isinstance(tree, Flaw) or not tree.body:
        return 0
    definition = tree.body[0]
    if not isinstance(definition, (*FUNCTIONS, ast.ClassDef)) or not ast.get_docstring(definition):
        return 0
    return definition.body[0].end_lineno or 0


def _cell(module: wire.Module, piece: wire.Piece) -> int | None:
    cell = _CELL.search(piece.filename) if piece.filename in module.cells else None
    return int(cell[1]) if cell else None


def place_in(module: wire.Module, piece: wire.Piece, line: int) -> Place:
    """Say where a line of a piece stands, counted from 1 in that piece."""
    return Place(
        file=module.origin,
        line=piece.line + line - 1,
        cell=_cell(module, piece),
        text=piece.code.split("\n")[line - 1].strip()[:LISTED_CHARACTERS],
    )


def _place(module: wire.Module, piece: wire.Piece, name: str) -> Place:
    lines = piece.code.split("\n")
    head = re.compile(rf"\s*(?:async\s+def|def|class)\s+{re.escape(name)}\b")
    at = next((number for number, line in enumerate(lines) if head.match(line)), 0)
    return Place(
        file=module.origin,
        line=piece.line + at,
        cell=_cell(module, piece),
        text=lines[at].strip(),
    )
