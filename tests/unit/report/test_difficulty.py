"""What went wrong in an exercise, counted over a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.model import Message, Verdict
from grader.report.overview import Overview

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade


def said(grade: Grade, name: str, message: Message, verdict: Verdict) -> Grade:
    """Let every case of the first exercise say something."""
    first, *rest = grade.exercises
    cases = tuple(
        msgspec.structs.replace(case, message=message, verdict=verdict) for case in first.cases
    )
    changed = msgspec.structs.replace(first, cases=cases, diagnosis=None)
    return msgspec.structs.replace(grade, id=name, name=name, exercises=(changed, *rest))


@pytest.mark.parametrize(
    ("messages", "verdict", "counts"),
    [
        # What files are called differs in each class, and is not what went wrong.
        (
            [Message("missing", {"name": "clip", "file": f"{who}_hw8.ipynb"}) for who in "abc"],
            Verdict.MISSING,
            [3],
        ),
        (
            [
                Message("missing", {"name": "clip", "file": "a.py", "near": "Clip"}),
                Message("missing", {"name": "clip", "file": "b.py"}),
            ],
            Verdict.MISSING,
            [1, 1],
        ),
        (
            [
                Message("raised", {"exception": "E", "text": "x", "where": f"{who}.py:{at}"})
                for at, who in enumerate("ab")
            ],
            Verdict.ERRORED_STUDENT,
            [2],
        ),
    ],
)
def test_the_same_problem_is_counted_once_for_each_student(
    assignment: Assignment,
    perfect: Grade,
    messages: list[Message],
    verdict: Verdict,
    counts: list[int],
) -> None:
    """Wherever in whichever file it is."""
    overview = Overview(assignment, "en")
    for at, message in enumerate(messages):
        overview.add(said(perfect, f"s{at}", message, verdict))

    first = overview.view().difficulty[0]

    assert [problem.count for problem in first.problems] == counts
