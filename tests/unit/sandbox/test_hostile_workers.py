"""A worker may say anything: it costs the student the case, never the grader its footing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader import clock, wire
from grader.errors import CodeRaisedError, CrashedError, StudentError, TimedOutError

if TYPE_CHECKING:
    from grader.model import Limits
    from grader.sandbox import Client

# What a submission does that has found the socket which it is served over.
SOCKET = """
import os, stat, struct

def f():
    return 1

def sock():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass

def raw(data):
    os.write(sock(), data)
    while True: pass

def reply(data):
    raw(struct.pack('<I', len(data)) + data)

def reply_and_more(data, more):
    raw(struct.pack('<I', len(data)) + data + more)

def close():
    os.close(sock())
    while True: pass
"""
FORGED = 3  # the nonce of the third request: load, f, then the forged call


def forged(**fields: Any) -> bytes:
    """Write the reply to the third request as a worker would that lies."""
    return wire.pack(wire.Returned(**{"nonce": FORGED, "value_payload": b"N", **fields}))


@pytest.fixture
def attacked(opened: Any, watched: Any) -> Any:
    """Let a submission do its worst; give the error and whether its process is gone."""

    def attack(function: str, *args: Any, limits: Limits | None = None) -> tuple[Any, bool]:
        client = opened(SOCKET, limits)
        client.call("f", ())
        gone = watched(client)
        with pytest.raises(StudentError) as caught:
            client.call(function, args)
        return caught.value, client.transport.alive or gone()

    return attack


@pytest.mark.parametrize(
    ("function", "data", "reason"),
    [
        ("raw", b"\xff\xff\xff\xff", "at most"),
        ("raw", b"\x01\0\0\x10", "at most"),
        ("reply", b"\xff" * 20, "no reply"),
        ("reply", b"", "no reply"),
        ("reply", b"\x91" * 2000, "no reply"),
        ("reply", wire.pack(wire.GetParameters(nonce=FORGED, handle=1)), "no reply"),
        ("reply", wire.pack(wire.Loaded(nonce=FORGED + 1)), "another request"),
        ("reply", wire.pack(wire.Asked(nonce=FORGED, name="f", args_payload=b"N")), "offered"),
    ],
    ids=["oversize", "just oversize", "garbage", "empty", "deep", "request", "nonce", "question"],
)
def test_a_broken_message_ends_the_worker(
    attacked: Any, function: str, data: bytes, reason: str
) -> None:
    """Size, form, kind and nonce are checked before anything is believed."""
    error, gone = attacked(function, data)

    assert isinstance(error, CrashedError)
    assert reason in str(error.fields["reason"])
    assert gone


def test_text_that_is_no_utf8_ends_the_worker(attacked: Any) -> None:
    """A broken text in a reply is the worker's fault, never the grader's."""
    message = wire.Raised(nonce=FORGED, exception="QQQQ", text="", frames=())

    error, gone = attacked("reply", wire.pack(message).replace(b"QQQQ", b"\xff\xfe\xff\xfe"))

    assert isinstance(error, CrashedError)
    assert gone


def test_half_a_message_runs_into_the_deadline(attacked: Any, short: Limits) -> None:
    """Announcing bytes that never come buys no time."""
    error, gone = attacked("raw", b"\x10\0\0\0ab", limits=short)

    assert isinstance(error, TimedOutError)
    assert gone


def test_a_closed_socket_ends_the_worker(attacked: Any) -> None:
    """Whatever it does afterwards."""
    error, gone = attacked("close")

    assert isinstance(error, CrashedError)
    assert gone


def test_unsolicited_bytes_end_the_worker(opened: Any, watched: Any) -> None:
    """Bytes that lie there before a request was sent answer no request."""
    client = opened(SOCKET)
    client.call("f", ())
    gone = watched(client)
    client.call("reply_and_more", (forged(), b"x"))

    with pytest.raises(CrashedError, match="nobody asked"):
        client.call("f", ())

    assert gone()


def test_a_death_between_two_calls_is_told_with_its_reason(opened: Any) -> None:
    """The end of a stream is no unsolicited byte."""
    text = SOCKET + "def last(data):\n    os.write(sock(), data)\n    os._exit(9)\n"
    client = opened(text)
    client.call("f", ())
    message = forged()
    client.call("last", (len(message).to_bytes(4, "little") + message,))

    with pytest.raises(CrashedError, match="exit code 9"):
        client.call("f", ())


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"NN",
        b"l\xff\xff\xff\xff",
        b"a\x0b\x04" + bytes(8) + (b"\0\0\0\x04" + bytes(4)) * 3,
        b"x\x09\x00\x04" + bytes(8) + (b"\0\0\0\x04" + bytes(4)) * 3,
    ],
    ids=["empty", "tag", "leftover", "length", "array overflow", "tensor overflow"],
)
def test_a_value_that_cannot_be_decoded_ends_the_worker(attacked: Any, payload: bytes) -> None:
    """What cannot be read is a broken message."""
    error, gone = attacked("reply", forged(value_payload=payload))

    assert isinstance(error, CrashedError)
    assert gone


def test_the_worker_goes_on_after_an_exception_of_its_own_making(opened: Any) -> None:
    """Also one that no ``except Exception`` catches."""
    client = opened("class E(BaseException): pass\ndef f(): raise E\ndef g(): return 1")

    with pytest.raises(CodeRaisedError):
        client.call("f", ())

    assert client.call("g", ()).value == 1


def test_an_upstream_that_fails_leaves_no_worker_waiting(opened: Any) -> None:
    """After the supplier raised, no later request meets a worker that still waits for it."""

    def supply(question: wire.Asked) -> wire.Supplied:
        raise CodeRaisedError("raised", exception="ValueError", text="", name=question.name)

    worker = opened.server.worker(opened.limits, supply)
    text = "def up(x): pass\ndef f(): return up(1)\ndef g(): return 1"
    client: Client = opened.through(worker, text, supplied={"up": "(x)"})
    with pytest.raises(StudentError):
        client.call("f", ())

    # Either a worker that can go on, or one that is known to have ended.
    assert not worker.alive or client.call("g", ()).value == 1


def test_who_asks_for_ever_runs_out_of_time(opened: Any) -> None:
    """However little a question costs the worker: what it makes us work is counted too."""
    limits = msgspec.structs.replace(opened.limits, call_s=0.4)
    questions: list[str] = []

    def supply(question: wire.Asked) -> wire.Supplied:
        questions.append(question.name)
        assert len(questions) < 60, "nobody has counted"
        end_s = clock.own_cpu_s() + 0.05
        while clock.own_cpu_s() < end_s:
            pass
        return wire.Supplied(result_payload=wire.encode(1), after_payload=wire.encode((1,)))

    worker = opened.server.worker(limits, supply)
    text = "def up(x): pass\ndef f():\n    while True: up(1)"
    client: Client = opened.through(worker, text, limits, supplied={"up": "(x)"})

    with pytest.raises(TimedOutError):
        client.call("f", ())
    assert len(questions) > 3
