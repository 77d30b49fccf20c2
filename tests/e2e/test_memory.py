"""All public cases of a homework known by heart, and nothing else: what that earns."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch import BatchOptions, grade_all
from grader.catalog import Assignment, all_assignments
from grader.intake.collect import collect
from grader.model import Grade, Verdict
from grader.sandbox import open_server
from grader.suite.redrawing import BY_HEART
from grader.suite.session import RunSettings
from tests.attacks.memory import Memory

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
# What it answers where it knows nothing; the others earn just as little.
FALLBACKS = ("same shapes",)


@pytest.mark.parametrize("assignment", all_assignments(ROOT), ids=lambda assignment: assignment.id)
def test_memory_earns_less_than_a_tenth(assignment: Assignment, tmp_path: Path) -> None:
    """Right answers by the hundred, and for most of them the reason why they earn nothing."""
    memory = Memory(assignment)
    for fallback in FALLBACKS:
        (tmp_path / f"{fallback}.py").write_text(memory.submission(fallback))
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    submissions = collect(tmp_path, modules=assignment.modules, exercises=names).submissions
    grades: list[Grade] = []
    options = BatchOptions(jobs=2, run=RunSettings(edits=0))  # there is no line to be found in it
    with open_server("best", torch=True) as server:
        grade_all(assignment, submissions, options, server, lambda _, made: grades.append(made))

    assert len(grades) == len(FALLBACKS)
    for grade in grades:
        assert grade.score is not None
        assert 10 * grade.score < grade.max_score, f"{grade.id} earns {grade.score}"
        cases = [case for exercise in grade.exercises for case in exercise.cases]
        told = [case for case in cases if case.message.key == BY_HEART]
        public = sum(case.suite == "public" for case in cases)
        assert 2 * len(told) > public, grade.id
        assert all(case.verdict is Verdict.FAILED for case in told)
