"""What `grader.compare` says of a value in a few words, in another language.

Summaries are made where values are compared, long before anybody chooses a language, and stored as
they are. They are put together from a handful of phrases, which are found again here; what a value
quotes of a submission stays as it is.
"""

from __future__ import annotations

import re
from typing import Final

from grader.texts.catalogue import fill, words_of

_SHAPE: Final = r"(?P<shape>\([\d, ]*\))"
_PHRASES: Final = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"""(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", ""),
        (rf"(?P<dtype>\w+) array of shape {_SHAPE}", "value_array"),
        (rf"(?P<dtype>\w+) tensor of shape {_SHAPE}", "value_tensor"),
        (rf", each of shape {_SHAPE}", "value_each"),
        (rf", of shape {_SHAPE}", "value_shape"),
        (r"\bobject of type (?P<type>\w+)", "value_object"),
        (r"\bint of (?P<count>\d+) bits", "value_bits"),
        (r"\b(?P<type>list|tuple|dict|set|frozenset) of (?P<count>\d+)", "value_items"),
        (r" with keys? (?=\S)", "value_keys"),
        (r"^keys? (?=\S)", "value_key"),
    )
)


def value_text(summary: str, lang: str) -> str:
    """Write a summary of a value in a language.

    Parameters
    ----------
    summary : str
        As `grader.compare` makes it: ``float64 array of shape (5, 3)``.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        Numbers, names and what is quoted are the same.
    """
    if lang == "en":
        return summary
    words = words_of("differences", lang)
    written, at = [], 0
    while at < len(summary):
        found = ((pattern.match(summary, at), key) for pattern, key in _PHRASES)
        match, key = next((one for one in found if one[0] is not None), (None, ""))
        if match is None:
            word = re.match(r"\w+|\W", summary[at:])
            text = word[0] if word is not None else summary[at]
        else:
            text = fill(words.templates[key], match.groupdict()) if key else match[0]
        written.append(text)
        at = match.end() if match is not None else at + len(text)
    return "".join(written)
