"""Messages over a socket: bounded in size, and one deadline over each exchange."""

from __future__ import annotations

import socket
import struct
import threading
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from grader import wire
from grader.errors import WireError
from grader.wire.stream import ClosedError, DeadlinePassedError, Until

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT_S = 0.05
LONG_S = 30.0  # never reached unless a test fails


@pytest.fixture
def pair() -> Iterator[tuple[wire.Stream, socket.socket]]:
    """A stream and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    stream = wire.Stream(ours, frame_bytes=1 << 20)
    yield stream, theirs
    stream.close()
    theirs.close()


@pytest.mark.parametrize("size", [0, 1, 4, 70_000, 1 << 20])
def test_a_message_arrives_as_it_was_sent(
    pair: tuple[wire.Stream, socket.socket], size: int
) -> None:
    """Empty and large messages alike; a large one is taken while it is sent."""
    stream, theirs = pair
    other = wire.Stream(theirs)
    message = bytes(size)
    sender = threading.Thread(target=other.send, args=(message, Until.after(LONG_S)))
    sender.start()

    received = stream.receive(Until.after(LONG_S))
    sender.join()

    assert received == message


def test_messages_keep_their_order_and_bounds(pair: tuple[wire.Stream, socket.socket]) -> None:
    """Two messages in one packet are two messages."""
    stream, theirs = pair
    theirs.sendall(b"\x02\0\0\0ab\x01\0\0\0c")

    assert [stream.receive(), stream.receive()] == [b"ab", b"c"]


@pytest.mark.parametrize("sent", [b"", b"\x05", b"\x05\0\0\0", b"\x05\0\0\0ab"], ids=repr)
def test_receiving_ends_at_the_deadline(
    pair: tuple[wire.Stream, socket.socket], sent: bytes
) -> None:
    """Nothing, half a length or half a message: the wait has one end."""
    stream, theirs = pair
    theirs.sendall(sent)

    with pytest.raises(DeadlinePassedError):
        stream.receive(Until.after(SHORT_S))


def test_dribbled_bytes_do_not_move_the_deadline(
    pair: tuple[wire.Stream, socket.socket],
) -> None:
    """A peer that sends a byte now and then gets no more time than a silent one."""
    stream, theirs = pair
    theirs.sendall(struct.pack("<I", 1 << 20))
    done = threading.Event()

    def dribble() -> None:
        while not done.wait(SHORT_S / 10):
            theirs.send(b"x")

    peer = threading.Thread(target=dribble)
    peer.start()
    try:
        with pytest.raises(DeadlinePassedError):
            stream.receive(Until.after(SHORT_S))
    finally:
        done.set()
        peer.join()


def test_bytes_already_there_do_not_outlive_the_deadline(
    pair: tuple[wire.Stream, socket.socket],
) -> None:
    """A reply that is complete but late is late."""
    stream, theirs = pair
    theirs.sendall(b"\x01\0\0\0a")

    with pytest.raises(DeadlinePassedError):
        stream.receive(Until.after(-1))


def test_sending_ends_at_the_deadline(pair: tuple[wire.Stream, socket.socket]) -> None:
    """A peer that does not read cannot hold the sender."""
    stream, _theirs = pair

    with pytest.raises(DeadlinePassedError):
        stream.send(bytes(8 << 20), Until.after(SHORT_S))


@pytest.mark.parametrize("sent", [b"", b"\x05\0", b"\x05\0\0\0ab"], ids=repr)
def test_a_closed_peer_is_told_from_a_late_one(
    pair: tuple[wire.Stream, socket.socket], sent: bytes
) -> None:
    """The end of the stream is no time-out, wherever in a message it comes."""
    stream, theirs = pair
    theirs.sendall(sent)
    theirs.close()

    with pytest.raises(ClosedError):
        stream.receive(Until.after(LONG_S))


def test_sending_to_a_closed_peer_says_so(pair: tuple[wire.Stream, socket.socket]) -> None:
    """No SIGPIPE, no OSError."""
    stream, theirs = pair
    theirs.close()

    with pytest.raises(ClosedError):
        stream.send(bytes(100))


def test_a_peer_that_left_with_unread_bytes_is_a_closed_one(
    pair: tuple[wire.Stream, socket.socket],
) -> None:
    """The kernel says reset where it would have said end; the meaning is the same."""
    stream, theirs = pair
    stream.send(b"never read")
    theirs.close()

    with pytest.raises(ClosedError):
        stream.receive(Until.after(LONG_S))


def test_an_oversize_announcement_is_refused_before_anything_is_read(
    pair: tuple[wire.Stream, socket.socket],
) -> None:
    """Four bytes cannot make the receiver allocate gigabytes."""
    stream, theirs = pair
    theirs.sendall(struct.pack("<I", 0xFFFFFFFF))
    tracemalloc.start()

    with pytest.raises(WireError, match="at most"):
        stream.receive(Until.after(LONG_S))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 100_000


def test_pending_tells_of_bytes_that_lie_there(
    pair: tuple[wire.Stream, socket.socket],
) -> None:
    """One unsolicited byte is enough."""
    stream, theirs = pair
    before = stream.pending()
    theirs.send(b"x")

    assert not before
    assert stream.pending()
