"""A submission in this very process: for students, whose breakpoints and prints then work."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, Final

from grader import wire
from grader.model import Limits
from grader.worker.host import Host
from grader.worker.namespace import origins
from grader.worker.randomness import kept_generators

if TYPE_CHECKING:
    from grader.sandbox.transport import Supply

NO_LIMITS: Final = Limits()


class LocalTransport:
    """Serves requests in this process, through the same host and encodings as a worker.

    Parameters
    ----------
    supply : callable
        Computes an upstream that is put in.
    limits : Limits
        The size of results; deadlines are not kept here.
    """

    def __init__(self, supply: Supply, limits: Limits = NO_LIMITS) -> None:
        def apart(question: wire.Asked) -> wire.Supplied:
            with kept_generators():
                return supply(question)

        bounds = wire.Limits(size_bytes=limits.result_mib << 20)
        self._host = Host(apart, limits=bounds)

    @property
    def alive(self) -> bool:
        """Whether further requests make sense: always."""
        return True

    @property
    def error(self) -> BaseException | None:
        """The exception behind the last `Raised`, for a debugger."""
        return self._host.error

    def request(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:  # noqa: ARG002 - no deadline: a student may stand at a breakpoint
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
        return self._host.serve(request)

    def close(self) -> None:
        """Do nothing: there is no other side."""
