"""One submission on its way through the suites of one assignment."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import math
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.compare import summary
from grader.diagnose import Answer, Trace, answer
from grader.errors import TimedOutError
from grader.intake import definition_of, parameters_of
from grader.model import CaseResult, Exercise, Recipe, Verdict, Visibility
from grader.sandbox import Client, Result, refuse_to_supply
from grader.suite.account import Account
from grader.suite.pair import EPS_FLOAT32, EPS_FLOAT64, CaseContext, call_text
from grader.suite.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from grader import wire
    from grader.catalog import Assignment
    from grader.model import Diagnosis, Place
    from grader.sandbox import Supply, Transport
    from grader.suite.pair import Sides
    from grader.suite.reference import Reference

    OpenTransport = Callable[[Supply], Transport]

# A case that the grader itself spoilt says nothing about the upstream it tested.
CLEAN: Final = frozenset({Verdict.PASSED, Verdict.SKIPPED, Verdict.ERRORED_GRADER})
# Nothing of the exercise is there; no upstream can change that.
UNWRITTEN: Final = frozenset({"not_written", "missing"})
# The submission was not even asked, so there is nothing to be learnt about it.
NOT_RUN: Final = frozenset({"not_run_after_timeouts", "submission_timed_out"})


class Case(msgspec.Struct, frozen=True):
    """What a suite's marks say about one pytest item.

    Parameters
    ----------
    id : str
        File and item, as in ``test_char_rnn.py::test_clips[5.0]``.
    test : str
        The same without the parameters.
    exercise : Exercise
        What it examines.
    suite : str
        ``public`` or ``hidden``.
    visibility : Visibility
        Who may see it.
    weight : Fraction
        Weight of its test.
    timeout_s : float or None
        Deadline of each call; None for the assignment's.
    """

    id: str
    test: str
    exercise: Exercise
    suite: str
    visibility: Visibility
    weight: Fraction
    timeout_s: float | None = None


def seed_of(assignment: Assignment, case: Case, salt: str) -> int:
    """Derive the seed of a case's generator; hidden suites add the salt."""
    salted = salt if case.suite == "hidden" else ""
    text = f"{assignment.id}/{assignment.seed}/{case.id}/{salted}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


NOTHING: Final = Result(None)
# Of what one case gave; the memory of the process that compares must do for all cases.
KEPT_BYTES: Final = 4 << 20
KEPT_IN_ALL: Final = 64 << 20
TOO_LARGE: Final = Answer("", error="too large to look at")


@dataclasses.dataclass(slots=True)
class Heard:
    """One call into a submission.

    Parameters
    ----------
    name : str
        What was called, in words.
    target : str or Handle
        What was called.
    args : sequence
        Its arguments; whatever the other side does, it does to copies.
    options : dict
        The keyword arguments of `Client.call` that say what else is wanted.
    outcome : Result or BaseException
        How it ended.
    upstream_put_in : bool
        Whether the reference's upstream was put in.
    """

    name: str
    target: str | wire.Handle
    args: Sequence[Any]
    options: dict[str, Any]
    outcome: Result | BaseException = NOTHING
    upstream_put_in: bool = False


class Grading:
    """One submission, its workers, and the verdicts so far.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    source, given : Source
        The submission, and what the assignment hands out.
    reference : Reference
        The other side of every check.
    open_transport : callable
        Makes a fresh way into the submission, given the supplier of upstreams.
    salt : str
        What hidden suites' seeds are derived from.
    patient : bool
        Whether a student may be standing at a breakpoint: then there is no bound on the whole.
    """

    def __init__(
        self,
        assignment: Assignment,
        source: wire.Source,
        given: wire.Source,
        reference: Reference,
        open_transport: OpenTransport,
        salt: str = "",
        *,
        patient: bool = False,
    ) -> None:
        self._patient = patient
        self.assignment = assignment
        self.reference = reference
        self.salt = salt
        self.results: dict[str, CaseResult] = {}
        self.traces: dict[str, Trace] = {}
        self.sides: dict[str, Sides] = {}
        self.calls: dict[str, list[Heard]] = {}
        self.diagnoses: dict[str, Diagnosis] = {}
        self.source = source
        self.given = given
        self._open_transport = open_transport
        self._exercise: Exercise | None = None
        self._clients: dict[bool, Client] = {}
        self._timeouts: dict[tuple[str, bool], int] = {}
        self.account = Account(assignment.limits)
        self._kept_bytes: dict[str, int] = {}
        self._never_loaded: dict[str, TimedOutError] = {}

    def context(self, case: Case, *, upstream_put_in: bool) -> CaseContext:
        """Begin a case: return what its fixtures share."""
        seed = seed_of(self.assignment, case, self.salt)
        eps = EPS_FLOAT32 if case.exercise.torch else EPS_FLOAT64
        return CaseContext(
            case=f"assignments/{self.assignment.id}/{case.id}",
            seed=seed,
            student=StudentCaller(self, case, seed, upstream_put_in=upstream_put_in),
            reference=self.reference.caller(case.id, case.exercise, seed),
            # Far above rounding, far below curvature.
            delta=math.sqrt(eps),
            working_eps=eps,
        )

    def client(self, exercise: Exercise, *, upstream_put_in: bool) -> Client:
        """Return the client for an exercise, from a fresh worker where the last one won't do.

        Raises
        ------
        TimedOutError
            When the exercise, or the submission, has used up its time.
        """
        wanted = (exercise.id, upstream_put_in)
        limits = self.assignment.limits
        late = self._never_loaded.get(exercise.module)
        if late is not None:  # nor would it the next time, and others need theirs
            raise TimedOutError(late.key, **late.fields)
        if self._timeouts.get(wanted, 0) >= limits.timeouts:
            raise TimedOutError("not_run_after_timeouts", count=limits.timeouts)
        if not self._patient:
            self.account.check()
        if exercise != self._exercise:
            self.close()
            self._exercise = exercise
        # One worker with callbacks to the reference and one without, never both in one.
        client = self._clients.get(upstream_put_in)
        if client is None or not client.transport.alive:
            try:
                client = self._open_client(exercise, self.source, upstream_put_in=upstream_put_in)
            except TimedOutError as error:
                self._never_loaded[exercise.module] = error.with_traceback(None)
                raise
            self._clients[upstream_put_in] = client
        return client

    def note_timeout(self, exercise: Exercise, *, upstream_put_in: bool) -> None:
        """Count a time-out; after a few the exercise's other cases are not run."""
        wanted = (exercise.id, upstream_put_in)
        self._timeouts[wanted] = self._timeouts.get(wanted, 0) + 1

    def fresh_client(
        self,
        exercise: Exercise,
        source: wire.Source | None = None,
        *,
        upstream_put_in: bool = False,
    ) -> Client:
        """Load the submission, or another source, into a worker that the caller closes.

        It is there to find out why an exercise lost points, within what that may cost.

        Raises
        ------
        OutOfTimeError
            When nothing is left of that; its calls raise it too.
        """
        return self._open_client(
            exercise,
            source or self.source,
            upstream_put_in=upstream_put_in,
            left_s=self.account.left_s,
        )

    def _open_client(
        self,
        exercise: Exercise,
        source: wire.Source,
        *,
        upstream_put_in: bool,
        left_s: Callable[[], float] | None = None,
    ) -> Client:
        """Load a source into a fresh worker; one in which that fails is of no use."""
        supply: Supply = refuse_to_supply
        if upstream_put_in:
            supply = self.reference.supplier(exercise, bounded=not self._patient)
        transport = self._open_transport(supply)
        self.account.opened(transport)
        client = Client(transport, self.assignment.limits, left_s)
        supplied = self.reference.signatures(exercise) if upstream_put_in else {}
        forbidden = self.assignment.forbidden(exercise)
        try:
            client.load(
                source, self.given, exercise.module, supplied, exercise.names, forbidden=forbidden
            )
        except BaseException:
            client.close()
            raise
        return client

    def twin(self, source: wire.Source, open_transport: OpenTransport) -> Grading:
        """Return a grading of another source against the same reference."""
        return Grading(
            self.assignment,
            source,
            self.given,
            self.reference,
            open_transport,
            self.salt,
            patient=self._patient,
        )

    def take_output(self) -> str:
        """Return what the submission has printed since the last time."""
        text = ""
        for client in self._clients.values():
            text += client.output
            client.output = ""
        return text

    def keep_trace(
        self,
        case: Case,
        context: CaseContext | None,
        error: BaseException | None,
        *,
        always: bool = False,
    ) -> None:
        """Keep what a case has shown of the submission.

        Of a case that passed only that it did, unless `always`.
        """
        self.sides.pop(case.id, None)
        self.calls.pop(case.id, None)
        if isinstance(error, TimedOutError) and error.key in NOT_RUN:
            self.traces.pop(case.id, None)
            return
        if context is None or (error is None and not always):
            self.traces[case.id] = Trace(passed=error is None)
            return
        if not always and not self._has_room_for(case, context.student.answered_bytes()):
            # What nobody could look through is not kept, and resembles no known mistake.
            self.traces[case.id] = Trace(passed=error is None, answers=(TOO_LARGE,))
            return
        self.traces[case.id] = context.student.trace(passed=error is None)
        self.calls[case.id] = context.student.heard
        sides = getattr(error, "sides", None)
        if sides is not None:
            self.sides[case.id] = sides

    def _has_room_for(self, case: Case, size_bytes: int) -> bool:
        """Tell whether so much of a case can be kept besides what others have given."""
        self._kept_bytes.pop(case.id, None)
        if size_bytes > KEPT_BYTES or sum(self._kept_bytes.values()) + size_bytes > KEPT_IN_ALL:
            return False
        self._kept_bytes[case.id] = size_bytes
        return True

    def has_failed(self, exercise: Exercise) -> bool:
        """Tell whether a case of an exercise has lost marks already."""
        return any(
            result.exercise == exercise.id and result.verdict not in CLEAN
            for result in self.results.values()
        )

    def has_wrong_upstream(self, exercise: Exercise) -> bool:
        """Tell whether an exercise that this one uses has lost marks."""
        return any(
            earlier.exercise in exercise.uses
            and (earlier.verdict not in CLEAN or earlier.carried_forward)
            for earlier in self.results.values()
        )

    def place_of(self, exercise: Exercise) -> Place | None:
        """Say where the submission defines an exercise; None if it does not."""
        return definition_of(self.source, exercise.module, exercise.names)

    def wants_upstream(self, case: Case, result: CaseResult) -> bool:
        """Tell whether a case that failed deserves a second run on the reference's upstream."""
        own_fault = result.verdict in CLEAN or result.message.key in UNWRITTEN
        if own_fault or not case.exercise.uses or not self.reference.can_supply():
            return False
        return self.has_wrong_upstream(case.exercise)

    def close(self) -> None:
        """End the present workers."""
        for client in self._clients.values():
            client.close()
        self._clients = {}


class StudentCaller:
    """One case's calls into the submission."""

    def __init__(self, grading: Grading, case: Case, seed: int, *, upstream_put_in: bool) -> None:
        self._grading = grading
        self._case = case
        self._seed = seed
        self._upstream_put_in = upstream_put_in
        self.heard: list[Heard] = []

    def call(
        self,
        target: str | wire.Handle,
        args: Sequence[Any],
        *,
        method: str = "",
        what: str = "",
        after: tuple[int, ...] = (),
        cotangent: Any = None,
        draws: Sequence[int] | None = None,
    ) -> Result:
        """Call the submission; see `Caller.call`."""
        name = target if isinstance(target, str) else f"{what}.{method}"
        options = {
            "after": after, "cotangent": cotangent, "draws": draws, "seed": self._seed,
        }  # fmt: skip
        with self._listening(name, target, args, options) as heard:
            client = self._client()
            result = client.call(
                target, args, method=method, what=what, timeout_s=self._case.timeout_s, **options
            )
            heard.outcome = result
            return result

    def load(self, handle: wire.Handle, values: Mapping[str, Any], what: str) -> None:
        """Copy values by name into the parameters of the submission's module."""
        with self._listening(f"load {what}", handle, (values,), {}) as heard:
            self._client().set_parameters(handle, values, what)
            heard.outcome = NOTHING

    def parameters(self, handle: wire.Handle, what: str) -> dict[str, Any]:
        """Read the parameters of the submission's module."""
        with self._listening(f"parameters of {what}", handle, (), {}) as heard:
            found = self._client().parameters(handle, what)
            heard.outcome = Result(found)
            return found

    def recipe(self, case: str) -> Recipe | None:
        """Describe the inputs of the latest call for a reader; None before the first."""
        calls = [heard for heard in self.heard if heard.args]
        if not calls:
            return None
        last = calls[-1]
        what = last.name.removesuffix(".")
        listed = enumerate(last.args, start=1)
        return Recipe(
            call=call_text(what, last.args),
            arguments=tuple(f"{number}. {summary(arg)}" for number, arg in listed),
            seed=self._seed,
            case=case,
            # A student never sees a hidden case's inputs, and instructors have the command.
            snippet=snippet(calls, self._parameters) if self._case.suite == "public" else "",
        )

    def _parameters(self, name: str) -> Sequence[str]:
        return parameters_of(self._grading.source, self._case.exercise.module, name)

    def answered_bytes(self) -> int:
        """Return how long the encodings of all answers of this case were."""
        outcomes = [heard.outcome for heard in self.heard]
        return sum(one.size_bytes for one in outcomes if isinstance(one, Result))

    def trace(self, *, passed: bool) -> Trace:
        """Sketch what the submission has answered in this case."""
        return Trace(passed, tuple(answer(heard.name, heard.outcome) for heard in self.heard))

    @contextlib.contextmanager
    def _listening(
        self, name: str, target: str | wire.Handle, args: Sequence[Any], options: dict[str, Any]
    ) -> Iterator[Heard]:
        """Keep what is asked and how it ends."""
        heard = Heard(name, target, args, options, upstream_put_in=self._upstream_put_in)
        self.heard.append(heard)
        try:
            yield heard
        except BaseException as error:
            heard.outcome = error
            if isinstance(error, TimedOutError):
                put_in = self._upstream_put_in
                self._grading.note_timeout(self._case.exercise, upstream_put_in=put_in)
            raise

    def _client(self) -> Client:
        return self._grading.client(self._case.exercise, upstream_put_in=self._upstream_put_in)
