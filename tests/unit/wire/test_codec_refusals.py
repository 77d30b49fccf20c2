"""What a hostile peer sends: `decode` gives a value or a `WireError`, and allocates no more."""

from __future__ import annotations

import contextlib
import struct
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader import wire
from grader.errors import WireError

SAMPLE: list[Any] = [
    None, True, -1, 1 << 100, 1.5, 2j, "é", b"b", (1, [2]), {"k": {1: 2}}, wire.Handle(3),
    np.float32(1), np.arange(6).reshape(2, 3), torch.ones(2, 2, dtype=torch.bfloat16),
]  # fmt: skip
FLOAT64 = 11  # its number in the table of numpy's dtypes
TORCH_FLOAT64 = 9
TAGS = b"NTFiIdcsbltmhgax"


def u32(number: int) -> bytes:
    """Write a length."""
    return struct.pack("<I", number)


def array(shape: tuple[int, ...], data: bytes = b"", code: int = FLOAT64) -> bytes:
    """Write an array whose head need not fit its data."""
    return b"a" + bytes([code, len(shape)]) + b"".join(struct.pack("<Q", n) for n in shape) + data


def tensor(shape: tuple[int, ...], data: bytes = b"", code: int = TORCH_FLOAT64) -> bytes:
    """Write a tensor whose head need not fit its data."""
    head = b"x" + bytes([code, 0, len(shape)])
    return head + b"".join(struct.pack("<Q", n) for n in shape) + data


def test_every_truncation_is_refused() -> None:
    """No prefix of an encoding is an encoding."""
    encoded = wire.encode(SAMPLE)

    for end in range(len(encoded)):
        with pytest.raises(WireError):
            wire.decode(encoded[:end])


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_a_value_or_a_wire_error(data: bytes) -> None:
    """No other exception gets out, whatever comes in."""
    with contextlib.suppress(WireError):
        wire.decode(data)


structured = st.lists(
    st.sampled_from([bytes([tag]) for tag in TAGS])
    | st.integers(0, 20).map(u32)
    | st.sampled_from([0, 1, 2, 3, 11, 16, 255]).map(lambda number: bytes([number]))
    | st.sampled_from([0, 1, 1 << 20, 1 << 26, (1 << 64) - 1]).map(lambda n: struct.pack("<Q", n)),
    max_size=30,
).map(b"".join)


@given(structured)
def test_plausible_bytes_give_a_value_or_a_wire_error(data: bytes) -> None:
    """Bytes made of real tags, lengths and shapes reach further, and no other exception."""
    with contextlib.suppress(WireError):
        wire.decode(data)


@given(st.data())
def test_one_changed_byte_gives_a_value_or_a_wire_error(data: st.DataObject) -> None:
    """A damaged encoding is either still one or refused."""
    encoded = bytearray(wire.encode(SAMPLE))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(WireError):
        wire.decode(bytes(encoded))


@pytest.mark.parametrize(
    "data",
    [
        array((0, 1 << 26, 1 << 26, 1 << 26)),
        tensor((0, 1 << 26, 1 << 26, 1 << 26)),
        array((0, *[1 << 26] * 15)),
    ],
    ids=["array", "tensor", "most dimensions"],
)
def test_an_empty_shape_that_overflows_is_refused(data: bytes) -> None:
    """A dimension of 0 makes the product 0, yet numpy and torch refuse the others' product."""
    with pytest.raises(WireError):
        wire.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"s" + u32(0xFFFFFFFF),
        b"b" + u32(0xFFFFFFFF),
        b"l" + u32(0xFFFFFFFF),
        b"t" + u32(0xFFFFFFFF),
        b"m" + u32(0xFFFFFFFF),
        b"I" + u32(0xFFFFFFFF),
        b"l" + u32(1000) + b"N" * 999,
        b"m" + u32(500) + b"N" * 999,
        array((1 << 40,)),
        array((1 << 25, 1 << 25)),
        array((1 << 63, 2)),
        tensor((1 << 40,)),
        array((1,) * 17, bytes(8)),
        b"a\xff\x00",
        b"x\xff\x00\x00",
    ],
    ids=lambda data: f"{data[:6]!r}",
)
def test_announced_sizes_beyond_the_frame_are_refused_without_allocation(data: bytes) -> None:
    """A length is checked against what is left before memory is asked for."""
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            wire.decode(data)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 100_000


@pytest.mark.parametrize(
    "key", [wire.encode(v) for v in (1, "a", (1, 2), None, 0.5)], ids=lambda key: repr(key[:4])
)
def test_duplicate_keys_are_refused(key: bytes) -> None:
    """A dictionary that says two things about one key says neither."""
    with pytest.raises(WireError, match="twice"):
        wire.decode(b"m" + u32(2) + key + b"N" + key + b"N")


def test_equal_keys_of_different_types_are_refused() -> None:
    """1, 1.0 and True are one key to Python."""
    with pytest.raises(WireError, match="twice"):
        wire.decode(b"m" + u32(2) + wire.encode(1) + b"N" + wire.encode(1.0) + b"N")


@pytest.mark.parametrize(
    "key",
    [
        wire.encode(value)
        for value in (
            float("nan"), complex(0, float("nan")), np.float64("nan"), (1, float("nan")), [1],
            (1, [2]), np.arange(2), torch.ones(1), wire.Handle(1),
        )
    ] + [b"m" + u32(0)],
    ids=lambda key: repr(key[:4]),
)  # fmt: skip
def test_keys_that_nobody_could_look_up_are_refused(key: bytes) -> None:
    """NaN equals nothing; lists, arrays and dictionaries have no hash."""
    with pytest.raises(WireError, match="key"):
        wire.decode(b"m" + u32(1) + key + b"N")


def test_keys_that_all_hash_alike_are_refused() -> None:
    """Multiples of Python's hash modulus share one bucket: quadratic time on the trusted side."""
    modulus = sys.hash_info.modulus
    colliding = {number * modulus: None for number in range(1, 5001)}

    with pytest.raises(WireError):
        wire.decode(b"m" + u32(len(colliding)) + b"".join(map(_pair, colliding)))


def _pair(key: int) -> bytes:
    return wire.encode(key) + b"N"


@pytest.mark.parametrize("value", [None, 5, "a", [1], np.zeros(2)], ids=repr)
def test_leftovers_are_refused(value: Any) -> None:
    """One frame holds one value."""
    with pytest.raises(WireError, match="left over"):
        wire.decode(wire.encode(value) + b"N")


def test_bools_of_any_byte_become_true() -> None:
    """A bool buffer holding a 2 is undefined behaviour in numpy and torch."""
    numpy_bools = wire.decode(array((3,), b"\x00\x02\xff", code=0))
    torch_bools = wire.decode(tensor((3,), b"\x00\x02\xff", code=0))

    assert numpy_bools.tobytes() == b"\x00\x01\x01"
    assert wire.encode(torch_bools).endswith(b"\x00\x01\x01")


def test_an_integer_tensor_that_wants_a_gradient_is_refused() -> None:
    """Torch itself has none."""
    with pytest.raises(WireError, match="gradient"):
        wire.decode(b"x" + bytes([5, 1, 0]) + bytes(8))


def test_unknown_tensor_flags_are_refused() -> None:
    """Flags are part of the format."""
    with pytest.raises(WireError, match="flags"):
        wire.decode(b"x" + bytes([9, 4, 0]) + bytes(8))


@pytest.mark.parametrize("text", [b"\xff", b"\xc3", b"\xed\xa0\x80"], ids=repr)
def test_text_that_is_no_utf8_is_refused(text: bytes) -> None:
    """Lone surrogates too: no report could be written with them."""
    with pytest.raises(WireError):
        wire.decode(b"s" + u32(len(text)) + text)
