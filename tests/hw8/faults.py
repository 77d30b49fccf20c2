"""Submissions that are right but for one fault each, and what the suites of hw8 give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from grader import wire
from grader.scoring import score_exercise
from grader.suite.collecting import collected
from grader.suite.running import run_cases
from grader.suite.session import prove

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.model import Exercise, ExerciseResult


class Fault(NamedTuple):
    """A submission with one fault.

    Parameters
    ----------
    exercise : str
        The exercise that has it.
    name : str
        What it is.
    source : Source
        The submission.
    """

    exercise: str
    name: str
    source: wire.Source


def replaced(source: wire.Source, exercise: Exercise, code: str) -> wire.Source:
    """Replace what a submission defines for an exercise.

    Parameters
    ----------
    source : Source
        The submission.
    exercise : Exercise
        The exercise.
    code : str
        Runs behind the submission's own definitions, so it can build on them.
    """
    piece = wire.Piece(code, "fault.py", 1, "definition", exercise.names)
    return wire.Source(
        tuple(
            msgspec.structs.replace(module, pieces=(*module.pieces, piece))
            if module.name == exercise.module
            else module
            for module in source.modules
        )
    )


def graded(assignment: Assignment, faults: Sequence[Fault]) -> list[ExerciseResult]:
    """Run the cases of each fault's own exercise, and no others."""
    results: list[ExerciseResult] = []

    with collected(assignment) as suites:
        session = prove(suites, "one fault")
        for fault in faults:
            exercise = assignment.exercise(fault.exercise)
            cases = suites.of(exercise)
            grading = session.grading(fault.source)
            run_cases(suites.tests, grading, cases)
            results.append(score_exercise(exercise, [grading.results[one.id] for one in cases]))
    return results
