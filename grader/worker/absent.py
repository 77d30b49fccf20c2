"""Modules that a submission imports and that are not there: a missing file, a missing package."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    # Returns what is at hand of a package under a name, by whoever provides it, the submission's
    # own definition only if told so; raises KeyError.
    LookUp = Callable[[str, str, bool], Any]


class AbsentError(ModuleNotFoundError):
    """Something of a module that is not there was needed; `name` is what is missing."""

    def __init__(self, missing: str, where: str = "") -> None:
        super().__init__(f"No module named {missing!r}", name=missing)
        self.where = where


class Absent(types.ModuleType):
    """Stands for a module that is not there.

    It has what can be had without the module: files of the submission that lie in a folder of that
    name, what the assignment gives out, what is put in for an upstream, and what the submission
    itself defines under that name, as a star import of the same module would leave behind. Anything
    else of it raises `AbsentError`.

    Parameters
    ----------
    module : str
        Its real name, with the packages it is in.
    missing : str
        The first part of that name which is not there.
    where : str
        The line that imports it; unknown if empty.
    look_up : callable
        Called with the module's name, that of what is wanted of it, and whether the submission's
        own definition will do.
    """

    def __init__(self, module: str, missing: str, where: str, look_up: LookUp) -> None:
        super().__init__(module)
        self._missing = missing
        self._where = where
        self._look_up = look_up

    def __getattr__(self, name: str) -> Any:
        """Return what can be had, and name the module for the rest."""
        if name.startswith("__"):
            raise AttributeError(name)
        known = KNOWN.get((self.__name__.partition(".")[0], name))
        if known is not None:
            return known
        # A function that wraps its namesake of the module must not be given itself.
        inside = sys._getframe(1).f_code.co_name == name  # noqa: SLF001 - the way to ask for it
        try:
            return self._look_up(self.__name__, name, not inside)
        except KeyError:
            raise AbsentError(self._missing, self._where) from None


def add_to_class(owner: type) -> Callable[[Any], None]:
    """Add a function to a class, as the decorator of that name in *Dive into Deep Learning*."""

    def add(function: Any) -> None:
        setattr(owner, function.__name__, function)

    return add


# What little of a package has no need of the package.
KNOWN: Final[dict[tuple[str, str], Any]] = {("d2l", "add_to_class"): add_to_class}
PARTLY_KNOWN: Final = frozenset(package for package, _ in KNOWN)
