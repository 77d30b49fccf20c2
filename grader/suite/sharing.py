"""What the suites of an assignment share: modules `inputs_*.py` in the assignment's folder.

Public and hidden suites lie in two folders, of which a student has one, and import nothing of ours.
What both draw their inputs with stands beside the public ones, and a suite imports it by its name,
whatever pytest's import mode, as long as it is being collected. Nobody else finds it: a
submission's modules are looked up as if it were not there.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from pathlib import Path
    from types import ModuleType


class Importer(Protocol):
    """Finds modules below some paths, as `importlib.machinery.PathFinder` does."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, /) -> ModuleSpec | None:
        """Find a module."""


def assignment_folder(path: Path) -> Path | None:
    """Return the assignment folder that a suite's file belongs to; None for no suite."""
    for parent in path.parents:
        if (parent / "exercises.toml").is_file():
            return parent
        if parent.parent.name == "solutions":
            public = parent.parent.parent / "assignments" / parent.name
            return public if (public / "exercises.toml").is_file() else None
    return None


def shared_modules(folder: Path) -> list[str]:
    """List the modules that the suites of an assignment share."""
    return sorted(path.stem for path in folder.glob("inputs_*.py"))


@contextlib.contextmanager
def sharing(folder: Path, names: Collection[str], importer: Importer) -> Iterator[None]:
    """Let a suite import modules of a folder, while the context lasts.

    Each suite gets modules of its own, so that none has a say in what another one finds.

    Parameters
    ----------
    folder : Path
        The assignment's.
    names : collection of str
        The modules.
    importer : Importer
        Finds them there.
    """
    finder = _Finder(folder, names, importer)
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)


class _Finder:
    """Finds some modules in one folder."""

    def __init__(self, folder: Path, names: Collection[str], importer: Importer) -> None:
        self._path = [str(folder)]
        self._names = names
        self._importer = importer

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - Python's signature
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        """Find one of the modules; None for any other."""
        if fullname not in self._names:
            return None
        return self._importer.find_spec(fullname, self._path)
