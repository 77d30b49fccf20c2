"""Engines: what takes submissions and yields grades. The local one forks a grader for each."""

from __future__ import annotations

import contextlib
import selectors
from typing import TYPE_CHECKING, NamedTuple, Protocol

from grader.batch.assembling import assemble
from grader.batch.child import Child
from grader.errors import GraderError, ServerLostError
from grader.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.intake import Submission
    from grader.model import Conditions, Grade
    from grader.sandbox import ForkServer
    from grader.suite.session import RunSettings, Session
    from grader.suite.timing import Timing


class Task(NamedTuple):
    """What an engine is asked to grade.

    Parameters
    ----------
    submission : Submission
        One that there is something of to run.
    exercises : sequence of str
        The ids of the exercises that it is graded on.
    """

    submission: Submission
    exercises: Sequence[str]


class Engine(Protocol):
    """Grades submissions, in whatever order."""

    def grade(self, tasks: Iterable[Task]) -> Iterator[tuple[Submission, Grade]]:
        """Yield each submission with its grade, as soon as there is one.

        Tasks are taken one by one, when there is room for another.
        """


class LocalEngine:
    """Forks trusted graders on this machine, a few at a time.

    Parameters
    ----------
    session : Session
        What submissions are compared with.
    settings : RunSettings
        How they are run.
    conditions : Conditions
        What stands in their grades.
    server : ForkServer
        Running; the workers come from it.
    timing : Timing
        Whether speed is measured; started.
    jobs : int
        Submissions at a time.
    """

    def __init__(
        self,
        session: Session,
        settings: RunSettings,
        conditions: Conditions,
        server: ForkServer,
        timing: Timing,
        jobs: int,
    ) -> None:
        self._session = session
        self._settings = settings
        self._conditions = conditions
        self._server = server
        self._timing = timing
        self._jobs = jobs

    def grade(self, tasks: Iterable[Task]) -> Iterator[tuple[Submission, Grade]]:
        """Grade the submissions, each in a process of its own; see `Engine`.

        One that failed by our fault is tried once more, on a server that runs.
        """
        if self._settings.diagnose:
            with contextlib.suppress(GraderError):  # who needs it meets the error, and warns of it
                # Once here, rather than in each process that needs it.
                self._session.diagnostician.read()
        waiting = iter(tasks)
        again: list[Task] = []
        tried: set[str] = set()
        children: dict[int, Child] = {}
        with selectors.DefaultSelector() as selector:
            try:
                while True:
                    while len(children) < self._jobs:
                        task = again.pop() if again else next(waiting, None)
                        if task is None:
                            break
                        child = self._start(task)
                        children[child.pipe] = child
                        selector.register(child.pipe, selectors.EVENT_READ)
                    if not children:
                        return
                    for child in _finished(selector, children):
                        grade = self._assemble(child, child.end())
                        key = child.submission.id
                        if grade.status is Status.NOT_GRADED and key not in tried:
                            tried.add(key)
                            again.append(Task(child.submission, child.exercises))
                        else:
                            yield child.submission, grade
            finally:
                for child in children.values():
                    child.kill()
                    child.end()

    def _start(self, task: Task) -> Child:
        server, timing = self._attached(), self._timing.attach()
        session, settings = self._session, self._settings
        return Child.start(session, settings, task.submission, task.exercises, server, timing)

    def _attached(self) -> ForkServer:
        """Open a way to the server, which is started again where it has died."""
        if self._server.alive:
            with contextlib.suppress(ServerLostError):
                return self._server.attach()
        self._server.restart()
        return self._server.attach()

    def _assemble(self, child: Child, code: int) -> Grade:
        duration_s = child.duration_s()
        suites = self._session.suites
        cases, diagnoses = child.results(suites.of_all(child.exercises), code)
        return assemble(
            suites.assignment,
            child.submission,
            child.exercises,
            cases,
            diagnoses,
            self._conditions,
            duration_s,
        )


def _finished(selector: selectors.BaseSelector, children: dict[int, Child]) -> list[Child]:
    """Read what there is to read; take out and return the children that are done or overdue."""
    done = [
        child
        for key, _ in selector.select(timeout=1.0)
        if (child := children[key.fd]) is not None and child.read()
    ]
    for child in children.values():
        if child not in done and child.is_overdue():
            child.kill()
            done.append(child)
    for child in done:
        selector.unregister(child.pipe)
        del children[child.pipe]
    return done
