"""What a client would like best of what there is, by its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Formats of `grader.report.FORMATS` by media type; the first is what anything will do for.
FEEDBACK: Final = {
    "application/json": "json",
    "text/html": "html",
    "text/markdown": "markdown",
    "text/plain": "text",
}
_MOST_CHARACTERS: Final = 1000


def pick_type(accept: str, offered: Sequence[str]) -> str | None:
    """Choose a media type; None where the client wants none of those.

    References
    ----------
    RFC 9110, section 12.5.1.
    """
    if not accept.strip():
        return offered[0]
    wanted = dict(_weighed(accept))

    def weight(kind: str) -> float:
        whole, most = kind, f"{kind.partition('/')[0]}/*"
        return wanted.get(whole, wanted.get(most, wanted.get("*/*", 0.0)))

    best = max(offered, key=weight)
    return best if weight(best) > 0 else None


def pick_lang(accept_language: str, otherwise: str) -> str:
    """Choose ``en`` or ``zh``, whichever a client prefers; else what is set for the service."""
    weights = {"en": 0.0, "zh": 0.0}
    for tag, weight in _weighed(accept_language):
        lang = tag.partition("-")[0]
        if lang in weights:
            weights[lang] = max(weights[lang], weight)
    if weights["en"] == weights["zh"]:
        return otherwise
    return max(weights, key=weights.__getitem__)


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    for part in header[:_MOST_CHARACTERS].split(","):
        name, _, parameters = part.partition(";")
        weight = 1.0
        for parameter in parameters.split(";"):
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                weight = _number(value.strip())
        if name.strip():
            yield name.strip().lower(), weight


def _number(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
