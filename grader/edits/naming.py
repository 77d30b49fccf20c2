"""Definitions under other names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.trees import Flaw, parse

if TYPE_CHECKING:
    from collections.abc import Collection


def rename(tree: ast.AST, names: Collection[str], ending: str) -> None:
    """Let some names in a tree end otherwise, wherever they stand; the tree is changed."""
    for node in ast.walk(tree):
        for field in ("id", "name", "arg"):
            value = getattr(node, field, None)
            if isinstance(value, str) and value in names:
                setattr(node, field, value + ending)
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [name + ending if name in names else name for name in node.names]


def under_other_names(code: str, names: Collection[str], ending: str) -> str:
    """Write a definition with some names that end otherwise; empty where it does not parse."""
    tree = parse(code)
    if isinstance(tree, Flaw):
        return ""
    rename(tree, names, ending)
    try:
        return ast.unparse(tree)
    except (RecursionError, ValueError):  # what nests deeply, or is no number that can be written
        return ""
