"""All that submissions are compared with: collected cases, the reference's answers, the catalogue.

A session is made from an assignment and a salt, in any process, and never changes: what is learnt
of a submission is in its `grader.suite.run.Run`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import threading
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from grader.errors import CatalogError
from grader.intake import read_given
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.reference import Reference
from grader.suite.running import Access, run_case
from grader.worker import compiler

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader import wire
    from grader.catalog import Assignment
    from grader.diagnose import Trace
    from grader.model import Exercise
    from grader.suite.case import Case
    from grader.suite.diagnosing import Diagnostician
    from grader.suite.performing import Perform
    from grader.suite.timing import Timing


class RunSettings(msgspec.Struct, frozen=True):
    """How submissions are run.

    Parameters
    ----------
    diagnose : bool
        Whether to find out why exercises lost points.
    edits : int
        How many small edits of an exercise are tried, to find where it goes wrong; with 0, that is
        not looked for at all.
    redraw : bool
        Whether public cases are run again on other inputs where hidden ones fail.
    only_first_failure : bool
        Whether an exercise's other cases are left out once one has failed.
    skip_absent : bool
        Whether they are not run, but lost, once one has shown that there is nothing to call.
    skip_stubs : bool
        Whether not even that one is run, where the text shows that all is still as handed out.
    call_s : float or None
        Deadline of a call in seconds; None for the assignment's.
    timeouts : int or None
        After how many time-outs in an exercise its further cases are not run; None for the
        assignment's.
    """

    diagnose: bool = True
    edits: int = 4_000
    redraw: bool = True
    only_first_failure: bool = False
    skip_absent: bool = True
    skip_stubs: bool = False
    call_s: float | None = None
    timeouts: int | None = None

    def applied_to(self, assignment: Assignment) -> Assignment:
        """Return the assignment with the limits in force."""
        chosen = {"call_s": self.call_s, "timeouts": self.timeouts}
        changes = {name: value for name, value in chosen.items() if value is not None}
        limits = msgspec.structs.replace(assignment.limits, **changes)
        return msgspec.structs.replace(assignment, limits=limits)


class Suites(msgspec.Struct, frozen=True):
    """What was collected of an assignment's suites.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    cases : tuple of Case
        In the order in which they are run: an upstream before what uses it, public before hidden.
    tests : mapping of str to Perform
        How to run each of them, by id.
    """

    assignment: Assignment
    cases: tuple[Case, ...]
    tests: Mapping[str, Perform]

    def of(self, exercise: Exercise) -> list[Case]:
        """List the cases of an exercise."""
        return [case for case in self.cases if case.exercise == exercise]

    def of_all(self, exercises: Collection[str]) -> list[Case]:
        """List the cases of some exercises, by their ids."""
        return [case for case in self.cases if case.exercise.id in exercises]


class Proof(NamedTuple):
    """What the reference gave when it passed the suites: all of a session that takes long to make.

    Parameters
    ----------
    golden : Golden
        Its answers, and the tolerances that were derived beside them.
    right, asked
        See `Session`.
    """

    golden: Golden
    right: Mapping[str, Trace]
    asked: Mapping[str, tuple[str, ...]]


class Session(msgspec.Struct, frozen=True, dict=True):
    """What the submissions to an assignment are compared with.

    Parameters
    ----------
    suites : Suites
        The cases.
    salt : str
        What the seeds of hidden suites are derived from.
    reference : Reference
        The other side of every check.
    given : Source
        What the assignment hands out.
    right : mapping of str to Trace
        What the reference gives, by case, where it has been run before.
    asked : mapping of str to tuple of str
        Digests of what public cases ask of a submission that is right, where that is known.
    """

    suites: Suites
    salt: str
    reference: Reference
    given: wire.Source
    right: Mapping[str, Trace] = msgspec.field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    @property
    def assignment(self) -> Assignment:
        """The assignment."""
        return self.suites.assignment

    @functools.cached_property
    def diagnostician(self) -> Diagnostician:
        """Knows the catalogue of mistakes; made, and imported, once something has gone wrong."""
        from grader.suite.diagnosing import Diagnostician  # noqa: PLC0415 - the right need none

        return Diagnostician(self.assignment)

    @property
    def proof(self) -> Proof:
        """What the reference gave when it passed the suites."""
        return Proof(self.reference.golden, self.right, self.asked)

    def grading(
        self,
        source: wire.Source,
        access: Access | None = None,
        assignment: Assignment | None = None,
        *,
        patient: bool = False,
    ) -> Grading:
        """Begin to grade a source; see `Grading`.

        Parameters
        ----------
        source : Source
            What is graded.
        access : Access or None
            How it is reached; None runs it in this process.
        assignment : Assignment or None
            The assignment with other limits; None for those that it states.
        patient : bool
            Whether there is no bound on the whole.
        """
        chosen = assignment or self.assignment
        return Grading(
            chosen,
            source,
            self.given,
            self.reference,
            (access or Access()).transport(chosen.limits),
            self.salt,
            patient=patient,
        )


def replaying(suites: Suites, salt: str = "") -> Session:
    """Return a session that rests on stored golden values, where there are no solutions."""
    assignment = suites.assignment
    return _session(suites, salt, Reference(assignment, Golden.read(assignment.golden), live=False))


def live(suites: Suites, salt: str = "") -> Session:
    """Return a session that runs the reference beside each submission, without a proof before."""
    return _session(suites, salt, Reference(suites.assignment, Golden(), live=True))


def record(
    suites: Suites, salt: str, cases: Sequence[Case] | None = None, timing: Timing | None = None
) -> tuple[Grading, dict[str, tuple[str, ...]]]:
    """Run cases on the reference itself, which records its answers.

    Parameters
    ----------
    suites : Suites
        What was collected.
    salt : str
        What the seeds of hidden suites are derived from.
    cases : sequence of Case or None
        Which; None for all.
    timing : Timing or None
        Whether speed is measured; None for not.

    Returns
    -------
    Grading, dict of str to tuple of str
        Verdicts, and all that was called and answered; digests of what public cases asked.

    Raises
    ------
    CatalogError
        When a case fails there: the assignment, not a student, is at fault.
    """
    chosen = suites.cases if cases is None else cases
    if any(case.exercise.torch for case in chosen):
        warm_up()
    session = live(suites, salt)
    grading = session.grading(session.diagnostician.variants.right)
    access = Access() if timing is None else Access(timing=timing)
    asked: dict[str, tuple[str, ...]] = {}
    try:
        for case in chosen:
            ran = run_case(grading, case, suites.tests[case.id], access, keep=True)
            grading.results[case.id] = result = ran.result
            if not result.verdict.is_fine:
                raise CatalogError(
                    f"the reference does not pass {result.id}: {result.verdict} "
                    f"{result.message.key} {result.message.fields} {result.difference or ''}"
                )
            if case.suite == "public" and (found := ran.asked) is not None:
                asked[case.id] = found
    finally:
        grading.close()
    return grading, asked


def prove(suites: Suites, salt: str, timing: Timing | None = None) -> Session:
    """Prove that the reference passes the suites, and return what it answered as a session.

    Where there are no solutions, as in a student's repository, the stored golden values stand for
    the reference, and nothing is proven.

    Raises
    ------
    CatalogError
        When the reference does not pass the suites, or the stored values cannot be read.
    """
    if not suites.assignment.solution.is_dir():
        return replaying(suites, salt)
    grading, asked = record(suites, salt, timing=timing)
    session = _session(suites, salt, grading.reference.replayed())
    return msgspec.structs.replace(session, right=grading.traces, asked=asked)


def recalled(suites: Suites, salt: str, proof: Proof) -> Session:
    """Return the session that `prove` has returned before, given what was proven then."""
    importlib.import_module("numpy.random")  # here, rather than in each process forked from this
    if any(case.exercise.torch for case in suites.cases):
        warm_up()
    session = _session(suites, salt, Reference(suites.assignment, proof.golden, live=False))
    return msgspec.structs.replace(session, right=proof.right, asked=proof.asked)


def prove_under(suites: Suites, salts: Sequence[str]) -> None:
    """Run the suites on the reference with hidden cases drawn from several salts.

    Raises
    ------
    CatalogError
        When a case fails there.
    """
    hidden = [case for case in suites.cases if case.suite == "hidden"]
    record(suites, salts[0])
    for salt in salts[1:]:
        record(suites, salt, hidden)


def warm_up() -> None:
    """Import torch before any case is timed; from a cold disk that may take longer than a call may.

    Its compiler, which optimizers would import as well, is put off.
    """
    importlib.import_module("torch")
    compiler.put_off()


@contextlib.contextmanager
def warming_up(*, torch: bool) -> Iterator[None]:
    """Import torch, where it is needed, while something else is waited for."""
    # What goes wrong is met again, and told, by whoever needs torch.
    thread = threading.Thread(target=_try_to_warm_up) if torch else None
    if thread is not None:
        thread.start()
    try:
        yield
    finally:
        if thread is not None:
            thread.join()  # before anybody forks


def _try_to_warm_up() -> None:
    with contextlib.suppress(ImportError, OSError):
        warm_up()


def _session(suites: Suites, salt: str, reference: Reference) -> Session:
    assignment = suites.assignment
    modules = {case.exercise.module for case in suites.cases}
    return Session(
        suites=suites,
        salt=salt,
        reference=reference,
        given=read_given(
            assignment.folder,
            {name: names for name, names in assignment.given.items() if name in modules},
        ),
    )
