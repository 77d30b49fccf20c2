"""What the line is for that a piece of code belongs to, and which names get their value there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[str, tuple[str, ...]]


def lines_of(definition: ast.stmt) -> dict[ast.AST, Place]:
    """Say of every node of a definition what the line is for that it belongs to.

    Parameters
    ----------
    definition : ast.stmt
        A function or class.

    Returns
    -------
    dict of ast.AST to (str, tuple of str)
        ``sets`` and the names that get a value, with a key in place of the dictionary that holds
        it; ``returned``, ``loop``, ``condition``; or an empty text for what is none of these.
    """
    places: dict[ast.AST, Place] = {}
    for statement in ast.walk(definition):
        if isinstance(statement, ast.stmt):
            _note(statement, places)
    return places


def _note(statement: Any, places: dict[ast.AST, Place]) -> None:
    """Note the nodes of a statement; those of the statements in it come later."""
    pairs = list(_side_by_side(statement))
    place = _place(statement)
    for node in ast.walk(statement):
        places[node] = place
    for target, value in pairs:
        for node in (*ast.walk(target), *ast.walk(value)):
            places[node] = ("sets", tuple(_names(target)))
    for block in ("body", "orelse"):
        for inner in getattr(statement, block, None) or ():
            for node in ast.walk(inner):
                places[node] = ("", ())


def _place(statement: ast.stmt) -> Place:
    if isinstance(statement, ast.For | ast.While):
        return ("loop", ())
    if isinstance(statement, ast.If):
        return ("condition", ())
    if isinstance(statement, ast.Return):
        return ("returned", ())
    names = [name for target in _targets(statement) for name in _names(target)]
    return ("sets", tuple(dict.fromkeys(names))) if names else ("", ())


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        if isinstance(func, ast.Attribute) and func.attr in {"append", "extend", "update"}:
            return [func.value]
    return []


def _side_by_side(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Pair what stands on both sides of ``a, b = x, y``."""
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Tuple):
        (target,) = statement.targets[:1]
        if isinstance(target, ast.Tuple) and len(target.elts) == len(statement.value.elts):
            yield from zip(target.elts, statement.value.elts, strict=True)


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute):
        yield target.attr
    elif isinstance(target, ast.Subscript):
        key = target.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
        else:
            yield from _names(target.value)
    elif isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            yield from _names(one)
