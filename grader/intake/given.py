"""What the stubs of an assignment hand out ready-made -> `wire.Source`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader import wire
from grader.errors import IntakeError
from grader.intake.files import read_bytes, read_file
from grader.intake.kinds import MAX_SCRIPT_BYTES
from grader.intake.notes import UnreadableError, shown
from grader.trees import Flaw, defined, loaded_names, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


def read_given(folder: Path, given: Mapping[str, tuple[str, ...]]) -> wire.Source:
    """Read the definitions that stub modules hand out, with all that these need.

    Parameters
    ----------
    folder : Path
        The folder of the stub modules.
    given : mapping of str to tuple of str
        Ready-made names of each module.

    Returns
    -------
    wire.Source
        For each module its imports, the given definitions, and the definitions and constants that
        these read; never a stub.

    Raises
    ------
    IntakeError
        When a module is missing or does not define what it should give.
    """
    modules = []
    for name, names in given.items():
        path = folder / f"{name}.py"
        try:
            # Graded as it were: so stubs are known, and only one definition of a name is left.
            module = read_file(path, {"given": _defined_in(path)}).module
        except UnreadableError as error:
            raise IntakeError(f"{shown(path)} cannot be read: {error}") from error
        modules.append(_restricted(module, names, path))
    return wire.Source(tuple(modules))


def _defined_in(path: Path) -> tuple[str, ...]:
    """List what a stub module defines; nothing of one that does not parse, as will be told."""
    text = read_bytes(path, MAX_SCRIPT_BYTES, shown(path)).decode("utf-8", "replace")
    tree = parse(text)
    return () if isinstance(tree, Flaw) else tuple(defined(tree.body))


def _restricted(module: wire.Module, names: Sequence[str], path: Path) -> wire.Module:
    ready = [
        piece
        for piece in module.pieces
        if piece.kind == "import" or not set(piece.names) & set(module.unwritten)
    ]
    missing = set(names) - {name for piece in ready for name in piece.names}
    if missing:
        listed = ", ".join(sorted(missing))
        raise IntakeError(f"{shown(path)} gives no {listed}; write it, or change exercises.toml")
    wanted = _closure(ready, names)
    pieces = tuple(piece for piece in ready if piece.kind == "import" or wanted & set(piece.names))
    return wire.Module(name=module.name, origin=module.origin, pieces=pieces)


def _closure(pieces: Iterable[wire.Piece], names: Iterable[str]) -> set[str]:
    """Add to names what their definitions read, and what that reads in turn."""
    reads: dict[str, set[str]] = {}
    for piece in pieces:
        tree = parse(piece.code)
        read = set() if isinstance(tree, Flaw) else loaded_names(tree)
        for name in piece.names:
            reads.setdefault(name, set()).update(read)
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in reads and name not in wanted:
            wanted.add(name)
            waiting.extend(reads[name])
    return wanted
