"""Messages, differences and verdicts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.texts.catalogue import clean, fill, words_of
from grader.texts.values import value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.errors import Field
    from grader.model import Difference, Message, Verdict

# Subjects that messages are about, those that most are about first: a file is read when needed.
MESSAGES: Final = ("messages", "findings", "intake", "demo", "course")


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
    for subject in MESSAGES:
        template = words_of(subject, lang).templates.get(message.key)
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
    words = words_of("differences", lang)
    fields: dict[str, Field] = {
        "where": f"{words('result')}{difference.path}{_index(difference)}",
        "expected": value_text(difference.expected, lang),
        "actual": value_text(difference.actual, lang),
        "error": difference.error,
        "wrong": difference.wrong,
        "total": difference.total,
    }
    template = words.templates.get(_sentence(difference), "{where}: {expected} / {actual}")
    lines = [fill(template, fields)]
    count = _count(difference)
    if count:
        lines.append(words(count, **fields))
    return "\n".join(lines)


def verdict_title(verdict: Verdict, lang: str) -> str:
    """Name a verdict in two or three words."""
    return words_of("verdicts", lang)(verdict.value)


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
