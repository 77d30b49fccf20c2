"""Engines: what takes submissions and yields grades. The local one forks a grader for each."""

from __future__ import annotations

import contextlib
import selectors
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from grader.batch.assembling import assemble
from grader.batch.child import Child
from grader.errors import GraderError, ServerLostError
from grader.model import Status
from grader.texts import words_of
from grader.worker import pages
from grader.worker.garbage import everything_kept

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
        self.jobs = jobs

    def grade(self, tasks: Iterable[Task]) -> Iterator[tuple[Submission, Grade]]:
        """Grade the submissions, each in a process of its own; see `Engine`."""
        waiting = iter(tasks)
        with self.crew() as crew:
            while True:
                while crew.has_room and (task := next(waiting, None)) is not None:
                    crew.begin(task)
                if crew.is_idle:
                    return
                yield from crew.finished()

    def crew(self, watched: int | None = None) -> Crew:
        """Return nobody at work yet; see `Crew`."""
        # What each of them would need, and have to read by itself.
        with everything_kept():
            if self._settings.diagnose:
                with contextlib.suppress(GraderError):  # who needs it meets it, and warns of it
                    self._session.diagnostician.read()
            words_of("messages", "en")  # cases that are skipped say why
        pages.enlarge()
        return Crew(self, watched)

    def start(self, task: Task) -> Child:
        """Fork a grader for a task."""
        server, timing = self._attached(), self._timing.attach()
        session, settings = self._session, self._settings
        return Child.start(session, settings, task.submission, task.exercises, server, timing)

    def assemble(self, child: Child, code: int) -> Grade:
        """Make a grade of what a grader told that ended with a code."""
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

    def _attached(self) -> ForkServer:
        """Open a way to the server, which is started again where it has died."""
        if self._server.alive:
            with contextlib.suppress(ServerLostError):
                return self._server.attach()
        self._server.restart()
        return self._server.attach()


class Crew:
    """The trusted graders that are at work.

    Parameters
    ----------
    engine : LocalEngine
        Forks them, and makes grades of what they tell.
    watched : int or None
        A descriptor; what can be read there ends the waiting for a grade.
    """

    def __init__(self, engine: LocalEngine, watched: int | None = None) -> None:
        self._engine = engine
        self._children: dict[int, Child] = {}
        self._tried: set[str] = set()
        self._selector = selectors.DefaultSelector()
        if watched is not None:
            self._selector.register(watched, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End whoever is still at work."""
        for child in self._children.values():
            child.kill()
            child.end()
        self._selector.close()

    @property
    def has_room(self) -> bool:
        """Whether another task can be begun."""
        return len(self._children) < self._engine.jobs

    @property
    def is_idle(self) -> bool:
        """Whether nobody is at work."""
        return not self._children

    def begin(self, task: Task) -> None:
        """Have a task worked on."""
        child = self._engine.start(task)
        self._children[child.pipe] = child
        self._selector.register(child.pipe, selectors.EVENT_READ)

    def finished(self) -> Iterator[tuple[Submission, Grade]]:
        """Wait for a moment, and yield the grades that have come in.

        A submission that failed by our fault is tried once more, on a server that runs.
        """
        for child in self._done():
            grade = self._engine.assemble(child, child.end())
            key = child.submission.id
            if grade.status is Status.NOT_GRADED and key not in self._tried:
                self._tried.add(key)
                self.begin(Task(child.submission, child.exercises))
            else:
                self._tried.discard(key)
                yield child.submission, grade

    def _done(self) -> list[Child]:
        """Read what there is to read; take out and return the children that are done or overdue."""
        ready = [key.fd for key, _ in self._selector.select(timeout=1.0)]
        done = [child for fd in ready if (child := self._children.get(fd)) and child.read()]
        for child in self._children.values():
            if child not in done and child.is_overdue():
                child.kill()
                done.append(child)
        for child in done:
            self._selector.unregister(child.pipe)
            del self._children[child.pipe]
        return done
