"""What is done for a question: read what is there, and check what the last change concerns."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import UsageError
from grader.intake import Submission, read_notebook, read_submission
from grader.model import Message
from grader.sandbox import LocalTransport, libraries_of, open_server, refuse_elsewhere
from grader.scoring import score_exercise, state_of
from grader.study.cells import as_saved_now
from grader.study.messages import Checked, Ended, Reply
from grader.study.page import about_unknown, page_of
from grader.study.touched import Touch, is_stale, touches
from grader.suite.run import Run
from grader.suite.running import Access
from grader.suite.session import RunSettings, live, replaying, warm_up
from grader.suite.timing import OFF, Timing
from grader.worker.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.catalog import Assignment
    from grader.model import Exercise, ExerciseResult, Limits
    from grader.sandbox import ForkServer, Supply, Transport
    from grader.study.messages import Ask
    from grader.suite.session import Suites

# Whoever waits learns of a loop without end once; it is not waited for a second time. Where code
# goes wrong is looked for among slips, and once the rest has been told.
SETTINGS: Final = RunSettings(diagnose=False, redraw=False, skip_stubs=True, timeouts=1, edits=300)


class Checks:
    """Answers questions about submissions to one assignment.

    A submission runs in workers, confined as far as this machine can, or where there are none, in
    this very process, which is then used up.

    Parameters
    ----------
    suites : Suites
        Its public cases. Where there are no solutions, stored values stand for the reference.
    confined : bool
        Whether there are workers here.
    """

    def __init__(self, suites: Suites, *, confined: bool) -> None:
        self._session = (live if suites.assignment.solution.is_dir() else replaying)(suites)
        self._places: Places = Workers() if confined else Here(suites.assignment.limits)
        self._used_up = not confined

    def warm(self) -> None:
        """Make ready what the first question would else wait for."""
        self._places.server(torch=False)
        # Reading what is known of mistakes takes as long as an exercise does.
        self._session.diagnostician.known  # noqa: B018 - it is read by being asked for

    def close(self) -> None:
        """End the workers' servers."""
        self._places.close()

    def answer(self, ask: Ask) -> Iterator[Reply]:
        """Answer a question; each exercise is told as soon as it is checked.

        One that is wrong is told twice: to find out why may take longer than to check it, and
        nobody waits for that. The first time it is of no digest, and so never taken for known.
        """
        assignment = self._session.assignment
        ask, strange = _by_id(assignment, ask)
        if strange:
            yield Reply(ended=Ended(page=about_unknown(assignment, strange, ask.page)))
            return
        read = _read(assignment, ask)
        if read.source is None:
            yield Reply(ended=Ended(read.notes, read.problem, page_of(assignment, ask, read, {})))
            return
        known = {one.result.id: one for one in ask.known}
        now = touches(read.source, assignment.exercises)
        access = Access(self._places.open, Timing(OFF))
        run = Run(self._session, SETTINGS, read.source, access)
        results: dict[str, ExerciseResult] = {}
        checked = False
        try:
            for exercise in _in_order(assignment, ask):
                before = known.get(exercise.id)
                if before is not None and not _is_stale(before, now[exercise.id]):
                    # Whoever uses it is told of what it earned.
                    run.grading.results.update({case.id: case for case in before.result.cases})
                    results[exercise.id] = before.result
                    continue
                checked = True
                yield Reply(begins=exercise.id)
                found = results[exercise.id] = self._check(run, exercise)
                if any(case.verdict.is_telling for case in found.cases):
                    yield Reply(checked=Checked("", "", found))
                    if ask.page and set(ask.exercises) <= results.keys():
                        yield Reply(page=page_of(assignment, ask, read, results, looking=True))
                    why = run.diagnose(exercise)
                    results[exercise.id] = msgspec.structs.replace(found, diagnosis=why)
                yield Reply(checked=Checked(*now[exercise.id], results[exercise.id]))
        finally:
            run.close()
        page = page_of(assignment, ask, read, results)
        yield Reply(ended=Ended(read.notes, None, page, used_up=checked and self._used_up))

    def _check(self, run: Run, exercise: Exercise) -> ExerciseResult:
        assignment, source = self._session.assignment, run.grading.source
        written = not run.is_unwritten(exercise)
        if exercise.torch and (written or self._session.reference.live):
            warm_up()
        imported = libraries_of(source, exercise.module, exercise.names)
        barred = "torch" in assignment.forbidden(exercise)
        needs_torch = exercise.torch or ("torch" in imported and not barred)
        if written:
            self._places.server(torch=needs_torch)
        cases = self._session.suites.of(exercise)
        for case in cases:
            run.run(case)
        return score_exercise(exercise, [run.grading.results[case.id] for case in cases])


class Workers:
    """Workers of two fork servers, one with torch and one that was never kept waiting by it."""

    def __init__(self) -> None:
        self._servers: dict[bool, ForkServer] = {}
        self._torch = False

    def server(self, *, torch: bool) -> ForkServer:
        """Choose what further workers come from."""
        self._torch = torch
        if torch not in self._servers:
            self._servers[torch] = open_server("best", torch=torch, groups=False)
        return self._servers[torch]

    def open(self, limits: Limits, supply: Supply, *, processor: int = -1) -> Transport:
        """Open a worker."""
        server = self.server(torch=self._torch)
        return server.worker(limits, supply, processor=processor)

    def close(self) -> None:
        """End the servers."""
        for server in self._servers.values():
            server.__exit__(None, None, None)
        self._servers = {}


class Here:
    """The checker's own process, where there are no workers; what is printed in it is kept."""

    def __init__(self, limits: Limits) -> None:
        self._output = Output(limits.output_kib << 10)
        sys.stdout = sys.stderr = self._output

    def server(self, *, torch: bool) -> None:
        """Do nothing: torch is imported when it is needed."""

    def open(self, limits: Limits, supply: Supply, *, processor: int = -1) -> Transport:  # noqa: ARG002 - a worker's own parameters
        """Open a way into this process."""
        return LocalTransport(supply, limits, held=lambda: False, output=self._output)

    def close(self) -> None:
        """Do nothing."""


Places = Workers | Here


def can_confine() -> bool:
    """Tell whether there are workers on this system."""
    with contextlib.suppress(UsageError):
        refuse_elsewhere()
        return True
    return False


def _read(assignment: Assignment, ask: Ask) -> Submission:
    exercises = {exercise.id: exercise.names for exercise in assignment.exercises}
    path, modules = Path(ask.path), assignment.modules
    if ask.cells is not None:
        return read_notebook(
            as_saved_now(ask.cells, _saved(path)).encode(),
            path,
            modules=modules,
            exercises=exercises,
            assignment=assignment.id,
        )
    if not os.path.lexists(path):
        problem = Message("intake_gone", {"file": path.name})
        return Submission("", path.name, path, None, (), problem)
    return read_submission(path, modules=modules, exercises=exercises, assignment=assignment.id)


def _saved(path: Path) -> str | None:
    """Return what a notebook holds, if there is one that can be read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8-sig")
    return None


def _by_id(assignment: Assignment, ask: Ask) -> tuple[Ask, list[str]]:
    """Put ids in the place of names in a question; list what is neither."""
    known = {name: one.id for one in assignment.exercises for name in (*one.names, one.id)}
    strange = [name for name in ask.exercises if name not in known]
    ids = dict.fromkeys(known[name] for name in ask.exercises if name in known)
    return msgspec.structs.replace(ask, exercises=tuple(ids)), strange


def _is_stale(before: Checked, now: Touch) -> bool:
    right = state_of(before.result) == "full"
    return is_stale(Touch(before.code, before.place), now, right=right)


def _in_order(assignment: Assignment, ask: Ask) -> list[Exercise]:
    """List what is to be checked, the one that is waited for before the rest.

    Each comes after those that it uses: whether one of them is wrong decides about it, too.
    """
    of = {exercise.id: exercise for exercise in assignment.exercises}
    asked = ask.exercises or tuple(of)
    wanted = _with_used(of, [ask.first] if ask.first in of else [])
    wanted |= _with_used(of, asked)
    return [of[name] for name in wanted]


def _with_used(of: Mapping[str, Exercise], names: tuple[str, ...] | list[str]) -> dict[str, None]:
    """List exercises, each after those that it uses, in turn."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        for used in of[name].uses:
            add(used)
        found[name] = None

    for name in names:
        add(name)
    return found
