"""A student's run of pytest: the cases that were collected, and the submission they are run on."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from grader.suite.performing import through_pytest
from grader.suite.session import warm_up
from grader.worker.garbage import everything_kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pytest

    from grader.intake import Submission
    from grader.model import Limits
    from grader.sandbox import ForkServer, Supply, Transport
    from grader.suite.case import Case
    from grader.suite.collection import Cases
    from grader.suite.run import Run
    from grader.suite.summary import Rerun
    from grader.suite.timing import Timing


class OwnServer:
    """A fork server of a run's own, which is started for the first worker.

    Parameters
    ----------
    torch : bool
        Whether what is graded needs torch.

    Raises
    ------
    UsageError
        Where there are no workers.
    """

    def __init__(self, *, torch: bool) -> None:
        from grader.sandbox import refuse_elsewhere  # noqa: PLC0415 - most runs need no server

        refuse_elsewhere()
        self._torch = torch
        self._server: ForkServer | None = None

    def worker(self, limits: Limits, supply: Supply, *, processor: int = -1) -> Transport:
        """Open a worker."""
        if self._server is None:
            from grader.sandbox import open_server  # noqa: PLC0415 - as above

            self._server = open_server("best", torch=self._torch)
        return self._server.worker(limits, supply, processor=processor)

    def close(self) -> None:
        """End the server, if it was started."""
        if self._server is not None:
            self._server.__exit__(None, None, None)
            self._server = None


class Homework:
    """What one run of pytest has collected and found out.

    Parameters
    ----------
    cases : Cases
        What was collected.
    runs : mapping of str to Run
        The submission to each assignment on its way, by the assignment's id.
    submissions : mapping of str to Submission
        What was read.
    reruns : mapping of str to Rerun
        How a case is run again.
    lang : str
        Language of the feedback.
    server : OwnServer or None
        Where workers come from; None where the submission runs in this process.
    timing : Timing
        Whether speed is measured.
    """

    def __init__(
        self,
        cases: Cases,
        runs: Mapping[str, Run],
        submissions: Mapping[str, Submission],
        reruns: Mapping[str, Rerun],
        lang: str,
        server: OwnServer | None,
        timing: Timing,
    ) -> None:
        self.cases = cases
        self.runs = runs
        self.submissions = submissions
        self.reruns = reruns
        self.lang = lang
        self._server = server
        self._timing = timing
        self._warm = False

    def owns(self, item: pytest.Item) -> bool:
        """Tell whether an item is a case."""
        return self.cases.get(item) is not None

    def run(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterable[pytest.TestReport]:
        """Run a case.

        Parameters
        ----------
        item, nextitem : pytest.Item
            The case, and what pytest runs next.

        Returns
        -------
        iterable of pytest.TestReport
            The reports of the run that counts.
        """
        owner = self.cases.get(item)
        if owner is None:
            return ()
        assignment, case = owner
        run = self.runs[assignment.id]
        if self._server is None:
            self._warm_up(run, case)
        ended = run.run(case, functools.partial(through_pytest, item, nextitem))
        reports: Sequence[pytest.TestReport] = ended.reports if ended is not None else ()
        verdict = run.grading.results[case.id].verdict
        for report in reports:
            report.user_properties.append(("verdict", verdict.value))
        return reports

    def _warm_up(self, run: Run, case: Case) -> None:
        """Have torch ready before the first case that needs it; nobody waits for more than that.

        What nobody has written needs none.
        """
        runs = run.session.reference.live or not run.is_unwritten(case.exercise)
        if case.exercise.torch and runs and not self._warm:
            self._warm = True
            with everything_kept():
                warm_up()

    def is_broken(self) -> bool:
        """Tell whether the grader itself failed in some case."""
        results = [one for run in self.runs.values() for one in run.grading.results.values()]
        return any(result.verdict.is_ours for result in results)

    def close(self) -> None:
        """End workers and fork servers."""
        self._timing.close()
        for run in self.runs.values():
            run.close()
        if self._server is not None:
            self._server.close()
