"""The sentences of notebooks and archives in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.author.wheel import wheel_name
from grader.texts import words_of

if TYPE_CHECKING:
    from grader.catalog import Assignment


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said about every assignment, in Markdown.

    Parameters
    ----------
    how_to : str
        How to work in a notebook.
    check : str
        How to check one's work.
    readme : str
        README of the archive.
    """

    how_to: str
    check: str
    readme: str


def words_about(assignment: Assignment, lang: str) -> Words:
    """Read the sentences in one language and fill in the assignment's name and title."""
    words = words_of("handed_out", lang)
    about = {
        "id": assignment.id,
        "title": assignment.title.in_language(lang),
        "notebook": notebook_name(assignment, lang),
        "first": assignment.exercises[0].id,
        "wheel": wheel_name(),
    }
    return Words(*(words(key, **about).strip() for key in ("how_to", "check", "readme")))


def notebook_name(assignment: Assignment, lang: str) -> str:
    """Return the file name of a notebook: ``hw8.ipynb``, ``hw8.zh.ipynb``."""
    return f"{assignment.id}.ipynb" if lang == "en" else f"{assignment.id}.{lang}.ipynb"
