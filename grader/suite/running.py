"""One case, run on one source: what became of it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec
from pytest_timeout import is_debugging  # type: ignore[import-untyped]  # it has no types

from grader import clock
from grader.errors import KilledError, SandboxError, ServerLostError
from grader.sandbox import LocalTransport
from grader.suite import outcome
from grader.suite.performing import Outcome, Supplies
from grader.suite.racing import stopwatch_for, why_not_raced
from grader.suite.redrawing import asked
from grader.suite.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.diagnose import Trace
    from grader.model import CaseResult, Limits
    from grader.suite.case import Case
    from grader.suite.grading import Grading, OpenTransport
    from grader.suite.pair import CaseContext
    from grader.suite.performing import Perform
    from grader.suite.racing import OpenWorker
    from grader.suite.stopwatch import Stopwatch
    from grader.suite.student import Heard


class Access(msgspec.Struct, frozen=True):
    """How a submission is reached.

    Parameters
    ----------
    open_worker : callable or None
        Makes a worker, given limits and the supplier of upstreams; None runs it in this process.
    timing : Timing
        Whether speed is measured, and where.
    """

    open_worker: OpenWorker | None = None
    timing: Timing = msgspec.field(default_factory=Timing)

    def transport(self, limits: Limits) -> OpenTransport:
        """Return what makes a fresh way into a submission under some limits."""
        if self.open_worker is None:
            return functools.partial(LocalTransport, limits=limits, held=is_debugging)
        return functools.partial(self.open_worker, limits)


class Ran(msgspec.Struct, frozen=True):
    """What became of a case.

    Parameters
    ----------
    result : CaseResult
        Verdict and all that is told.
    outcome : Outcome
        How its test ended.
    heard : sequence of Heard or None
        What it called of the submission; None if it did not get that far.
    """

    result: CaseResult
    outcome: Outcome
    heard: Sequence[Heard] | None

    @property
    def asked(self) -> tuple[str, ...] | None:
        """Digests of what it asked of the submission; None if it did not get that far."""
        return None if self.heard is None else asked(self.heard)

    @property
    def broke(self) -> bool:
        """Whether it was the sandbox that failed: nobody knows what the case would have earned."""
        return isinstance(self.outcome.error, SandboxError)


def run_case(
    grading: Grading,
    case: Case,
    perform: Perform,
    access: Access | None = None,
    *,
    put_in: bool = False,
    keep: bool = False,
) -> Ran:
    """Run a case once; again in another worker if that one was lost, or killed by whomever.

    A kernel that is out of memory may kill a worker that has taken next to none. One that kills
    itself does so again.

    Parameters
    ----------
    grading : Grading
        The source, and what is kept of it.
    case : Case
        The case.
    perform : callable
        Carries out its test.
    access : Access or None
        How the source is raced, where the case measures speed; None measures nothing.
    put_in : bool
        Whether the reference's upstream is put in.
    keep : bool
        Whether everything that was called and answered is kept, of a case that passed as well.
        Nobody reads about such a run; it is the reference's, or a known mistake's.

    Returns
    -------
    Ran
        What became of it.
    """
    ran = _once(grading, case, perform, access or Access(), put_in=put_in, keep=keep)
    if isinstance(ran.outcome.error, ServerLostError | KilledError):
        ran = _once(grading, case, perform, access or Access(), put_in=put_in, keep=keep)
    return ran


def run_cases(
    tests: Mapping[str, Perform],
    grading: Grading,
    cases: Sequence[Case],
    carried: frozenset[str] = frozenset(),
) -> dict[str, Trace]:
    """Run cases on another source than a submission.

    Parameters
    ----------
    tests : mapping of str to Perform
        The tests, by case.
    grading : Grading
        That source; gets verdicts and traces, and its workers are ended.
    cases : sequence of Case
        Which.
    carried : frozenset of str
        Those that are run on the reference's upstream, by id.

    Returns
    -------
    dict of str to Trace
        What it answered, by case.
    """
    try:
        for case in cases:
            put_in = case.id in carried
            ran = run_case(grading, case, tests[case.id], put_in=put_in, keep=True)
            grading.results[case.id] = ran.result
            if case.suite == "public" and (found := ran.asked) is not None:
                grading.asked[case.id] = found
    finally:
        grading.close()
    return grading.traces


def _once(
    grading: Grading, case: Case, perform: Perform, access: Access, *, put_in: bool, keep: bool
) -> Ran:
    def stopwatch(context: CaseContext) -> Stopwatch:
        return stopwatch_for(grading, case, context, access.timing, access.open_worker)

    supplies = Supplies(
        grading,
        functools.partial(grading.context, case, upstream_put_in=put_in),
        stopwatch,
        why_not_raced(grading, access.timing) if case.timed else None,
    )
    started_s = clock.monotonic()
    ended = perform(supplies)
    context, error = supplies.context, ended.error
    if error is not None:
        result = outcome.ended_by(error, case, None if keep else context)
    else:
        result = outcome.passed(case, context.forms if context else ())
    # How fast a submission is tells no mistake from another, nor does what is asked twice.
    if not case.timed and not grading.again:
        grading.keep_trace(case, context, error, always=keep)
    result = msgspec.structs.replace(
        result, output=grading.take_output(), duration_s=clock.monotonic() - started_s
    )
    return Ran(result, ended, None if context is None else context.student.heard)
