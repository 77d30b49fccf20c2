"""What would put lines right that stand in the wrong place, are missing, or are too many."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOPS: Final = (ast.For, ast.While)
_MOVED: Final = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.If)


class Block(NamedTuple):
    """A list of lines, as it may have been meant.

    Parameters
    ----------
    body : list of ast.stmt
        The lines.
    line : int
        Number of the line that is another, or stands elsewhere.
    kind, tier
        See `expressions.Change`.
    """

    body: list[ast.stmt]
    line: int
    kind: str
    tier: int


def blocks_of(body: list[ast.stmt]) -> Iterator[Block]:
    """List what may have been meant by the lines of a block; they are not changed."""
    yield from _left_out(body)
    yield from _set_otherwise(body)
    yield from _in_other_order(body)
    for at, loop in enumerate(body):
        if isinstance(loop, _LOOPS):
            yield from _out_of(body, at, loop)
            yield from _into(body, at, loop)
    yield from _effects(body)


def _left_out(body: list[ast.stmt]) -> Iterator[Block]:
    for at, line in enumerate(body):
        if isinstance(line, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.Delete):
            rest = [*body[:at], *body[at + 1 :]] or [ast.Pass()]
            yield Block(rest, line.lineno, "edit_extra_line", 0)
        if isinstance(line, ast.If):
            yield Block([*body[:at], *line.body, *body[at + 1 :]], line.lineno, "edit_condition", 1)


def _set_otherwise(body: list[ast.stmt]) -> Iterator[Block]:
    """Add to what is there rather than to put something in its place, or the other way round."""
    for at, line in enumerate(body):
        for other in _assigned_otherwise(line):
            yield Block([*body[:at], other, *body[at + 1 :]], line.lineno, "edit_assigned", 1)


def _assigned_otherwise(line: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(line, ast.AugAssign):
        yield ast.Assign([line.target], line.value)
        for op in (ast.Add, ast.Sub, ast.Mult, ast.Div):
            if type(line.op) is not op:
                yield ast.AugAssign(line.target, op(), line.value)
    elif isinstance(line, ast.Assign):
        target = line.targets[0]
        if isinstance(target, ast.Name | ast.Subscript | ast.Attribute):
            yield ast.AugAssign(target, ast.Add(), line.value)
            yield ast.AugAssign(target, ast.Sub(), line.value)
        if _is_in_place(target):
            yield ast.Assign([target.value], line.value)


def _is_in_place(target: ast.expr) -> TypeGuard[ast.Subscript | ast.Attribute]:
    """Tell whether an assignment fills what is there: ``h[:] = ``, ``h.data = ``."""
    if isinstance(target, ast.Attribute):
        return target.attr == "data"
    return isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice)


def _in_other_order(body: list[ast.stmt]) -> Iterator[Block]:
    for at in range(len(body) - 1):
        first, second = body[at : at + 2]
        if isinstance(first, _MOVED) and isinstance(second, _MOVED):
            swapped = [*body[:at], second, first, *body[at + 2 :]]
            yield Block(swapped, first.lineno, "edit_lines", 1)


def _out_of(body: list[ast.stmt], at: int, loop: ast.For | ast.While) -> Iterator[Block]:
    """Take a line out of a loop: before it, or behind it."""
    for inner, line in enumerate(loop.body):
        if not isinstance(line, _MOVED) or len(loop.body) == 1:
            continue
        rest = _with_body(loop, [*loop.body[:inner], *loop.body[inner + 1 :]])
        before, after = body[:at], body[at + 1 :]
        yield Block([*before, rest, line, *after], line.lineno, "edit_inside", 1)
        if not isinstance(line, ast.Return):
            yield Block([*before, line, rest, *after], line.lineno, "edit_inside", 1)


def _into(body: list[ast.stmt], at: int, loop: ast.For | ast.While) -> Iterator[Block]:
    """Take a line before or behind a loop into it."""
    for other in (at - 1, at - 2, at + 1):
        if not 0 <= other < len(body) or not isinstance(body[other], _MOVED):
            continue
        line = body[other]
        if isinstance(line, ast.Return):
            continue
        rest = [one for one in body if one is not line]
        where = rest.index(loop)
        for inside in ([line, *loop.body], [*loop.body, line]):
            moved = [*rest[:where], _with_body(loop, inside), *rest[where + 1 :]]
            yield Block(moved, line.lineno, "edit_outside", 1)


def _effects(body: list[ast.stmt]) -> Iterator[Block]:
    """Put in what is easily forgotten around a step of an optimizer."""
    for at, line in enumerate(body):
        root = _stepped(line)
        if root is not None:
            for place in range(at + 1):
                called = ast.Call(ast.Attribute(root, "zero_grad", ast.Load()), [], [])
                put = [*body[:place], ast.Expr(called), *body[place:]]
                yield Block(put, line.lineno, "edit_missing_line", 1)


def _stepped(line: ast.stmt) -> ast.expr | None:
    match line:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=root, attr="step"))):
            return root
    return None


def _with_body(loop: ast.For | ast.While, body: list[ast.stmt]) -> ast.stmt:
    other = copy.copy(loop)
    other.body = body
    return other
