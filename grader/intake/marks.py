"""Which exercise a cell is for, by the comments that course notebooks use."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(
    r"^[ \t]*#.*\bGRADED[ \t]+(?:FUNCTION|CLASS)(?:[ \t]*:)?[ \t]*(\w+(?:[ \t]*,[ \t]*\w+)*)",
    re.IGNORECASE | re.MULTILINE,
)


def in_comments(text: str) -> frozenset[str]:
    """Return the casefolded names in lines such as ``### GRADED FUNCTION: clip``."""
    listed = (name.strip() for match in _MARK.findall(text) for name in match.split(","))
    return frozenset(name.casefold() for name in listed)
