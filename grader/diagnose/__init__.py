"""Late texts: messages, differences and verdicts in the reader's language.

What is rendered may quote a submission. Fields are put in as they are, in a single pass, without
control characters and cut to a bound; escaping for HTML and the like is the report's business.
"""

from __future__ import annotations

from grader.diagnose.explaining import explain
from grader.diagnose.language import pick_language
from grader.diagnose.rendering import describe, render, verdict_title
from grader.diagnose.sketch import agree, sketch
from grader.diagnose.traces import Answer, Trace, agree_on_case, answer, consistent

__all__ = [
    "Answer",
    "Trace",
    "agree",
    "agree_on_case",
    "answer",
    "consistent",
    "describe",
    "explain",
    "pick_language",
    "render",
    "sketch",
    "verdict_title",
]
