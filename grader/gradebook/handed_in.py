"""What was handed in, as intake has read it, in bytes: so that it can be shown and graded again."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Final

import msgspec

from grader import wire  # noqa: TC001 - msgspec reads the annotation
from grader.errors import HarnessError
from grader.intake import Submission
from grader.model import Message  # noqa: TC001 - msgspec reads the annotation

_LEVEL: Final = 6
_MOST_BYTES: Final = 64 << 20  # far above what intake reads of one submission


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    id: str
    name: str
    path: bytes  # a name need not be text
    source: wire.Source | None
    notes: tuple[Message, ...]
    problem: Message | None


def pack(submission: Submission) -> bytes:
    """Write a submission as bytes; the same one gives the same bytes."""
    kept = _Kept(
        submission.id,
        submission.name,
        os.fsencode(submission.path),
        submission.source,
        submission.notes,
        submission.problem,
    )
    return zlib.compress(msgspec.msgpack.encode(kept), _LEVEL)


def unpack(data: bytes) -> Submission:
    """Read it back.

    Raises
    ------
    HarnessError
        When the bytes are not `pack`'s.
    """
    try:
        text = zlib.decompressobj().decompress(data, _MOST_BYTES)
        kept = msgspec.msgpack.decode(text, type=_Kept)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise HarnessError(f"what was handed in cannot be read back: {error}") from error
    path = Path(os.fsdecode(kept.path))
    return Submission(kept.id, kept.name, path, kept.source, kept.notes, kept.problem)
