"""Source text -> syntax trees; a text that does not parse is cut, and its healthy parts kept."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from typing import Final

from grader.intake.newer import needed_python

MAX_CHUNKS: Final = 20_000
MAX_MERGED: Final = 200  # chunks that one statement may spread over, when column 0 is in a string
_DETAIL_CHARS: Final = 200

# A line at column 0 that goes on with the statement before it.
_CONTINUES: Final = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
_MAGIC_LINE: Final = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_DEFINED: Final = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_ASSIGNED: Final = re.compile(r"^(?:type[ \t]+)?(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_ASSIGNED_INSIDE: Final = re.compile(r"^[ \t]*(\w+)[ \t]*=(?!=)", re.MULTILINE)
_BLOCK: Final = re.compile(r"(?:if|for|while|with|try)\b")


@dataclasses.dataclass(frozen=True, slots=True)
class Flaw:
    """Why a text does not parse; `line` counts from 1 in that text."""

    line: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """Statements that parse together; line n of the tree is line ``first + n`` of the text."""

    first: int
    lines: list[str]
    body: list[ast.stmt]


@dataclasses.dataclass(frozen=True, slots=True)
class Broken:
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


def parse(text: str) -> ast.Module | Flaw:
    """Parse a text; whatever the parser makes of hostile text becomes a `Flaw`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" and the like are the student's business
            return ast.parse(text)
    except SyntaxError as error:
        return Flaw(max(1, error.lineno or 1), str(error.msg)[:_DETAIL_CHARS])
    except (RecursionError, MemoryError):
        return Flaw(1, "nested too deeply")
    except ValueError as error:  # null bytes
        return Flaw(1, str(error)[:_DETAIL_CHARS])


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
            return Broken((), start + 1, self._lines[start][:_DETAIL_CHARS], magic=True), 1
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
        needs = needed_python(text, _parses) if self._characters_left > 0 else ""
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
