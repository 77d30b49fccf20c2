"""Gradescope's results.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.errors import HarnessError, IntakeError
from grader.model import Grade, Visibility
from grader.report import gradescope_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment

SCHEMA = "gradescope-results.schema.json"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_fits_the_schema(
    assignment: Assignment,
    grade: Grade,
    perfect: Grade,
    schema_errors: Callable[[str, bytes], list[str]],
    lang: str,
) -> None:
    """Field names and enumerations are the platform's."""
    for each in (grade, perfect):
        assert schema_errors(SCHEMA, gradescope_json(assignment, each, lang)) == []


def test_matches_the_golden_file(
    assignment: Assignment, grade: Grade, golden: Callable[[str, bytes], None]
) -> None:
    """The whole file, byte for byte."""
    golden("gradescope.json", gradescope_json(assignment, grade, "en"))


def test_exercises_carry_the_points_and_cases_the_visibility(
    assignment: Assignment, grade: Grade
) -> None:
    """Points are counted once, and a hidden case is hidden by the platform."""
    rows = json.loads(gradescope_json(assignment, grade, "en"))["tests"]

    scored = [row for row in rows if "score" in row]
    hidden = [row for row in rows if row["visibility"] == "hidden"]
    assert [row["number"] for row in scored] == ["1", "2", "3", "4", "5"]
    assert sum(row["score"] for row in scored) == 13.67
    assert [row["number"] for row in hidden] == ["1.4", "1.5", "2.2"]


@pytest.mark.parametrize("suite", ["public", "hidden"])
def test_a_case_released_later_holds_its_message(
    assignment: Assignment, grade: Grade, secret: str, suite: str
) -> None:
    """Gradescope keeps it back until then; of a hidden suite not even then."""
    result = grade.exercises[0]
    case = msgspec.structs.replace(
        result.cases[3], visibility=Visibility.AFTER_PUBLISHED, suite=suite
    )
    exercise = msgspec.structs.replace(result, cases=(case,))

    document = gradescope_json(
        assignment, msgspec.structs.replace(grade, exercises=(exercise,)), "en"
    )

    row = json.loads(document)["tests"][1]
    assert row["visibility"] == "after_published"
    assert (f"ValueError: {secret}" in row["output"]) is (suite == "public")


def test_a_grade_without_score_is_no_result(
    assignment: Assignment, not_graded: Grade, unreadable: Grade
) -> None:
    """The platform then shows a failed autograder, not a zero."""
    with pytest.raises(HarnessError, match="bob could not be graded"):
        gradescope_json(assignment, not_graded, "en")
    with pytest.raises(IntakeError, match="no file of the submission could be read"):
        gradescope_json(assignment, unreadable, "en")
