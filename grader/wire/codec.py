"""Values to bytes and back: plain Python data, numpy arrays, torch tensors, handles.

Each value is one tag byte followed by its body, integers little-endian. Sizes stand before what
they measure, so a decoder checks them against what is left of the frame before it allocates
anything. Subclasses are written as the plain type they derive from, through the base class' own
methods: what an overridden ``__eq__`` or ``shape`` would claim never gets across.
"""

from __future__ import annotations

import dataclasses
import math
import struct
import sys
from typing import Any, Final

import numpy as np

from grader.errors import WireError


@dataclasses.dataclass(frozen=True, slots=True)
class Handle:
    """An opaque number for an object that stays in the other process."""

    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
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

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
_TENSOR = struct.Struct("<BBB")
_ARRAY = struct.Struct("<BB")


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
    writer = _Writer(limits)
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
        Plain data; arrays and tensors are fresh, writable and contiguous.

    Raises
    ------
    WireError
        For bytes that are no encoding of a value within the limits.
    """
    if len(data) > limits.size_bytes:
        raise WireError(f"value of {len(data)} bytes; at most {limits.size_bytes} are read")
    reader = _Reader(memoryview(data), limits)
    value = reader.read(0)
    if reader.left:
        raise WireError(f"{reader.left} bytes left over after the value")
    return value


class _Writer:
    """Collects the chunks of one encoding and counts what it costs."""

    def __init__(self, limits: Limits) -> None:
        self.chunks: list[bytes] = []
        self._limits = limits
        self._size = 0
        self._nodes = 0

    def write(self, value: Any, depth: int) -> None:  # noqa: C901 - one branch a type, flat
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise WireError(f"more than {self._limits.nodes} values in one result")
        if depth > self._limits.depth:
            raise WireError(f"nested more than {self._limits.depth} levels deep")
        if value is None:
            self._put(b"N")
        elif value is True or value is False:
            self._put(b"T" if value else b"F")
        elif isinstance(value, np.generic):
            self._scalar(value)
        elif isinstance(value, np.ndarray):
            self._array(value)
        elif isinstance(value, Handle):
            self._put(b"h" + _U64.pack(value.number))
        elif isinstance(value, int | float | complex | str | bytes | bytearray):
            self._atom(value)
        elif isinstance(value, list | tuple):
            self._sequence(value, depth)
        elif isinstance(value, dict):
            self._dict(value, depth)
        elif _is_tensor(value):
            self._tensor(value)
        else:
            raise WireError(f"a value of type {type(value).__name__} cannot be compared")

    def _put(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limits.size_bytes:
            raise WireError(f"larger than {self._limits.size_bytes} bytes")
        self.chunks.append(chunk)

    def _sized(self, tag: bytes, body: bytes) -> None:
        self._put(tag + _U32.pack(len(body)))
        self._put(body)

    def _atom(self, value: complex | str | bytes | bytearray) -> None:
        if isinstance(value, int):
            self._int(int.__index__(value))
        elif isinstance(value, float):
            self._put(b"d" + _F64.pack(float.__float__(value)))
        elif isinstance(value, complex):
            self._put(b"c" + _F64.pack(value.real) + _F64.pack(value.imag))
        elif isinstance(value, str):
            self._sized(b"s", str.encode(value, "utf-8", "surrogatepass"))
        else:
            self._sized(b"b", bytes(value))

    def _int(self, value: int) -> None:
        try:
            self._put(b"i" + _I64.pack(value))
        except struct.error:
            body = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            if len(body) > BIG_INT_BYTES:
                raise WireError(f"an int of more than {BIG_INT_BYTES} bytes") from None
            self._sized(b"I", body)

    def _sequence(self, value: list[Any] | tuple[Any, ...], depth: int) -> None:
        if isinstance(value, list):
            tag, plain = b"l", list.__getitem__(value, slice(None))
        else:
            tag, plain = b"t", list(tuple.__iter__(value))
        self._put(tag + _U32.pack(len(plain)))
        for item in plain:
            self.write(item, depth + 1)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        self._put(b"m" + _U32.pack(dict.__len__(value)))
        for key, item in dict.items(value):
            self.write(key, depth + 1)
            self.write(item, depth + 1)

    def _scalar(self, value: np.generic) -> None:
        array = np.asarray(value)
        self._put(b"g" + bytes([_numpy_code(array)]))
        self._put(array.astype(array.dtype.newbyteorder("<")).tobytes())

    def _array(self, value: np.ndarray[Any, Any]) -> None:
        array = np.array(value, dtype=value.dtype, copy=False, subok=False)
        code = _numpy_code(array)
        self._shape(b"a" + _ARRAY.pack(code, array.ndim), array.shape, array.nbytes)
        self._put(array.astype(NUMPY_DTYPES[code], copy=False).tobytes())

    def _tensor(self, value: Any) -> None:
        torch = sys.modules["torch"]
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in TORCH_CODES or value.layout is not torch.strided or value.is_meta:
            raise WireError(f"a {value.layout} tensor of {value.dtype} cannot be compared")
        flags = REQUIRES_GRAD if value.requires_grad else 0
        flags |= PARAMETER if isinstance(value, torch.nn.Parameter) else 0
        plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
        size = plain.numel() * plain.element_size()
        head = b"x" + _TENSOR.pack(TORCH_CODES[dtype], flags, plain.ndim)
        self._shape(head, tuple(plain.shape), size)
        flat = plain.reshape(-1).view(torch.uint8) if size else plain.new_empty(0).byte()
        self._put(flat.numpy().tobytes())

    def _shape(self, head: bytes, shape: tuple[int, ...], size: int) -> None:
        if len(shape) > MAX_DIMENSIONS:
            raise WireError(f"an array of more than {MAX_DIMENSIONS} dimensions")
        if size > self._limits.size_bytes - self._size:
            raise WireError(f"larger than {self._limits.size_bytes} bytes")
        self._put(head + b"".join(_U64.pack(length) for length in shape))


class _Reader:
    """Walks over one encoding without trusting a single length in it."""

    def __init__(self, data: memoryview, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._at = 0
        self._nodes = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def read(self, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > self._limits.nodes or depth > self._limits.depth:
            raise WireError("a value with too many or too deeply nested parts")
        tag = self._take(1)
        read = _READERS.get(bytes(tag))
        if read is None:
            raise WireError(f"unknown tag {bytes(tag)!r}")
        return read(self, depth)

    def _take(self, count: int) -> memoryview:
        if count > self.left:
            raise WireError(f"{count} bytes announced, {self.left} there")
        start = self._at
        self._at += count
        return self._data[start : self._at]

    def _count(self) -> int:
        count: int = _U32.unpack(self._take(4))[0]
        return count

    def _items(self, per_item: int) -> int:
        """Read a container's length, refusing one that its bytes cannot hold."""
        count = self._count()
        if count * per_item > min(self.left, self._limits.nodes):
            raise WireError(f"a container of {count} items in {self.left} bytes")
        return count

    def _int(self, _depth: int) -> int:
        value: int = _I64.unpack(self._take(8))[0]
        return value

    def _big_int(self, _depth: int) -> int:
        count = self._count()
        if count > BIG_INT_BYTES:
            raise WireError(f"an int of {count} bytes")
        return int.from_bytes(self._take(count), "little", signed=True)

    def _float(self, _depth: int) -> float:
        value: float = _F64.unpack(self._take(8))[0]
        return value

    def _complex(self, depth: int) -> complex:
        return complex(self._float(depth), self._float(depth))

    def _str(self, _depth: int) -> str:
        try:
            return str(self._take(self._count()), "utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise WireError("a string that is not UTF-8") from error

    def _bytes(self, _depth: int) -> bytes:
        return bytes(self._take(self._count()))

    def _list(self, depth: int) -> list[Any]:
        return [self.read(depth + 1) for _ in range(self._items(1))]

    def _tuple(self, depth: int) -> tuple[Any, ...]:
        return tuple(self._list(depth))

    def _dict(self, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for _ in range(self._items(2)):
            key = self.read(depth + 1)
            if not _is_key(key):
                raise WireError(f"a {type(key).__name__} as dictionary key")
            if key in result:
                raise WireError(f"the dictionary key {key!r:.40} twice")
            result[key] = self.read(depth + 1)
        return result

    def _handle(self, _depth: int) -> Handle:
        return Handle(_U64.unpack(self._take(8))[0])

    def _numpy_dtype(self, code: int) -> np.dtype[Any]:
        if code >= len(NUMPY_DTYPES):
            raise WireError(f"unknown dtype number {code}")
        return NUMPY_DTYPES[code]

    def _scalar(self, _depth: int) -> Any:
        dtype = self._numpy_dtype(self._take(1)[0])
        raw = _canonical_bool(dtype.name, bytes(self._take(dtype.itemsize)))
        return np.frombuffer(raw, dtype)[0].astype(dtype.newbyteorder("="))

    def _array(self, _depth: int) -> np.ndarray[Any, Any]:
        code, ndim = _ARRAY.unpack(self._take(2))
        dtype = self._numpy_dtype(code)
        shape, raw = self._buffer(ndim, dtype.itemsize)
        flat = np.frombuffer(_canonical_bool(dtype.name, raw), dtype)
        return flat.reshape(shape).astype(dtype.newbyteorder("="))

    def _tensor(self, _depth: int) -> Any:
        import torch  # noqa: PLC0415 - numpy-only exercises never pay for this import

        code, flags, ndim = _TENSOR.unpack(self._take(3))
        if code >= len(TORCH_DTYPES) or flags > REQUIRES_GRAD | PARAMETER:
            raise WireError(f"unknown tensor dtype {code} or flags {flags}")
        name, itemsize = TORCH_DTYPES[code]
        shape, raw = self._buffer(ndim, itemsize)
        dtype = getattr(torch, name)
        if raw:
            raw = _canonical_bool(name, raw)
            tensor = torch.frombuffer(bytearray(raw), dtype=dtype).reshape(shape)
        else:
            tensor = torch.empty(shape, dtype=dtype)
        grad = bool(flags & REQUIRES_GRAD)
        if grad and not (dtype.is_floating_point or dtype.is_complex):
            raise WireError(f"a tensor of {name} that requires a gradient")
        if flags & PARAMETER:
            return torch.nn.Parameter(tensor, requires_grad=grad)
        return tensor.requires_grad_(grad)

    def _buffer(self, ndim: int, itemsize: int) -> tuple[tuple[int, ...], bytes]:
        """Read a shape and its data; the product is checked before anything is copied."""
        if ndim > MAX_DIMENSIONS:
            raise WireError(f"an array of {ndim} dimensions")
        shape: tuple[int, ...] = struct.unpack(f"<{ndim}Q", self._take(8 * ndim))
        if any(length > self._limits.size_bytes for length in shape):
            raise WireError(f"an array of shape {shape}")
        return shape, bytes(self._take(math.prod(shape) * itemsize))


# ruff: noqa: SLF001 - the table belongs to the class above it
_READERS: Final = {
    b"N": lambda reader, depth: None,  # noqa: ARG005 - every reader takes the depth
    b"T": lambda reader, depth: True,  # noqa: ARG005
    b"F": lambda reader, depth: False,  # noqa: ARG005
    b"i": _Reader._int,
    b"I": _Reader._big_int,
    b"d": _Reader._float,
    b"c": _Reader._complex,
    b"s": _Reader._str,
    b"b": _Reader._bytes,
    b"l": _Reader._list,
    b"t": _Reader._tuple,
    b"m": _Reader._dict,
    b"h": _Reader._handle,
    b"g": _Reader._scalar,
    b"a": _Reader._array,
    b"x": _Reader._tensor,
}


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _is_key(key: object) -> bool:
    """Hashable, and equal to itself: a NaN key could be looked up by nobody."""
    if isinstance(key, tuple):
        return all(_is_key(part) for part in key)
    hashable = key is None or isinstance(
        key, bool | int | float | complex | str | bytes | np.generic
    )
    return hashable and bool(key == key)  # noqa: PLR0124 - false for NaN alone


def _numpy_code(array: np.ndarray[Any, Any]) -> int:
    code = NUMPY_CODES.get(array.dtype.newbyteorder("<"))
    if code is None:
        raise WireError(f"an array of dtype {array.dtype} cannot be compared")
    return code


def _canonical_bool(dtype: str, raw: bytes) -> bytes:
    """Turn every non-zero byte of a bool buffer into 1; other bytes are undefined behaviour."""
    return raw.translate(b"\0" + b"\1" * 255) if dtype == "bool" else raw
