"""Two edits of a text made at once."""

from __future__ import annotations

from typing import NamedTuple


class Patch(NamedTuple):
    """What an edit puts into a text.

    Parameters
    ----------
    start, stop : int
        The characters that go, whole words.
    put : str
        What stands there instead.
    """

    start: int
    stop: int
    put: str


def patch_of(text: str, changed: str) -> Patch:
    """Find the one stretch of a text in which it differs from another."""
    start = _alike(text, changed)
    while start > 0 and _is_of_word(text[start - 1]):
        start -= 1
    most = min(len(text), len(changed)) - start
    same = min(most, _alike(text[::-1], changed[::-1]))
    stop = len(text) - same
    while stop < len(text) and _is_of_word(text[stop]):
        stop += 1
    return Patch(start, stop, changed[start : len(changed) - (len(text) - stop)])


def merged(text: str, one: Patch, other: Patch) -> str | None:
    """Make two edits of a text at once; None where they meet."""
    first, second = sorted((one, other))
    if first.stop >= second.start:
        return None
    between = text[first.stop : second.start]
    return f"{text[: first.start]}{first.put}{between}{second.put}{text[second.stop :]}"


def _alike(text: str, other: str) -> int:
    """Count the characters that two texts begin with alike."""
    both = enumerate(zip(text, other, strict=False))
    return next((at for at, (one, two) in both if one != two), min(len(text), len(other)))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character in "_."
