"""One submission's way through the cases of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from grader.model import CaseResult, Diagnosis, Message, Verdict
from grader.suite import outcome
from grader.suite.closing import diagnosis, known_by_heart_now
from grader.suite.grading import UNWRITTEN
from grader.suite.running import run_case

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from grader import wire
    from grader.model import Exercise
    from grader.suite.case import Case
    from grader.suite.performing import Outcome, Perform
    from grader.suite.running import Access, Ran
    from grader.suite.session import RunSettings, Session


class News(msgspec.Struct, frozen=True):
    """What is known of a submission while it is graded: a case, or why an exercise lost points.

    Parameters
    ----------
    case : CaseResult or None
        What became of a case; a later one of the same id takes its place.
    exercise : str
        The exercise that `diagnosis` is about.
    diagnosis : Diagnosis or None
        Why it lost points.
    """

    case: CaseResult | None = None
    exercise: str = ""
    diagnosis: Diagnosis | None = None


def run_submission(
    session: Session,
    settings: RunSettings,
    source: wire.Source,
    access: Access,
    *,
    exercises: Collection[str] | None = None,
    tell: Callable[[News], None] | None = None,
) -> tuple[tuple[CaseResult, ...], dict[str, Diagnosis]]:
    """Run a submission through the cases of a session.

    Parameters
    ----------
    session : Session
        What it is compared with.
    settings : RunSettings
        How.
    source : Source
        The submission.
    access : Access
        How it is reached.
    exercises : collection of str or None
        The exercises whose cases are run, by id; None for all.
    tell : callable or None
        Gets what is known, as soon as it is.

    Returns
    -------
    tuple of CaseResult, dict of str to Diagnosis
        What became of the cases, in their order, and why exercises lost points, by their ids.
    """
    run = Run(session, settings, source, access, tell)
    suites = session.suites
    cases = suites.cases if exercises is None else suites.of_all(exercises)
    try:
        for case in cases:
            run.run(case)
    finally:
        run.close()
    return tuple(run.grading.results.values()), run.grading.diagnoses


class Run:
    """A submission on its way; its cases are run one by one, in the session's order.

    Parameters
    ----------
    session, settings, source, access, tell
        See `run_submission`.
    patient : bool
        Whether a student may be standing at a breakpoint: then there is no bound on the whole.
    """

    def __init__(
        self,
        session: Session,
        settings: RunSettings,
        source: wire.Source,
        access: Access,
        tell: Callable[[News], None] | None = None,
        *,
        patient: bool = False,
    ) -> None:
        self.session = session
        self._settings = settings
        self._access = access
        self._tell = tell or _keep_quiet
        assignment = settings.applied_to(session.assignment)
        self.grading = session.grading(source, access, assignment, patient=patient)
        self._absent: dict[str, CaseResult] = {}

    def run(self, case: Case, perform: Perform | None = None) -> Outcome | None:
        """Run a case, a second time on the reference's upstream where that is due.

        Parameters
        ----------
        case : Case
            The case.
        perform : callable or None
            Carries out its test; None takes the session's way, and does not carry out what is
            known before: that nothing was written for the exercise.

        Returns
        -------
        Outcome or None
            How the run ended that counts; None if there was none.
        """
        result, ended = self._left_out(case, written=perform is not None), None
        if result is None:
            ran = self._run(case, perform or self.session.suites.tests[case.id])
            result, ended = ran.result, ran.outcome
        self.grading.results[case.id] = result
        self._tell(News(case=result))
        if all(one.id in self.grading.results for one in self._of(case.exercise)):
            self._close(case.exercise)
        return ended

    def diagnose(self, exercise: Exercise) -> Diagnosis | None:
        """Find out why an exercise lost points, all of whose cases have been run."""
        if not exercise.names:  # a notebook's run explains itself
            return None
        cases, edits = self._of(exercise), self._settings.edits
        found = diagnosis(self.session, self.grading, exercise, cases, edits=edits)
        if found is not None:
            self.grading.diagnoses[exercise.id] = found
            self._tell(News(exercise=exercise.id, diagnosis=found))
        return found

    def close(self) -> None:
        """End the workers."""
        self.grading.close()

    def is_unwritten(self, exercise: Exercise) -> bool:
        """Tell whether all that an exercise asks for is still as it was handed out."""
        parts = self.grading.source.modules
        unwritten = {name for part in parts for name in part.unwritten}
        # What stands in two files, and was written in one of them, is written.
        written = {
            name
            for part in parts
            for piece in part.pieces
            for name in piece.names
            if name not in part.unwritten
        }
        return unwritten.issuperset(exercise.names) and written.isdisjoint(exercise.names)

    def _of(self, exercise: Exercise) -> list[Case]:
        return self.session.suites.of(exercise)

    def _left_out(self, case: Case, *, written: bool) -> CaseResult | None:
        """Return the result of a case that need not be run; None for one that must."""
        if self._settings.only_first_failure and self.grading.has_failed(case.exercise):
            message = Message("skipped", {"reason": "an earlier case failed"})
            return msgspec.structs.replace(
                outcome.passed(case), verdict=Verdict.SKIPPED, message=message
            )
        if written or case.timed:  # the latter may be skipped, and says so
            return None
        absent = self._absent.get(case.exercise.id)
        if absent is None and self._settings.skip_stubs and self.is_unwritten(case.exercise):
            return outcome.unwritten(case)
        if absent is None:
            return None
        return msgspec.structs.replace(
            outcome.passed(case),
            verdict=absent.verdict,
            message=absent.message,
            place=absent.place,
        )

    def _run(self, case: Case, perform: Perform) -> Ran:
        grading = self.grading
        first = run_case(grading, case, perform, self._access)
        passed = first.outcome.error is None
        unknown = case.suite == "public" and case.id not in self.session.asked
        if unknown and passed and (found := first.asked) is not None:
            grading.asked[case.id] = found
        if self._settings.skip_absent and self._shows_absence(case, first.result):
            self._absent[case.exercise.id] = first.result
        if not grading.wants_upstream(case, first.result):
            return first
        second = run_case(grading, case, perform, self._access, put_in=True)
        if second.broke:
            return second  # nobody knows what it would have earned
        spent_s = first.result.duration_s + second.result.duration_s
        if second.result.verdict is Verdict.PASSED:
            return _with(
                second,
                carried_forward=True,
                message=Message("carried_forward"),
                duration_s=spent_s,
            )
        if second.result.verdict.is_wrong:
            # With its upstream right, what is wrong now is the exercise's own.
            return _with(second, duration_s=spent_s)
        return first

    def _shows_absence(self, case: Case, result: CaseResult) -> bool:
        """Tell whether a case has shown that there is nothing for its exercise's others to call.

        An exercise of one name has no case that does without it. Whether a definition is still the
        stub is known from its text: one that was begun may raise ``NotImplementedError`` as well.
        """
        names = case.exercise.names
        if result.message.key not in UNWRITTEN:
            return False
        if result.verdict is Verdict.MISSING:
            return len(names) == 1
        return self.is_unwritten(case.exercise)

    def _close(self, exercise: Exercise) -> None:
        """Look back on an exercise whose last case has been run."""
        cases = self._of(exercise)
        if self._settings.redraw:
            for result in known_by_heart_now(self.session, self.grading, cases).values():
                self._tell(News(case=result))
        self.grading.asked.clear()
        if self._settings.diagnose:
            self.diagnose(exercise)


def _with(ran: Ran, **changes: Any) -> Ran:
    """Return what became of a case, with another result."""
    return msgspec.structs.replace(ran, result=msgspec.structs.replace(ran.result, **changes))


def _keep_quiet(_news: News) -> None:
    """Take news that nobody waits for."""
