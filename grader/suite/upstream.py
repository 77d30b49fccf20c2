"""Exercises that another one uses: which of them are wrong, and was ours put in for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.model import CaseResult, Exercise
    from grader.suite.grading import Grading


def wrong_upstream(results: Iterable[CaseResult], exercise: Exercise) -> frozenset[str]:
    """Return the exercises that one uses and that have lost marks, by id."""
    return frozenset(
        earlier.exercise
        for earlier in results
        if earlier.exercise in exercise.uses
        and (earlier.verdict.is_wrong or earlier.carried_forward)
    )


def lacks_upstream(grading: Grading, exercise: Exercise) -> bool:
    """Tell whether an exercise that this one uses is wrong, and ours was not put in for it.

    A class never is, and a function is not where it hands on gradients.
    """
    wrong = wrong_upstream(grading.results.values(), exercise)
    if not wrong or not grading.reference.can_supply():
        return False
    functions = grading.reference.signatures(exercise)
    asked = grading.put_in.get(exercise.id, set())
    names = [grading.assignment.exercise(one).names for one in wrong]
    return any(
        not functions.keys() >= {*each} or (exercise.torch and asked.isdisjoint(each))
        for each in names
    )
