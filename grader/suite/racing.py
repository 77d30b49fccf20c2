"""Timed cases of a run: whether they are raced at all, and between which two."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pytest_timeout import is_debugging  # type: ignore[import-untyped]  # it has no types

from grader.model import Message
from grader.sandbox import LocalTransport, refuse_to_supply

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Limits
    from grader.sandbox import Transport
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.pair import CaseContext
    from grader.suite.stopwatch import Stopwatch
    from grader.suite.timing import Timing

    OpenWorker = Callable[..., Transport]  # limits, supply, and the processor by name


def why_not_raced(grading: Grading, timing: Timing) -> Message | None:
    """Return why a timed case is skipped; None where it is not."""
    absent = not grading.reference.can_supply()
    return Message("timing_no_reference") if absent else timing.refusal()


def stopwatch_for(
    grading: Grading,
    case: Case,
    context: CaseContext,
    timing: Timing,
    open_worker: OpenWorker | None,
) -> Stopwatch:
    """Return the stopwatch of a running case."""
    from grader.suite.stopwatch import Stopwatch, Track  # noqa: PLC0415 - few cases are timed

    def twin(limits: Limits, processor: int) -> Transport:
        """Open a way into an implementation; both of a pair are of the same kind."""
        if timing.server is not None:
            return timing.server.worker(limits, processor=processor)
        if open_worker is not None:
            return open_worker(limits, refuse_to_supply, processor=processor)
        return LocalTransport(refuse_to_supply, limits, is_debugging)

    open_twin = functools.partial(twin, grading.assignment.limits)
    return Stopwatch(Track(grading, case, context, timing.device, open_twin))
