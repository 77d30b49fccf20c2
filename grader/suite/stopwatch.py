"""The `stopwatch` fixture: tell whether the submission is about as fast as the reference."""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import numpy as np

from grader import clock, wire
from grader.compare import coarsest_epsilon, compare, derive, perturb
from grader.errors import CatalogError, HarnessError, StudentError, TimedOutError, WrongValueError
from grader.model import Message
from grader.sandbox import Twin
from grader.suite.pair import PROBES, MismatchError, call_text
from grader.suite.student import Heard
from grader.suite.timing import CPU, SkippedError
from grader.timing import Finding, Judgement, Plan, race, repeats_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.sandbox import Transport
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.pair import CaseContext

    Make = Callable[[], tuple[Any, ...]]
    OpenTwin = Callable[[int], Transport]

T = TypeVar("T")

# What the student's process may compute while the reference is called: of the processor time that
# the reference takes meanwhile, far more than cleaning up needs, far less than a thread's share.
IDLE_SHARE: Final = 0.2
IDLE_S: Final = 0.01
# On a GPU the kernel's books tell nothing of work left in a queue; but the reference suffers.
SLOWED: Final = 1.5
WARM_UPS: Final = 3
PLAN: Final = Plan()


class Track(msgspec.Struct, frozen=True):
    """What a timed case runs on.

    Parameters
    ----------
    grading : Grading
        The submission and the reference.
    case : Case
        The case.
    context : CaseContext
        What its other fixtures share.
    device : str
        ``cpu`` or ``cuda``.
    open_twin : callable
        Opens a fresh way into an implementation, on a given processor.
    plan : Plan
        How much is measured.
    now : callable
        The trusted clock, in seconds.
    """

    grading: Grading
    case: Case
    context: CaseContext
    device: str
    open_twin: OpenTwin
    plan: Plan = PLAN
    now: Callable[[], float] = clock.monotonic


class Stopwatch:
    """Times functions of the submission against the reference's.

    ``stopwatch.NAME(make, bound=3.0)`` runs both on arguments from ``make()``, which draws fresh
    ones each time. A case fails if the outputs are wrong, or if the submission takes more than
    `bound` times as long. Where that cannot be told, it is skipped.
    """

    def __init__(self, track: Track) -> None:
        self._track = track

    def __getattr__(self, name: str) -> Callable[..., Judgement]:
        """Return what times the function of that name."""
        if name.startswith("_"):
            raise AttributeError(name)

        def timed(make: Make, *, bound: float) -> Judgement:
            return measured(self._track, name, make, bound)

        return timed


def measured(track: Track, name: str, make: Make, bound: float) -> Judgement:
    """Race a function of the submission against the reference's.

    Parameters
    ----------
    track : Track
        Where.
    name : str
        The function.
    make : callable
        Draws a fresh tuple of arguments.
    bound : float
        The ratio up to which all is well.

    Returns
    -------
    Judgement
        Faster, or within the bound.

    Raises
    ------
    StudentError
        When the submission is slower, its outputs are wrong, or it computes when it should not.
    SkippedError
        When it cannot be told.
    """
    if track.case.exercise.uses:
        raise CatalogError(f"{track.case.id}: {name} would be timed with what it uses")
    heat = Heat(track, name, make)
    try:
        found = heat.run(bound)
    except TimedOutError:
        track.grading.note_timeout(track.case.exercise, upstream_put_in=False)
        raise
    finally:
        heat.close()
    conclude(found, name, bound)
    return found


def conclude(found: Judgement, name: str, bound: float) -> None:
    """Turn what was found into the end of a case; see `measured`."""
    if found.finding is Finding.SLOWER:
        raise WrongValueError("too_slow", name=name, ratio=f"{found.ratio:.1f}", bound=f"{bound:g}")
    if found.finding is Finding.INCONCLUSIVE:
        raise SkippedError(Message("timing_unclear", {"name": name}))


class Heat:
    """One race of twins: opens them, checks what they return, and watches the one that waits."""

    def __init__(self, track: Track, name: str, make: Make) -> None:
        self._track = track
        self._name = name
        self._make = make
        self._twins: list[Twin] = []
        self._unchecked: dict[bytes, dict[str, Any]] = {}
        self._conditioned = False
        self._idle_cpu_s = 0.0
        self._busy_cpu_s = 0.0

    def run(self, bound: float) -> Judgement:
        """Measure until it is clear, or the time is up."""
        track = self._track
        processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [-1]
        processor = processors[os.getpid() % len(processors)]
        reference = self._open(track.open_twin(processor))
        module = track.case.exercise.module
        self._ours(
            lambda: reference.load(
                track.grading.reference.source(module), wire.Source(()), module, names=(self._name,)
            )
        )
        alone_s = self._alone(reference)
        student = self._open(track.open_twin(processor))
        grading, rules = track.grading, track.grading.assignment.forbidden(track.case.exercise)
        student.load(grading.source, grading.given, module, forbidden=rules)
        found = race(
            student=lambda inputs: self._student_lap(student, inputs),
            reference=lambda inputs: self._reference_lap(reference, student, inputs),
            draw=self._draw,
            bound=bound,
            plan=track.plan,
            now=track.now,
            after_round=lambda: self._check(reference),
        )
        if track.device != CPU:
            found = if_undisturbed(found, alone_s)
        return found

    def close(self) -> None:
        """End both."""
        for twin in self._twins:
            twin.close()

    def _open(self, transport: Transport) -> Twin:
        twin = Twin(transport, self._track.grading.assignment.limits)
        self._twins.append(twin)
        return twin

    def _draw(self) -> bytes:
        return wire.encode(self._make())

    def _alone(self, reference: Twin) -> float:
        """Time the reference while there is no student yet; return the seconds of a call."""

        def lap(count: int) -> float:
            inputs = [self._draw() for _ in range(count)]
            return self._ours(lambda: self._lap(reference, inputs))[0] / count

        calls = repeats_for(min(lap(1) for _ in range(WARM_UPS)), self._track.plan.lap_s)
        return statistics.median(lap(calls) for _ in range(WARM_UPS))

    def _lap(self, twin: Twin, inputs: Sequence[bytes]) -> tuple[float, list[Any]]:
        return twin.lap(self._name, inputs, self._track.device, self._track.context.seed)

    def _student_lap(self, student: Twin, inputs: Sequence[bytes]) -> float:
        self._note(wire.decode(inputs[0]))
        seconds, values = self._lap(student, inputs)
        self._keep("student", inputs, values)
        return seconds

    def _reference_lap(self, reference: Twin, student: Twin, inputs: Sequence[bytes]) -> float:
        before = student.cpu_s(), reference.cpu_s()
        seconds, values = self._ours(lambda: self._lap(reference, inputs))
        self._keep("reference", inputs, values)
        self._idle_cpu_s += student.cpu_s() - before[0]
        self._busy_cpu_s += reference.cpu_s() - before[1]
        return seconds

    def _note(self, args: Sequence[Any]) -> None:
        """Let a failure be told with these inputs."""
        self._track.context.student.heard[:] = [Heard(self._name, self._name, args, {})]

    def _keep(self, side: str, inputs: Sequence[bytes], values: Sequence[Any]) -> None:
        for payload, value in zip(inputs, values, strict=True):
            self._unchecked.setdefault(payload, {})[side] = value

    def _ours(self, action: Callable[[], T]) -> T:
        """Do something with the reference; whatever goes wrong there is no student's fault."""
        try:
            return action()
        except StudentError as error:
            raise HarnessError(f"the reference failed in {self._track.case.id}: {error}") from error

    def _check(self, reference: Twin) -> None:
        """Compare the outputs of all calls since the last time; see whether the student rested."""
        for payload, values in self._unchecked.items():
            if len(values) == 2:  # noqa: PLR2004 - both sides had these inputs
                self._compare(reference, payload, values["student"], values["reference"])
        self._unchecked.clear()
        if self._idle_cpu_s > max(IDLE_S, IDLE_SHARE * self._busy_cpu_s):
            raise WrongValueError("work_left_running", name=self._name)

    def _compare(self, reference: Twin, payload: bytes, actual: Any, expected: Any) -> None:
        # Within rounding, a derived tolerance would accept it too. The first is derived all the
        # same: inputs that nobody could judge are then found on the reference, not on a student.
        if self._conditioned and compare(actual, expected) is None:
            return
        self._conditioned = True
        context = self._track.context
        args = wire.decode(payload)
        generator = np.random.default_rng([context.seed, 2])
        shaken = [
            self._ours(
                lambda: self._lap(reference, [wire.encode(perturb(args, generator, context.delta))])
            )[1][0]
            for _ in range(PROBES)
        ]
        working_eps = max(coarsest_epsilon(args), context.working_eps)
        bounds = derive(expected, shaken, context.delta, working_eps)
        difference = compare(actual, expected, bounds)
        if difference is not None:
            self._note(args)
            call = call_text(self._name, args)
            raise MismatchError("wrong_value", difference, call=call)


def if_undisturbed(found: Judgement, alone_s: float) -> Judgement:
    """Take back a good finding if the reference ran far slower beside the student than alone.

    Parameters
    ----------
    found : Judgement
        What the race found.
    alone_s : float
        Seconds of a call of the reference before there was a student.
    """
    if found.finding is Finding.SLOWER or found.reference_s <= SLOWED * alone_s:
        return found
    return msgspec.structs.replace(found, finding=Finding.INCONCLUSIVE)
