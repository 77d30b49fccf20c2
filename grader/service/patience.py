"""Connections on which nothing whole comes are closed: whoever holds many open keeps others out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
