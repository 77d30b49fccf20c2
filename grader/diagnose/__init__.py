"""Late texts: messages, differences and verdicts in the reader's language.

What is rendered may quote a submission. Fields are put in as they are, in a single pass, without
control characters and cut to a bound; escaping for HTML and the like is the report's business.
"""

from __future__ import annotations

from grader.diagnose.evidence import ENOUGH_BITS, all_none, information_bits, telling_answers
from grader.diagnose.explaining import explain, first_shown
from grader.diagnose.language import pick_language
from grader.diagnose.rendering import describe, render, verdict_title
from grader.diagnose.sketch import agree, sketch
from grader.diagnose.traces import Answer, Trace, agree_on_case, answer, consistent

__all__ = [
    "ENOUGH_BITS",
    "Answer",
    "Trace",
    "agree",
    "agree_on_case",
    "all_none",
    "answer",
    "consistent",
    "describe",
    "explain",
    "first_shown",
    "information_bits",
    "pick_language",
    "render",
    "sketch",
    "telling_answers",
    "verdict_title",
]
