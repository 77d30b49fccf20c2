"""What would put right which items, axes or steps an expression chooses."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def changed(node: Any, **fields: object) -> Any:
    """Return a copy of a node in which some fields are others."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def constant(value: float) -> ast.expr:
    """Write a number, with its sign as a piece of its own."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def indices_of(node: ast.expr, parent: ast.AST) -> Iterator[ast.AST]:
    """List other indices, or slices, where one stands."""
    if isinstance(node, ast.Subscript):
        yield node.value
        if isinstance(node.slice, ast.Slice):
            yield from (changed(node, slice=other) for other in _slices(node.slice))
        elif isinstance(node.slice, ast.Tuple):
            parts = node.slice.elts
            for at in range(len(parts) - 1):
                swapped = [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
                yield changed(node, slice=ast.Tuple(swapped, ast.Load()))
    is_index = isinstance(parent, ast.Subscript) and node is parent.slice
    is_part = isinstance(parent, ast.Tuple | ast.Slice)
    if (is_index or is_part) and isinstance(node, ast.Name | ast.BinOp):
        one = ast.Constant(1)
        yield ast.BinOp(node, ast.Add(), one)
        yield ast.BinOp(node, ast.Sub(), one)
        yield from (constant(value) for value in (0, -1))
        if isinstance(node, ast.BinOp):
            yield from (node.left, node.right)


def _slices(node: ast.Slice) -> Iterator[ast.Slice]:
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is None:
            yield changed(node, **{name: constant(1 if name == "lower" else -1)})
        else:
            yield changed(node, **{name: ast.BinOp(bound, ast.Add(), ast.Constant(1))})
            yield changed(node, **{name: ast.BinOp(bound, ast.Sub(), ast.Constant(1))})
    if node.step is None:
        yield changed(node, step=constant(-1))


def arguments_of(node: ast.expr) -> Iterator[ast.AST]:
    """List other keywords for a call, such as its axis."""
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        rest = [one for one in node.keywords if one is not keyword]
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg is not None and type(value) is int:
            for other in (0, 1, -1, 2):
                if other != value:
                    put = ast.keyword(keyword.arg, constant(other))
                    yield changed(node, keywords=[*rest, put])
    name = getattr(node.func, "attr", "")
    if name in {"sum", "mean", "max", "min", "argmax", "softmax", "cumsum", "flip"}:
        word = "axis"
        given = {keyword.arg for keyword in node.keywords}
        if not given & {"axis", "dim"}:
            for axis in (0, 1, -1):
                yield changed(node, keywords=[*node.keywords, ast.keyword(word, constant(axis))])
        if not given & {"keepdims", "keepdim"}:
            put = ast.keyword("keepdims", ast.Constant(value=True))
            yield changed(node, keywords=[*node.keywords, put])


def ranges_of(node: ast.expr, parent: ast.AST) -> Iterator[ast.AST]:
    """Let a loop make other steps: begin or end elsewhere, go the other way."""
    is_steps = isinstance(parent, ast.For | ast.comprehension) and node is parent.iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        one = ast.Constant(1)
        if node.func.id == "range" and node.args:
            for at, bound in enumerate(node.args):
                for op in (ast.Add(), ast.Sub()):
                    args = [*node.args]
                    args[at] = ast.BinOp(bound, op, one)
                    yield changed(node, args=args)
            if len(node.args) == 1:
                yield changed(node, args=[one, *node.args])
        elif node.func.id == "enumerate" and len(node.args) == 1 and not node.keywords:
            yield changed(node, args=[*node.args, one])
        elif node.func.id in {"reversed", "sorted", "set"} and len(node.args) == 1:
            yield node.args[0]
    if is_steps:
        everything = ast.Call(ast.Name("list", ast.Load()), [node], [])
        back = ast.Slice(None, None, constant(-1))
        yield ast.Subscript(everything, back, ast.Load())
        yield ast.Subscript(everything, ast.Slice(constant(1), None, None), ast.Load())
        yield ast.Subscript(everything, ast.Slice(None, constant(-1), None), ast.Load())
