"""Notebooks of marimo: Python files in which each cell is a function."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from grader.trees import bound_names, dotted, loaded_names

if TYPE_CHECKING:
    from collections.abc import Sequence

_APP: Final = re.compile(r"^(\w+)[ \t]*=[ \t]*marimo\.App\(", re.MULTILINE)


def app_name(text: str) -> str:
    """Return what a marimo notebook calls its app; nothing for any other text."""
    found = _APP.search(text) if "marimo" in text else None
    return found[1] if found else ""


def unwrapped(body: Sequence[ast.stmt], app: str) -> list[ast.stmt]:
    """Take the statements out of a notebook's cells.

    Parameters
    ----------
    body : sequence of ast.stmt
        The file's statements; decorators that belong to the app are taken off.
    app : str
        What the app is called.

    Returns
    -------
    list of ast.stmt
        Those of each cell after those of the cells whose names it takes, as marimo runs them; in
        whatever order they stand.
    """
    cells: list[tuple[set[str], list[ast.stmt]]] = []
    for node in body:
        needs: set[str] = set()
        inner = [node]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            ours = [one for one in node.decorator_list if _part_of(one, app)]
            if ours:
                node.decorator_list = [one for one in node.decorator_list if one not in ours]
            if any(_part_of(one, app) == "cell" for one in ours) and not isinstance(
                node, ast.ClassDef
            ):
                needs = {argument.arg for argument in node.args.args}
                inner = [child for child in node.body if not isinstance(child, ast.Return)]
            elif ours:
                needs = loaded_names(node)
        elif isinstance(node, ast.With) and any(
            _part_of(item.context_expr, app) == "setup" for item in node.items
        ):
            inner = node.body
        cells.append((needs, inner))
    return [node for cell in _sorted(cells) for node in cell]


def _part_of(node: ast.expr, app: str) -> str:
    """Return ``cell`` for ``app.cell`` and ``app.cell(hide_code=True)``; nothing for others."""
    path = dotted(node.func if isinstance(node, ast.Call) else node)
    return path[1] if len(path) > 1 and path[0] == app else ""


def _sorted(cells: Sequence[tuple[set[str], list[ast.stmt]]]) -> list[list[ast.stmt]]:
    """Put each cell behind those that define what it takes."""
    makers: dict[str, int] = {}
    for at, (_, inner) in enumerate(cells):
        for name in bound_names(inner):
            makers.setdefault(name, at)
    done: dict[int, None] = {}
    begun: set[int] = set()
    for start in range(len(cells)):
        waiting = [start]
        while waiting:
            at = waiting[-1]
            before = [makers[name] for name in sorted(cells[at][0]) if name in makers]
            open_ = [one for one in before if one not in begun]
            begun.add(at)
            if open_ and at not in done:
                waiting.append(open_[0])
                continue
            done.setdefault(waiting.pop())
    return [cells[at][1] for at in done]
