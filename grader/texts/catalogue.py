"""The texts themselves: a TOML file a subject, each text in both languages side by side."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.errors import HarnessError
from grader.model import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.errors import Field

FOLDER: Final = Path(__file__).parent
FIELD_LENGTH: Final = 400

_PLACEHOLDER: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_OPTIONAL: Final = re.compile(r"\[\[(.*?)\]\]")

# Control, format (text direction, zero width), surrogate, private, line and paragraph separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class Words:
    """The texts of one subject in one language.

    ``words("cell", number=3)`` fills a text in. A template of a page may say ``words.cell``.

    Parameters
    ----------
    templates : mapping of str to str
        By key.
    """

    __slots__ = ("templates",)

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def __call__(self, key: str, /, **fields: Field) -> str:
        """Return a text with its fields filled in; a key that is not there is a mistake of ours."""
        return fill(self.templates[key], fields) if fields else self.templates[key]

    def __getitem__(self, key: str) -> str:
        """Return a text as it stands; templates of pages come this way."""
        return self.templates[key]


@functools.cache
def words_of(subject: str, lang: str) -> Words:
    """Return the installed texts of a subject, those in English for an unknown language."""
    return Words(load_texts(FOLDER / f"{subject}.toml", lang if lang in LANGUAGES else "en"))


def load_texts(path: Path, lang: str) -> dict[str, str]:
    """Read the texts of one file in one language.

    Parameters
    ----------
    path : Path
        Has a table for each key, with both languages.
    lang : str
        ``en`` or ``zh``.

    Raises
    ------
    HarnessError
        When it is missing or malformed.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise HarnessError(f"{path} cannot be read: {error}") from error
    try:
        return {key: str(both[lang]) for key, both in tables.items()}
    except (KeyError, TypeError) as error:
        raise HarnessError(f"{path}: the texts in {lang} lack {error}") from error


def fill(template: str, fields: Mapping[str, Field]) -> str:
    """Put fields into a template, once: a placeholder inside a field stays text.

    Parameters
    ----------
    template : str
        Has ``{name}`` for fields; ``[[...]]`` goes where one of its fields is empty or absent.
    fields : mapping of str to Field
        Values; a placeholder without one stays as it is.

    Returns
    -------
    str
        The text.
    """
    shown = {name: clean(value) for name, value in fields.items()}

    def optional(match: re.Match[str]) -> str:
        names = _PLACEHOLDER.findall(match[1])
        return match[1] if all(shown.get(name) for name in names) else ""

    def put(match: re.Match[str]) -> str:
        return shown.get(match[1], match[0])

    return _PLACEHOLDER.sub(put, _OPTIONAL.sub(optional, template))


def clean(value: Field) -> str:
    """Write a field on one line, without control characters, cut to 400 characters."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}"
    kept = str(value)[: 4 * FIELD_LENGTH]
    if not (kept.isascii() and kept.isprintable()):  # as nearly every field is
        kept = "".join(map(_printable, kept))
    text = " ".join(kept.split())
    return text if len(text) <= FIELD_LENGTH else f"{text[: FIELD_LENGTH - 3]}..."


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _UNPRINTABLE else character
