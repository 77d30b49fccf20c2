"""All that is said to people, in English and Chinese, from one catalogue with one syntax.

What is rendered may quote a submission. Fields are put in as they are, in a single pass, without
control characters and cut to a bound; escaping for HTML and the like is the report's business.
"""

from grader.texts.catalogue import Words, words_of
from grader.texts.language import pick_language
from grader.texts.rendering import describe, render, verdict_title
from grader.texts.values import value_text

__all__ = [
    "Words",
    "describe",
    "pick_language",
    "render",
    "value_text",
    "verdict_title",
    "words_of",
]
