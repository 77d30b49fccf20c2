"""For platforms that know no grade without a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import HarnessError, IntakeError
from grader.model import Status
from grader.scoring import final_score

if TYPE_CHECKING:
    from fractions import Fraction

    from grader.model import ExerciseResult, Grade


def score_of(grade: Grade) -> Fraction:
    """Return what counts of the score of a grade that has one.

    Parameters
    ----------
    grade : Grade
        Any grade.

    Returns
    -------
    Fraction
        Points.

    Raises
    ------
    IntakeError
        When no file of the submission could be read.
    HarnessError
        When the grader failed. Either way the platform is to show a failed run and not a zero.
    """
    if grade.status is Status.UNREADABLE:
        raise IntakeError(
            f"{grade.id}: no file of the submission could be read, so there is no score to "
            "publish; see the notes in the json report"
        )
    if grade.status is Status.MISSING:
        raise IntakeError(f"{grade.id} has handed in nothing, so there is no score to publish")
    final = final_score(grade)
    if final is None:
        raise HarnessError(f"{grade.id} could not be graded, so there is no score to publish")
    return final


def scored_exercises(grade: Grade) -> list[tuple[ExerciseResult, Fraction]]:
    """Return the exercises that count, with what was earned; skipped ones do not count."""
    return [(result, result.score) for result in grade.exercises if result.score is not None]
