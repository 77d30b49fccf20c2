"""Import statements: what they bind, what it stands for, and how to run them one by one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Dotted = tuple[str, ...]


def imported_paths(nodes: Iterable[ast.stmt]) -> dict[str, Dotted]:
    """Map each imported name to the dotted path that it stands for."""
    paths: dict[str, Dotted] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = tuple(alias.name.split("."))
                paths[alias.asname or parts[0]] = parts if alias.asname else parts[:1]
        elif isinstance(node, ast.ImportFrom):
            module = tuple(node.module.split(".")) if node.module and not node.level else (".",)
            for alias in node.names:
                paths[alias.asname or alias.name] = (*module, alias.name)
    return paths


def imported_names(node: ast.Import | ast.ImportFrom) -> tuple[str, ...]:
    """List the names that an import binds; none for ``from x import *``."""
    if isinstance(node, ast.Import):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    return tuple(alias.asname or alias.name for alias in node.names if alias.name != "*")


def import_codes(node: ast.Import | ast.ImportFrom) -> list[tuple[str, tuple[str, ...]]]:
    """Write an import anew where it has to be taken apart or made absolute; else nothing.

    Notes
    -----
    Of ``import a, b`` each is run by itself, for one may be missing. The files of a submission
    import each other by plain name, so ``from .cells import gru`` loses its dot.
    """
    if isinstance(node, ast.Import):
        if len(node.names) == 1:
            return []
        names = imported_names(node)
        return [
            (f"import {_written(alias)}", (name,))
            for alias, name in zip(node.names, names, strict=True)
        ]
    if not node.level or (not node.module and not imported_names(node)):
        return []
    listed = ", ".join(map(_written, node.names))
    sibling = (node.module or "").rpartition(".")[2]
    code = f"from {sibling} import {listed}" if sibling else f"import {listed}"
    return [(code, imported_names(node))]


def _written(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name
