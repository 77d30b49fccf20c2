"""The texts themselves, read from the TOML files of this folder when first needed."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.errors import HarnessError
from grader.model import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).parent
# Files whose tables have both languages side by side.
BILINGUAL: Final = ("intake_notes.toml", "findings.toml", "demo_notes.toml")


@dataclasses.dataclass(frozen=True, slots=True)
class Texts:
    """All templates of one language, by key.

    Parameters
    ----------
    verdict, difference, message : mapping of str to str
        Titles of verdicts, sentences about differences, messages and notes.
    """

    verdict: Mapping[str, str]
    difference: Mapping[str, str]
    message: Mapping[str, str]


def load_texts(folder: Path, lang: str) -> Texts:
    """Read the texts of one language in a folder.

    Parameters
    ----------
    folder : Path
        Holds ``en.toml`` and ``zh.toml``, and perhaps the files of `BILINGUAL`.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    Texts
        The templates; a note never replaces a message of the same key.

    Raises
    ------
    HarnessError
        When a file is missing or malformed.
    """
    tables = _read(folder / f"{lang}.toml")
    notes: dict[str, dict[str, str]] = {}
    for name in BILINGUAL:
        notes |= _read(folder / name) if (folder / name).is_file() else {}
    try:
        by_note = {key: str(both[lang]) for key, both in notes.items()}
        return Texts(tables["verdict"], tables["difference"], by_note | tables["message"])
    except (KeyError, TypeError) as error:
        raise HarnessError(f"{folder}: the texts in {lang} lack {error}") from error


@functools.cache
def texts(lang: str) -> Texts:
    """Return the installed texts of a language, those in English for an unknown one."""
    return load_texts(FOLDER, lang if lang in LANGUAGES else "en")


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise HarnessError(f"{path} cannot be read: {error}") from error
