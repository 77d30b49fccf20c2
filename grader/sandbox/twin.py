"""A loaded implementation whose calls are timed, from outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader import clock, wire
from grader.sandbox.client import Client

if TYPE_CHECKING:
    from collections.abc import Sequence


class Twin(Client):
    """One of two workers of the same kind, whose laps are compared.

    No clock of the worker's is ever asked. A lap begins before the inputs are sent and ends when
    all results have come, so nothing can be computed before, and nothing be left for later.
    """

    def lap(
        self, name: str, payloads: Sequence[bytes], device: str, seed: int
    ) -> tuple[float, list[Any]]:
        """Call a function once for each set of arguments.

        Parameters
        ----------
        name : str
            What is called.
        payloads : sequence of bytes
            Encoded tuples of arguments.
        device : str
            ``cpu`` or ``cuda``.
        seed : int
            See `wire.Repeat`.

        Returns
        -------
        float, list
            Seconds on the trusted clock; the results, decoded after it was stopped.

        Raises
        ------
        StudentError
            Whatever kept the implementation from giving its results.
        """
        request = wire.Repeat(
            nonce=self._next(), target=name, args_payloads=tuple(payloads), device=device, seed=seed
        )
        began_s = clock.monotonic()
        reply = self._checked(request, name, self._limits.call_s)
        seconds = clock.monotonic() - began_s
        values = self._result(reply, name).value
        if not isinstance(values, list) or len(values) != len(payloads):
            self._broken(name, "a reply that does not fit the request")
        return seconds, values

    def cpu_s(self) -> float:
        """Return the processor time that the worker has used; 0 if it is this process."""
        measure = getattr(self.transport, "cpu_s", None)
        return 0.0 if measure is None else float(measure())
