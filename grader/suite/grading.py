"""One submission on its way through the suites of one assignment."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader import clock, wire
from grader.errors import TimedOutError
from grader.model import CaseResult, Exercise, Verdict, Visibility
from grader.sandbox import Client, refuse_to_supply
from grader.suite.pair import EPS_FLOAT32, EPS_FLOAT64, CaseContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from grader.catalog import Assignment
    from grader.sandbox import Result, Supply, Transport
    from grader.suite.reference import Reference

    OpenTransport = Callable[[Supply], Transport]

# A case that the grader itself spoilt says nothing about the upstream it tested.
CLEAN: Final = frozenset({Verdict.PASSED, Verdict.SKIPPED, Verdict.ERRORED_GRADER})
# Nothing of the exercise is there; no upstream can change that.
UNWRITTEN: Final = frozenset({"not_written", "missing"})


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
        self._source = source
        self._given = given
        self._open_transport = open_transport
        self._exercise: Exercise | None = None
        self._clients: dict[bool, Client] = {}
        self._timeouts: dict[tuple[str, bool], int] = {}
        self._started_s = clock.monotonic()

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
        if self._timeouts.get(wanted, 0) >= limits.timeouts:
            raise TimedOutError("not_run_after_timeouts", count=limits.timeouts)
        spent_s = clock.monotonic() - self._started_s
        if spent_s > limits.submission_s and not self._patient:
            raise TimedOutError("submission_timed_out", seconds=f"{limits.submission_s:g}")
        if exercise != self._exercise:
            self.close()
            self._exercise = exercise
        # One worker with callbacks to the reference and one without, never both in one.
        client = self._clients.get(upstream_put_in)
        if client is None or not client.transport.alive:
            supply: Supply = refuse_to_supply
            if upstream_put_in:
                supply = self.reference.supplier(exercise, bounded=not self._patient)
            client = Client(self._open_transport(supply), limits)
            self._clients[upstream_put_in] = client
            supplied = self.reference.signatures(exercise) if upstream_put_in else {}
            client.load(self._source, self._given, exercise.module, supplied)
        return client

    def load_into(self, client: Client, exercise: Exercise) -> None:
        """Load the submission into a client of somebody else's, for one exercise."""
        client.load(self._source, self._given, exercise.module)

    def note_timeout(self, exercise: Exercise, *, upstream_put_in: bool) -> None:
        """Count a time-out; after a few the exercise's other cases are not run."""
        wanted = (exercise.id, upstream_put_in)
        self._timeouts[wanted] = self._timeouts.get(wanted, 0) + 1

    def take_output(self) -> str:
        """Return what the submission has printed since the last time."""
        text = ""
        for client in self._clients.values():
            text += client.output
            client.output = ""
        return text

    def wants_upstream(self, case: Case, result: CaseResult) -> bool:
        """Tell whether a case that failed deserves a second run on the reference's upstream."""
        own_fault = result.verdict in CLEAN or result.message.key in UNWRITTEN
        if own_fault or not case.exercise.uses or not self.reference.can_supply():
            return False
        if self._patient and result.verdict is Verdict.TIMED_OUT:
            return False  # in the student's process nothing would end a second endless loop
        return any(
            earlier.exercise in case.exercise.uses
            and (earlier.verdict not in CLEAN or earlier.carried_forward)
            for earlier in self.results.values()
        )

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
        client = self._client()
        try:
            return client.call(
                target, args, method=method, what=what, after=after, cotangent=cotangent,
                draws=draws, seed=self._seed, timeout_s=self._case.timeout_s,
            )  # fmt: skip
        except TimedOutError:
            self._grading.note_timeout(self._case.exercise, upstream_put_in=self._upstream_put_in)
            raise

    def load(self, handle: wire.Handle, values: Mapping[str, Any], what: str) -> None:
        """Copy values by name into the parameters of the submission's module."""
        self._client().set_parameters(handle, values, what)

    def parameters(self, handle: wire.Handle, what: str) -> dict[str, Any]:
        """Read the parameters of the submission's module."""
        return self._client().parameters(handle, what)

    def _client(self) -> Client:
        return self._grading.client(self._case.exercise, upstream_put_in=self._upstream_put_in)
