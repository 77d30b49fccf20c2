"""Values to bytes and back: plain Python data, numpy arrays, torch tensors, handles."""

from __future__ import annotations

from typing import Any

from grader.errors import WireError
from grader.wire.format import DEFAULT_LIMITS, Limits
from grader.wire.reader import Reader
from grader.wire.writer import Writer


def encode(value: Any, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Write a value as bytes.

    Parameters
    ----------
    value : Any
        None, bool, int, float, complex, str, bytes, list, tuple, dict, numpy array or scalar,
        torch tensor, `Handle`, or a nesting of these.
    limits : Limits
        Bounds that the encoding must keep.

    Returns
    -------
    bytes
        The encoding; equal values of equal types give equal bytes.

    Raises
    ------
    WireError
        For a value of any other type, a cycle, or one past the limits.
    """
    writer = Writer(limits)
    try:
        writer.write(value, 0)
    except RecursionError as error:  # a container whose iteration itself recurses
        raise WireError("the value is nested too deeply") from error
    return b"".join(writer.chunks)


def decode(data: bytes | memoryview, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Read back what `encode` wrote.

    Parameters
    ----------
    data : bytes or memoryview
        One encoded value; trusted in no respect.
    limits : Limits
        Bounds; nothing past them is allocated.

    Returns
    -------
    Any
        Plain data; arrays and tensors are fresh, writable and contiguous, and views of nothing.

    Raises
    ------
    WireError
        For bytes that are no encoding of a value within the limits.
    """
    if len(data) > limits.size_bytes:
        raise WireError(f"value of {len(data)} bytes; at most {limits.size_bytes} are read")
    reader = Reader(memoryview(data), limits)
    value = reader.read(0)
    if reader.left:
        raise WireError(f"{reader.left} bytes left over after the value")
    return value
