"""What answers say about the code behind them, and how that is put into words."""

from __future__ import annotations

from grader.diagnose.evidence import ENOUGH_BITS, all_none, information_bits, telling_answers
from grader.diagnose.explaining import explain, first_shown, unwritten_note
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
    "explain",
    "first_shown",
    "information_bits",
    "sketch",
    "telling_answers",
    "unwritten_note",
]
