"""Read a value's encoding, without trusting a single length in it."""

from __future__ import annotations

import math
import struct
from typing import Any, Final

import numpy as np

from grader.errors import WireError
from grader.wire import format as form


class Reader:
    """Walks over one encoding without trusting a single length in it."""

    def __init__(self, data: memoryview, limits: form.Limits) -> None:
        self._data = data
        self._end = len(data)
        self._limits = limits
        self._at = 0
        self._nodes = 0

    @property
    def left(self) -> int:
        """How many bytes have not been read yet."""
        return self._end - self._at

    def read(self, depth: int) -> Any:
        """Read one value, at a depth of nesting."""
        self._nodes += 1
        if self._nodes > self._limits.nodes or depth > self._limits.depth:
            raise WireError("a value with too many or too deeply nested parts")
        tag = bytes(self._take(1))
        read = _READERS.get(tag)
        if read is None:
            raise WireError(f"unknown tag {tag!r}")
        return read(self, depth)

    def _take(self, count: int) -> memoryview:
        start, end = self._at, self._at + count
        if end > self._end:
            raise WireError(f"{count} bytes announced, {self.left} there")
        self._at = end
        return self._data[start:end]

    def _count(self) -> int:
        count: int = form.U32.unpack(self._take(4))[0]
        return count

    def _items(self, per_item: int) -> int:
        """Read a container's length, refusing one that its bytes cannot hold."""
        count = self._count()
        if count * per_item > min(self.left, self._limits.nodes):
            raise WireError(f"a container of {count} items in {self.left} bytes")
        return count

    def _int(self, _depth: int) -> int:
        value: int = form.I64.unpack(self._take(8))[0]
        return value

    def _big_int(self, _depth: int) -> int:
        count = self._count()
        if count > form.BIG_INT_BYTES:
            raise WireError(f"an int of {count} bytes")
        return int.from_bytes(self._take(count), "little", signed=True)

    def _float(self, _depth: int) -> float:
        value: float = form.F64.unpack(self._take(8))[0]
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
        if count > form.MAX_KEYS:
            raise WireError(f"a dictionary of {count} keys")
        for _ in range(count):
            key = self.read(depth + 1)
            if not form.is_key(key):
                raise WireError(f"a {type(key).__name__} as dictionary key")
            if key in result:
                raise WireError(f"the dictionary key {key!r:.40} twice")
            result[key] = self.read(depth + 1)
        return result

    def _handle(self, _depth: int) -> form.Handle:
        return form.Handle(form.U64.unpack(self._take(8))[0])

    def _numpy_dtype(self, code: int) -> np.dtype[Any]:
        if code >= len(form.NUMPY_DTYPES):
            raise WireError(f"unknown dtype number {code}")
        return form.NUMPY_DTYPES[code]

    def _scalar(self, _depth: int) -> Any:
        dtype = self._numpy_dtype(self._take(1)[0])
        raw = bytes(self._take(dtype.itemsize))
        if dtype.kind == "b":
            raw = _canonical_bool(raw)
        return np.frombuffer(raw, dtype)[0].astype(dtype.newbyteorder("="))

    def _array(self, _depth: int) -> np.ndarray[Any, Any]:
        code, ndim = form.ARRAY.unpack(self._take(2))
        dtype = self._numpy_dtype(code)
        shape, raw = self._buffer(ndim, dtype.itemsize)
        if dtype.kind == "b":
            raw = _canonical_bool(raw)
        return np.frombuffer(raw, dtype).reshape(shape).astype(form.NATIVE_DTYPES[code])

    def _tensor(self, _depth: int) -> Any:
        import torch  # noqa: PLC0415 - numpy-only exercises never pay for this import

        code, flags, ndim = form.TENSOR.unpack(self._take(3))
        if code >= len(form.TORCH_DTYPES) or flags > form.REQUIRES_GRAD | form.PARAMETER:
            raise WireError(f"unknown tensor dtype {code} or flags {flags}")
        name, itemsize = form.TORCH_DTYPES[code]
        shape, raw = self._buffer(ndim, itemsize)
        dtype = getattr(torch, name)
        if raw:
            if name == "bool":
                raw = _canonical_bool(raw)
            # Of a view, which reshape makes, autograd refuses `detach_`.
            tensor = torch.frombuffer(bytearray(raw), dtype=dtype).reshape(shape).data
        else:
            tensor = torch.empty(shape, dtype=dtype)
        grad = bool(flags & form.REQUIRES_GRAD)
        if grad and not (dtype.is_floating_point or dtype.is_complex):
            raise WireError(f"a tensor of {name} that requires a gradient")
        if flags & form.PARAMETER:
            return torch.nn.Parameter(tensor, requires_grad=grad)
        return tensor.requires_grad_(grad)

    def _buffer(self, ndim: int, itemsize: int) -> tuple[tuple[int, ...], bytes]:
        """Read a shape and its data; the product is checked before anything is copied."""
        if ndim > form.MAX_DIMENSIONS:
            raise WireError(f"an array of {ndim} dimensions")
        shape: tuple[int, ...] = struct.unpack(f"<{ndim}Q", self._take(8 * ndim))
        if form.extent(shape) > self._limits.size_bytes:
            raise WireError(f"an array of shape {shape}")
        return shape, bytes(self._take(math.prod(shape) * itemsize))


# ruff: noqa: SLF001 - the table belongs to the class above it
_READERS: Final = {
    b"N": lambda reader, depth: None,  # noqa: ARG005 - every reader takes the depth
    b"T": lambda reader, depth: True,  # noqa: ARG005
    b"F": lambda reader, depth: False,  # noqa: ARG005
    b"i": Reader._int,
    b"I": Reader._big_int,
    b"d": Reader._float,
    b"c": Reader._complex,
    b"s": Reader._str,
    b"b": Reader._bytes,
    b"l": Reader._list,
    b"t": Reader._tuple,
    b"m": Reader._dict,
    b"h": Reader._handle,
    b"g": Reader._scalar,
    b"a": Reader._array,
    b"x": Reader._tensor,
}


def _canonical_bool(raw: bytes) -> bytes:
    """Turn every non-zero byte of a bool buffer into 1; other bytes are undefined behaviour."""
    return raw.translate(b"\0" + b"\1" * 255)
