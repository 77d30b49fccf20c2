"""From what became of cases to a submission's grade."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader.model import Grade, Message, Status, Verdict
from grader.scoring import holds_nothing, score, score_exercise
from grader.suite.outcome import notes_on_forms, passed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import CaseResult, Conditions, Diagnosis
    from grader.suite.session import Suites

NOT_RUN: Final = "intake_calls"


def assemble(
    assignment: Assignment,
    submission: Submission,
    exercises: Collection[str],
    cases: Sequence[CaseResult],
    diagnoses: Mapping[str, Diagnosis],
    conditions: Conditions,
    duration_s: float,
) -> Grade:
    """Build the grade of a submission that was run.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    submission : Submission
        What was read.
    exercises : collection of str
        The exercises that it was graded on, by id.
    cases : sequence of CaseResult
        What became of all their cases.
    diagnoses : mapping of str to Diagnosis
        Why exercises lost points.
    conditions : Conditions
        What it was graded under.
    duration_s : float
        How long that took, in seconds.

    Returns
    -------
    Grade
        With exact points.
    """
    results = tuple(
        score_exercise(
            exercise,
            [case for case in cases if case.exercise == exercise.id],
            diagnoses.get(exercise.id),
        )
        for exercise in assignment.marked
        if exercise.id in exercises
    )
    scored = score(results)
    nothing, notes = Message("no_exercise_file"), _notes(assignment, submission)
    if holds_nothing(results) and nothing not in notes:
        notes = (nothing, *notes)
    return Grade(
        id=submission.id,
        name=submission.name,
        assignment=assignment.id,
        status=scored.status,
        score=scored.score,
        max_score=scored.max_score,
        conditions=conditions,
        exercises=results,
        notes=(*notes, *notes_on_forms(cases)),
        duration_s=duration_s,
    )


def _notes(assignment: Assignment, submission: Submission) -> tuple[Message, ...]:
    """Return what intake says, but not of a notebook that its work is not run where it is run."""
    if not assignment.notebook.execute:
        return submission.notes
    return tuple(
        told
        for told in submission.notes
        if told.key != NOT_RUN or not str(told.fields.get("file", "")).lower().endswith(".ipynb")
    )


def unreadable(assignment: Assignment, submission: Submission, conditions: Conditions) -> Grade:
    """Build the grade of a submission that nothing could be read of: a row, but no score."""
    problem = () if submission.problem is None else (submission.problem,)
    return Grade(
        id=submission.id,
        name=submission.name,
        assignment=assignment.id,
        status=Status.UNREADABLE,
        score=None,
        max_score=Fraction(sum(exercise.points for exercise in assignment.marked)),
        conditions=conditions,
        notes=(*problem, *submission.notes),
    )


def errored(
    suites: Suites,
    submission: Submission,
    exercises: Collection[str],
    conditions: Conditions,
    why: str,
) -> Grade:
    """Build the grade of a submission that was given up, for a reason of ours: no score."""
    message = Message("errored_grader", {"text": why})
    cases = [
        msgspec.structs.replace(passed(case), verdict=Verdict.ERRORED_GRADER, message=message)
        for case in suites.of_all(exercises)
    ]
    return assemble(suites.assignment, submission, exercises, cases, {}, conditions, 0.0)
