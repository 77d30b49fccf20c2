"""Classroom 50's result.json (``classroom50/result/v1``).

Its scores are whole numbers, so a point counts 100 there: 7.50 of 10 points read 750 of 1000. One
fixed scale for every grade keeps the scores of a class comparable. A test is an exercise, and the
score is the sum of its tests; rounding each to hundredths may move that sum by a hundredth or two
from the rounded total. What being late takes off is taken off each test in the same part, as no
test there may be below zero, and each says what it had earned.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader.report.amounts import hundredths
from grader.report.scored import score_of, scored_exercises
from grader.scoring import deduction, two_decimals
from grader.texts import words_of

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade

SCHEMA: Final = "classroom50/result/v1"
FILE_NAME: Final = "result.json"


class Push(msgspec.Struct, frozen=True):
    """What Classroom 50 tells its autograder about the push that is graded.

    Parameters
    ----------
    classroom, assignment : str
        Identity of the assignment there; ``CLASSROOM`` and ``ASSIGNMENT`` in the environment.
    assignment_type : str
        ``individual``, ``group`` or ``team``; ``ASSIGNMENT_TYPE``.
    owner : str
        Login of the repository's owner; ``OWNER``.
    submission : str
        Name of the tag; ``SUBMISSION_TAG``.
    commit, release, review : str
        URLs; ``COMMIT_URL``, ``RELEASE_URL``, ``REVIEW_URL``.
    datetime : str
        When the commit was made, UTC, as in ``2026-09-01T12:00:00Z``; regrading keeps it.
    """

    classroom: str
    assignment: str
    assignment_type: str
    owner: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str


class _Test(msgspec.Struct, rename={"test_name": "test-name", "max_score": "max-score"}):
    test_name: str
    passed: bool
    score: int
    max_score: int


class _Result(msgspec.Struct, rename={"max_score": "max-score"}):
    schema: str
    classroom: str
    assignment: str
    assignment_type: str
    owner: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str
    score: int
    max_score: int
    tests: list[_Test]


def classroom50_json(assignment: Assignment, grade: Grade, lang: str, push: Push) -> bytes:
    """Write result.json for Classroom 50.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        A grade with a score.
    lang : str
        ``en`` or ``zh``.
    push : Push
        What is graded.

    Returns
    -------
    bytes
        UTF-8, valid against ``data/schemas/classroom50-result-v1.schema.json``.

    Raises
    ------
    HarnessError, IntakeError
        When there is no score: an autograder that exits with an error is shown as such there.
    """
    final = score_of(grade)  # refuses a grade without one
    left = final / grade.score if grade.score and deduction(grade) else Fraction(1)
    words = words_of("reports", lang)
    tests = [
        _Test(
            test_name=f"{result.id}: {assignment.exercise(result.id).title.in_language(lang)}"
            + (words("late_test", score=two_decimals(score)) if left < 1 else ""),
            passed=score >= result.points,
            score=hundredths(score * left),
            max_score=hundredths(result.points),
        )
        for result, score in scored_exercises(grade)
    ]
    document = _Result(
        schema=SCHEMA,
        **msgspec.structs.asdict(push),
        score=sum(test.score for test in tests),
        max_score=sum(test.max_score for test in tests),
        tests=tests,
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
