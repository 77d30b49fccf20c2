"""What the suites of an assignment leave to somebody who knows the public answers by heart."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from grader.catalog import load_assignment
from grader.model import Verdict
from grader.scoring import score_exercise
from grader.suite import plugin
from grader.suite.outcome import passed
from grader.suite.redrawing import FREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import CaseResult, Exercise
    from grader.suite.case import Case

REPOSITORY: Final = Path(__file__).parents[3]
ASSIGNMENTS: Final = sorted(path.parent for path in REPOSITORY.glob("assignments/*/exercises.toml"))


class Collected:
    """A pytest plugin that keeps the items, and what they are cases of."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take them as they were sorted."""
        cases = session.config.stash[plugin.HOMEWORK].cases
        owned = ((item, cases.get(item)) for item in session.items)
        self.items: list[tuple[Any, Case]] = [(item, owner[1]) for item, owner in owned if owner]


def share(exercise: Exercise, results: Sequence[CaseResult], which: CaseResult) -> Fraction:
    """Return what one case is worth: the score of who passes nothing else."""
    alone = [
        msgspec.structs.replace(one, verdict=one.verdict if one is which else Verdict.FAILED)
        for one in results
    ]
    return score_exercise(exercise, alone).score or Fraction(0)


@pytest.mark.parametrize("folder", ASSIGNMENTS, ids=lambda folder: folder.name)
def test_answers_known_by_heart_earn_less_than_a_tenth(folder: Path) -> None:
    """Of cases that cannot be drawn again, as they draw nothing, one an exercise counts alone.

    Who lets the submission's time run out amid an exercise keeps all its public cases, but earns
    nothing of the exercises that follow.
    """
    assignment = load_assignment(folder)
    collected = Collected()
    command = [
        str(folder), str(assignment.hidden), f"--rootdir={REPOSITORY}",
        f"--config-file={os.devnull}", "--collect-only", "--import-mode=importlib",
        "--disable-plugin-autoload", "-p", "no:terminal", "-p", "no:cacheprovider",
    ]  # fmt: skip
    pytest.main(command, plugins=[plugin, collected])

    kept = most = Fraction(0)
    for exercise in assignment.exercises:
        untimed = [
            (passed(case), item.fixturenames)
            for item, case in collected.items
            if case.exercise == exercise and "stopwatch" not in item.fixturenames
        ]
        results = [result for result, _ in untimed]
        fixed = [
            share(exercise, results, result)
            for result, names in untimed
            if result.suite == "public" and "rng" not in names
        ]
        public = [share(exercise, results, one) for one in results if one.suite == "public"]
        most = max(most, kept + sum(public))
        kept += sum(sorted(fixed, reverse=True)[:FREE], Fraction(0))

    tenth = Fraction(sum(one.points for one in assignment.exercises), 10)
    assert 0 < kept < most < tenth, (float(kept), float(most))
