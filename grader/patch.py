"""Diffs of a reference, short enough to be written by hand."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING

from grader.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def patched(diff: str, right: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Apply a diff to definitions.

    Parameters
    ----------
    diff : str
        The places that change, with an empty line between them. Each has the lines that are taken
        out, with ``- `` in front, those that are put in, with ``+ ``, and those that only tell the
        place, with two spaces. How far a place is indented does not matter.
    right : mapping of str to sequence of str
        The lines of each definition.

    Returns
    -------
    dict of str to str
        The definitions that the diff changes.

    Raises
    ------
    CatalogError
        When lines that a place quotes do not stand exactly once in the definitions, one after the
        other, or when what comes out is the same, or no such definition.
    """
    added: dict[tuple[str, int], list[str]] = {}
    removed: set[tuple[str, int]] = set()
    for hunk in _hunks(diff):
        name, at, indent = _found([line for sign, line in hunk if sign != "+"], right)
        for sign, line in hunk:
            if sign == "+":
                added.setdefault((name, at), []).append(indent + line if line else "")
            else:
                removed.update({(name, at)} if sign == "-" else ())
                at += 1
    if not added and not removed:
        raise CatalogError("its diff changes nothing")
    definitions = {}
    for name in dict.fromkeys(name for name, _ in (*added, *removed)):
        lines = list(right[name])
        after: list[str] = []
        for at in range(len(lines) + 1):
            after += added.get((name, at), [])
            after += [] if (name, at) in removed else lines[at : at + 1]
        definitions[name] = "\n".join(after)
        found = [getattr(node, "name", "") for node in parsed(definitions[name])]
        if after == lines or found != [name]:
            raise CatalogError(f"its diff makes no other {name}")
    return definitions


def _hunks(diff: str) -> Iterator[list[tuple[str, str]]]:
    """Take a diff apart, place by place, into signs and lines, indented as little as can be."""
    for hunk in re.split(r"\n\s*\n", diff.strip("\n")):
        lines = hunk.split("\n")
        for line in lines:
            if line[:1] not in {"-", "+", " "} or line[1:2] not in {"", " "}:
                raise CatalogError(f"begin with '- ', '+ ' or two spaces in its diff: {line!r}")
        texts = textwrap.dedent("\n".join(line[2:] for line in lines)).split("\n")
        yield [(line[0], text) for line, text in zip(lines, texts, strict=True)]


def _found(quoted: Sequence[str], right: Mapping[str, Sequence[str]]) -> tuple[str, int, str]:
    """Find the only place that reads so: the definition, the line in it, and its indentation."""
    if not quoted:
        raise CatalogError(
            "its diff tells no place; quote the line before or after it, two spaces in front"
        )
    first = next((number for number, line in enumerate(quoted) if line), 0)
    found = []
    for name, lines in right.items():
        for at in range(len(lines) - len(quoted) + 1):
            indent = lines[at + first].removesuffix(quoted[first])
            wanted = [indent + line if line else "" for line in quoted]
            if indent.strip() == "" and lines[at : at + len(quoted)] == wanted:
                found.append((name, at, indent))
    if len(found) == 1:
        return found[0]
    names = " or ".join(right) or "its definitions"
    line = quoted[first].strip()
    if found:
        raise CatalogError(
            f"{line!r} stands {len(found)} times in {names}; quote the line before or after it "
            "too, two spaces in front"
        )
    known = {line.strip() for lines in right.values() for line in lines}
    missing = [line.strip() for line in quoted if line.strip() not in known]
    raise CatalogError(
        f"no line of {names} reads {missing[0]!r}; copy it as it stands in the reference"
        if missing
        else f"{line!r} is not followed by the other lines in {names}; begin a new place with an "
        "empty line"
    )


def parsed(code: str) -> list[ast.stmt]:
    """Parse code of a catalogue.

    Raises
    ------
    CatalogError
        When it does not parse; the line is in the message.
    """
    try:
        return ast.parse(code).body
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CatalogError(f"the code does not parse: {error.msg}: {line!r}") from error
    except ValueError as error:  # for a null byte, before Python 3.11.4
        raise CatalogError(f"the code does not parse: {error}") from error
