"""What is done once the last case of an exercise has been run."""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING

from grader.errors import OutOfTimeError
from grader.sandbox import LocalTransport
from grader.suite.diagnosing import Diagnostician
from grader.suite.redrawing import doubtful, draw_again, known_by_heart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from grader import wire
    from grader.catalog import Assignment
    from grader.diagnose import Trace
    from grader.model import CaseResult, Diagnosis, Exercise
    from grader.suite.case import Case
    from grader.suite.grading import Grading

    class RunOn(Protocol):
        """Runs cases on a grading, some of them on the reference's upstream."""

        def __call__(
            self, grading: Grading, cases: Sequence[Case], carried: frozenset[str] = frozenset()
        ) -> Mapping[str, Trace]:
            """Return what was answered, by case."""


class Closing:
    """Looks back on an exercise: whether marks were earned by heart, and why some were lost."""

    def __init__(self) -> None:
        self._diagnosticians: dict[str, Diagnostician] = {}

    def by_heart(
        self,
        grading: Grading,
        cases: Sequence[Case],
        run_on: RunOn,
    ) -> dict[str, CaseResult]:
        """Take marks from public cases that a submission passes on their own inputs alone.

        Parameters
        ----------
        grading : Grading
            The submission; its results and traces are changed accordingly.
        cases : sequence of Case
            All cases of one exercise.
        run_on : callable
            Runs cases on a grading.

        Returns
        -------
        dict of str to CaseResult
            The results that are new, by case.
        """
        results = [grading.results[case.id] for case in cases]
        suspects = {result.id for result in doubtful(results)}
        if not suspects or not grading.reference.can_supply() or grading.is_out_of_time():
            return {}
        grading.close()  # those that come are served by workers that have seen nothing
        again = draw_again(
            grading,
            [case for case in cases if case.id in suspects],
            self.diagnostician(grading.assignment).variants.right,
            functools.partial(LocalTransport, limits=grading.assignment.limits),
            run_on,
        )
        lost = known_by_heart(results, again)
        grading.results.update(lost)
        for case in lost:
            grading.traces.pop(case, None)  # memory says nothing about the code
        return lost

    def diagnosis(
        self,
        grading: Grading,
        exercise: Exercise,
        cases: Sequence[Case],
        right: Mapping[str, Trace],
        run_on: RunOn,
    ) -> Diagnosis | None:
        """Find out why an exercise lost points; see `Diagnostician.diagnose`."""
        hidden = [case for case in cases if case.suite == "hidden"]

        def run_hidden(source: wire.Source) -> Mapping[str, Trace]:
            if grading.account.left_s() <= 0:
                raise OutOfTimeError("no time to run another mistake")
            local = functools.partial(LocalTransport, limits=grading.assignment.limits)
            return run_on(grading.twin(source, local), hidden)

        diagnostician = self.diagnostician(grading.assignment)
        try:
            with grading.account.diagnosis():
                return diagnostician.diagnose(grading, exercise, right, run_hidden)
        except OutOfTimeError:
            return None  # a submission that is slow enough keeps its reasons to itself
        except Exception as error:  # noqa: BLE001 - it looks at text and values of a student's making
            # A grade without a diagnosis is better than none; the author's checks show the reason.
            warnings.warn(f"no diagnosis of {exercise.id}: {error}", stacklevel=1)
            return None

    def diagnostician(self, assignment: Assignment) -> Diagnostician:
        """Return who compares submissions with the known mistakes of an assignment."""
        if assignment.id not in self._diagnosticians:
            self._diagnosticians[assignment.id] = Diagnostician(assignment)
        return self._diagnosticians[assignment.id]
