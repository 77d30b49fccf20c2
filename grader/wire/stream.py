"""Length-prefixed messages over a stream socket, with one deadline over each exchange."""

from __future__ import annotations

import select
import socket
import struct
from typing import Final, Protocol

from grader import clock
from grader.errors import WireError

_LENGTH: Final = struct.Struct("<I")
CHUNK_BYTES: Final = 1 << 20


class DeadlinePassedError(WireError):
    """The peer did not send or take all bytes before the deadline."""


class ClosedError(WireError):
    """The peer closed its end."""


class Deadline(Protocol):
    """Tells how long an exchange may still take."""

    def left_s(self) -> float:
        """Return seconds after which to ask again; not above 0 when there are none left."""


class Until:
    """A moment of the wall clock.

    Parameters
    ----------
    moment_s : float
        On `clock.monotonic`.
    """

    def __init__(self, moment_s: float) -> None:
        self._moment_s = moment_s

    @classmethod
    def after(cls, seconds: float) -> Until:
        """Return the moment that is so many seconds ahead."""
        return cls(clock.monotonic() + seconds)

    def left_s(self) -> float:
        """Return the seconds until then."""
        return self._moment_s - clock.monotonic()


class Stream:
    """One end of a connection.

    Parameters
    ----------
    sock : socket.socket
        A connected stream socket; the stream owns it from here on.
    frame_bytes : int
        Longest message that is accepted, in bytes.
    """

    def __init__(self, sock: socket.socket, frame_bytes: int = 256 << 20) -> None:
        self._sock = sock
        self._frame_bytes = frame_bytes
        self._peer: int | None = None
        sock.settimeout(0)

    def watch(self, peer: int) -> None:
        """Also wait on a pidfd: a peer may end while a process of its own holds the socket open."""
        self._peer = peer

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def send(self, message: bytes, deadline: Deadline | None = None) -> None:
        """Send one message.

        Parameters
        ----------
        message : bytes
            The message.
        deadline : Deadline or None
            None waits for ever.

        Raises
        ------
        DeadlinePassedError, ClosedError
            When the peer does not take it in time, or is gone.
        """
        data = memoryview(_LENGTH.pack(len(message)) + message)
        while data:
            try:
                sent = self._sock.send(data[:CHUNK_BYTES])
            except BlockingIOError:
                self._wait(deadline, for_writing=True)
            except OSError as error:
                raise ClosedError(f"the peer is gone: {error}") from error
            else:
                data = data[sent:]

    def receive(self, deadline: Deadline | None = None) -> bytes:
        """Wait for one message.

        Parameters
        ----------
        deadline : Deadline or None
            None waits for ever.

        Returns
        -------
        bytes
            The message.

        Raises
        ------
        DeadlinePassedError, ClosedError
            When it is not there in time, or the peer is gone.
        WireError
            When it announces more bytes than are accepted.
        """
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline))
        if length > self._frame_bytes:
            raise WireError(f"message of {length} bytes; at most {self._frame_bytes} are read")
        return self._exactly(length, deadline)

    def pending(self) -> bool:
        """Tell whether bytes lie there that nobody asked for.

        Raises
        ------
        ClosedError
            When there is an end in place of bytes.
        """
        try:
            waiting = self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError as error:
            raise ClosedError(f"the peer is gone: {error}") from error
        if not waiting:
            raise ClosedError("the peer closed the connection")
        return True

    def _exactly(self, count: int, deadline: Deadline | None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                part = self._sock.recv(min(count - len(parts), CHUNK_BYTES))
            except BlockingIOError:
                self._wait(deadline, for_writing=False)
            except OSError as error:
                raise ClosedError(f"the peer is gone: {error}") from error
            else:
                if not part:
                    raise ClosedError("the peer closed the connection")
                parts += part
                if deadline is not None and deadline.left_s() <= 0:
                    raise DeadlinePassedError("the deadline passed amid a message")
        return bytes(parts)

    def _wait(self, deadline: Deadline | None, *, for_writing: bool) -> None:
        left = None if deadline is None else deadline.left_s()
        if left is not None and left <= 0:
            raise DeadlinePassedError("the deadline passed")
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT if for_writing else select.POLLIN)
        if self._peer is not None:
            poll.register(self._peer, select.POLLIN)
        ready = [
            descriptor
            for descriptor, _ in poll.poll(None if left is None else max(1.0, left * 1000))
        ]
        if ready == [self._peer]:
            raise ClosedError("the peer ended")
