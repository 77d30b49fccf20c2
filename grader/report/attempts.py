"""All of a student's attempts, with what each earned, for the instructor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from grader.scoring import final_score, two_decimals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from grader.model import Attempt, Grade


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt, as it is shown.

    Parameters
    ----------
    submission, handed_in_at, days_late : str
        Which it is, when it came in, how many begun days that is late; empty where nobody tells.
    score : str
        What the tests gave it, less what being late takes off; empty where it has none.
    graded : bool
        Whether it has been graded.
    role : str
        Whether it counts, might have, or does not: the end of a text's name.
    """

    submission: str
    handed_in_at: str
    days_late: str
    score: str
    graded: bool
    role: Literal["counts", "may_count", "counts_not"]


def tried(grade: Grade, attempt: Attempt, scores: Mapping[str, Fraction | None]) -> Tried:
    """Tell of one of the attempts of the student whose grade it is.

    Parameters
    ----------
    grade : Grade
        Of the attempt that counts.
    attempt : Attempt
        Any.
    scores : mapping of str to Fraction or None
        What submissions earned, of those that are graded.
    """
    earned = scores.get(attempt.submission)
    final = final_score(msgspec.structs.replace(grade, score=earned, attempt=attempt))
    return Tried(
        submission=attempt.submission,
        handed_in_at=attempt.handed_in_at.replace("T", " "),
        days_late="" if attempt.lateness is None else str(attempt.lateness.days),
        score="" if final is None else two_decimals(final),
        graded=attempt.submission in scores,
        role=_role(grade, attempt),
    )


def _role(grade: Grade, attempt: Attempt) -> Literal["counts", "may_count", "counts_not"]:
    if attempt == grade.attempt:
        return "counts"
    return "may_count" if attempt.counts else "counts_not"
