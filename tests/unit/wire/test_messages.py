"""Requests and replies: what fits their types is read, all else is a `WireError`."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import wire
from grader.errors import WireError

SOURCE = wire.Source(
    modules=(
        wire.Module(
            name="hw8",
            origin="hw8.ipynb",
            pieces=(wire.Piece("import os", "hw8.ipynb[cell 1]", 1, "import", ("os",)),),
            left_out=(wire.LeftOut(("x",), "hw8.ipynb[cell 2]", 3, "call", "x = f()"),),
            unwritten=("clip",),
            cells={"hw8.ipynb[cell 1]": "import os"},
        ),
    )
)
REQUESTS: list[wire.Requests] = [
    wire.Load(nonce=1, source=SOURCE, given=SOURCE, home="hw8", supplied={"f": "(x)"}),
    wire.Call(nonce=2, target="clip", args_payload=b"N", after=(0, 2), seed=9),
    wire.Call(nonce=3, target=4, method="forward", args_payload=b"N"),
    wire.Repeat(nonce=8, target="gru", args_payloads=(b"N", b"T"), device="cuda", seed=4),
    wire.SetParameters(nonce=4, handle=1, values_payload=b"N"),
    wire.GetParameters(nonce=5, handle=1),
    wire.Supplied(result_payload=b"N", after_payload=b"N"),
]
REPLIES: list[wire.Replies] = [
    wire.Loaded(nonce=1),
    wire.Returned(nonce=2, value_payload=b"N", output="hello"),
    wire.Raised(nonce=3, exception="E", text="t", frames=(wire.Frame("f", 1, "g", "x"),)),
    wire.Failed(nonce=4, key="missing", fields={"name": "clip"}),
    wire.Asked(nonce=0, name="clip", args_payload=b"N"),
]


def packed(tag: str, **fields: Any) -> bytes:
    """Write a message that need not fit its type."""
    return msgspec.msgpack.encode({"type": tag, **fields})


def raised(**fields: Any) -> bytes:
    """Write a `Raised` with some fields of our own."""
    given = {"nonce": 1, "exception": "E", "text": "", "frames": [], **fields}
    return packed("Raised", **given)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: type(r).__name__)
def test_requests_come_back_as_they_were(request_: wire.Requests) -> None:
    """Each kind of request survives packing."""
    assert wire.unpack_request(wire.pack(request_)) == request_


@pytest.mark.parametrize("reply", REPLIES, ids=lambda r: type(r).__name__)
def test_replies_come_back_as_they_were(reply: wire.Replies) -> None:
    """Each kind of reply survives packing."""
    assert wire.unpack_reply(wire.pack(reply)) == reply


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: type(r).__name__)
def test_a_request_is_no_reply(request_: wire.Requests) -> None:
    """A worker cannot send the trusted side a request."""
    with pytest.raises(WireError):
        wire.unpack_reply(wire.pack(request_))


@pytest.mark.parametrize("reply", REPLIES, ids=lambda r: type(r).__name__)
def test_a_reply_is_no_request(reply: wire.Replies) -> None:
    """Nor the other way round."""
    with pytest.raises(WireError):
        wire.unpack_request(wire.pack(reply))


@pytest.mark.parametrize(
    "data",
    [
        packed("Verdict", nonce=1),
        packed("Loaded"),
        packed("Loaded", nonce="1"),
        packed("Loaded", nonce=None),
        packed("Returned", nonce=1, value_payload="text"),
        packed("Asked", nonce=1, name=3, args_payload=b""),
        raised(frames=[["f", "no number", "g", "x"]]),
        raised(frames=[["f"]]),
        msgspec.msgpack.encode([1, 2]),
        msgspec.msgpack.encode(None),
        wire.pack(REPLIES[0]) + b"\x00",
        b"\x91" * 5000,
        b"",
    ],
    ids=lambda data: repr(data[:30]),
)
def test_messages_of_another_type_are_refused(data: bytes) -> None:
    """Unknown tags, missing fields, wrong types, leftovers and deep nesting are no reply."""
    with pytest.raises(WireError):
        wire.unpack_reply(data)


@pytest.mark.parametrize(
    "data",
    [
        packed("Loaded", nonce=1, verdict="passed"),
        raised(score=1),
        raised(frames=[["f", 1, "g", "x", "more"]]),
    ],
    ids=["in a reply", "in a fault", "in a frame"],
)
def test_unknown_fields_are_refused(data: bytes) -> None:
    """What no version of the worker sends comes from somebody else."""
    with pytest.raises(WireError):
        wire.unpack_reply(data)


@pytest.mark.parametrize(
    "data",
    [
        raised(exception="x" * 4097),
        raised(text="x" * 65_537),
        raised(output="x" * ((1 << 20) + 1)),
        raised(frames=[["f", 1, "g", "x" * 4097]]),
        raised(frames=[["f", 1, "g", "x"]] * 65),
        packed("Failed", nonce=1, key="k" * 4097, fields={}),
        packed("Failed", nonce=1, key="k", fields={"f": "x" * 4097}),
        packed("Failed", nonce=1, key="k", fields={str(n): "" for n in range(17)}),
        packed("Asked", nonce=1, name="x" * 4097, args_payload=b""),
        packed("Returned", nonce=1, value_payload=b"", output="x" * ((1 << 20) + 1)),
    ],
    ids=["exception", "text", "output", "line", "frames", "key", "field", "fields", "name", "said"],
)
def test_oversize_texts_and_lists_are_refused(data: bytes) -> None:
    """What ends up in reports is bounded where it comes in."""
    with pytest.raises(WireError):
        wire.unpack_reply(data)


@pytest.mark.parametrize("field", ["exception", "text", "type"])
def test_texts_that_are_no_utf8_are_refused(field: str) -> None:
    """A broken text is a broken message, not the grader's own fault."""
    marker = "QQQQ"
    data = raised(**{field: marker}).replace(b"QQQQ", b"\xff\xfe\xff\xfe")

    with pytest.raises(WireError):
        wire.unpack_reply(data)


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_a_reply_or_a_wire_error(data: bytes) -> None:
    """No other exception gets out."""
    with contextlib.suppress(WireError):
        wire.unpack_reply(data)


@given(st.data())
def test_a_damaged_reply_is_a_reply_or_a_wire_error(data: st.DataObject) -> None:
    """One changed byte gives a reply or a `WireError`."""
    message = bytearray(wire.pack(REPLIES[2]))
    message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(WireError):
        wire.unpack_reply(bytes(message))
