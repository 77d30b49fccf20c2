"""A student's code taken apart for a page: a word of style and a text, piece by piece."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from pygments.lexers.python import PythonLexer
from pygments.token import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a page tells apart; style.css has a class of each name.
_STYLES: Final = (
    (Token.Comment, "comment"),
    (Token.Literal.String, "string"),
    (Token.Literal.Number, "number"),
    (Token.Name.Function, "name"),
    (Token.Name.Class, "name"),
    (Token.Keyword, "keyword"),
    (Token.Operator.Word, "keyword"),
)

Part = tuple[str, str]


def highlighted(lines: Sequence[str]) -> tuple[tuple[Part, ...], ...]:
    """Take lines of Python apart.

    Parameters
    ----------
    lines : sequence of str
        Any text, without line ends; what is no Python is left in one piece.

    Returns
    -------
    tuple of tuple of (str, str)
        For each line its parts: the style, empty for most, and the text. Together they are the
        line, so what is shown is what was handed in.
    """
    rows: list[list[Part]] = [[]]
    for token, value in _lexer().get_tokens(_text(lines)):
        style = next((name for kind, name in _STYLES if token in kind), "")
        for number, piece in enumerate(value.split("\n")):
            if number:
                rows.append([])
            if piece:
                rows[-1].append((style, piece))
    return tuple(tuple(row) for row in rows[: len(lines)])


def docstring_rows(lines: Sequence[str]) -> list[range]:
    """List the rows of each docstring in lines that begin with a head or behind a docstring."""
    found, row = [], 0
    for token, value in _lexer().get_tokens(_text(lines)):
        ends = row + value.count("\n")
        if token in Token.Literal.String.Doc:
            found.append(range(row, ends + 1))
        row = ends
    return found


def _text(lines: Sequence[str]) -> str:
    # A line end of another kind would make two lines of one.
    return "\n".join(" ".join(line.splitlines()) for line in lines)


@functools.cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False, ensurenl=False)
