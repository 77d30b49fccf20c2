"""Autolab's scores: one line of JSON, which has to be the last that an autograder prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.report.amounts import rounded
from grader.report.scored import score_of, scored_exercises

if TYPE_CHECKING:
    from grader.model import Grade

FILE_NAME: Final = "autolab.json"


def autolab_json(grade: Grade) -> bytes:
    """Write the scores of a grade, problem by problem, where a problem is an exercise.

    Parameters
    ----------
    grade : Grade
        A grade with a score.

    Returns
    -------
    bytes
        One line of JSON in ASCII, with a line feed. What being late costs is Autolab's own affair.

    Raises
    ------
    HarnessError, IntakeError
        When there is no score: Autolab shows a run without such a line as failed.
    """
    score_of(grade)  # refuses a grade without one
    scores = {result.id: rounded(score) for result, score in scored_exercises(grade)}
    return msgspec.json.encode({"scores": scores}) + b"\n"
