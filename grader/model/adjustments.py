"""What an instructor has put on top of what the suites found: marks by hand, and comments."""

from __future__ import annotations

from fractions import Fraction  # noqa: TC003 - msgspec reads the annotation

import msgspec


class Override(msgspec.Struct, frozen=True):
    """A mark set by hand. The verdicts below it stay as they are.

    Parameters
    ----------
    entry : int
        Number of the entry in the gradebook's log that says so.
    points : Fraction
        What counts.
    computed : Fraction or None
        What the suites gave; None where they gave nothing.
    because, who, at : str
        Why, by whom and when, in UTC.
    """

    entry: int
    points: Fraction
    computed: Fraction | None
    because: str
    who: str
    at: str


class Comment(msgspec.Struct, frozen=True):
    """What an instructor says to a student.

    Parameters
    ----------
    entry : int
        Number of the entry in the gradebook's log.
    exercise : str
        About what; empty for the submission as a whole.
    text, who, at : str
        What, by whom and when, in UTC.
    """

    entry: int
    exercise: str
    text: str
    who: str
    at: str
