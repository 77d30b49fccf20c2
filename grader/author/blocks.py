"""The marked blocks of a reference module, and where in it each of them stands.

The markers are those of otter and nbgrader: ``# BEGIN SOLUTION`` and ``# END SOLUTION``, each
alone on its line.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from grader.errors import CatalogError
from grader.trees import FUNCTIONS, first_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGIN: Final = "# BEGIN SOLUTION"
END: Final = "# END SOLUTION"

# A misspelt marker would hand the solution out, so whatever looks like one is refused.
_LOOKALIKE = re.compile(r"\b(begin|end)[\s_-]*solution\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One marked stretch of a reference module.

    Parameters
    ----------
    begin, end : int
        Lines of the two markers, from 1.
    """

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What surrounds a block.

    Parameters
    ----------
    name : str
        Dotted name of the innermost function or class; empty at the top of the module.
    in_function : bool
        Whether its statements run only when a function is called.
    """

    name: str = ""
    in_function: bool = False


def find_blocks(solution: str, origin: str) -> tuple[Block, ...]:
    """Find the marked blocks of a reference module, in order.

    Parameters
    ----------
    solution : str
        Text of the module.
    origin : str
        What errors call it.

    Returns
    -------
    tuple of Block
        None nested, none left open.

    Raises
    ------
    CatalogError
        When a marker has no partner, stands inside another block, or is misspelt.
    """
    found: list[Block] = []
    begin = 0
    for line, text in enumerate(solution.split("\n"), start=1):
        kind = _marker(text, f"{origin}:{line}")
        if kind == BEGIN:
            if begin:
                raise CatalogError(
                    f"{origin}:{line}: a block begins inside the one of line {begin}; "
                    f"write {END!r} before it"
                )
            begin = line
        elif kind == END:
            if not begin:
                raise CatalogError(f"{origin}:{line}: {END!r} without a {BEGIN!r} before it")
            found.append(Block(begin, line))
            begin = 0
    if begin:
        raise CatalogError(f"{origin}:{begin}: this block is never ended; write {END!r} after it")
    return tuple(found)


def scope_of(tree: ast.Module, block: Block, origin: str) -> Scope:
    """Find out what surrounds a block.

    Raises
    ------
    CatalogError
        Unless the block holds one or more whole statements of one body.
    """
    return _scope(tree.body, Scope(), block, origin)


def last_line(node: ast.stmt) -> int:
    """Return the line on which a statement ends."""
    return node.end_lineno or node.lineno


def _marker(text: str, place: str) -> str | None:
    stripped = text.strip()
    if stripped in (BEGIN, END):
        return stripped
    if _LOOKALIKE.search(text):
        raise CatalogError(
            f"{place}: {stripped!r} is no marker; write {BEGIN!r} or {END!r} alone on the line"
        )
    return None


def _scope(body: Sequence[ast.stmt], scope: Scope, block: Block, origin: str) -> Scope:
    touched = [node for node in body if _touches(node, block)]
    if touched and all(_inside(node, block) for node in touched):
        return scope
    bodies = [inner for node in touched for inner in _bodies(node) if _any_touched(inner, block)]
    if len(touched) != 1 or len(bodies) != 1:
        raise CatalogError(
            f"{origin}:{block.begin}: the block up to line {block.end} must hold one or more whole "
            "statements of one body; move its markers"
        )
    return _scope(bodies[0], _entered(scope, touched[0]), block, origin)


def _entered(scope: Scope, node: ast.stmt) -> Scope:
    if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return scope
    name = f"{scope.name}.{node.name}" if scope.name else node.name
    return Scope(name, scope.in_function or isinstance(node, FUNCTIONS))


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    parts = chain(getattr(node, "handlers", ()), getattr(node, "cases", ()))
    for owner in (node, *parts):
        for field in ("body", "orelse", "finalbody"):
            inner: list[ast.stmt] = getattr(owner, field, [])
            if inner:
                yield inner


def _any_touched(body: Sequence[ast.stmt], block: Block) -> bool:
    return any(_touches(node, block) for node in body)


def _touches(node: ast.stmt, block: Block) -> bool:
    return first_line(node) <= block.end and last_line(node) >= block.begin


def _inside(node: ast.stmt, block: Block) -> bool:
    return block.begin < first_line(node) and last_line(node) < block.end
