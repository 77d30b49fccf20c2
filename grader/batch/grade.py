"""A batch: which submissions are graded, under which conditions, by which engine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from grader.batch.assembling import unreadable
from grader.batch.conditions import conditions_of, default_salt
from grader.batch.engine import LocalEngine, Task
from grader.batch.proofs import proven
from grader.sandbox import CONFINED_TIERS, HIDDEN_REFUSED
from grader.suite.collecting import collected
from grader.suite.notebook import with_notebook
from grader.suite.session import RunSettings
from grader.suite.timing import OFF, Timing, device_of
from grader.worker.garbage import everything_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from grader.batch.engine import Engine
    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Conditions, Grade
    from grader.sandbox import ForkServer
    from grader.suite.session import Session, Suites

    OnGrade = Callable[[Submission, Grade], None]
    ExercisesOf = Callable[[Submission], Sequence[str]]
    OpenEngine = Callable[
        [Suites, "BatchOptions", Conditions, ForkServer], AbstractContextManager[Engine]
    ]


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
    run : RunSettings
        How each submission is run.
    proofs : Path or None
        The folder where it is kept what the reference answered; None proves it each time.
    gpu : bool or None
        Whether there is a GPU where submissions are run; None looks here.
    """

    jobs: int = 1
    salt: str | None = None
    timing: str = OFF
    run: RunSettings = RunSettings()
    proofs: Path | None = None
    gpu: bool | None = None

    def conditions(self, suites: Suites, tier: str) -> Conditions:
        """Describe what grades made of collected suites, in an isolation tier, are made under."""
        assignment = suites.assignment
        return conditions_of(
            assignment,
            suites.cases,
            self.salt_of(assignment),
            tier,
            device_of(self.timing, gpu=self.gpu),
            live=assignment.solution.is_dir(),
        )

    def salt_of(self, assignment: Assignment) -> str:
        """Return the salt in force."""
        return default_salt(assignment) if self.salt is None else self.salt

    def session(self, suites: Suites, conditions: Conditions, timing: Timing) -> Session:
        """Return the session, proven now or before."""
        return proven(suites, self.salt_of(suites.assignment), conditions, timing, self.proofs)


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


@contextlib.contextmanager
def local_engine(
    suites: Suites, options: BatchOptions, conditions: Conditions, server: ForkServer
) -> Iterator[LocalEngine]:
    """Prove that the reference passes the suites, and open an engine on this machine.

    Parameters
    ----------
    suites : Suites
        What was collected.
    options : BatchOptions
        How the batch is run.
    conditions : Conditions
        What stands in its grades.
    server : ForkServer
        Running; the workers come from it.

    Yields
    ------
    LocalEngine
        Usable as long as the context lasts.

    Raises
    ------
    CatalogError
        When the reference does not pass the suites.
    """
    timing = Timing(options.timing, confined=server.tier in CONFINED_TIERS)
    timing.start()  # before the first fork
    try:
        session = options.session(suites, conditions, timing)
        yield LocalEngine(session, options.run, conditions, server, timing, options.jobs)
    finally:
        timing.close()


def grade_all(
    assignment: Assignment,
    submissions: Sequence[Submission],
    options: BatchOptions,
    server: ForkServer,
    on_grade: OnGrade,
    exercises_of: ExercisesOf | None = None,
    plan: Plan | None = None,
    open_engine: OpenEngine = local_engine,
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
        The workers of a local engine come from it; for other engines it need not run, and tells
        the tier alone. In tier C no hidden suite is run.
    on_grade : callable
        Called in this process with each submission and its grade, as they come in.
    exercises_of : callable or None
        The ids of the exercises that a submission is graded on; None for all. Asked when its turn
        comes; where there are none, it gets no grade.
    plan : Plan or None
        Which of them are to be graded; None for all. It is told to begin when suites, reference,
        salt and device have been found to be in order.
    open_engine : callable
        Opens what grades them; see `local_engine`.

    Raises
    ------
    CatalogError
        When the suites are broken or the reference does not pass them.
    SandboxError
        When the fork server ends.
    """
    plan = plan or Plan()
    everything = [exercise.id for exercise in assignment.marked]
    with contextlib.ExitStack() as opened:
        with everything_kept():
            hidden = server.tier != HIDDEN_REFUSED
            found = opened.enter_context(collected(assignment, hidden=hidden))
            suites = with_notebook(found)
            conditions = options.conditions(suites, server.tier)
        chosen = plan.waiting(conditions, submissions)
        readable = [one for one in chosen if one.source is not None]
        engine: Engine | None = None
        if readable:  # where nothing is run, nothing need be proven
            engine = opened.enter_context(open_engine(suites, options, conditions, server))
        plan.begin(conditions)
        for submission in chosen:
            if submission.source is None:
                on_grade(submission, unreadable(assignment, submission, conditions))
        if engine is None:
            return
        tasks = (
            Task(submission, exercises)
            for submission in readable
            if (exercises := exercises_of(submission) if exercises_of else everything)
        )
        for submission, grade in engine.grade(tasks):
            on_grade(submission, grade)
