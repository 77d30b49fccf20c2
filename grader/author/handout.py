"""handout.md -> the texts that stand before each exercise of the notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.catalog import Assignment

# The id may be followed by a title: "## clip: bound the gradients".
_HEADING = re.compile(r"^##[ \t]+`?([\w-]+)?")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Handout:
    """A handout cut at its second-level headings.

    Parameters
    ----------
    intro : str
        What stands before the first such heading.
    opening : tuple of str
        Sections before the first exercise.
    sections : mapping of str to tuple of str
        The section of each exercise; sections about no exercise in particular stand before that
        of the exercise which follows them.
    closing : tuple of str
        Sections after the last exercise.
    """

    intro: str
    opening: tuple[str, ...]
    sections: Mapping[str, tuple[str, ...]]
    closing: tuple[str, ...]


def read_handout(assignment: Assignment, lang: str) -> Handout:
    """Read the handout in one language and cut it.

    Parameters
    ----------
    assignment : Assignment
        Whose folder holds handout.md and handout.zh.md.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    Handout
        With one section for every exercise.

    Raises
    ------
    CatalogError
        When the file cannot be read, or an exercise has no section or two.
    """
    path = assignment.folder / ("handout.md" if lang == "en" else f"handout.{lang}.md")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path} is not UTF-8: {error.reason}") from error
    return cut_handout(text, [exercise.id for exercise in assignment.exercises], path.name)


def cut_handout(text: str, exercises: Sequence[str], origin: str) -> Handout:
    """Cut a handout at the headings ``## EXERCISE``.

    Parameters
    ----------
    text : str
        Markdown.
    exercises : sequence of str
        Ids that must each have one section.
    origin : str
        What errors call the text.

    Returns
    -------
    Handout
        Its parts without surrounding blank lines.

    Raises
    ------
    CatalogError
        When an exercise has no section or two.
    """
    lines = text.split("\n")
    starts = _headings(lines)
    intro = "\n".join(lines[: starts[0] if starts else len(lines)]).strip()
    opening: tuple[str, ...] = ()
    sections: dict[str, tuple[str, ...]] = {}
    loose: list[str] = []
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        section = "\n".join(lines[start:stop]).strip()
        name = _heading(lines[start])
        if name not in exercises:
            loose.append(section)
            continue
        if name in sections:
            raise CatalogError(f"{origin}:{start + 1}: a second section '## {name}'")
        if not sections:
            opening, loose = tuple(loose), []
        sections[name] = (*loose, section)
        loose = []
    for exercise in exercises:
        if exercise not in sections:
            raise CatalogError(f"{origin}: {exercise} has no section; add '## {exercise}'")
    return Handout(intro, opening, sections, tuple(loose))


def _headings(lines: Sequence[str]) -> list[int]:
    """Return the indices of second-level headings; code blocks hold none."""
    found: list[int] = []
    fence = ""
    for at, line in enumerate(lines):
        opened = _FENCE.match(line)
        if fence:
            # Only a fence of the same mark, at least as long, ends a code block.
            if opened and opened[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif opened:
            fence = opened[1]
        elif _HEADING.match(line):
            found.append(at)
    return found


def _heading(line: str) -> str:
    match = _HEADING.match(line)
    return (match[1] or "") if match else ""
