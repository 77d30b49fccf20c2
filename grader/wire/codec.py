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

    def write(self, value: Any, depth: int) -> None:  # noqa: C901, PLR0912 - one branch a type, flat
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise TooLargeError("more than", f"{self._limits.nodes} values")
        if depth > self._limits.depth:
            raise TooLargeError("nested more than", f"{self._limits.depth} levels deep")
        kind = type(value)  # what it is, not what its __class__ claims
        if value is None:
            self._put(b"N")
        elif value is True or value is False:
            self._put(b"T" if value else b"F")
        elif issubclass(kind, str | bytes | bytearray):
            self._text(value)
        elif issubclass(kind, np.generic):
            self._scalar(value)
        elif issubclass(kind, np.ndarray):
            self._array(value)
        elif issubclass(kind, Handle):
            self._put(b"h" + _U64.pack(value.number))
        elif issubclass(kind, int | float | complex):
            self._number(value)
        elif issubclass(kind, list | tuple):
            self._sequence(value, depth)
        elif issubclass(kind, dict):
            self._dict(value, depth)
        elif _is_tensor(value):
            self._tensor(value)
        else:
            raise WireError(f"a value of type {type_name(value)} cannot be compared")

    def _put(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limits.size_bytes:
            raise TooLargeError("larger than", f"{self._limits.size_bytes >> 20} MiB")
        self.chunks.append(chunk)

    def _sized(self, tag: bytes, body: bytes) -> None:
        self._put(tag + _U32.pack(len(body)))
        self._put(body)

    def _text(self, value: str | bytes | bytearray) -> None:
        if isinstance(value, str):
            try:
                self._sized(b"s", str.encode(value, "utf-8"))
            except UnicodeEncodeError as error:
                raise WireError("a text with half a character in it") from error
        elif isinstance(value, bytes):
            self._sized(b"b", bytes.__getitem__(value, slice(None)))
        else:
            self._sized(b"b", bytes(bytearray.__getitem__(value, slice(None))))

    def _number(self, value: complex) -> None:
        if isinstance(value, int):
            self._int(int.__pos__(value))
        elif isinstance(value, float):
            self._put(b"d" + _F64.pack(float.__pos__(value)))
        else:
            plain = complex.__pos__(value)
            self._put(b"c" + _F64.pack(plain.real) + _F64.pack(plain.imag))

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
        count = dict.__len__(value)
        if count > MAX_KEYS:
            raise TooLargeError("a dictionary of more than", f"{MAX_KEYS} keys")
        self._put(b"m" + _U32.pack(count))
        for key, item in dict.items(value):
            if not _is_key(key):
                raise WireError(f"a {type_name(key)} as dictionary key cannot be compared")
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
        size = value.numel() * value.element_size()
        head = b"x" + _TENSOR.pack(TORCH_CODES[dtype], flags, value.ndim)
        self._shape(head, tuple(value.shape), size)  # checked before an expanded one is laid out
        plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
        flat = plain.reshape(-1).view(torch.uint8) if size else plain.new_empty(0).byte()
        self._put(flat.numpy().tobytes())

    def _shape(self, head: bytes, shape: tuple[int, ...], size: int) -> None:
        if len(shape) > MAX_DIMENSIONS:
            raise WireError(f"an array of more than {MAX_DIMENSIONS} dimensions")
        if max(size, _extent(shape)) > self._limits.size_bytes - self._size:
            raise TooLargeError("larger than", f"{self._limits.size_bytes >> 20} MiB")
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
            return str(self._take(self._count()), "utf-8")
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
        count = self._items(2)
        if count > MAX_KEYS:
            raise WireError(f"a dictionary of {count} keys")
        for _ in range(count):
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
        if _extent(shape) > self._limits.size_bytes:
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


def type_name(value: object) -> str:
    """Return the name of a value's type, past whatever its class or metaclass overrides."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(type(value), torch.Tensor)


def _is_key(key: object) -> bool:
    """Tell whether a key is hashable, equal to itself, and cheap to tell from others."""
    kind = type(key)
    if issubclass(kind, tuple):
        return all(map(_is_key, tuple.__iter__(key)))  # type: ignore[arg-type]  # by its type
    if issubclass(kind, int):
        return int.__pos__(key) in INT64  # type: ignore[arg-type]  # by its type
    plain = key is None or issubclass(kind, float | str | bytes | np.number | np.bool)
    return plain and bool(key == key)  # noqa: PLR0124 - false for NaN alone


def _extent(shape: tuple[int, ...]) -> int:
    """Multiply the lengths of a shape, those of zero aside: numpy bounds that product too."""
    return math.prod(length or 1 for length in shape)


def _numpy_code(array: np.ndarray[Any, Any]) -> int:
    plain = array.dtype.kind in "biufc"
    code = NUMPY_CODES.get(array.dtype.newbyteorder("<")) if plain else None
    if code is None:
        raise WireError(f"an array of dtype {array.dtype} cannot be compared")
    return code


def _canonical_bool(dtype: str, raw: bytes) -> bytes:
    """Turn every non-zero byte of a bool buffer into 1; other bytes are undefined behaviour."""
    return raw.translate(b"\0" + b"\1" * 255) if dtype == "bool" else raw
