"""A transport to one forked worker: requests with a deadline, and its end."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Final

from grader import clock, wire
from grader.errors import (
    CrashedError,
    KilledError,
    SandboxError,
    ServerLostError,
    TimedOutError,
    WireError,
)
from grader.sandbox.cgroups import number_of
from grader.wire.stream import ClosedError, DeadlinePassedError
from grader.worker.server import CONFINED

if TYPE_CHECKING:
    from grader.model import Limits
    from grader.sandbox.cgroups import Room, Rooms
    from grader.sandbox.forkserver import ForkServer
    from grader.sandbox.transport import Supply

ANSWER_S: Final = 300.0  # of nobody but a server that hangs: one that ends is noticed at once


class Worker:
    """A transport to one forked worker."""

    def __init__(
        self,
        server: ForkServer,
        stream: wire.Stream,
        pid: int,
        pidfd: int,
        supply: Supply,
        rooms: Rooms | None,
    ) -> None:
        self._rooms = rooms
        self._room: Room | None = None
        self._server = server
        self._stream = stream
        self._stream.watch(pidfd)
        self._pid = pid
        self._pidfd = pidfd
        self._supply = supply
        self._confined = False
        self._generation = server.generation
        self._ended = False
        self._number: int | None = None
        self.spent_s = 0.0
        self.loading: wire.Frame | None = None

    @property
    def alive(self) -> bool:
        """Whether further requests make sense: neither ended, nor known to have lost its server."""
        return not self._ended and not self._orphaned

    @property
    def _orphaned(self) -> bool:
        return self._generation != self._server.generation

    def enter(self, limits: Limits) -> None:
        """Put the worker into a control group, where there are any, before it is given work."""
        if self._rooms is not None:
            self._room = self._rooms.room(self._pidfd, limits)

    def request(self, request: wire.Requests, what: str, timeout_s: float) -> wire.Replies:
        """Send a request and wait for its reply; see `Transport.request`."""
        if self._ended:
            raise SandboxError("the worker has ended")
        self._await_confinement()
        if self._number is None:
            raise self._crash(what)
        meter = clock.Meter(self._number)
        try:
            if self._stream.pending():
                raise WireError("bytes that nobody asked for")
            reply = self._exchange(request, clock.Allowance(meter, timeout_s))
        except DeadlinePassedError:
            self.close()
            raise TimedOutError("timed_out", name=what, seconds=f"{timeout_s:g}") from None
        except ClosedError:
            raise self._crash(what) from None
        except WireError as error:
            self.close()
            raise CrashedError("crashed", name=what, reason=f"broken message: {error}") from None
        except BaseException:
            self.close()  # it waits for an answer that nobody will give
            raise
        finally:
            self.spent_s += meter.spent_s()
        return reply

    def _exchange(self, request: wire.Requests, allowance: clock.Allowance) -> wire.Replies:
        """Send a request and take what comes until its reply, while the allowance lasts."""
        self._stream.send(wire.pack(request), allowance)
        while True:
            reply = wire.unpack_reply(self._stream.receive(allowance))
            if isinstance(reply, wire.Asked):
                with allowance.answering():
                    answer = wire.pack(self._supply(reply))
                self._stream.send(answer, allowance)
            elif isinstance(reply, wire.Loading) and isinstance(request, wire.Load):
                self.loading = reply.place
            elif isinstance(reply, wire.Loading) or reply.nonce != getattr(request, "nonce", None):
                raise WireError("a reply to another request")
            else:
                return reply

    def cpu_s(self) -> float:
        """Return the processor time that the worker has used, as the kernel counts it."""
        return clock.process_cpu_s(self.process_id())

    def process_id(self) -> int:
        """Return the worker's number in this process' namespace, where it may have another.

        Raises
        ------
        SandboxError
            When it has ended.
        """
        number = None if self._ended else number_of(self._pidfd)
        if number is None:
            raise SandboxError("the worker has ended")
        return number

    def _crash(self, what: str) -> CrashedError:
        """Find out how the worker ended, and end what is left of it."""
        status = self._finish()
        killed = status == -signal.SIGKILL
        room, self._room = self._room, None
        if self._rooms is not None and room is not None:
            full = killed and room.was_full()
            self._rooms.leave(room)
            if full:
                return CrashedError("out_of_memory", name=what, mib=room.memory_mib)
        kind = KilledError if killed else CrashedError
        return kind("crashed", name=what, reason=_reason(status))

    def _await_confinement(self) -> None:
        """Read the first message; a worker that is not confined is no fault of the student."""
        if self._confined:
            return
        try:
            first = self._stream.receive(wire.Until.after(ANSWER_S))
        except ClosedError as error:
            status = self._finish()  # which says so if it was the server that died
            self._leave()
            raise SandboxError(f"not confined: {error}; {_reason(status)}") from None
        except WireError as error:
            first = str(error).encode()
        if first != CONFINED:
            self.close()
            raise SandboxError(first.decode("utf-8", "replace"))
        self._confined = True
        self._number = number_of(self._pidfd)

    def close(self) -> None:
        """End the worker and everything it started."""
        if self._ended:
            return
        self._ended = True
        self._stream.close()
        try:
            if self._orphaned:
                self._kill()
            else:
                self._server.discard(self._pid)
        except ServerLostError:
            self._kill()  # nothing is lost with a server that had only to end this one
        finally:
            os.close(self._pidfd)
            self._leave()

    def _finish(self) -> int:
        """End the worker; return how it ended, unless its server did and took it along."""
        self._ended = True
        self._stream.close()
        try:
            if self._orphaned:
                raise ServerLostError("the fork server is gone, and this worker with it")
            return self._server.end(self._pid)
        except SandboxError:
            self._kill()
            self._leave()
            raise
        finally:
            os.close(self._pidfd)

    def _leave(self) -> None:
        if self._rooms is not None and self._room is not None:
            self._rooms.leave(self._room)
            self._room = None

    def _kill(self) -> None:
        """Make sure that the end of its server has taken the worker along."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)


def _reason(status: int) -> str:
    if status < 0:
        known = {number.value: number.name for number in signal.Signals}
        return f"killed by {known.get(-status, f'signal {-status}')}"
    return f"the process ended itself with exit code {status}"
