"""Put torch's compiler off until somebody asks for it.

Every optimizer of torch calls two functions of ``torch._dynamo``, which outside of compiled code do
nothing, and to have them imports the whole compiler: about as long as importing torch itself takes.
A stand-in has those two. Whoever asks it for anything else gets the compiler, as if it had been
imported then.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NAME: Final = "torch._dynamo"
FOLDER: Final = "TORCHINDUCTOR_CACHE_DIR"
DISABLED: Final = "__dynamo_disable"  # where torch keeps what `disable` gave for a function


def put_off(folder: str = "") -> None:
    """Put the stand-in where ``import torch._dynamo`` finds it, unless the compiler is there.

    Parameters
    ----------
    folder : str
        A folder that is there, for where none can be made: the compiler makes itself one as it is
        imported. Empty lets it.
    """
    if NAME in sys.modules:
        return
    spec = importlib.util.find_spec(NAME)
    if spec is not None:
        sys.modules[NAME] = _Later(spec, folder)


class _Later(types.ModuleType):
    """Stands for the compiler until it is imported."""

    def __init__(self, spec: importlib.machinery.ModuleSpec, folder: str) -> None:
        super().__init__(NAME)
        self.__spec__ = spec
        self.__file__ = spec.origin
        self._folder = folder
        self._handed_out: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    def graph_break(self, msg: str = "") -> None:
        """Do what the compiler's own does where nothing is compiled: nothing."""

    def disable(self, fn: Callable[..., Any] | None = None, *args: Any, **options: Any) -> Any:
        """Keep a function of torch's from being compiled: until there is a compiler, none is."""
        if fn is None or options != {"wrapping": False}:
            return self._imported().disable(fn, *args, **options)
        self._handed_out.append((fn, args))
        return fn

    def __getattr__(self, name: str) -> Any:
        # Whoever goes over all modules asks for these; a submodule is looked for by the path.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(f"{NAME} has no {name}", name=name, obj=self)
        return getattr(self._imported(), name)

    def _imported(self) -> Any:
        """Import the compiler in this one's place."""
        if sys.modules.get(NAME) is not self:
            return importlib.import_module(NAME)
        before = os.environ.get(FOLDER)
        if self._folder:
            os.environ[FOLDER] = self._folder
        del sys.modules[NAME]
        try:
            found = importlib.import_module(NAME)
        except BaseException:
            sys.modules[NAME] = self
            raise
        finally:
            if self._folder and before is None:
                del os.environ[FOLDER]
        for fn, args in self._handed_out:
            setattr(fn, DISABLED, found.disable(fn, *args, wrapping=False))
        return found
