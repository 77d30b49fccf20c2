"""Connections on which nothing whole comes are closed: whoever holds many open keeps others out.

And those on which something comes that is no HTTP, whatever else is under way on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle


def protocol(header_s: float) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol with a bound on how long a request's head may take.

    Parameters
    ----------
    header_s : float
        Within twice so many seconds a connection without a request in progress is closed.
    """

    class Patient(H11Protocol):
        """Looks every few seconds whether a request is in progress."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._waiting_for: RequestResponseCycle | None = self.cycle
            self._look_again()

        def connection_lost(self, exc: Exception | None) -> None:
            self._look.cancel()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            # What follows a head may be no HTTP: then whoever answers that head is not to go on.
            if self.cycle is not None and not self.cycle.response_complete:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            try:
                super().send_400_response(msg)
            except h11.LocalProtocolError:  # an answer was begun already
                self.transport.close()

        def _look_again(self) -> None:
            self._look = self.loop.call_later(header_s, self._give_up)

        def _give_up(self) -> None:
            idle = self.cycle is None or self.cycle.response_complete
            if idle and self._waiting_for is self.cycle:
                self.transport.close()
                return
            # Who has just been answered has as long again for the next request.
            self._waiting_for = self.cycle if idle else None
            self._look_again()

    return Patient
