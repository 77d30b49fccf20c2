"""What an exception in a submission means for whoever called: which error, in which words."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING, Final

from grader.errors import (
    CodeRaisedError,
    CrashedError,
    NotWrittenError,
    RefusedError,
    StudentError,
)
from grader.sandbox.places import Lines, place_of, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader import wire
    from grader.model import Limits, Text

# What a worker raises where a rule of the exercise is broken.
FORBIDDEN: Final = "ForbiddenUseError"
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,8}", re.ASCII)
READ_ONLY: Final = f"[Errno {errno.EROFS}]"
DISK_FULL: Final = (f"[Errno {errno.ENOSPC}]", f"[Errno {errno.EFBIG}]")


def error_of(
    reply: wire.Raised,
    what: str,
    lines: Lines,
    forbidden: Mapping[str, Text],
    limits: Limits,
) -> StudentError:
    """Return the error that stands for an exception in a submission.

    Parameters
    ----------
    reply : Raised
        What the worker tells of it.
    what : str
        What was called.
    lines : Lines
        The submission's lines; a place that is none of them is not believed.
    forbidden : mapping of str to Text
        Why names are forbidden, by name.
    limits : Limits
        Those in force, for messages that name them.
    """
    last = lines.believed(reply.frames[-1]) if reply.frames else None
    at = where(last)
    if reply.exception == "NotImplementedError" and len(reply.frames) <= 1:
        return NotWrittenError("not_written", name=what)
    if reply.exception == "NotImplementedError" and last is not None:
        return NotWrittenError("upstream_not_written", name=what, upstream=last.function)
    if (refused := _refusal(reply, what, last, forbidden)) is not None:
        return refused
    if any(sign in reply.text for sign in DISK_FULL):
        return CodeRaisedError(
            "too_much_written", name=what, mib=limits.scratch_mib, **place_of(last)
        )
    if reply.exception == "MemoryError" or "can't allocate memory" in reply.text:
        return CrashedError("out_of_memory", name=what, mib=limits.memory_mib)
    return CodeRaisedError(
        "file_not_there" if reply.exception == "FileNotFoundError" else "raised",
        exception=reply.exception,
        text=reply.text,
        where=at,
        **place_of(last),
    )


def _refusal(
    reply: wire.Raised, what: str, last: wire.Frame | None, forbidden: Mapping[str, Text]
) -> RefusedError | None:
    at = where(last)
    if reply.exception == FORBIDDEN and (reason := _reason(reply.text, forbidden)) is not None:
        return RefusedError(
            "forbidden",
            name=what,
            what=reply.text,
            where=at,
            reason_en=reason.en,
            reason_zh=reason.zh,
            **place_of(last),
        )
    if reply.exception == "PermissionError" or READ_ONLY in reply.text:
        return RefusedError("refused", name=what, what=reply.text, where=at, **place_of(last))
    return None


def _reason(used: str, forbidden: Mapping[str, Text]) -> Text | None:
    """Say why a name, or what it is part of, is forbidden; None if it is not."""
    if not _DOTTED.fullmatch(used):
        return None
    found = (reason for name, reason in forbidden.items() if f"{used}.".startswith(f"{name}."))
    return next(found, None)
