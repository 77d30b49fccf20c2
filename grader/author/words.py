"""The sentences of notebooks and archives, from words.toml, in the reader's language."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from grader.author.wheel import wheel_name

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    text = resources.files("grader.author").joinpath("words.toml").read_bytes()
    spoken = msgspec.toml.decode(text, type=dict[str, Words])[lang]
    about = {
        "{id}": assignment.id,
        "{title}": assignment.title.in_language(lang),
        "{notebook}": notebook_name(assignment, lang),
        "{wheel}": wheel_name(),
    }
    return Words(*(_filled(part, about) for part in msgspec.structs.astuple(spoken)))


def notebook_name(assignment: Assignment, lang: str) -> str:
    """Return the file name of a notebook: ``hw8.ipynb``, ``hw8.zh.ipynb``."""
    return f"{assignment.id}.ipynb" if lang == "en" else f"{assignment.id}.{lang}.ipynb"


def _filled(text: str, about: Mapping[str, str]) -> str:
    for placeholder, value in about.items():
        text = text.replace(placeholder, value)
    return text.strip()
