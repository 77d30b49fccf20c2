"""One submission on its way through the suites of one assignment."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Final, NoReturn

from grader import wire
from grader.errors import CrashedError, TimedOutError
from grader.intake import definition_of, listing_of
from grader.sandbox import Client, refuse_to_supply
from grader.suite.account import Account
from grader.suite.case import seed_of
from grader.suite.observed import Observations
from grader.suite.outcome import IN_FLOAT32
from grader.suite.pair import EPS_FLOAT32, EPS_FLOAT64, CaseContext
from grader.suite.student import StudentCaller
from grader.suite.upstream import wrong_upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.catalog import Assignment
    from grader.model import CaseResult, Diagnosis, Exercise, Listing, Place
    from grader.sandbox import Supply, Transport
    from grader.suite.case import Case
    from grader.suite.reference import Reference

    OpenTransport = Callable[[Supply], Transport]

# Nothing of the exercise is there; no upstream can change that.
UNWRITTEN: Final = frozenset({"not_written", "missing", "missing_in_text", "missing_left_out"})


class Grading(Observations):
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
    again : bool
        Whether public cases are drawn from the salt, as hidden ones are.
    account : Account or None
        What the submission has used up of its time so far; None for nothing.
    single : frozenset of str
        Exercises that the submission is known to compute in float32, by id.
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
        again: bool = False,
        account: Account | None = None,
        single: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__()
        self._patient = patient
        self.again = again
        self.assignment = assignment
        self.reference = reference
        self.salt = salt
        self.results: dict[str, CaseResult] = {}
        self.asked: dict[str, tuple[str, ...]] = {}
        self.diagnoses: dict[str, Diagnosis] = {}
        self.source = source
        self.given = given
        self._open_transport = open_transport
        self._exercise: Exercise | None = None
        self._clients: dict[bool, Client] = {}
        self._timeouts: dict[tuple[str, bool], int] = {}
        self.account = account or Account(assignment.limits)
        self._never_loaded: dict[str, TimedOutError] = {}
        self._single = single
        self._printed = ""

    def context(self, case: Case, *, upstream_put_in: bool) -> CaseContext:
        """Begin a case: return what its fixtures share."""
        self.listening = case.suite != "hidden"
        seed = seed_of(self.assignment, case, self.salt, again=self.again)
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

    def is_out_of_time(self) -> bool:
        """Tell whether the submission has used up the time that it has for everything."""
        return not self._patient and self.account.is_spent()

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
        recorder: str = "",
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
            recorder=recorder,
        )

    def _open_client(
        self,
        exercise: Exercise,
        source: wire.Source,
        *,
        upstream_put_in: bool,
        left_s: Callable[[], float] | None = None,
        recorder: str = "",
    ) -> Client:
        """Load a source into a fresh worker; one in which that fails is of no use."""
        supply: Supply = refuse_to_supply
        if upstream_put_in:
            supply = self.noted(
                exercise.id, self.reference.supplier(exercise, bounded=not self._patient)
            )
        transport = self._open_transport(supply)
        self.account.opened(transport)
        client = Client(transport, self.assignment.limits, left_s)
        supplied = self.reference.signatures(exercise) if upstream_put_in else {}
        forbidden = self.assignment.forbidden(exercise)
        with _kept_if_loaded(client):
            client.load(
                source,
                self.given,
                exercise.module,
                supplied,
                exercise.names,
                forbidden=forbidden,
                recorder=recorder,
            )
        return client

    def runner(self, source: wire.Source, home: str, names: Sequence[str]) -> Client:
        """Load other code beside the submission's into a worker that the caller closes.

        What it costs is the submission's.
        """
        transport = self._open_transport(refuse_to_supply)
        self.account.opened(transport)
        client = Client(transport, self.assignment.limits)
        with _kept_if_loaded(client):
            client.load(source, wire.Source(()), home, names=tuple(names))
        return client

    def keep_output(self, client: Client) -> None:
        """Keep what was printed behind a client that is about to be closed, for `take_output`."""
        self._printed += client.take_output()

    def twin(self, source: wire.Source, open_transport: OpenTransport | None = None) -> Grading:
        """Return a grading of another source against the same reference; None keeps the way in."""
        return Grading(
            self.assignment,
            source,
            self.given,
            self.reference,
            open_transport or self._open_transport,
            self.salt,
            patient=self._patient,
        )

    def trial(self, exercise: Exercise, client: Client, *, upstream_put_in: bool) -> Grading:
        """Return a twin whose cases of an exercise ask a client that is there.

        It takes no time of the submission's, and keeps nothing of it.
        """
        twin = Grading(
            self.assignment,
            self.source,
            self.given,
            self.reference,
            _refuse_to_open,
            self.salt,
            patient=True,
            account=self.account,
            single=self._computed_in_float32(),
        )
        twin._exercise = exercise
        twin._clients = {upstream_put_in: client}
        return twin

    def drawn_again(
        self,
        reference: Reference,
        source: wire.Source | None = None,
        open_transport: OpenTransport | None = None,
    ) -> Grading:
        """Return a twin whose public cases are drawn from the salt, on the time that is left."""
        return Grading(
            self.assignment,
            source or self.source,
            self.given,
            reference,
            open_transport or self._open_transport,
            self.salt,
            patient=self._patient,
            again=True,
            account=self.account,
            single=self._computed_in_float32() if source is None else frozenset(),
        )

    def take_output(self) -> str:
        """Return what the submission has printed since the last time."""
        text, self._printed = self._printed, ""
        for client in self._clients.values():
            text += client.take_output()
        return text

    def has_failed(self, exercise: Exercise) -> bool:
        """Tell whether a case of an exercise has lost marks already."""
        return any(
            result.exercise == exercise.id and result.verdict.is_wrong
            for result in self.results.values()
        )

    def has_wrong_upstream(self, exercise: Exercise) -> bool:
        """Tell whether an exercise that this one uses has lost marks."""
        return bool(wrong_upstream(self.results.values(), exercise))

    def is_upstream_single(self, exercise: Exercise) -> bool:
        """Tell whether an exercise that this one uses is computed in float32."""
        return not self._computed_in_float32().isdisjoint(exercise.uses)

    def _computed_in_float32(self) -> frozenset[str]:
        found = (one.exercise for one in self.results.values() if one.message.key == IN_FLOAT32)
        return self._single.union(found)

    def place_of(self, exercise: Exercise, names: Sequence[str]) -> Place | None:
        """Say where the submission defines the first of some names; None if it defines none."""
        return definition_of(self.source, exercise.module, names)

    def listing_of(
        self, exercise: Exercise, names: Sequence[str], faults: Sequence[Place]
    ) -> Listing | None:
        """Quote what went wrong at some places, or the definition of the first of some names."""
        return listing_of(self.source, exercise.module, names, faults)

    def wants_upstream(self, case: Case, result: CaseResult) -> bool:
        """Tell whether a case that failed deserves a second run on the reference's upstream."""
        own_fault = not result.verdict.is_wrong or result.message.key in UNWRITTEN
        if own_fault or not case.exercise.uses or not self.reference.can_supply():
            return False
        return self.has_wrong_upstream(case.exercise)

    def close(self) -> None:
        """End the present workers."""
        for client in self._clients.values():
            client.close()
        self._clients = {}


@contextlib.contextmanager
def _kept_if_loaded(client: Client) -> Iterator[None]:
    """Close a client in which loading fails; it is of no use."""
    with contextlib.ExitStack() as failed:
        failed.callback(client.close)
        yield
        failed.pop_all()


def _refuse_to_open(_supply: Supply) -> NoReturn:
    """Open no other worker for a trial: what has ended the first one has not passed."""
    raise CrashedError("crashed", name="", reason="the worker has ended")
