"""Runs the collected cases on a submission and keeps what became of them."""

from __future__ import annotations

import contextlib
import functools
import warnings
from typing import TYPE_CHECKING, Final

import msgspec
from _pytest.runner import runtestprotocol
from pytest_timeout import is_debugging  # type: ignore[import-untyped]  # it has no types

from grader import clock
from grader.diagnose import render
from grader.errors import (
    GraderError,
    HarnessError,
    OutOfTimeError,
    SandboxError,
    ServerLostError,
)
from grader.model import CaseResult, Message, Verdict
from grader.sandbox import LocalTransport, open_server, refuse_to_supply
from grader.suite import outcome
from grader.suite.diagnosing import Diagnostician
from grader.suite.grading import CLEAN, Grading
from grader.suite.stopwatch import Stopwatch, Track
from grader.suite.summary import summary_lines
from grader.suite.timing import SkippedError, Timing, is_timed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import pytest

    from grader import wire
    from grader.catalog import Assignment
    from grader.diagnose import Trace
    from grader.intake import Submission
    from grader.model import Diagnosis, Exercise, Limits
    from grader.sandbox import ForkServer, Supply, Transport
    from grader.suite.collection import Cases
    from grader.suite.grading import Case
    from grader.suite.pair import CaseContext
    from grader.suite.summary import Rerun

    OpenWorker = Callable[..., Transport]  # limits, supply, and the processor by name

LETTERS: Final = {
    Verdict.NOT_IMPLEMENTED: "-",
    Verdict.MISSING: "?",
    Verdict.TIMED_OUT: "T",
    Verdict.CRASHED: "C",
    Verdict.REFUSED: "R",
    Verdict.ERRORED_STUDENT: "E",
    Verdict.ERRORED_GRADER: "!",
}
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
        self._diagnosticians: dict[str, Diagnostician] = {}
        self._apart = False
        self.recording = False
        self.right: dict[str, Trace] = {}
        self.diagnosing = True
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
        assignment, _ = self._owner(item)
        absent = not self.gradings[assignment.id].reference.can_supply()
        reason = Message("timing_no_reference") if absent else self.timing.refusal()
        if self._apart:
            reason = Message("timing_off")  # of a known mistake, only the values matter
        if reason is not None:
            raise SkippedError(reason)

    def stopwatch(self, item: pytest.Item) -> Stopwatch:
        """Return the stopwatch of a running case."""
        assignment, case = self._owner(item)
        return Stopwatch(
            Track(
                grading=self.gradings[assignment.id],
                case=case,
                context=self.context(item),
                device=self.timing.device,
                open_twin=functools.partial(self._twin, assignment.limits),
            )
        )

    def _twin(self, limits: Limits, processor: int) -> Transport:
        """Open a way into an implementation; both of a pair are of the same kind."""
        if self.timing.server is not None:
            return self.timing.server.worker(limits, processor=processor)
        if self.open_worker is not None:
            return self.open_worker(limits, refuse_to_supply, processor=processor)
        return LocalTransport(refuse_to_supply, limits, is_debugging)

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
        if self.diagnosing and all(
            other.id in grading.results for other in self._of(assignment, case.exercise)
        ):
            self._diagnose(grading, case.exercise, item, nextitem)
        return reports

    def run_on(
        self, grading: Grading, cases: Sequence[Case], nextitem: pytest.Item | None
    ) -> dict[str, Trace]:
        """Run cases on another source than the submission, without a report.

        Parameters
        ----------
        grading : Grading
            That source; gets verdicts and traces.
        cases : sequence of Case
            Cases of one assignment.
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
                _, result = self._run_once(item, following)
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
                self._diagnostician(assignment).read()

    def _diagnostician(self, assignment: Assignment) -> Diagnostician:
        if assignment.id not in self._diagnosticians:
            self._diagnosticians[assignment.id] = Diagnostician(assignment)
        return self._diagnosticians[assignment.id]

    def _of(self, assignment: Assignment, exercise: Exercise) -> list[Case]:
        return [case for case in self.cases.of(assignment) if case.exercise == exercise]

    def _diagnose(
        self, grading: Grading, exercise: Exercise, item: pytest.Item, nextitem: pytest.Item | None
    ) -> None:
        """Find out why an exercise lost points, once its last case has been run."""
        assignment = grading.assignment
        hidden = [case for case in self._of(assignment, exercise) if case.suite == "hidden"]

        def run_hidden(source: wire.Source) -> dict[str, Trace]:
            if grading.account.left_s() <= 0:
                raise OutOfTimeError("no time to run another mistake")
            local = functools.partial(LocalTransport, limits=assignment.limits)
            return self.run_on(grading.twin(source, local), hidden, nextitem)

        diagnostician = self._diagnostician(assignment)
        _stop_timer(item)
        try:
            with grading.account.diagnosis():
                found = diagnostician.diagnose(grading, exercise, self.right, run_hidden)
        except OutOfTimeError:
            return  # a submission that is slow enough keeps its reasons to itself
        except GraderError as error:
            # A grade without a diagnosis is better than none; the author's checks show the reason.
            warnings.warn(f"no diagnosis of {exercise.id}: {error}", stacklevel=1)
            return
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
        told = None if self._apart else context
        if error:
            result = outcome.ended_by(error, case, told)
        else:
            result = outcome.passed(case, context.forms if context else ())
        grading = self.gradings[assignment.id]
        if not is_timed(item):  # how fast a submission is tells no mistake from another
            grading.keep_trace(case, context, error, always=self._apart or self.recording)
        return reports, msgspec.structs.replace(
            result,
            output=grading.take_output(),
            duration_s=clock.monotonic() - started_s,
        )

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

    def status_letter(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Return category, letter and word for a failed report of a case; None for the rest."""
        verdict = dict(report.user_properties).get("verdict")
        if report.when != "call" or report.outcome != "failed" or verdict is None:
            return None
        letter = LETTERS.get(Verdict(str(verdict)), "F")
        return "failed", letter, str(verdict).upper()

    def summary_lines(self) -> list[str]:
        """Return the lines of the closing table and of what is wrong."""
        lines: list[str] = []
        for assignment in self.cases.assignments:
            grading = self.gradings[assignment.id]
            if grading.results:
                submission = self.submissions[assignment.id]
                lines += summary_lines(
                    assignment,
                    list(grading.results.values()),
                    submission,
                    self.lang,
                    self.reruns[assignment.id],
                    grading.diagnoses,
                )
        return lines

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
