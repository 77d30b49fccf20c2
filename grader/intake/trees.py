"""Questions to syntax trees, answered without recursion: hostile text nests deeply."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.intake.imports import imported_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BLOCKS: Final = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
)  # fmt: skip
_SCOPES: Final = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def statements(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements in order, each block followed by what stands inside of it.

    What stands inside of functions and classes has a scope of its own and is not among them.
    """
    waiting = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def children(node: ast.stmt) -> list[ast.stmt]:
    """List the statements of a block, all its branches one after the other."""
    if isinstance(node, BLOCKS):
        handled = [child for handler in getattr(node, "handlers", ()) for child in handler.body]
        final = getattr(node, "finalbody", ())
        return [*node.body, *handled, *getattr(node, "orelse", ()), *final]
    if isinstance(node, ast.Match):
        return [child for case in node.cases for child in case.body]
    return []


def bound_names(nodes: Iterable[ast.AST]) -> list[str]:
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
