"""What every way into a submission has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Protocol

from grader import wire
from grader.errors import WireError

Supply = Callable[[wire.Asked], wire.Supplied]


class Transport(Protocol):
    """Carries requests to one loaded submission."""

    def request(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        """Send a request and wait for its reply.

        Parameters
        ----------
        request : Load, Call, Repeat, SetParameters or GetParameters
            What to do.
        what : str
            Name of the function or class concerned, for messages.
        timeout_s : float
            What it may consume, in seconds, before it is given up; see `clock.Meter`.

        Returns
        -------
        Loaded, Returned, Raised or Failed
            The reply with the request's nonce.

        Raises
        ------
        TimedOutError, CrashedError
            When no reply comes; the transport is of no use from then on.
        """

    @property
    def spent_s(self) -> float:
        """What all requests so far have consumed besides this process' time, in seconds."""

    @property
    def loading(self) -> wire.Frame | None:
        """Where in the source the other side was when it last said so, while it loaded."""

    @property
    def alive(self) -> bool:
        """Whether further requests make sense."""

    def close(self) -> None:
        """End the other side, and whatever it has started, and give everything back."""


def refuse_to_supply(question: wire.Asked) -> NoReturn:
    """Answer `Asked` where no upstream is put in: nobody may ask."""
    raise WireError(f"the worker asks for {question.name}, which was never offered")
