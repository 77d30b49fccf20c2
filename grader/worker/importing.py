"""How a submission's code imports: its own files by name, and stand-ins for what only shows.

The submission's modules get a ``__builtins__`` of their own, with the ``__import__`` made here and
the names that a notebook has without an import. So what is arranged for the submission reaches
nothing else in the process, neither libraries nor a student's own pytest.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import sys
import types
from typing import TYPE_CHECKING, Any, Final

from grader.worker.absent import KNOWN, PARTLY_KNOWN, Absent
from grader.worker.showing import notebook_names, only_shows, show_module

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from grader.worker.absent import LookUp

_SITES: Final = ("site-packages", "dist-packages")


class StudentModule(types.ModuleType):
    """A module of a submission: told from libraries by its type."""


class Importer:
    """Resolves the import statements of one submission.

    Parameters
    ----------
    modules : dict of str to str
        The submission's modules, and what each is called in ``sys.modules``.
    load : callable
        Returns one of them, run.
    look_up : callable
        What can be had of a module that is not there.
    quiet : bool
        Whether packages that only show are replaced even where they are installed: nobody looks
        at a worker, and it may not write their caches.
    """

    def __init__(
        self,
        modules: dict[str, str],
        load: Callable[[str], types.ModuleType],
        look_up: LookUp,
        *,
        quiet: bool,
    ) -> None:
        self._modules = modules
        self._load = load
        self._look_up = look_up
        self._quiet = quiet

    def builtins(self) -> dict[str, Any]:
        """Make the ``__builtins__`` of the submission's modules."""
        return vars(builtins) | notebook_names() | {"__import__": self.import_}

    def import_(
        self,
        name: str,
        globals: Any = None,  # noqa: A002 - Python's own name for it
        locals: Any = None,  # noqa: A002 - Python's own name for it
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """Import as ``__import__`` does."""
        if level:  # the files of a submission are no package: they find each other by plain name
            if not name:
                return types.SimpleNamespace(**{one: self.import_(one) for one in fromlist or ()})
            name, level = name.rpartition(".")[2], 0
        if self._modules.get(name) == name:
            return self._load(name)
        if self._quiet and only_shows(name):
            return show_module(name, whole=not fromlist)
        try:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        except ModuleNotFoundError as error:
            found = self._instead(name, fromlist or (), error)
            if found is None:
                raise
            return found

    def absent(self, name: str, missing: str, where: str = "") -> Absent:
        """Make what stands for a module of which `missing` is not there."""
        return Absent(name, missing, where, self._look_up)

    def _file(self, name: str) -> types.ModuleType | None:
        """Return the file of the submission that a dotted name leads to."""
        package, _, last = name.rpartition(".")
        try:
            found = self._look_up(package, last, False) if package else None  # noqa: FBT003
        except KeyError:
            return None
        return found if isinstance(found, StudentModule) else None

    def _instead(self, name: str, fromlist: Sequence[str], error: ModuleNotFoundError) -> Any:
        """Find something to take the place of a missing module, if anything can."""
        if only_shows(name):
            return show_module(name, whole=not fromlist)
        root = name.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != root:
            return None  # the module is there, and lacks something itself
        file = self._file(name) if fromlist else None
        if file is not None and all(part == "*" or has(file, part) for part in fromlist):
            return file
        stand_in = self.absent(name if fromlist else root, error.name)
        if root in PARTLY_KNOWN:
            for part in fromlist:
                if (root, part) not in KNOWN:
                    setattr(stand_in, part, self.absent(f"{name}.{part}", error.name))
            return stand_in
        if fromlist and all(has(stand_in, part) for part in fromlist):
            return stand_in
        return None


def has(module: types.ModuleType, name: str) -> bool:
    """Tell whether a module has a name, where a lack of it may be an `ImportError`."""
    try:
        getattr(module, name)
    except (AttributeError, ImportError):
        return False
    return True


def runtime_names(names: Collection[str]) -> dict[str, str]:
    """Choose what each module is called in ``sys.modules``: its own name, unless that is taken.

    A library keeps its name, whatever a student's file is called.
    """
    chosen: dict[str, str] = {}
    for name in names:
        free = name
        while _is_taken(free) or free in chosen.values():
            free += "_"
        chosen[name] = free
    return chosen


def _is_taken(name: str) -> bool:
    there = sys.modules.get(name)
    if there is not None:
        return not isinstance(there, StudentModule)
    if name in sys.stdlib_module_names or name == "grader":
        return True
    sites = [path for path in sys.path if any(site in path for site in _SITES)]
    return importlib.machinery.PathFinder.find_spec(name, sites) is not None


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets libraries find the submission's modules, last of all and by their runtime names."""

    def __init__(self, names: dict[str, str], load: Callable[[str], types.ModuleType]) -> None:
        self._names = {runtime: name for name, runtime in names.items()}
        self._load = load

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module of the submission; whole names alone."""
        if fullname not in self._names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the module, run."""
        return self._load(self._names[spec.name])

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: `create_module` has run the pieces."""
