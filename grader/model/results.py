"""What a submission earned: on an exercise, and in all."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

import msgspec

from grader.model.adjustments import Comment, Override  # noqa: TC001 - msgspec reads these
from grader.model.cases import CaseResult  # noqa: TC001 - msgspec reads these
from grader.model.diagnosis import Diagnosis  # noqa: TC001 - msgspec reads these
from grader.model.students import Attempt, Student  # noqa: TC001 - msgspec reads these
from grader.model.texts import Message  # noqa: TC001 - msgspec reads these
from grader.model.verdict import Status  # noqa: TC001 - msgspec reads these

Value = TypeVar("Value")


class ExerciseResult(msgspec.Struct, frozen=True):
    """What one submission earned on one exercise.

    Parameters
    ----------
    id : str
        The exercise.
    points : Fraction
        What it is worth.
    score : Fraction or None
        What was earned, carried-forward points included; None where the grader failed.
    carried_forward : Fraction
        The part of `score` earned with the reference's upstream put in.
    cases : tuple of CaseResult
        In suite order.
    diagnosis : Diagnosis or None
        Why it lost points, as far as that is known.
    override : Override or None
        The mark set by hand, which `score` then is.
    """

    id: str
    points: Fraction
    score: Fraction | None
    carried_forward: Fraction
    cases: tuple[CaseResult, ...]
    diagnosis: Diagnosis | None = None
    override: Override | None = None


class Conditions(msgspec.Struct, frozen=True):
    """Under what a grade was made; the same for a whole batch.

    Parameters
    ----------
    isolation : str
        The tier in force: ``A``, ``B``, ``C-bubblewrap``, ``C-user``, ``C`` or ``off``.
    salt_fingerprint : str
        Tells one salt from another, and nothing else about it.
    suite_hash : str
        Digest of everything else that decides about a verdict.
    parts : tuple of (str, str)
        What `suite_hash` is made of: names, each with a version or the digest of files. So that
        what has changed between two batches can be told.
    """

    isolation: str
    salt_fingerprint: str
    suite_hash: str
    parts: tuple[tuple[str, str], ...] = ()


class Grade(msgspec.Struct, frozen=True):
    """The result of one submission.

    Parameters
    ----------
    id : str
        Unique in its batch.
    name : str
        The student as the submission names them.
    assignment : str
        The assignment.
    status : Status
        Whether there is a score.
    score, max_score : Fraction
        Points; `score` is None unless `status` is graded. What being late costs is not taken off;
        see `grader.scoring.final_score`.
    conditions : Conditions
        Isolation tier, salt fingerprint, suite hash.
    exercises : tuple of ExerciseResult
        In the assignment's order.
    notes : tuple of Message
        What intake found: cells left out, names shadowed, files not read.
    duration_s : float
        Seconds from first to last case.
    override : Override or None
        The whole score set by hand, which `score` then is, whatever the exercises earned.
    comments : tuple of Comment
        What an instructor says to the student, in the order in which it was said.
    student : Student or None
        Whose it is, as the gradebook knows; None before it is there.
    attempt : Attempt or None
        Which of the student's attempts it is of; None where there is none.
    """

    id: str
    name: str
    assignment: str
    status: Status
    score: Fraction | None
    max_score: Fraction
    conditions: Conditions
    exercises: tuple[ExerciseResult, ...] = ()
    notes: tuple[Message, ...] = ()
    duration_s: float = 0.0
    override: Override | None = None
    comments: tuple[Comment, ...] = ()
    student: Student | None = None
    attempt: Attempt | None = None


def to_json(value: object) -> bytes:
    """Write any value of this package as JSON; fractions become strings such as ``"7/3"``."""
    return msgspec.json.encode(value, enc_hook=_text)


def from_json(data: bytes, kind: type[Value]) -> Value:
    """Read a value of this package that `to_json` wrote.

    Raises
    ------
    msgspec.DecodeError
        For anything else.
    """
    return msgspec.json.decode(data, type=kind, dec_hook=_fraction)


def _text(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no place in a result")


def _fraction(kind: type, value: object) -> object:
    if kind is Fraction and isinstance(value, str):
        try:
            return Fraction(value)
        except ZeroDivisionError as error:
            raise ValueError(str(error)) from error
    raise TypeError(f"{value!r:.40} where a {kind.__name__} is expected")
