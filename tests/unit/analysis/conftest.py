"""Grades with a few cases, for what many of them say together."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from grader.model import (
    CaseResult,
    Conditions,
    ExerciseResult,
    Grade,
    Message,
    Status,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def case(exercise: str, name: str, verdict: Verdict, suite: str = "public") -> CaseResult:
    """Return a case."""
    message = (
        Message("passed") if verdict is Verdict.PASSED else Message("wrong_value", {"call": name})
    )
    return CaseResult(
        id=f"test_{exercise}.py::{name}",
        exercise=exercise,
        test=f"test_{exercise}.py::{name}",
        suite=suite,
        visibility=Visibility.VISIBLE,
        verdict=verdict,
        message=message,
    )


@pytest.fixture
def make_grade() -> Callable[..., Grade]:
    """Return a maker of grades: of each exercise a word of ``+`` and ``-``, a case each."""

    def make(name: str = "ada", **exercises: str) -> Grade:
        results = tuple(
            ExerciseResult(
                id=exercise,
                points=Fraction(10),
                score=Fraction(10 * word.count("+"), len(word)),
                carried_forward=Fraction(0),
                cases=tuple(
                    case(exercise, f"case_{n}", Verdict.PASSED if sign == "+" else Verdict.FAILED)
                    for n, sign in enumerate(word)
                ),
            )
            for exercise, word in (exercises or {"sample": "+", "clip": "+-"}).items()
        )
        return Grade(
            id=name,
            name=name.title(),
            assignment="hw8",
            status=Status.GRADED,
            score=sum((result.score or Fraction(0) for result in results), Fraction(0)),
            max_score=Fraction(10 * len(results)),
            conditions=Conditions("A", "5f3a", "9c1e"),
            exercises=results,
        )

    return make
