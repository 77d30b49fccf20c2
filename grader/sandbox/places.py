"""Where in a submission something happened: what a worker claims, against our own copy of it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from grader import wire

if TYPE_CHECKING:
    from grader.errors import Field


class Lines:
    """The lines of a submission, by what a student calls the file or cell, and by number.

    Parameters
    ----------
    source : Source
        The submission.
    """

    def __init__(self, source: wire.Source) -> None:
        self._source = source

    @functools.cached_property
    def _lines(self) -> dict[str, dict[int, str]]:
        """The lines; most workers are asked for none."""
        found: dict[str, dict[int, str]] = {}
        for module in self._source.modules:
            for piece in module.pieces:
                shown = module.called(piece.filename)
                lines = re.split(r"\r\n|\r|\n", piece.code)
                found.setdefault(shown, {}).update(enumerate(lines, piece.line))
        return found

    def believed(self, claimed: wire.Frame) -> wire.Frame | None:
        """Take a place only if the submission has such a line, and quote our own copy of it.

        A traceback is the worker's claim, and places are shown for hidden cases too.
        """
        text = self._lines.get(claimed.filename, {}).get(claimed.line)
        if text is None:
            return None
        known = claimed.function.isidentifier() and any(
            claimed.function in line for line in self._lines[claimed.filename].values()
        )
        return wire.Frame(
            filename=claimed.filename,
            line=claimed.line,
            function=claimed.function if known else "",
            text=text.strip(),
        )


def where(frame: wire.Frame | None) -> str:
    """Write a place as file and line; empty where it is not known."""
    return "" if frame is None else f"{frame.filename}:{frame.line}"


def place_of(frame: wire.Frame | None) -> dict[str, Field]:
    """Say where in the submission something rose, in the fields of an error."""
    if frame is None:
        return {}
    return {
        "line": frame.line,
        "filename": frame.filename,
        "function": frame.function,
        "code": frame.text,
    }
