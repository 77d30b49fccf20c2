"""Two known mistakes made at once."""

from __future__ import annotations

import difflib
import io
import itertools
import tokenize
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def pair(
    right: Mapping[str, Sequence[str]], first: Mapping[str, str], second: Mapping[str, str]
) -> dict[str, str] | None:
    """Make two mistakes of an exercise at once.

    Parameters
    ----------
    right : mapping of str to sequence of str
        The lines of the reference's definitions; see `grader.mistakes.reference_lines`.
    first, second : mapping of str to str
        The definitions that have a mistake.

    Returns
    -------
    dict of str to str
        The definitions that have one or both of them; None where they meet in the same place.
    """
    made: dict[str, str] = {}
    for name in sorted(first.keys() | second.keys()):
        plain = "\n".join(right[name])
        code = both(plain, first.get(name, plain), second.get(name, plain))
        if code is None:
            return None
        made[name] = code
    return made


class _Edit(NamedTuple):
    start: int
    stop: int
    tokens: tuple[str, ...]


def both(text: str, first: str, second: str) -> str | None:
    """Make two changes of a text at once.

    Parameters
    ----------
    text : str
        Python code.
    first, second : str
        The same code with a change each.

    Returns
    -------
    str or None
        The code with both; None where they do not stand apart from each other, with code between
        them that neither changes.
    """
    base = _tokens(text)
    edits = sorted([*_edits(base, _tokens(first)), *_edits(base, _tokens(second))])
    if any(one.stop >= other.start for one, other in itertools.pairwise(edits)):
        return None
    for edit in reversed(edits):
        base[edit.start : edit.stop] = edit.tokens
    return "".join(base)


def _tokens(text: str) -> list[str]:
    """Cut a text into tokens, each with the space before it, so that together they are the text."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found, at = [], 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in {tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}:
            continue
        end = starts[token.end[0] - 1] + token.end[1]
        if end > at:
            found.append(text[at:end])
            at = end
    return [*found, text[at:]]


def _edits(base: Sequence[str], changed: Sequence[str]) -> list[_Edit]:
    matcher = difflib.SequenceMatcher(None, base, changed, autojunk=False)
    return [
        _Edit(start, stop, tuple(changed[first:last]))
        for tag, start, stop, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]
