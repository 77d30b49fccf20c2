"""Runs the collected cases on a submission and keeps what became of them."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Final

import msgspec
from _pytest.runner import runtestprotocol

from grader import clock
from grader.diagnose import render
from grader.errors import (
    GraderError,
    HarnessError,
    SandboxError,
    ServerLostError,
)
from grader.model import CaseResult, Message, Verdict
from grader.sandbox import open_server
from grader.suite import outcome
from grader.suite.closing import Closing
from grader.suite.grading import CLEAN, Grading
from grader.suite.racing import stopwatch_for, why_not_raced
from grader.suite.redrawing import asked
from grader.suite.timing import SkippedError, Timing, is_timed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import pytest

    from grader.catalog import Assignment
    from grader.diagnose import Trace
    from grader.intake import Submission
    from grader.model import Diagnosis, Exercise, Limits
    from grader.sandbox import ForkServer, Supply, Transport
    from grader.suite.case import Case
    from grader.suite.collection import Cases
    from grader.suite.pair import CaseContext
    from grader.suite.racing import OpenWorker
    from grader.suite.stopwatch import Stopwatch
    from grader.suite.summary import Rerun

INTERNAL_ERROR: Final = 3


class Runner:
    """The cases of one pytest run, and the submission that they are run on.

    Parameters
    ----------
    cases : Cases
        What was collected.
    gradings : dict of str to Grading
        The submission's state for each assignment, by id.
    lang : str
        Language of the feedback.
    """

    def __init__(self, cases: Cases, gradings: dict[str, Grading], lang: str) -> None:
        self.cases = cases
        self.gradings = gradings
        self.lang = lang
        self.submissions: dict[str, Submission] = {}
        self.reruns: dict[str, Rerun] = {}
        self._contexts: dict[str, CaseContext] = {}
        self._errors: dict[str, BaseException] = {}
        self._upstream_put_in: set[str] = set()
        self._server: ForkServer | None = None
        self._sandbox_broke = False
        self.open_worker: OpenWorker | None = None
        self.timing = Timing()
        self.items: dict[tuple[str, str], pytest.Item] = {}
        self._closing = Closing()
        self._apart = False
        self.recording = False
        self.right: dict[str, Trace] = {}
        self.diagnosing = True
        self.redrawing = True
        self.only_first_failure = False
        self.on_result: Callable[[CaseResult], None] = _ignore
        self.on_diagnosis: Callable[[str, Diagnosis], None] = _ignore_diagnosis

    @property
    def live(self) -> bool:
        """Whether the reference itself is run, for every assignment."""
        return all(grading.reference.live for grading in self.gradings.values())

    @property
    def salt(self) -> str:
        """What the seeds of hidden suites are derived from."""
        return next(iter(self.gradings.values())).salt

    @salt.setter
    def salt(self, salt: str) -> None:
        for grading in self.gradings.values():
            grading.salt = salt

    def allow(self, call_s: float) -> None:
        """Give each call other seconds than the assignment does."""
        for grading in self.gradings.values():
            limits = msgspec.structs.replace(grading.assignment.limits, call_s=call_s)
            grading.assignment = msgspec.structs.replace(grading.assignment, limits=limits)

    def retarget(self, submission: Submission, open_worker: OpenWorker) -> None:
        """Aim at another submission, in workers, against the reference's recorded answers.

        Parameters
        ----------
        submission : Submission
            A readable submission to the one assignment that was collected.
        open_worker : callable
            Makes a worker, given limits and the supplier of upstreams.
        """
        ((key, present),) = self.gradings.items()
        self.open_worker = open_worker
        if submission.source is None:
            raise HarnessError(f"{submission.id} has no source to grade")
        assignment = present.assignment
        self.submissions[key] = submission
        self.gradings[key] = Grading(
            assignment,
            submission.source,
            present.given,
            present.reference.replayed(),
            functools.partial(open_worker, assignment.limits),
            present.salt,
        )

    def isolated(self, limits: Limits, supply: Supply, *, processor: int = -1) -> Transport:
        """Open a worker of a fork server of our own, which is started for the first one."""
        if self._server is None:
            torch = any(
                case.exercise.torch for one in self.cases.assignments for case in self.cases.of(one)
            )
            self._server = open_server("best", torch=torch)
        return self._server.worker(limits, supply, processor=processor)

    def owns(self, item: pytest.Item) -> bool:
        """Tell whether an item is a case."""
        return self.cases.get(item) is not None

    def context(self, item: pytest.Item) -> CaseContext:
        """Return what the fixtures of a running case share."""
        if item.nodeid not in self._contexts:
            assignment, case = self._owner(item)
            put_in = item.nodeid in self._upstream_put_in
            grading = self.gradings[assignment.id]
            self._contexts[item.nodeid] = grading.context(case, upstream_put_in=put_in)
        return self._contexts[item.nodeid]

    def skip_unless_timed(self, item: pytest.Item) -> None:
        """Skip a case that times something, where that cannot be done or is not wanted."""
        if not is_timed(item):
            return
        grading = self.gradings[self._owner(item)[0].id]
        reason = why_not_raced(grading, self.timing)
        if self._apart:
            reason = Message("timing_off")  # of a known mistake, only the values matter
        if reason is not None:
            raise SkippedError(reason)

    def stopwatch(self, item: pytest.Item) -> Stopwatch:
        """Return the stopwatch of a running case."""
        assignment, case = self._owner(item)
        grading, context = self.gradings[assignment.id], self.context(item)
        return stopwatch_for(grading, case, context, self.timing, self.open_worker)

    def is_hidden(self, item: pytest.Item) -> bool:
        """Tell whether an item is a hidden case."""
        return self._owner(item)[1].suite == "hidden"

    def of_exercises(
        self, items: Sequence[pytest.Item], exercises: Collection[str]
    ) -> list[pytest.Item]:
        """Pick the items that examine some exercises."""
        return [item for item in items if self._owner(item)[1].exercise.id in exercises]

    def run(self, item: pytest.Item, nextitem: pytest.Item | None) -> Sequence[pytest.TestReport]:
        """Run a case and keep its result.

        Parameters
        ----------
        item, nextitem : pytest.Item
            The case, and what pytest runs next.

        Returns
        -------
        sequence of pytest.TestReport
            The reports of the run that counts.
        """
        assignment, case = self._owner(item)
        grading = self.gradings[assignment.id]
        if self.only_first_failure and grading.has_failed(case.exercise):
            message = Message("skipped", {"reason": "an earlier case failed"})
            left_out = msgspec.structs.replace(
                outcome.passed(case), verdict=Verdict.SKIPPED, message=message
            )
            self.on_result(left_out)
            return []
        reports, result = self._run_once(item, nextitem)
        if grading.wants_upstream(case, result):
            self._upstream_put_in.add(item.nodeid)
            second_reports, second = self._run_once(item, nextitem)
            self._upstream_put_in.discard(item.nodeid)
            if self._sandbox_broke:
                reports, result = second_reports, second  # nobody knows what it would have earned
            elif second.verdict is Verdict.PASSED:
                reports = second_reports
                result = msgspec.structs.replace(
                    second,
                    carried_forward=True,
                    message=Message("carried_forward"),
                    duration_s=result.duration_s + second.duration_s,
                )
            elif second.verdict not in CLEAN:
                # With its upstream right, what is wrong now is the exercise's own.
                reports = second_reports
                result = msgspec.structs.replace(
                    second, duration_s=result.duration_s + second.duration_s
                )
        grading.results[case.id] = result
        self.on_result(result)
        for report in reports:
            report.user_properties.append(("verdict", result.verdict.value))
        if all(other.id in grading.results for other in self._of(assignment, case.exercise)):
            self._close(grading, case.exercise, item, nextitem)
        return reports

    def run_on(
        self,
        grading: Grading,
        cases: Sequence[Case],
        carried: frozenset[str] = frozenset(),
        *,
        nextitem: pytest.Item | None = None,
    ) -> dict[str, Trace]:
        """Run cases on another source than the submission, without a report.

        Parameters
        ----------
        grading : Grading
            That source; gets verdicts and traces.
        cases : sequence of Case
            Cases of one assignment.
        carried : frozenset of str
            Those that are run on the reference's upstream, by id.
        nextitem : pytest.Item or None
            What pytest runs after them.

        Returns
        -------
        dict of str to Trace
            What it answered, by case.
        """
        key = grading.assignment.id
        kept, self.gradings[key] = self.gradings[key], grading
        self._apart = True
        items = [self.items[key, case.id] for case in cases]
        then = [*items[1:], nextitem] if items else []
        try:
            for case, item, following in zip(cases, items, then, strict=True):
                if case.id in carried:
                    self._upstream_put_in.add(item.nodeid)
                _, result = self._run_once(item, following)
                self._upstream_put_in.discard(item.nodeid)
                grading.results[case.id] = result
        finally:
            self._apart = False
            grading.close()
            self.gradings[key] = kept
        return grading.traces

    def read_mistakes(self) -> None:
        """Read what the known mistakes give, now that what forks from this process can share it."""
        for assignment in self.cases.assignments:
            with contextlib.suppress(GraderError):  # who needs it meets the error, and warns of it
                self._closing.diagnostician(assignment).read()

    def _of(self, assignment: Assignment, exercise: Exercise) -> list[Case]:
        return [case for case in self.cases.of(assignment) if case.exercise == exercise]

    def _close(
        self, grading: Grading, exercise: Exercise, item: pytest.Item, nextitem: pytest.Item | None
    ) -> None:
        """Look back on an exercise whose last case has been run."""
        cases = self._of(grading.assignment, exercise)
        _stop_timer(item)
        if self.redrawing and not self.recording:
            # What pytest has set up for public cases must be gone before a hidden one is run.
            run_on = functools.partial(self.run_on, nextitem=item)
            changed = self._closing.by_heart(grading, cases, run_on)
            for result in changed.values():
                self.on_result(result)
        grading.asked.clear()
        if not self.diagnosing or self.recording:
            return
        run_on = functools.partial(self.run_on, nextitem=nextitem)
        found = self._closing.diagnosis(grading, exercise, cases, self.right, run_on)
        if found is not None:
            grading.diagnoses[exercise.id] = found
            self.on_diagnosis(exercise.id, found)

    def _run_once(
        self, item: pytest.Item, nextitem: pytest.Item | None, *, repeat: bool = True
    ) -> tuple[list[pytest.TestReport], CaseResult]:
        assignment, case = self._owner(item)
        self._contexts.pop(item.nodeid, None)
        self._errors.pop(item.nodeid, None)
        started_s = clock.monotonic()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        error = self._errors.pop(item.nodeid, None)
        if repeat and isinstance(error, ServerLostError):
            return self._run_once(item, nextitem, repeat=False)  # in a worker of another server
        self._sandbox_broke = isinstance(error, SandboxError)
        context = self._contexts.pop(item.nodeid, None)
        grading = self.gradings[assignment.id]
        if context is not None and case.suite == "public":
            self._keep_asked(grading, case, context, passed=error is None)
        told = None if self._apart else context
        if error:
            result = outcome.ended_by(error, case, told)
        else:
            result = outcome.passed(case, context.forms if context else ())
        # How fast a submission is tells no mistake from another, nor does what is asked twice.
        if not is_timed(item) and not grading.again:
            grading.keep_trace(case, context, error, always=self._apart or self.recording)
        return reports, msgspec.structs.replace(
            result,
            output=grading.take_output(),
            duration_s=clock.monotonic() - started_s,
        )

    def _keep_asked(
        self, grading: Grading, case: Case, context: CaseContext, *, passed: bool
    ) -> None:
        """Keep what a public case has asked, to see whether it asks something else again."""
        known = grading.reference.asked
        if self.recording:
            known[case.id] = asked(context.student.heard)
        elif grading.again or (passed and not self._apart and case.id not in known):
            grading.asked[case.id] = asked(context.student.heard)

    def note(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Keep the exception that ended a phase of a case."""
        if call.excinfo is not None:
            self._errors.setdefault(item.nodeid, call.excinfo.value)

    def words_for(self, item: pytest.Item, error: BaseException) -> str | None:
        """Put a failure into words; None where the grader is at fault and a traceback helps."""
        if self._apart:
            return ""  # nobody reads about a mistake that is being run
        verdict, message = outcome.judged(error, self._owner(item)[1])
        return None if verdict is Verdict.ERRORED_GRADER else render(message, self.lang)

    def finish(self, session: pytest.Session) -> None:
        """Set the exit code where the grader itself failed."""
        results = [r for grading in self.gradings.values() for r in grading.results.values()]
        if any(result.verdict is Verdict.ERRORED_GRADER for result in results):
            session.exitstatus = INTERNAL_ERROR

    def close(self) -> None:
        """End workers and fork server."""
        self.timing.close()
        for grading in self.gradings.values():
            grading.close()
        if self._server is not None:
            self._server.__exit__(None, None, None)
            self._server = None

    def _owner(self, item: pytest.Item) -> tuple[Assignment, Case]:
        found = self.cases.get(item)
        if found is None:
            raise HarnessError(f"{item.nodeid} is no case")
        return found


def _stop_timer(item: pytest.Item) -> None:
    """Take pytest-timeout's bound off a case that has ended; a diagnosis has bounds of its own."""
    cancel = getattr(item.config.pluginmanager.hook, "pytest_timeout_cancel_timer", None)
    if cancel is not None:
        cancel(item=item)


def _ignore(_result: CaseResult) -> None:
    """Take a result that nobody waits for."""


def _ignore_diagnosis(_exercise: str, _diagnosis: Diagnosis) -> None:
    """Take a diagnosis that nobody waits for."""
