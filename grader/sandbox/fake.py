"""A transport that answers from a script; for tests of everything above the boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader import wire
from grader.errors import TimedOutError

if TYPE_CHECKING:
    from collections.abc import Iterable


class FakeTransport:
    """Gives prepared replies in turn and keeps the requests it got.

    Parameters
    ----------
    replies : iterable of Replies or Exception
        What the requests after `Load` get; an exception is raised.
    each_s : float
        What every request but `Load` consumes, in seconds; one that may not take so long times out.
    """

    def __init__(
        self, replies: Iterable[wire.Replies | Exception] = (), each_s: float = 0.0
    ) -> None:
        self._replies = iter(replies)
        self._each_s = each_s
        self.requests: list[wire.Requests] = []
        self.closed = False
        self.spent_s = 0.0
        self.loading: wire.Frame | None = None

    @property
    def alive(self) -> bool:
        """Whether further requests make sense."""
        return not self.closed

    def request(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        """Hand out the next reply, with the request's nonce."""
        self.requests.append(request)
        if isinstance(request, wire.Load):
            return wire.Loaded(nonce=request.nonce)
        self.spent_s += min(self._each_s, timeout_s)
        if self._each_s > timeout_s:
            self.close()
            raise TimedOutError("timed_out", name=what, seconds=f"{timeout_s:g}")
        reply = next(self._replies)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(request, wire.Supplied) or isinstance(reply, wire.Asked):
            return reply
        return msgspec.structs.replace(reply, nonce=request.nonce)

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True
