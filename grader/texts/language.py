"""Which language to speak."""

from __future__ import annotations

import locale
import sys
from typing import TYPE_CHECKING, Final, Literal

from grader.errors import UsageError
from grader.model import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order in which POSIX has them override each other; an empty one counts as unset.
_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def pick_language(option: str | None, environ: Mapping[str, str]) -> Literal["en", "zh"]:
    """Choose a language from an option, else from the locale.

    Parameters
    ----------
    option : str or None
        What the user asked for: ``en``, ``zh``, or a locale such as ``zh_CN``.
    environ : mapping of str to str
        Environment variables; Chinese if the first locale set there is. On Windows, which sets
        none, the system is asked.

    Returns
    -------
    str
        ``en`` or ``zh``.

    Raises
    ------
    UsageError
        When the option is in neither language.
    """
    if option:
        if not option.lower().startswith(LANGUAGES):
            raise UsageError(f"no texts in language {option!r}; there is {' and '.join(LANGUAGES)}")
        return _of_locale(option)
    told = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    if not told and sys.platform == "win32":
        told = locale.getlocale()[0] or ""  # "Chinese (Simplified)_China", or as elsewhere
    return _of_locale(told)


def _of_locale(name: str) -> Literal["en", "zh"]:
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
