"""Stub modules -> code cells: what is given, once, and each exercise by itself.

What a module has from ``__future__`` holds in all of a notebook from there on, and in a script that
is made of it may stand nowhere but at its head. So it is a cell of its own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.author.blocks import last_line
from grader.author.stubs import defined_names
from grader.errors import CatalogError
from grader.trees import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.model import Exercise


@dataclass(frozen=True, slots=True)
class CodeCells:
    """The code of a notebook.

    Parameters
    ----------
    given : mapping of str to str
        Imports, constants and ready-made definitions of each module that has some.
    exercises : mapping of str to str
        The stubs of each exercise.
    future : str
        What comes before all else; empty where there is no such import.
    """

    given: Mapping[str, str]
    exercises: Mapping[str, str]
    future: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One top-level statement with its own lines and the comment right above it."""

    node: ast.stmt
    text: str
    blanks: int  # empty lines between it and what stands above


def cut_cells(stubs: Mapping[str, str], exercises: Sequence[Exercise]) -> CodeCells:
    """Cut the stubs of an assignment into code cells that define everything once.

    Parameters
    ----------
    stubs : mapping of str to str
        Text of each module's stub, in the order of the notebook.
    exercises : sequence of Exercise
        Whose names get cells of their own.

    Returns
    -------
    CodeCells
        Run in order, they define what the modules define.

    Raises
    ------
    CatalogError
        When two modules bind a name to different things, or one imports another as a module: a
        notebook has a single namespace.
    """
    home = {name: exercise.id for exercise in exercises for name in exercise.names}
    earlier: dict[str, str] = {}
    given: dict[str, str] = {}
    features: set[str] = set()
    written: dict[str, list[_Piece]] = {exercise.id: [] for exercise in exercises}
    for module, stub in stubs.items():
        whole = list(_pieces(stub))
        features.update(name for piece in whole for name in _features(piece.node))
        pieces = [
            piece
            for piece in whole
            if not _features(piece.node) and not _imports_sibling(piece, module, stubs)
        ]
        bound = {name: meaning for piece in pieces for name, meaning in _bound(piece.node).items()}
        _check_single(module, bound, earlier)
        shared: list[_Piece] = []
        for piece in pieces:
            names = _bound(piece.node)
            owner = next((home[name] for name in names if name in home), None)
            if owner is not None:
                written[owner].append(piece)
            elif not names or not names.keys() <= earlier.keys():
                shared.append(piece)
        if any(not _is_docstring(piece.node) for piece in shared):
            given[module] = _joined(shared)
        earlier |= bound
    future = f"from __future__ import {', '.join(sorted(features))}" if features else ""
    return CodeCells(given, {name: _joined(pieces) for name, pieces in written.items()}, future)


def _pieces(text: str) -> Iterator[_Piece]:
    lines = text.split("\n")
    above = 0
    for node in ast.parse(text).body:
        start = first_line(node) - 1
        while start > above and lines[start - 1].startswith("#"):
            start -= 1
        blanks = 0
        while start - blanks > above and not lines[start - blanks - 1].strip():
            blanks += 1
        above = last_line(node)
        if not _is_main_guard(node):
            yield _Piece(node, "\n".join(lines[start:above]), blanks)


def _joined(pieces: Sequence[_Piece]) -> str:
    text = "".join("\n" * (piece.blanks + 1) + piece.text for piece in pieces)
    return text.lstrip("\n")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_main_guard(node: ast.stmt) -> bool:
    # In a notebook __name__ is "__main__", so such a block would run.
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _features(node: ast.stmt) -> tuple[str, ...]:
    """Name what a statement has from ``__future__``."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return tuple(alias.name for alias in node.names)
    return ()


def _imports_sibling(piece: _Piece, module: str, modules: Mapping[str, str]) -> bool:
    """Tell whether it takes names from another module, whose definitions have their own cells."""
    node = piece.node
    if isinstance(node, ast.ImportFrom):
        sibling = node.module in modules
    elif isinstance(node, ast.Import):
        sibling = any(alias.name in modules for alias in node.names)
    else:
        return False
    if sibling and (isinstance(node, ast.Import) or any(alias.asname for alias in node.names)):
        raise CatalogError(
            f"{module}.py: {ast.unparse(node)!r} cannot work in a notebook, which has no modules; "
            "write 'from MODULE import NAME'"
        )
    return sibling


def _bound(node: ast.stmt) -> dict[str, str]:
    """Map what a statement binds to what that name then stands for."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return dict.fromkeys(defined_names(node), ast.unparse(node))
    origin = f"{node.module}: " if isinstance(node, ast.ImportFrom) else ""
    return {alias.asname or alias.name: origin + alias.name for alias in node.names}


def _check_single(module: str, bound: Mapping[str, str], earlier: Mapping[str, str]) -> None:
    for name, meaning in bound.items():
        if earlier.get(name, meaning) != meaning:
            raise CatalogError(
                f"{module}.py: {name} stands for something else in an earlier module, and a "
                "notebook has a single namespace; rename one of them"
            )
