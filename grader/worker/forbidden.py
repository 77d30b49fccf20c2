"""What an exercise is not to be solved with cannot be used while the submission's code runs.

A forbidden module is replaced by a stand-in: importing it and naming what is in it still works, so
that a file which needs it for other exercises can be read, and code that asks whether a value is a
tensor goes on; using it raises. A forbidden class stays itself, but neither can an object of it be
made nor run, under whatever name the submission has got hold of it. A forbidden function is
replaced under each of its names.

Everything is put back as soon as the submission's code has returned: a student's tests run in one
process, and what they are compared with uses torch.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ABSENT: Final = object()
# A function of torch is one of its operators, which torch offers under these names as well.
ALSO: Final = ("torch._VF", "torch.ops.aten")
RUNS: Final = ("__init__", "forward")
# Operators; the names of their methods have two underlines on either side.
_BINARY: Final = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and")
_USES: Final = (
    *("call", "getitem", "setitem", "delitem", "iter", "next", "len", "contains", "enter", "exit"),
    *("await", "mro_entries", "int", "float", "index", "array", "neg", "abs"),
    *("lt", "le", "gt", "ge", *_BINARY, *(f"r{name}" for name in _BINARY)),
)


class ForbiddenUseError(Exception):
    """The code uses what the exercise forbids; the text is its full name."""


class Forbidden:
    """A context in which some modules, classes and functions cannot be used.

    Parameters
    ----------
    names : sequence of str
        Their full names; what has not been imported, and is no module, is left alone.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        # What is in a forbidden module is forbidden with it.
        self._names = tuple(
            name for name in names if not any(name.startswith(f"{other}.") for other in names)
        )
        self._undo: list[Callable[[], None]] = []
        self._inside: dict[str, tuple[int, list[str]]] = {}
        self._left = 0
        self._grown = False

    def __enter__(self) -> Forbidden:
        """Put the stand-ins in place."""
        loaded = len(sys.modules)
        for name in self._names:
            parent, _, leaf = name.rpartition(".")
            if not parent or name in sys.modules:
                self._hide_module(name, loaded)
            elif (owner := _resolved(parent)) is not None and hasattr(owner, leaf):
                self._forbid(owner, leaf, name)
        self._left = len(sys.modules)
        return self

    def __exit__(self, *exc: object) -> None:
        """Put back what was there."""
        self._grown = len(sys.modules) != self._left
        if self._grown and self._undo:
            _forget_spoilt()
        while self._undo:
            self._undo.pop()()

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """Allow everything again for a while."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()

    def _hide_module(self, name: str, loaded: int) -> None:
        # This is done for every call, and torch has hundreds of modules: they are looked for once.
        size, inside = self._inside.get(name, (-1, []))
        if size != loaded:
            inside = [there for there in sys.modules if f"{there}.".startswith(f"{name}.")]
            self._inside[name] = loaded, inside
        hidden = {there: sys.modules.pop(there) for there in inside}
        finder = _Finder(name)
        sys.modules[name] = StandIn(name)
        sys.meta_path.insert(0, finder)

        def undo() -> None:
            if finder in sys.meta_path:
                sys.meta_path.remove(finder)
            if self._grown:
                for there in [there for there in sys.modules if f"{there}.".startswith(f"{name}.")]:
                    del sys.modules[there]
            else:
                sys.modules.pop(name, None)
            sys.modules.update(hidden)

        self._undo.append(undo)

    def _forbid(self, owner: Any, leaf: str, name: str) -> None:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise ForbiddenUseError(name)

        there = vars(owner).get(leaf)
        if isinstance(there, type):
            for method in RUNS:
                self._put(there, method, refuse)
            return
        self._put(owner, leaf, refuse)
        if owner is sys.modules.get("torch"):
            for other in map(_resolved, ALSO):
                if other is not None:
                    self._put(other, leaf, refuse)

    def _put(self, owner: Any, leaf: str, value: object) -> None:
        before = vars(owner).get(leaf, ABSENT)
        setattr(owner, leaf, value)

        def undo() -> None:
            if before is ABSENT:
                delattr(owner, leaf)
            else:
                setattr(owner, leaf, before)

        self._undo.append(undo)


def _refusing(method: str) -> Callable[..., NoReturn]:
    def refuse(self: StandIn, *_: object, **__: object) -> NoReturn:
        raise ForbiddenUseError(str(self))

    refuse.__name__ = method
    return refuse


class StandIn(types.ModuleType):
    """Stands for a forbidden module or for anything in one: it can be named, but not used.

    Parameters
    ----------
    name : str
        Its full name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # a package, so that importing what is in it asks the finder

    def __getattr__(self, name: str) -> StandIn:
        """Return a stand-in for what is in it."""
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")

    def __str__(self) -> str:
        """Return its full name."""
        return self.__name__

    def __bool__(self) -> bool:
        """Be true, as any module and class is."""
        return True

    def __or__(self, other: object) -> StandIn:
        """Go on as an annotation: ``torch.Tensor | None``."""
        return self

    __ror__ = __or__

    def __instancecheck__(self, instance: object) -> bool:
        """No value is of a forbidden type: where it cannot be used, none can be made."""
        return False

    def __subclasscheck__(self, subclass: type) -> bool:
        """No class derives from a forbidden one."""
        return False


for _method in (f"__{name}__" for name in _USES):
    setattr(StandIn, _method, _refusing(_method))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for a forbidden module and whatever is in it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if f"{fullname}.".startswith(f"{self._name}."):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: there is nothing in it."""


def _resolved(name: str) -> Any:
    """Return a module, class or object by its full name, if it is there without an import."""
    first, *rest = name.split(".")
    found: Any = sys.modules.get(first)
    for leaf in rest:
        found = getattr(found, leaf, None)
    return found


def _forget_spoilt() -> None:
    """Let what was imported with stand-ins in it be imported again."""
    for name, module in list(sys.modules.items()):
        if isinstance(module, StandIn):
            continue
        if any(type(value) is StandIn for value in list(getattr(module, "__dict__", {}).values())):
            del sys.modules[name]
