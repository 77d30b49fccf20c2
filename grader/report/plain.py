"""Text from a submission, made harmless for files that others read."""

from __future__ import annotations

import re
from typing import Final

# What XML 1.0 cannot hold: most control characters, lone surrogates, two non-characters. An
# overriding writing direction is taken out as well: it makes a line read as something else.
_UNFIT: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_TERMINAL: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
REPLACEMENT: Final = "\ufffd"


def clean(text: str) -> str:
    """Drop colour codes of terminals, and replace what no report format can hold."""
    return _UNFIT.sub(REPLACEMENT, _TERMINAL.sub("", text))


def one_line(text: str) -> str:
    """Return clean text with every run of white space as one space."""
    return " ".join(clean(text).split())


def shorten(text: str, characters: int) -> str:
    """Cut a text that is too long for a page, and say so with an ellipsis."""
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"
