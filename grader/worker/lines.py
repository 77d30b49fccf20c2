"""The text of a submission's lines, which its process has under no real file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader import wire

LINE_END: Final = re.compile(r"\r\n|\r|\n")  # what Python ends lines at; str knows more


def lines_of(source: wire.Source) -> dict[str, dict[int, str]]:
    """Index the text of all pieces by origin and line, for tracebacks."""
    index: dict[str, dict[int, str]] = {}
    for module in source.modules:
        for piece in module.pieces:
            lines = index.setdefault(piece.filename, {})
            lines.update(enumerate(LINE_END.split(piece.code), piece.line))
    return index


def origins(source: wire.Source) -> Iterator[tuple[str, str]]:
    """Yield each origin that is no real file, with its text."""
    for module in source.modules:
        yield from module.cells.items()
