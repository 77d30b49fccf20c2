"""Packages whose decorators a submission uses and which are not there where it is graded."""

from __future__ import annotations

import ast
import importlib.util
import sys
from typing import TYPE_CHECKING

from grader.intake.notes import MAX_NOTES, note
from grader.trees import dotted, imported_paths, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader import wire
    from grader.model import Message
    from grader.trees import Dotted


def notes_on_decorators(source: wire.Source) -> list[Message]:
    """Name the packages that a submission's decorators come from and that are not installed.

    Nothing else tells of them: a worker does without such a decorator.
    """
    own = {module.name for module in source.modules}
    notes = []
    for module in source.modules:
        imported: dict[str, Dotted] | None = None
        for piece in module.pieces:
            if not piece.code.startswith("@"):
                continue
            if imported is None:
                imported = _imported(module)
            for package in _packages(piece.code, imported):
                if package not in own and _is_missing(package):
                    where = module.called(piece.filename)
                    names, line = ", ".join(piece.names), piece.line
                    notes.append(
                        note(
                            "intake_undecorated",
                            where=where,
                            line=line,
                            names=names,
                            detail=package,
                        )
                    )
    return notes[:MAX_NOTES]


def _imported(module: wire.Module) -> dict[str, Dotted]:
    trees = [parse(piece.code) for piece in module.pieces if piece.kind == "import"]
    return imported_paths(
        node for tree in trees if isinstance(tree, ast.Module) for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
    )  # fmt: skip


def _packages(code: str, imported: Mapping[str, Dotted]) -> list[str]:
    """List the packages that the decorators of a definition are imported from."""
    tree = parse(code)
    (node,) = tree.body[:1] if isinstance(tree, ast.Module) and tree.body else (None,)
    found = []
    for one in getattr(node, "decorator_list", ()):
        path = dotted(one.func if isinstance(one, ast.Call) else one)
        if path and path[0] in imported:
            found.append(imported[path[0]][0])
    return list(dict.fromkeys(found))


def _is_missing(package: str) -> bool:
    if package in sys.stdlib_module_names or not package.isidentifier():
        return False
    try:
        return importlib.util.find_spec(package) is None
    except (ImportError, ValueError):
        return False
