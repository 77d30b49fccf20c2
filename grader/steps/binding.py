"""What is read from a definition before it gets marks: names bound, terms of sums and products."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
BINDERS: Final = (*FUNCTIONS, ast.ClassDef)


def terms(node: ast.expr) -> tuple[str, list[tuple[ast.AST, str, int]]]:
    """Take a sum or product apart: who holds each term, in which field, and its sign.

    A chain counts where it begins: what is part of a longer one is found from there as well.
    """
    if not isinstance(node, ast.BinOp):
        return "", []
    kinds = (ast.Mult,) if isinstance(node.op, ast.Mult) else (ast.Add, ast.Sub)
    if not isinstance(node.op, kinds):
        return "", []
    found: list[tuple[ast.AST, str, int]] = []
    waiting: list[tuple[ast.BinOp, int]] = [(node, 1)]
    while waiting:
        one, sign = waiting.pop()
        for field in ("left", "right"):
            side = getattr(one, field)
            turned = -sign if field == "right" and isinstance(one.op, ast.Sub) else sign
            if isinstance(side, ast.BinOp) and isinstance(side.op, kinds):
                waiting.append((side, turned))
            else:
                found.append((one, field, turned))
    return "*" if kinds == (ast.Mult,) else "+", found


def bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the parameters of a function, and all that is bound in it, at whatever depth."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, BINDERS) and node is not function:
            yield node.name


def bindings(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int]]:
    """Yield names that are bound in a function, or changed in place, each with a line."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        inner: list[ast.AST] = []
        for node in waiting:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id, node.lineno
            elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(
                node.ctx, ast.Store
            ):
                root: ast.expr = node
                while isinstance(root, ast.Subscript | ast.Attribute):
                    root = root.value
                if isinstance(root, ast.Name):
                    yield root.id, node.lineno
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                # A call for its own sake changes something: ``states.append(h)``.
                func = node.value.func
                if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
                    yield func.value.id, node.lineno
            if not isinstance(node, BINDERS):
                inner.extend(ast.iter_child_nodes(node))
        waiting = inner
