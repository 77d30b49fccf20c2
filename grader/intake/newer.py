"""Which Python a text needs that this one cannot read, where a newer one could."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CHARS: Final = 100_000

_PARAMETERS: Final = re.compile(
    r"^([ \t]*(?:async[ \t]+def|def|class|type)[ \t]+\w+)[ \t]*"
    r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?=[ \t]*[(:=])",
    re.MULTILINE,
)
_ALIAS: Final = re.compile(r"^([ \t]*)type[ \t]+(\w+)[ \t]*=(?!=)", re.MULTILINE)
# Names of exceptions begin with a capital letter; ``except ValueError, e`` is Python 2.
_EXCEPT: Final = re.compile(
    r"^([ \t]*except\*?[ \t]+)((?:\w+\.)*[A-Z]\w*(?:[ \t]*,[ \t]*(?:\w+\.)*[A-Z]\w*)+)[ \t]*:",
    re.MULTILINE,
)
_STRING: Final = re.compile(r"(?<![\w])([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
_WORD: Final = re.compile(r"\w+")


def needed_python(text: str, parses: Callable[[str], bool]) -> str:
    """Return the version of Python that reads a text, such as ``3.12``; empty if none is known.

    Parameters
    ----------
    text : str
        Source that this Python does not parse.
    parses : callable
        Tells whether it parses some other text.

    Notes
    -----
    What newer versions have brought is taken out or written in the old way. If the rest parses,
    nothing else was wrong with it.
    """
    if len(text) > MAX_CHARS:
        return ""
    plain, version = _without_parameters(text)
    plain, wrapped = _EXCEPT.subn(r"\1(\2):", plain)
    version = max(version, 14 if wrapped else 0)
    if version and parses(plain):
        return f"3.{version}"
    scanned = _Scanner(plain)
    if scanned.newest and parses(scanned.text):
        return f"3.{max(version, scanned.newest)}"
    return ""


def _without_parameters(text: str) -> tuple[str, int]:
    """Take out type parameters (3.12, with defaults 3.13) and the word before an alias (3.12)."""
    version = 0
    for found in _PARAMETERS.finditer(text):
        version = max(version, 13 if "=" in found[2] else 12)
    text = _PARAMETERS.sub(r"\1", text)
    text, aliases = _ALIAS.subn(r"\1\2 =", text)
    return text, max(version, 12 if aliases else 0)


class _Scanner:
    """Writes a text without its f-strings (as 3.12 reads them) and t-strings (3.14)."""

    def __init__(self, text: str) -> None:
        self._source = text
        self.newest = 0
        parts: list[str] = []
        at = 0
        while at < len(text):
            end, written = self._step(at)
            parts.append(written)
            at = end
        self.text = "".join(parts)

    def _step(self, at: int) -> tuple[int, str]:
        """Go over a comment, a string, or one character outside of both."""
        source = self._source
        if source[at] == "#":
            end = source.find("\n", at)
            return (len(source) if end < 0 else end), ""
        opening = _STRING.match(source, at)
        if opening is None:
            word = _WORD.match(source, at)
            end = word.end() if word else at + 1
            # A prefix is told from a name by the quote behind it.
            if word and end < len(source) and source[end] in "\"'" and len(word[0]) <= 2:  # noqa: PLR2004 - rb, fr
                end = at + 1
            return end, source[at:end]
        prefix, quote = opening[1].lower(), opening[2]
        if "f" not in prefix and "t" not in prefix:
            end = self._plain_end(opening.end(), quote)
            return end, source[at:end]
        end = self._template_end(opening.end(), quote, raw="r" in prefix)
        if end < 0:
            return opening.end(), source[at : opening.end()]
        self.newest = max(self.newest, 14 if "t" in prefix else 12)
        return end, '""'

    def _plain_end(self, at: int, quote: str) -> int:
        """Find the end of a string in which nothing is computed."""
        source = self._source
        while at < len(source):
            if source[at] == "\\":
                at += 2
            elif source.startswith(quote, at):
                return at + len(quote)
            elif source[at] == "\n" and len(quote) == 1:
                return at
            else:
                at += 1
        return len(source)

    def _template_end(self, at: int, quote: str, *, raw: bool) -> int:
        """Find the end of an f-string; -1 if it has none."""
        source = self._source
        depth = 0
        while at < len(source):
            char = source[at]
            opening = _STRING.match(source, at) if depth else None
            if depth and opening:
                inner = opening[1].lower()
                at = opening.end()
                if "f" in inner or "t" in inner:
                    at = self._template_end(at, opening[2], raw="r" in inner)
                    if at < 0:
                        return -1
                else:
                    at = self._plain_end(at, opening[2])
            elif not depth and source.startswith(quote, at):
                return at + len(quote)
            elif not depth and self._is_pair(at, raw=raw):
                at += 2
            elif not depth and char == "\n" and len(quote) == 1:
                return -1
            else:
                depth += {"{": 1, "[": bool(depth), "(": bool(depth)}.get(char, 0)
                depth -= {"}": 1, "]": bool(depth), ")": bool(depth)}.get(char, 0)
                if depth < 0:
                    return -1
                at += 1
        return -1

    def _is_pair(self, at: int, *, raw: bool) -> bool:
        """Tell whether two characters of an f-string's text stand for one."""
        return self._source.startswith(("{{", "}}"), at) or (self._source[at] == "\\" and not raw)
