"""The format of encoded values: tags, dtypes, bounds, and what may be a key.

Each value is one tag byte followed by its body, integers little-endian. Sizes stand before what
they measure, so a reader checks them against what is left of the frame before it allocates
anything.
"""

from __future__ import annotations

import math
import struct
from typing import Final

import msgspec
import numpy as np

from grader.errors import WireError


class Handle(msgspec.Struct, frozen=True):
    """An opaque number for an object that stays in the other process."""

    number: int


class Limits(msgspec.Struct, frozen=True):
    """Bounds on one encoded value.

    Parameters
    ----------
    size_bytes : int
        Longest encoding, in bytes.
    nodes : int
        Most values, counting every element of every container.
    depth : int
        Deepest nesting of containers.
    """

    size_bytes: int = 64 << 20
    nodes: int = 200_000
    depth: int = 32


class TooLargeError(WireError):
    """A value past a bound.

    Parameters
    ----------
    text : str
        What is wrong.
    bound : str
        The bound, with its unit.
    """

    def __init__(self, text: str, bound: str) -> None:
        super().__init__(f"{text} {bound}")
        self.bound = bound


DEFAULT_LIMITS: Final = Limits()
BIG_INT_BYTES: Final = 1024

# The number of a dtype is part of the format: append, never reorder.
NUMPY_DTYPES: Final = tuple(
    np.dtype(name).newbyteorder("<")
    for name in (
        "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
)  # fmt: skip
NATIVE_DTYPES: Final = tuple(dtype.newbyteorder("=") for dtype in NUMPY_DTYPES)
NUMPY_CODES: Final = {dtype: code for code, dtype in enumerate(NUMPY_DTYPES)}
TORCH_DTYPES: Final = (
    ("bool", 1), ("int8", 1), ("uint8", 1), ("int16", 2), ("int32", 4), ("int64", 8),
    ("float16", 2), ("bfloat16", 2), ("float32", 4), ("float64", 8), ("complex64", 8),
    ("complex128", 16),
)  # fmt: skip
TORCH_CODES: Final = {name: code for code, (name, _) in enumerate(TORCH_DTYPES)}
REQUIRES_GRAD: Final = 1
PARAMETER: Final = 2
MAX_DIMENSIONS: Final = 16
MAX_KEYS: Final = 10_000  # even if all of them collide, a look-up stays a matter of seconds
INT64: Final = range(-(1 << 63), 1 << 63)  # larger ones could be made to collide at will

U32: Final = struct.Struct("<I")
U64: Final = struct.Struct("<Q")
I64: Final = struct.Struct("<q")
F64: Final = struct.Struct("<d")
TENSOR: Final = struct.Struct("<BBB")
ARRAY: Final = struct.Struct("<BB")


def type_name(value: object) -> str:
    """Return the name of a value's type, past whatever its class or metaclass overrides."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def is_key(key: object) -> bool:
    """Tell whether a key is hashable, equal to itself, and cheap to tell from others."""
    kind = type(key)
    if issubclass(kind, tuple):
        return all(map(is_key, tuple.__iter__(key)))  # type: ignore[arg-type]  # by its type
    if issubclass(kind, int):
        return int.__pos__(key) in INT64  # type: ignore[arg-type]  # by its type
    plain = key is None or issubclass(kind, float | str | bytes | np.number | np.bool)
    return plain and bool(key == key)  # noqa: PLR0124 - false for NaN alone


def extent(shape: tuple[int, ...]) -> int:
    """Multiply the lengths of a shape, those of zero aside: numpy bounds that product too."""
    return math.prod(length or 1 for length in shape)
