"""What a single fault costs: nothing is earned by a constant, and little lost by an edge.

An assignment that has a ``tests/ID/faults.toml`` is held to both; `faults.py` says what it holds.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from grader.catalog import find_assignment
from grader.model import Verdict
from tests.e2e.faults import Fault, Faults, graded

if TYPE_CHECKING:
    from grader.model import ExerciseResult

    Costs = list[tuple[Fault, ExerciseResult]]

# Some hundred submissions, and what they prove changes with the suites alone.
pytestmark = pytest.mark.proof

ROOT: Final = Path(__file__).parents[2]
TABLES: Final = {path.parent.name: path for path in sorted(ROOT.glob("tests/*/faults.toml"))}
EVERY: Final = pytest.mark.parametrize("homework", TABLES)


@functools.cache
def costs(homework: str) -> tuple[Costs, Costs]:
    """Grade all constants and all edges, in one session."""
    assignment = find_assignment(homework, ROOT)
    faults = Faults(assignment, TABLES[homework])
    constants, edges = list(faults.constants()), list(faults.edges())
    results = graded(assignment, [*constants, *edges])
    both = list(zip([*constants, *edges], results, strict=True))
    return both[: len(constants)], both[len(constants) :]


@EVERY
def test_no_case_passes_for_a_constant(homework: str) -> None:
    """Zeros and the arguments themselves, in the right form, earn nothing at all."""
    constants, _ = costs(homework)

    earned = [
        f"{fault}: {case.id}"
        for fault, result in constants
        for case in result.cases
        if case.verdict is Verdict.PASSED
    ]
    assert earned == []


@EVERY
def test_no_edge_costs_more_than_a_quarter_of_an_exercise(homework: str) -> None:
    """Whoever is wrong at one edge alone keeps three quarters; and every edge is looked at."""
    _, edges = costs(homework)
    lost: dict[str, Fraction] = {}

    for fault, result in edges:
        assert result.score is not None
        lost[str(fault)] = 1 - result.score / result.points

    assert {edge: float(loss) for edge, loss in lost.items() if loss > Fraction(1, 4)} == {}
    assert [edge for edge, loss in lost.items() if loss == 0] == []
