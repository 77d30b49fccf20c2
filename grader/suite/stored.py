"""How what is known of an assignment lies in a file beside its golden values."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, Self

import msgspec

from grader.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 64 << 20


class Stored(msgspec.Struct, frozen=True):
    """Something that a file holds.

    Parameters
    ----------
    format : str
        What the format is called; that of a kind is its default.
    """

    format: str = ""

    def to_bytes(self) -> bytes:
        """Write it; equal values give equal bytes."""
        return zlib.compress(msgspec.msgpack.encode(self), 9)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `to_bytes` made; an empty one where there is no file.

        Raises
        ------
        CatalogError
            When it is damaged, or in another format.
        """
        try:
            packed = path.read_bytes()
        except FileNotFoundError:
            return cls()
        return cls.of_bytes(packed, path)

    @classmethod
    def of_bytes(cls, packed: bytes, path: Path) -> Self:
        """Read what `to_bytes` wrote, and what is to be, or was, the content of a file."""
        try:
            unpacked = zlib.decompressobj().decompress(packed, MAX_BYTES)
            known = msgspec.msgpack.decode(unpacked, type=cls)
        except (zlib.error, msgspec.DecodeError) as error:
            raise CatalogError(f"{path} is damaged: {error}; take a fresh copy") from error
        wanted = cls().format
        if known.format != wanted:
            raise CatalogError(f"{path} is not in the format {wanted}; run `grader release`")
        return known
