"""Grades for the gradebook's tests."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from grader.gradebook import Gradebook
from grader.model import (
    CaseResult,
    Conditions,
    Difference,
    ExerciseResult,
    Grade,
    Message,
    Place,
    Recipe,
    Status,
    Student,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def conditions() -> Conditions:
    """Conditions of a batch."""
    return Conditions("A", "5f3a", "9c1e", (("suites", "77aa"), ("numpy", "2.1.0")))


@pytest.fixture
def make_grade(conditions: Conditions) -> Callable[..., Grade]:
    """Return a maker of grades that use every field; the score tells versions apart."""

    def make(name: str = "ada", score: Fraction = Fraction(7, 3), **changes: object) -> Grade:
        failing = CaseResult(
            id="test_clip.py::test_clips[0.1]",
            exercise="clip",
            test="test_clip.py::test_clips",
            suite="hidden",
            visibility=Visibility.AFTER_PUBLISHED,
            verdict=Verdict.FAILED,
            weight=Fraction(2, 3),
            message=Message("value", {"name": "clip", "error": 0.5, "count": 3, "hint": None}),
            difference=Difference("value", "['dWax']", "0.1", "0.6", (3, 1), 0.5, 1e-7, 2, 15),
            recipe=Recipe("clip(gradients, 0.1)", ("gradients: dict", "0.1"), 17, "test_clip.py"),
            place=Place("hw8.ipynb", 3, 5, "clip", "np.clip(g, -m, m)"),
            output="printed 你好 \x00 \u2028\n",
            duration_s=0.25,
        )
        passing = CaseResult(
            id="test_clip.py::test_small",
            exercise="clip",
            test="test_clip.py::test_small",
            suite="public",
            visibility=Visibility.VISIBLE,
            verdict=Verdict.PASSED,
            carried_forward=True,
        )
        fields: dict[str, object] = {
            "id": name,
            "name": f"{name} 'x' <b>",
            "assignment": "hw8",
            "status": Status.GRADED,
            "score": score,
            "max_score": Fraction(10),
            "conditions": conditions,
            "exercises": (
                ExerciseResult("sample", Fraction(5), None, Fraction(0), ()),
                ExerciseResult("clip", Fraction(5), score, Fraction(1, 3), (failing, passing)),
            ),
            "notes": (Message("cell_left_out", {"cell": 4}),),
            "duration_s": 1.5,
        }
        return Grade(**{**fields, **changes})  # type: ignore[arg-type]  # a bag of test fields

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the gradebook is."""
    return tmp_path / "gradebook.sqlite"


@pytest.fixture
def everybody() -> list[str]:
    """Who has handed in, in the gradebook's order."""
    return ["Zoë", "ada", "bob", "cy", "dee", "张伟"]


@pytest.fixture
def book(path: Path, conditions: Conditions, everybody: list[str]) -> Iterator[Gradebook]:
    """Return an empty gradebook in which a batch has begun, with everybody's submission."""
    with Gradebook.open(path) as opened:
        opened.begin("hw8", conditions, [Student.of_submission(name) for name in everybody])
        yield opened
