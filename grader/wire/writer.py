"""Write a value's encoding.

Subclasses are written as the plain type they derive from, through the base class' own methods: what
an overridden ``__eq__`` or ``shape`` would claim never gets across.
"""

from __future__ import annotations

import struct
import sys
from typing import Any

import numpy as np

from grader.errors import WireError
from grader.wire import format as form


class Writer:
    """Collects the chunks of one encoding and counts what it costs."""

    def __init__(self, limits: form.Limits) -> None:
        self.chunks: list[bytes] = []
        self._limits = limits
        self._size = 0
        self._nodes = 0

    def write(self, value: Any, depth: int) -> None:  # noqa: C901, PLR0912 - one branch a type, flat
        """Write one value, at a depth of nesting."""
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise form.TooLargeError("more than", f"{self._limits.nodes} values")
        if depth > self._limits.depth:
            raise form.TooLargeError("nested more than", f"{self._limits.depth} levels deep")
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
            self._array(value, depth)
        elif issubclass(kind, form.Handle):
            self._put(b"h" + form.U64.pack(value.number))
        elif issubclass(kind, int | float | complex):
            self._number(value)
        elif issubclass(kind, list | tuple):
            self._sequence(value, depth)
        elif issubclass(kind, dict):
            self._dict(value, depth)
        elif _is_tensor(value):
            self._tensor(value)
        else:
            raise WireError(f"a value of type {form.type_name(value)} cannot be compared")

    def _put(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limits.size_bytes:
            raise form.TooLargeError("larger than", f"{self._limits.size_bytes >> 20} MiB")
        self.chunks.append(chunk)

    def _sized(self, tag: bytes, body: bytes) -> None:
        self._put(tag + form.U32.pack(len(body)))
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
            self._put(b"d" + form.F64.pack(float.__pos__(value)))
        else:
            plain = complex.__pos__(value)
            self._put(b"c" + form.F64.pack(plain.real) + form.F64.pack(plain.imag))

    def _int(self, value: int) -> None:
        try:
            self._put(b"i" + form.I64.pack(value))
        except struct.error:
            body = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            if len(body) > form.BIG_INT_BYTES:
                raise WireError(f"an int of more than {form.BIG_INT_BYTES} bytes") from None
            self._sized(b"I", body)

    def _sequence(self, value: list[Any] | tuple[Any, ...], depth: int) -> None:
        if isinstance(value, list):
            tag, plain = b"l", list.__getitem__(value, slice(None))
        else:
            tag, plain = b"t", list(tuple.__iter__(value))
        self._put(tag + form.U32.pack(len(plain)))
        for item in plain:
            self.write(item, depth + 1)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        count = dict.__len__(value)
        if count > form.MAX_KEYS:
            raise form.TooLargeError("a dictionary of more than", f"{form.MAX_KEYS} keys")
        self._put(b"m" + form.U32.pack(count))
        for key, item in dict.items(value):
            if not form.is_key(key):
                raise WireError(f"a {form.type_name(key)} as dictionary key cannot be compared")
            self.write(key, depth + 1)
            self.write(item, depth + 1)

    def _scalar(self, value: np.generic) -> None:
        array = np.asarray(value)
        self._put(b"g" + bytes([_numpy_code(array)]))
        self._put(array.astype(array.dtype.newbyteorder("<")).tobytes())

    def _array(self, value: np.ndarray[Any, Any], depth: int) -> None:
        array = np.array(value, dtype=value.dtype, copy=False, subok=False)
        if array.dtype.kind == "U" and array.size <= self._limits.nodes:
            # Of texts NumPy makes arrays by itself, as np.unique does: they are a list.
            self.write(array.tolist(), depth)
            return
        code = _numpy_code(array)
        self._shape(b"a" + form.ARRAY.pack(code, array.ndim), array.shape, array.nbytes)
        self._put(array.astype(form.NUMPY_DTYPES[code], copy=False).tobytes())

    def _tensor(self, value: Any) -> None:
        torch = sys.modules["torch"]
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in form.TORCH_CODES or value.layout is not torch.strided or value.is_meta:
            raise WireError(f"a {value.layout} tensor of {value.dtype} cannot be compared")
        flags = form.REQUIRES_GRAD if value.requires_grad else 0
        flags |= form.PARAMETER if isinstance(value, torch.nn.Parameter) else 0
        size = value.numel() * value.element_size()
        head = b"x" + form.TENSOR.pack(form.TORCH_CODES[dtype], flags, value.ndim)
        self._shape(head, tuple(value.shape), size)  # checked before an expanded one is laid out
        plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
        flat = plain.reshape(-1).view(torch.uint8) if size else plain.new_empty(0).byte()
        self._put(flat.numpy().tobytes())

    def _shape(self, head: bytes, shape: tuple[int, ...], size: int) -> None:
        if len(shape) > form.MAX_DIMENSIONS:
            raise WireError(f"an array of more than {form.MAX_DIMENSIONS} dimensions")
        if max(size, form.extent(shape)) > self._limits.size_bytes - self._size:
            raise form.TooLargeError("larger than", f"{self._limits.size_bytes >> 20} MiB")
        self._put(head + b"".join(form.U64.pack(length) for length in shape))


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(type(value), torch.Tensor)


def _numpy_code(array: np.ndarray[Any, Any]) -> int:
    dtype = array.dtype
    code = None
    if dtype.kind in "biufc":
        code = form.NUMPY_CODES.get(dtype)  # as it is, on every machine that we know
        if code is None:
            code = form.NUMPY_CODES.get(dtype.newbyteorder("<"))
    if code is None:
        raise WireError(f"an array of dtype {array.dtype} cannot be compared")
    return code
