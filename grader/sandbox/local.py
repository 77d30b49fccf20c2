"""A submission in this very process: for students, whose breakpoints and prints then work."""

from __future__ import annotations

import importlib
import linecache
import re
import sys
import traceback
from typing import TYPE_CHECKING, Final

import msgspec

from grader import clock, wire
from grader.errors import TimedOutError
from grader.intake.needs import narrowed
from grader.model import Limits
from grader.worker.garbage import everything_kept
from grader.worker.host import Host
from grader.worker.lines import origins
from grader.worker.randomness import kept_generators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from grader.sandbox.transport import Supply
    from grader.worker.output import Output

NO_LIMITS: Final = Limits()
# What is warm in a worker, too, before it sees a submission. From a cold disk it takes its time.
LIBRARIES: Final = ("numpy", "torch")


class LocalTransport:
    """Serves requests in this process, through the same host and encodings as a worker.

    Parameters
    ----------
    supply : callable
        Computes an upstream that is put in.
    limits : Limits
        The size of results.
    held : callable or None
        Whether somebody stands in a debugger, where no deadline holds; with None, none ever does.
    output : Output or None
        Where the process' standard output goes, so that what was printed comes with the replies;
        None leaves it alone.
    """

    def __init__(
        self,
        supply: Supply,
        limits: Limits = NO_LIMITS,
        held: Callable[[], bool] | None = None,
        output: Output | None = None,
    ) -> None:
        def apart(question: wire.Asked) -> wire.Supplied:
            with kept_generators():
                return supply(question)

        bounds = wire.Limits(size_bytes=limits.result_mib << 20)
        self._host = Host(apart, output, bounds)
        self._held = held
        self.spent_s = 0.0
        self.loading: wire.Frame | None = None

    @property
    def alive(self) -> bool:
        """Whether further requests make sense: always."""
        return True

    @property
    def error(self) -> BaseException | None:
        """The exception behind the last `Raised`, for a debugger."""
        return self._host.error

    def request(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        """Serve the request."""
        if isinstance(request, wire.Load):
            for name, text in origins(request.source):
                # Debuggers and tracebacks then quote notebook cells, which are no files.
                linecache.cache[name] = (
                    len(text),
                    None,
                    [f"{line}\n" for line in text.split("\n")],
                    name,
                )
            request = _with_libraries(request)
        if self._held is None:
            return self._host.serve(request)
        meter, began_cpu_s = None, clock.own_cpu_s()
        try:
            with clock.bounded(timeout_s, self._held) as meter:
                return self._host.serve(request)
        except clock.OverdueError as error:
            inside = list(traceback.walk_tb(error.__traceback__))
            self.loading = self._host.place(reversed(inside))
            raise TimedOutError("timed_out", name=what, seconds=f"{timeout_s:g}") from None
        finally:
            # Its processor time is that of this process, and counted there.
            cpu_s = clock.own_cpu_s() - began_cpu_s
            self.spent_s += 0.0 if meter is None else max(0.0, meter.spent_s() - cpu_s)

    def close(self) -> None:
        """Do nothing: there is no other side."""


def _with_libraries(request: wire.Load) -> wire.Load:
    """Import what the modules that are about to be run would import, while no time is counted.

    A notebook imports everything at its top. What only other exercises need is left out of it where
    that saves the time that a library takes.
    """
    absent = _absent(request)
    if absent and request.names:
        names = {*request.names, *request.supplied}
        request = msgspec.structs.replace(request, source=narrowed(request.source, names))
        absent = _absent(request)
    if absent:
        with everything_kept():
            for name in absent:
                importlib.import_module(name)
    return request


def _absent(request: wire.Load) -> list[str]:
    wanted = libraries_of(request.source, request.home, request.names)
    return [name for name in wanted if name not in sys.modules]


def libraries_of(source: wire.Source, home: str, names: Iterable[str]) -> list[str]:
    """List which of `LIBRARIES` are imported when some names are asked for.

    Parameters
    ----------
    source : Source
        A submission.
    home : str
        The module in which names are looked up first.
    names : iterable of str
        Functions or classes.

    Returns
    -------
    list of str
        What is imported by the modules that define the names, and by those that they import.
    """
    imports = {
        module.name: "\n".join(piece.code for piece in module.pieces if piece.kind == "import")
        for module in source.modules
    }
    defined = {
        module.name: {name for piece in module.pieces for name in piece.names}
        for module in source.modules
    }
    missing = set(names) - defined.get(home, set())
    waiting = [name for name in imports if name == home or missing & defined[name]]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [other for other in imports if _names(imports[name], other)]
    return [name for name in LIBRARIES if any(_names(imports[module], name) for module in reached)]


def _names(code: str, module: str) -> bool:
    """Tell whether import statements name a module."""
    return re.search(rf"\b{re.escape(module)}\b", code) is not None
