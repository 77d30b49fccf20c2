"""Tell a definition that is still the stub from one that somebody has written."""

from __future__ import annotations

import ast


def is_unwritten(node: ast.stmt) -> bool:
    """Tell whether a function or class is still as it was handed out.

    Notes
    -----
    A function is unwritten when nothing but assignments stand before a final
    ``raise NotImplementedError``, or nothing but ``pass`` or ``...`` stands in it at all. A class
    is when one of its methods ends in that ``raise``, or when it is empty and derives from
    nothing.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        body = _without_docstring(node.body)
        return all(map(_is_filler, body)) or _is_stub_body(body)
    if isinstance(node, ast.ClassDef):
        if not node.bases and all(map(_is_filler, _without_docstring(node.body))):
            return True
        return any(
            _is_stub_body(_without_docstring(method.body))
            for method in node.body
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        )
    return False


def _is_stub_body(body: list[ast.stmt]) -> bool:
    if not body or not _raises_not_implemented(body[-1]):
        return False
    return all(
        _is_filler(node) or isinstance(node, ast.Assign | ast.AnnAssign) for node in body[:-1]
    )


def _raises_not_implemented(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _is_filler(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
    )


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    is_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return body[1:] if is_docstring else body
