"""Folders beside a submission's code that the code imports from, as at home."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from grader.trees import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.intake.rivals import Version
    from grader.intake.walk import File


def add_imported(
    versions: Sequence[Version],
    deeper: Sequence[File],
    read: Callable[[File], Version | None],
    most: int,
) -> tuple[list[Version], list[File]]:
    """Read those files in deeper folders that are imported, as by `from part.helper import f`.

    At home they are found from the folder of the code that is run; so they are here, and nowhere
    else.

    Parameters
    ----------
    versions : sequence of Version
        The files that have been read.
    deeper : sequence of File
        Code in folders below, which is not read for itself.
    read : callable
        Reads one of them; returns None where it cannot be read, and has said so.
    most : int
        How many are read at most.

    Returns
    -------
    list of Version, list of File
        What was imported, and what was not.
    """
    roots = {_folder(version.file.origin) for version in versions}
    left = {file.origin: file for file in deeper}
    found: list[Version] = []
    waiting = list(versions)
    while waiting and left:
        version = waiting.pop(0)
        for path in _imported(version):
            # A relative import has been made one by plain name.
            for root in sorted(roots | {_folder(version.file.origin)}):
                origin = "/".join(part for part in (root, f"{path.replace('.', '/')}.py") if part)
                if origin not in left or len(found) >= most:
                    continue
                one = read(msgspec.structs.replace(left.pop(origin), outside=True))
                if one is not None:
                    found.append(one)
                    waiting.append(one)
    return found, list(left.values())


def _folder(origin: str) -> str:
    return origin.rpartition("/")[0]


def _imported(version: Version) -> Iterator[str]:
    """List the dotted names that a file may import."""
    for piece in version.module.pieces:
        tree = parse(piece.code)
        for node in ast.walk(tree) if isinstance(tree, ast.Module) else ():
            for name in _names(node):
                parts = name.split(".")
                yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names] if node.module else []
    return []
