"""What can be run of an ``if``, ``try``, ``with`` or ``for`` once the work in it is left out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.intake.rules import IMPORTS, is_fill
from grader.intake.trees import BLOCKS, bound_names, children

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.intake.rules import Rules


def undone(node: ast.stmt, rules: Rules) -> list[ast.stmt] | None:
    """List what must not be run of a block, so that the rest of it can be.

    None where no part of it can: the head asks for work, or nothing is left but work.
    """
    try:
        return _undone(node, rules, frozenset(bound_names([node])))
    except RecursionError:  # an ``elif`` chain of a thousand branches
        return None


def _undone(node: ast.stmt, rules: Rules, inside: frozenset[str]) -> list[ast.stmt] | None:
    if not _may_enter(node, rules):
        return None
    in_loop = isinstance(node, ast.For)
    dropped: list[ast.stmt] = []
    keeps = fills = False
    for child in children(node):
        if isinstance(child, BLOCKS):
            inner = _undone(child, rules, inside)
            dropped += [child] if inner is None else inner
            keeps = keeps or inner is not None
            fills = fills or inner is not None
        elif rules.fills(child, inside):
            keeps = fills = True
        elif rules.kind(child, inside) and not (in_loop and isinstance(child, IMPORTS)):
            keeps = True
            fills = fills or is_fill(child)
        elif not rules.is_silent(child):
            dropped.append(child)
    if in_loop and (not fills or not all(isinstance(one, ast.Expr) for one in dropped)):
        return None  # work, of which filling a table is a part
    return dropped if keeps else None


def _may_enter(node: ast.stmt, rules: Rules) -> bool:
    if isinstance(node, ast.If):
        return rules.is_pure(node.test)
    if isinstance(node, ast.With):
        return all(rules.is_pure(item.context_expr) for item in node.items)
    if isinstance(node, ast.For):
        return rules.is_pure(node.iter)
    if isinstance(node, ast.Try | ast.TryStar):
        # A handler that does nothing would hide what went wrong; then each part is taken alone.
        handled = [child for handler in node.handlers for child in handler.body]
        raised = any(isinstance(child, ast.Raise) for child in handled)
        return not raised and (not handled or any(rules.kind(child) for child in handled))
    return False


def kept_inside(node: ast.stmt, without: Sequence[ast.stmt]) -> list[ast.stmt]:
    """List the statements of a block that are left, those of blocks inside of it too."""
    dropped = set(map(id, without))
    kept: list[ast.stmt] = []
    waiting = [node]
    while waiting:
        for child in children(waiting.pop()):
            if id(child) not in dropped:
                kept.append(child)
                waiting.append(child)
    return kept


def bound_inside(node: ast.stmt, without: Sequence[ast.stmt] = ()) -> tuple[str, ...]:
    """List the names that a statement binds when some parts of it are not run."""
    if not without:
        return tuple(bound_names([node]))
    names: list[str] = []
    for one in [node, *kept_inside(node, without)]:
        if isinstance(one, ast.For):
            names += bound_names([one.target])
        elif isinstance(one, ast.With):
            names += bound_names([item.optional_vars for item in one.items if item.optional_vars])
        elif not isinstance(one, BLOCKS):
            names += bound_names([one])
    return tuple(dict.fromkeys(names))
