"""Submissions that are right but for one fault each, and what the suites of hw8 give them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from grader import wire
from grader.batch.session import with_collected
from grader.sandbox import LocalTransport
from grader.scoring import score_exercise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from grader.catalog import Assignment
    from grader.model import Exercise, ExerciseResult
    from grader.suite.runner import Runner


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

    def body(runner: Runner, _: Sequence[pytest.Item]) -> None:
        (present,) = runner.gradings.values()
        open_transport = functools.partial(LocalTransport, limits=assignment.limits)
        for fault in faults:
            exercise = assignment.exercise(fault.exercise)
            cases = [one for one in runner.cases.of(assignment) if one.exercise == exercise]
            grading = present.twin(fault.source, open_transport)
            runner.run_on(grading, cases)
            results.append(score_exercise(exercise, [grading.results[one.id] for one in cases]))

    with_collected(assignment, "one fault", body)
    return results
