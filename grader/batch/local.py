"""The local engine: submissions of one machine, graded under one proof of the suites."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from grader.batch.conditions import conditions_of, default_salt
from grader.batch.pool import Pool
from grader.batch.session import with_collected
from grader.model import Conditions, Grade, Status
from grader.sandbox import CONFINED_TIERS, HIDDEN_REFUSED
from grader.suite.timing import OFF, Timing, device_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from grader.batch.pool import ExercisesOf, OnGrade
    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.sandbox import ForkServer
    from grader.suite.runner import Runner


class BatchOptions(msgspec.Struct, frozen=True):
    """How a batch is run.

    Parameters
    ----------
    jobs : int
        Submissions at a time.
    salt : str or None
        What hidden suites' seeds are derived from; None takes one derived from the hidden suites.
    timing : str
        Where speed is measured, see `grader.suite.timing.MODES`.
    diagnose : bool
        Whether to find out why exercises lost points.
    redraw : bool
        Whether public cases are run again on other inputs where hidden ones fail.
    only_first_failure : bool
        Whether an exercise's other cases are left out once one has failed.
    call_s : float or None
        Deadline of a call in seconds; None for the assignment's.
    """

    jobs: int = 1
    salt: str | None = None
    timing: str = OFF
    diagnose: bool = True
    redraw: bool = True
    only_first_failure: bool = False
    call_s: float | None = None

    def conditions(self, runner: Runner, tier: str) -> Conditions:
        """Describe what grades made of collected suites, in an isolation tier, are made under."""
        (grading,) = runner.gradings.values()
        assignment = grading.assignment
        return conditions_of(
            assignment,
            runner.cases.of(assignment),
            self.salt_of(assignment),
            tier,
            device_of(self.timing),
            live=runner.live,
        )

    def salt_of(self, assignment: Assignment) -> str:
        """Return the salt in force."""
        return default_salt(assignment) if self.salt is None else self.salt


class Plan:
    """What a batch asks before it grades. This one grades everything, and keeps nothing."""

    def waiting(
        self,
        conditions: Conditions,  # noqa: ARG002 - others ask it
        submissions: Sequence[Submission],
    ) -> Sequence[Submission]:
        """Choose what is graded, once it is known under which conditions; writes nothing."""
        return submissions

    def begin(self, conditions: Conditions) -> None:
        """Take note that nothing stands in the way any more: the first grades are about to come."""


def grade_all(
    assignment: Assignment,
    submissions: Sequence[Submission],
    options: BatchOptions,
    server: ForkServer,
    on_grade: OnGrade,
    exercises_of: ExercisesOf | None = None,
    plan: Plan | None = None,
) -> None:
    """Grade submissions, each in a process of its own.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    submissions : sequence of Submission
        What to grade; one that could not be read gets a grade that says so.
    options : BatchOptions
        How.
    server : ForkServer
        Running; the workers come from it. In tier C no hidden suite is run.
    on_grade : callable
        Called in this process with each submission and its grade, as they come in.
    exercises_of : callable or None
        The ids of the exercises that a submission is graded on; None for all. Asked when its turn
        comes; where there are none, it gets no grade.
    plan : Plan or None
        Which of them are to be graded; None for all. It is told to begin when suites, reference,
        salt and device have been found to be in order.

    Raises
    ------
    CatalogError
        When the suites are broken or the reference does not pass them.
    SandboxError
        When the fork server ends.
    """
    timing = Timing(options.timing, confined=server.tier in CONFINED_TIERS)
    timing.start()  # before the first fork
    session = _Session(assignment, submissions, options, server, plan or Plan())

    def body(runner: Runner, items: Sequence[pytest.Item]) -> None:
        session.begin(on_grade)
        runner.diagnosing = options.diagnose
        runner.redrawing = options.redraw
        runner.only_first_failure = options.only_first_failure
        if options.call_s is not None:
            runner.allow(options.call_s)
        pool = Pool(assignment, runner, items, server, options.jobs, session.conditions)
        everything = [exercise.id for exercise in assignment.exercises]
        pool.run(session.readable, on_grade, exercises_of or (lambda _: everything))

    try:
        with_collected(
            assignment,
            options.salt_of(assignment),
            body,
            hidden=server.tier != HIDDEN_REFUSED,
            timing=timing,
            wanted=session.wanted,
        )
    finally:
        timing.close()
    if not session.begun:
        session.begin(on_grade)


class _Session:
    """What is to be graded, as soon as the suites have been collected."""

    def __init__(
        self,
        assignment: Assignment,
        submissions: Sequence[Submission],
        options: BatchOptions,
        server: ForkServer,
        plan: Plan,
    ) -> None:
        self._assignment = assignment
        self._submissions = submissions
        self._options = options
        self._server = server
        self._plan = plan
        self._waiting: Sequence[Submission] = ()
        self.begun = False

    @property
    def readable(self) -> list[Submission]:
        """What there is something of to run."""
        return [submission for submission in self._waiting if submission.source is not None]

    def wanted(self, runner: Runner) -> bool:
        """Ask the plan what is to be graded; tell whether any of it is run."""
        self.conditions = self._options.conditions(runner, self._server.tier)
        self._waiting = self._plan.waiting(self.conditions, self._submissions)
        return bool(self.readable)

    def begin(self, on_grade: OnGrade) -> None:
        """Tell the plan, and grade what could not be read."""
        self.begun = True
        self._plan.begin(self.conditions)
        for submission in self._waiting:
            if submission.source is None:
                on_grade(submission, unreadable(self._assignment, submission, self.conditions))


def unreadable(assignment: Assignment, submission: Submission, conditions: Conditions) -> Grade:
    """Build the grade of a submission that nothing could be read of: a row, but no score."""
    problem = () if submission.problem is None else (submission.problem,)
    return Grade(
        id=submission.id,
        name=submission.name,
        assignment=assignment.id,
        status=Status.UNREADABLE,
        score=None,
        max_score=Fraction(sum(exercise.points for exercise in assignment.exercises)),
        conditions=conditions,
        notes=(*problem, *submission.notes),
    )
