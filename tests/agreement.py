"""Whether public and hidden cases say the same of what a batch has graded."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.author.validate import disagreement
from grader.suite.redrawing import BY_HEART, BY_HEART_FIXED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FINE: Final = {"passed", "skipped"}
# Passed on the inputs handed out, and on no others: what `grader validate` sees as passed, too.
MEMORY: Final = {BY_HEART, BY_HEART_FIXED}


def disagreements(grade: Path) -> list[str]:
    """Look for what `grader validate` looks for in samples, in a file of ``results/json``."""
    exercises = msgspec.json.decode(grade.read_bytes())["exercises"]
    return [f"{one['id']}: {text}" for one in exercises if (text := _of(one))]


def _of(exercise: Mapping[str, Any]) -> str:
    points = Fraction(exercise["points"])
    lost = points - Fraction(exercise["score_exact"] or 0)
    cases = (
        (case["suite"], case["verdict"] in FINE or case["message_key"] in MEMORY)
        for case in exercise["cases"]
    )
    return disagreement(cases, is_edge=4 * lost <= points)
