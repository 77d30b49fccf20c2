"""Runs the collected cases on a submission and keeps what became of them."""

from __future__ import annotations

import dataclasses
import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from _pytest.runner import runtestprotocol

from grader import clock
from grader.diagnose import pick_language, render
from grader.errors import HarnessError, IntakeError, SandboxError, ServerLostError, UsageError
from grader.intake import read_given, read_submission
from grader.model import CaseResult, Message, Verdict
from grader.sandbox import LocalTransport, open_server
from grader.suite import outcome
from grader.suite.collection import Cases
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.reference import Reference
from grader.suite.summary import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Limits
    from grader.sandbox import ForkServer, Supply, Transport
    from grader.suite.grading import Case
    from grader.suite.pair import CaseContext

    OpenWorker = Callable[[Limits, Supply], Transport]

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
        self._contexts: dict[str, CaseContext] = {}
        self._errors: dict[str, BaseException] = {}
        self._upstream_put_in: set[str] = set()
        self._server: ForkServer | None = None
        self._sandbox_broke = False
        self.on_result: Callable[[CaseResult], None] = _ignore

    @classmethod
    def collected(cls, config: pytest.Config, items: list[pytest.Item]) -> Runner:
        """Sort the items by exercise and make ready the submission that the options name."""
        cases = Cases(items)
        cases.keep_exercise(config, items)
        items.sort(key=cases.order)
        runner = cls(cases, {}, pick_language(config.getoption("lang"), os.environ))
        path = config.getoption("submission")
        if path is not None and len(cases.assignments) != 1:
            raise UsageError("--submission goes with the suites of one assignment")
        isolate = bool(config.getoption("isolate"))
        for assignment in cases.assignments:
            replay = bool(config.getoption("replay")) or not assignment.solution.is_dir()
            target = assignment.folder if path is None else Path(path)
            runner._prepare(assignment, target, replay=replay, isolate=isolate)
        for item in items:
            owner = cases.get(item)
            if owner is not None:
                _speak_plainly(runner, item)
                if config.pluginmanager.has_plugin("warnings"):
                    # No project's settings may turn a warning into an error of a case.
                    item.add_marker(pytest.mark.filterwarnings("ignore"))
            if owner is not None and not isolate:
                # In this process nobody else can end an endless loop; under a debugger nobody does.
                limits = owner[0].limits
                item.add_marker(pytest.mark.timeout(owner[1].timeout_s or limits.call_s))
        if not cases.foreign:
            _hush(config)
        return runner

    def _prepare(self, assignment: Assignment, path: Path, *, replay: bool, isolate: bool) -> None:
        names = {exercise.id: exercise.names for exercise in assignment.exercises}
        submission = read_submission(path, modules=assignment.modules, exercises=names)
        if path == assignment.folder:
            # The suites lie beside the stubs; that they are no submission goes without saying.
            notes = tuple(note for note in submission.notes if note.key != "intake_skipped")
            submission = dataclasses.replace(submission, notes=notes)
        if submission.source is None:
            reason = render(submission.problem, self.lang) if submission.problem else ""
            raise IntakeError(f"{path} cannot be graded: {reason}")
        golden = Golden.read(assignment.golden) if replay else Golden()
        self.submissions[assignment.id] = submission
        self.gradings[assignment.id] = Grading(
            assignment,
            submission.source,
            read_given(assignment.folder, assignment.given),
            Reference(assignment, golden, live=not replay),
            functools.partial(self._transport, assignment)
            if isolate
            else functools.partial(LocalTransport, limits=assignment.limits),
            patient=not isolate,
        )

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
        if submission.source is None:
            raise HarnessError(f"{submission.id} has no source to grade")
        assignment = present.assignment
        self.submissions[key] = submission
        self.gradings[key] = Grading(
            assignment,
            submission.source,
            read_given(assignment.folder, assignment.given),
            present.reference.replayed(),
            functools.partial(open_worker, assignment.limits),
            present.salt,
        )

    def _transport(self, assignment: Assignment, supply: Supply) -> Transport:
        if self._server is None:
            torch = any(case.exercise.torch for case in self.cases.of(assignment))
            self._server = open_server("best", torch=torch)
        return self._server.worker(assignment.limits, supply)

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
        grading.results[case.id] = result
        self.on_result(result)
        for report in reports:
            report.user_properties.append(("verdict", result.verdict.value))
        return reports

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
        result = outcome.ended_by(error, case, context) if error else outcome.passed(case)
        return reports, msgspec.structs.replace(
            result,
            output=self.gradings[assignment.id].take_output(),
            duration_s=clock.monotonic() - started_s,
        )

    def note(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Keep the exception that ended a phase of a case."""
        if call.excinfo is not None:
            self._errors.setdefault(item.nodeid, call.excinfo.value)

    def words_for(self, item: pytest.Item, error: BaseException) -> str | None:
        """Put a failure into words; None where the grader is at fault and a traceback helps."""
        _, case = self._owner(item)
        result = outcome.ended_by(error, case, self._contexts.get(item.nodeid))
        if result.verdict is Verdict.ERRORED_GRADER:
            return None
        return render(result.message, self.lang)

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
                    assignment, list(grading.results.values()), submission, self.lang
                )
        return lines

    def finish(self, session: pytest.Session) -> None:
        """Set the exit code where the grader itself failed."""
        results = [r for grading in self.gradings.values() for r in grading.results.values()]
        if any(result.verdict is Verdict.ERRORED_GRADER for result in results):
            session.exitstatus = INTERNAL_ERROR

    def close(self) -> None:
        """End workers and fork server."""
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


def _speak_plainly(runner: Runner, item: pytest.Item) -> None:
    """Let a failing case be reported in words for the student, without a traceback."""
    original = item.repr_failure

    def repr_failure(excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG001 - pytest's own signature
        words = runner.words_for(item, excinfo.value)
        return original(excinfo) if words is None else words

    item.repr_failure = repr_failure  # type: ignore[method-assign]  # one item, not the class


def _hush(config: pytest.Config) -> None:
    """Leave out pytest's own sections, which the table replaces, unless they are asked for."""
    asked = any(str(arg).startswith(("--tb", "-r")) for arg in config.invocation_params.args)
    if not asked:
        config.option.tbstyle = "no"
        config.option.reportchars = ""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.reportchars = ""


def _ignore(_result: CaseResult) -> None:
    """Take a result that nobody waits for."""
