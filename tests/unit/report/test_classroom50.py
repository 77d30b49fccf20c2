"""Classroom 50's result.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from grader.errors import HarnessError, UsageError
from grader.report import FORMATS, Push, check_formats, classroom50_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade

SCHEMA = "classroom50-result-v1.schema.json"


@pytest.fixture
def push() -> Push:
    """A push by one student."""
    return Push(
        classroom="deep-learning",
        assignment="homework-8",
        assignment_type="individual",
        owner="ada",
        submission="submit/2026-09-01T12-00-00Z-a1b2c3d",
        commit="https://github.example/o/r/commit/a1b2c3d",
        release="https://github.example/o/r/releases/tag/submit",
        review="https://github.example/o/r/compare/0...a1b2c3d",
        datetime="2026-09-01T12:00:00Z",
    )


def test_fits_the_schema(
    assignment: Assignment,
    grade: Grade,
    perfect: Grade,
    push: Push,
    schema_errors: Callable[[str, bytes], list[str]],
) -> None:
    """Every required field, whole numbers, nothing else."""
    for each in (grade, perfect):
        assert schema_errors(SCHEMA, classroom50_json(assignment, each, "en", push)) == []


def test_matches_the_golden_file(
    assignment: Assignment, grade: Grade, push: Push, golden: Callable[[str, bytes], None]
) -> None:
    """The whole file, byte for byte."""
    golden("classroom50.json", classroom50_json(assignment, grade, "en", push))


def test_a_point_counts_a_hundred(assignment: Assignment, grade: Grade, push: Push) -> None:
    """Scores are whole, and are the sums of the tests'; a skipped exercise does not count."""
    document = json.loads(classroom50_json(assignment, grade, "en", push))

    assert (document["score"], document["max-score"]) == (1367, 4200)
    assert document["score"] == sum(test["score"] for test in document["tests"])
    assert document["max-score"] == sum(test["max-score"] for test in document["tests"])
    assert [test["passed"] for test in document["tests"]] == [False, False, False, True, False]


def test_a_grade_without_score_is_no_result(
    assignment: Assignment, not_graded: Grade, push: Push
) -> None:
    """The autograder then has to fail, which the platform shows as an error."""
    with pytest.raises(HarnessError, match="bob could not be graded"):
        classroom50_json(assignment, not_graded, "en", push)


def test_needs_to_know_the_push(push: Push) -> None:
    """Outside Classroom 50 the message says what is missing, before anything is graded."""
    with pytest.raises(UsageError, match="CLASSROOM, ASSIGNMENT, SUBMISSION_TAG"):
        check_formats(["classroom50"], None)
    for name in FORMATS:
        check_formats([name], push)
    for name in set(FORMATS) - {"classroom50"}:
        check_formats([name], None)
