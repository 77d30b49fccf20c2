"""Fields into templates, so that no field can change the template or the page around it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from grader.diagnose.texts import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.errors import Field
    from grader.model import Difference, Message, Verdict

FIELD_LENGTH: Final = 400

_PLACEHOLDER: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_OPTIONAL: Final = re.compile(r"\[\[(.*?)\]\]")

# Control, format (text direction, zero width), surrogate, private, line and paragraph separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def render(message: Message, lang: str) -> str:
    """Write a message in a language.

    Parameters
    ----------
    message : Message
        Its fields may come from a submission.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        The text; for an unknown key, the key and the fields.
    """
    template = texts(lang).message.get(message.key)
    if template is not None:
        return fill(template, in_language(message.fields, lang))
    listed = ", ".join(f"{name}={clean(value)}" for name, value in message.fields.items())
    key = clean(message.key)
    return f"{key} ({listed})" if listed else key


def in_language(fields: Mapping[str, Field], lang: str) -> dict[str, Field]:
    """Add ``reason`` for ``reason_en`` and ``reason_zh``, which an assignment has written."""
    ending = "_zh" if lang == "zh" else "_en"
    chosen = {name.removesuffix(ending): fields[name] for name in fields if name.endswith(ending)}
    return {**fields, **chosen}


def describe(difference: Difference, lang: str) -> str:
    """Say in one to three short lines what differs, where, and by how much.

    Parameters
    ----------
    difference : Difference
        What `grader.compare.compare` found.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        Lines separated by newlines.
    """
    templates = texts(lang).difference
    fields: dict[str, Field] = {
        "where": f"{templates['result']}{difference.path}{_index(difference)}",
        "expected": difference.expected,
        "actual": difference.actual,
        "error": difference.error,
        "wrong": difference.wrong,
        "total": difference.total,
    }
    template = templates.get(_sentence(difference), "{where}: {expected} / {actual}")
    lines = [fill(template, fields)]
    count = _count(difference)
    if count:
        lines.append(fill(templates[count], fields))
    return "\n".join(lines)


def verdict_title(verdict: Verdict, lang: str) -> str:
    """Name a verdict in two or three words."""
    return texts(lang).verdict.get(verdict.value, verdict.value)


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


def _index(difference: Difference) -> str:
    return f"[{', '.join(map(str, difference.index))}]" if difference.index else ""


def _sentence(difference: Difference) -> str:
    """Choose the sentence; two kinds stand for two cases each, told apart by the count."""
    if difference.kind == "dtype" and not difference.total:
        return "family"
    if difference.kind == "value" and not difference.total:
        return "text"
    return difference.kind


def _count(difference: Difference) -> str:
    if difference.total <= 1 or difference.kind not in {"value", "dtype", "not_finite"}:
        return ""
    if difference.kind == "not_finite":
        return "count_not_finite"
    if difference.error is None:
        return "count_exact"
    return "count_all" if difference.wrong == difference.total else "count"
