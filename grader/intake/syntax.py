"""Source text -> syntax trees; a text that does not parse is cut, and its healthy parts kept.

What only a newer Python reads is told from what none does.
"""

from __future__ import annotations

import ast
import re
from typing import Final

import msgspec

from grader.trees import DETAIL_CHARS, Flaw, parse

MAX_CHUNKS: Final = 20_000
MAX_MERGED: Final = 200  # chunks that one statement may spread over, when column 0 is in a string

# A line at column 0 that goes on with the statement before it.
_CONTINUES: Final = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
_MAGIC_LINE: Final = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_DEFINED: Final = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_ASSIGNED: Final = re.compile(r"^(?:type[ \t]+)?(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_ASSIGNED_INSIDE: Final = re.compile(r"^[ \t]*(\w+)[ \t]*=(?!=)", re.MULTILINE)
_BLOCK: Final = re.compile(r"(?:if|for|while|with|try)\b")

# What newer versions of Python have brought.
MAX_SCANNED: Final = 100_000
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


class Block(msgspec.Struct, frozen=True):
    """Statements that parse together; line n of the tree is line ``first + n`` of the text."""

    first: int
    lines: list[str]
    body: list[ast.stmt]


class Broken(msgspec.Struct, frozen=True):
    """A stretch of text that is not Python.

    Parameters
    ----------
    names : tuple of str
        What it would have bound.
    line : int
        Where the flaw is.
    text : str
        What the parser says.
    magic : bool
        Whether it is a line that only IPython knows.
    needs : str
        The newer Python that reads it, such as ``3.12``; empty if none is known.
    """

    names: tuple[str, ...]
    line: int
    text: str
    magic: bool = False
    needs: str = ""


def split(text: str, max_chunks: int = MAX_CHUNKS) -> tuple[list[Block], list[Broken]]:
    """Parse a text, in parts where it does not parse as a whole.

    Parameters
    ----------
    text : str
        Python source with line feeds as line ends.
    max_chunks : int
        A broken text with more places to cut than this is left out as a whole.

    Returns
    -------
    list of Block, list of Broken
        What parses, in order, and what does not.
    """
    tree = parse(text)
    lines = text.split("\n")
    if isinstance(tree, ast.Module):
        return [Block(0, lines, tree.body)], []
    spans = _spans(lines)
    if len(spans) > max_chunks:
        return [], [Broken(names_in(text), tree.line, tree.text)]
    return _Salvage(lines, spans).run()


def names_in(text: str) -> tuple[str, ...]:
    """Guess which names a text that does not parse was meant to bind."""
    assigned = _ASSIGNED_INSIDE if _BLOCK.match(text) else _ASSIGNED
    found = [*_DEFINED.findall(text), *assigned.findall(text)]
    return tuple(dict.fromkeys(found))


def mask_magics(text: str) -> str:
    """Put ``pass`` in the place of lines that begin with %, ! or ?."""
    return _MAGIC_LINE.sub(r"\1pass", text)


def _spans(lines: list[str]) -> list[tuple[int, int]]:
    """Cut where a statement may begin: at column 0, decorators together with what they adorn."""
    starts: list[int] = []
    decorating = False
    for number, line in enumerate(lines):
        if not line.strip() or line[0] in " \t\f#":
            continue
        if not (starts and (decorating or _CONTINUES.match(line))):
            starts.append(number)
        decorating = line[0] == "@"
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        starts.insert(0, 0)
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


class _Salvage:
    """Tries the chunks of a broken text one by one, merged where a statement spreads over more."""

    def __init__(self, lines: list[str], spans: list[tuple[int, int]]) -> None:
        self._lines = lines
        self._spans = spans
        # Merging tries are what could be quadratic; together they parse a few times the text.
        self._characters_left = 100_000 + 4 * sum(map(len, lines))

    def run(self) -> tuple[list[Block], list[Broken]]:
        blocks: list[Block] = []
        broken: list[Broken] = []
        at, after_flaw = 0, False
        while at < len(self._spans):
            outcome, taken = self._one(at)
            if isinstance(outcome, Block):
                blocks.append(outcome)
            elif outcome.names or outcome.magic or not after_flaw:
                # What follows a flaw without naming anything is its debris.
                broken.append(outcome)
            after_flaw = isinstance(outcome, Broken) and not outcome.magic
            at += taken
        return blocks, broken

    def _one(self, at: int) -> tuple[Block | Broken, int]:
        start, end = self._spans[at]
        text = self._text(start, end)
        if text[:1] in {"%", "!", "?"}:
            return Broken((), start + 1, self._lines[start][:DETAIL_CHARS], magic=True), 1
        tree = parse(text)
        if isinstance(tree, Flaw) and mask_magics(text) != text:
            text = mask_magics(text)
            masked = parse(text)
            tree = masked if isinstance(masked, ast.Module) else tree
        if isinstance(tree, ast.Module):
            return Block(start, text.split("\n"), tree.body), 1
        merged = self._merged(at, tree)
        if merged is not None:
            return merged
        line = min(start + tree.line, end)
        self._characters_left -= len(text)
        needs = needed_python(text) if self._characters_left > 0 else ""
        return Broken(names_in(text), line, tree.text, needs=needs), 1

    def _merged(self, at: int, flaw: Flaw) -> tuple[Block, int] | None:
        """Add the following chunks until the statement is complete, if it ever is."""
        start = self._spans[at][0]
        limit = min(len(self._spans), at + MAX_MERGED)
        for last in range(at + 1, limit):
            closers = _closers(flaw)
            if not closers:
                return None
            begin, end = self._spans[last]
            added = self._text(begin, end)
            self._characters_left -= len(added)
            if self._characters_left < 0:
                return None
            if not any(closer in added for closer in closers):
                continue
            text = self._text(start, end)
            self._characters_left -= len(text)
            tree = parse(text)
            if isinstance(tree, ast.Module):
                return Block(start, self._lines[start:end], tree.body), last - at + 1
            flaw = tree
        return None

    def _text(self, start: int, end: int) -> str:
        return "\n".join(self._lines[start:end])


def _parses(text: str) -> bool:
    return isinstance(parse(text), ast.Module)


def _closers(flaw: Flaw) -> tuple[str, ...]:
    """Tell what more text would have to contain to mend a flaw; nothing if no text can."""
    if "triple-quoted" in flaw.text:
        return ('"""', "'''")
    if "never closed" in flaw.text:
        return (")", "]", "}")
    if "unexpected EOF" in flaw.text:
        return ("",)
    return ()


# Which Python a text needs that this one cannot read, where a newer one could.


def needed_python(text: str) -> str:
    """Return the version of Python that reads a text, such as ``3.12``; empty if none is known.

    Parameters
    ----------
    text : str
        Source that this Python does not parse.

    Notes
    -----
    What newer versions have brought is taken out or written in the old way. If the rest parses,
    nothing else was wrong with it.
    """
    if len(text) > MAX_SCANNED:
        return ""
    plain, version = _without_parameters(text)
    plain, wrapped = _EXCEPT.subn(r"\1(\2):", plain)
    version = max(version, 14 if wrapped else 0)
    if version and _parses(plain):
        return f"3.{version}"
    scanned = _Scanner(plain)
    if scanned.newest and _parses(scanned.text):
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
