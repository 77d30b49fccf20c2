"""Questions to syntax trees, answered without recursion: hostile text nests deeply."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.intake.imports import imported_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SCOPES: Final = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def statements(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements in order, followed by those inside of each ``if`` and ``try``."""
    waiting = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        inner: list[ast.stmt] = []
        if isinstance(node, ast.If):
            inner = [*node.body, *node.orelse]
        elif isinstance(node, ast.Try):
            handled = [child for handler in node.handlers for child in handler.body]
            inner = [*node.body, *handled, *node.orelse, *node.finalbody]
        waiting.extend(reversed(inner))


def bound_names(nodes: Iterable[ast.stmt]) -> list[str]:
    """List the names that statements bind in their own scope, each once, in order."""
    names: dict[str, None] = {}
    waiting: list[ast.AST] = []
    waiting.extend(reversed(list(nodes)))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(dict.fromkeys(imported_names(node)))
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                names[node.id] = None
        elif not isinstance(node, _SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))
    return list(names)


def flat_targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[ast.expr]:
    """List what an assignment sets, tuples and lists taken apart."""
    waiting: list[ast.expr] = list(node.targets) if isinstance(node, ast.Assign) else [node.target]
    flat: list[ast.expr] = []
    while waiting:
        target = waiting.pop()
        if isinstance(target, ast.Tuple | ast.List):
            waiting.extend(target.elts)
        elif isinstance(target, ast.Starred):
            waiting.append(target.value)
        else:
            flat.append(target)
    return flat


def root_name(node: ast.expr) -> str:
    """Return ``a`` for ``a.b[0].c``; nothing where a call or literal is the root."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def loaded_names(node: ast.AST) -> set[str]:
    """Collect every name that is read somewhere in a tree."""
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }


def decorated_line(node: ast.stmt, lines: Sequence[str]) -> int:
    """Return the line, from 1, on which a statement begins, decorators included."""
    decorators = getattr(node, "decorator_list", ())
    if not decorators:
        return node.lineno
    line: int = decorators[0].lineno
    while line > 1 and not lines[line - 1].lstrip().startswith("@"):
        line -= 1  # the @ stands on an earlier line, before a bracket or backslash
    return line
