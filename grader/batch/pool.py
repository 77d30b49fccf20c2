"""Trusted graders at work: one process forked per submission, a few at a time."""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import struct
import sys
import warnings
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from grader import clock
from grader.batch.session import run_items
from grader.errors import ServerLostError
from grader.model import (
    CaseResult,
    Conditions,
    Diagnosis,
    Grade,
    Message,
    Status,
    Verdict,
    from_json,
    to_json,
)
from grader.scoring import holds_nothing, score, score_exercise
from grader.suite.outcome import notes_on_forms, passed
from grader.worker.confine import limit_address_space

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Limits
    from grader.sandbox import ForkServer
    from grader.suite.case import Case
    from grader.suite.runner import Runner

    OnGrade = Callable[[Submission, Grade], None]
    ExercisesOf = Callable[[Submission], Sequence[str]]

_LENGTH: Final = struct.Struct("<I")
GRACE_S: Final = 120.0  # on top of the submission's own time, before a trusted grader is given up
OUT_OF_MEMORY: Final = 71  # how a trusted grader ends that a submission's values were too much for
PIPE_BYTES: Final = 1 << 20


class _News(msgspec.Struct, frozen=True):
    """What a grader at work reports: a case, or why an exercise lost points."""

    case: CaseResult | None = None
    exercise: str = ""
    diagnosis: Diagnosis | None = None


class _Child:
    """A trusted grader at work in its own process, as its parent sees it."""

    def __init__(
        self,
        submission: Submission,
        exercises: Sequence[str],
        pid: int,
        pipe: int,
        limits: Limits,
    ) -> None:
        self.submission = submission
        self.exercises = exercises
        self.pid = pid
        self.pipe = pipe
        self._limits = limits
        self._used_up = False
        self.started_s = clock.monotonic()
        self.data = bytearray()

    def is_overdue(self) -> bool:
        """Tell whether the process must be given up; the last net, below all other bounds.

        It bounds its submission by itself, and is given far longer than that: by processor time,
        which only the submission's values can have used up; by the wall, if it hangs.
        """
        given_s = self._limits.submission_s + self._limits.diagnosis_s + GRACE_S
        with contextlib.suppress(OSError):
            self._used_up = clock.process_cpu_s(self.pid) > given_s
        return self._used_up or clock.monotonic() - self.started_s > clock.patience_s(given_s)

    def lost(self, case: Case, code: int) -> CaseResult:
        """Build the result of a case that the process, which ended with a code, did not report."""
        verdict = Verdict.ERRORED_GRADER
        message = Message("errored_grader", {"text": f"the grading process ended with code {code}"})
        if self._used_up:
            verdict = Verdict.TIMED_OUT
            message = Message("submission_timed_out", {"seconds": f"{self._limits.submission_s:g}"})
        elif code == OUT_OF_MEMORY:
            verdict = Verdict.CRASHED
            message = Message("out_of_memory", {"mib": self._limits.memory_mib})
        return msgspec.structs.replace(passed(case), verdict=verdict, message=message)

    def results(self) -> tuple[list[CaseResult], dict[str, Diagnosis]]:
        """Decode what has come in so far; a case cut short is left out."""
        cases: list[CaseResult] = []
        diagnoses: dict[str, Diagnosis] = {}
        at = 0
        while at + _LENGTH.size <= len(self.data):
            (length,) = _LENGTH.unpack_from(self.data, at)
            at += _LENGTH.size + length
            if at > len(self.data):
                break
            news = from_json(bytes(self.data[at - length : at]), _News)
            if news.case is not None:
                cases.append(news.case)
            if news.diagnosis is not None:
                diagnoses[news.exercise] = news.diagnosis
        return cases, diagnoses

    def end(self) -> int:
        """Wait for the process; return its exit code."""
        os.close(self.pipe)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Pool:
    """Forks trusted graders, a few at a time, and turns what they report into grades."""

    def __init__(
        self,
        assignment: Assignment,
        runner: Runner,
        items: Sequence[pytest.Item],
        server: ForkServer,
        jobs: int,
        conditions: Conditions,
    ) -> None:
        self._assignment = assignment
        self._runner = runner
        self._items = items
        self._server = server
        self._jobs = jobs
        self._conditions = conditions
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, _Child] = {}
        self._retried: set[str] = set()

    def run(
        self,
        submissions: Sequence[Submission],
        on_grade: OnGrade,
        exercises_of: ExercisesOf,
    ) -> None:
        """Grade the submissions; `on_grade` gets each grade when it is complete."""
        waiting = list(reversed(submissions))
        if self._runner.diagnosing and len(submissions) > 1:
            self._runner.read_mistakes()  # once here, rather than in each process that needs them
        try:
            while waiting or self._children:
                while waiting and len(self._children) < self._jobs:
                    submission = waiting.pop()
                    exercises = exercises_of(submission)
                    if exercises:
                        self._start(submission, exercises)
                for child in self._finished():
                    made = self._grade(child, child.end())
                    if made.status is Status.NOT_GRADED and self._may_retry(child.submission):
                        waiting.append(child.submission)
                    else:
                        on_grade(child.submission, made)
        finally:
            for child in self._children.values():
                os.kill(child.pid, signal.SIGKILL)
                child.end()
            self._selector.close()

    def _may_retry(self, submission: Submission) -> bool:
        """Give a submission that failed by our fault one more try, on a server that runs."""
        if submission.id in self._retried:
            return False
        self._retried.add(submission.id)
        return True

    def _start(self, submission: Submission, exercises: Sequence[str]) -> None:
        server = self._attached()
        timing = self._runner.timing.attach()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            gc.freeze()  # a collector that looks through what was inherited would copy all of it
            os.close(reading)
            self._runner.timing = timing
            self._grade_here(submission, exercises, server, writing)
        os.close(writing)
        server.detach()
        timing.detach()
        limits = self._assignment.limits
        self._children[reading] = _Child(submission, exercises, pid, reading, limits)
        self._selector.register(reading, selectors.EVENT_READ)

    def _attached(self) -> ForkServer:
        """Open a way to the server, which is started again where it has died."""
        if self._server.alive:
            with contextlib.suppress(ServerLostError):
                return self._server.attach()
        self._server.restart()
        return self._server.attach()

    def _grade_here(
        self, submission: Submission, exercises: Sequence[str], server: ForkServer, pipe: int
    ) -> NoReturn:
        """Grade one submission in this forked process and end it."""
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            warnings.simplefilter("ignore")  # about a submission's values; nobody reads them here
            # What a submission sends, and an upstream computes from it, stays within bounds.
            limit_address_space(self._assignment.limits.memory_mib << 20, for_good=False)
            self._runner.retarget(submission, server.worker)
            self._runner.on_result = lambda result: _send(pipe, _News(case=result))
            self._runner.on_diagnosis = lambda exercise, found: _send(
                pipe, _News(exercise=exercise, diagnosis=found)
            )
            run_items(self._runner, self._runner.of_exercises(self._items, exercises))
            self._runner.close()
            server.__exit__(None, None, None)  # which ends one that had to be started here
            code = 0
        except MemoryError:  # its suites have run on the reference within far less
            code = OUT_OF_MEMORY
        except BaseException as error:  # noqa: BLE001 - one submission of a batch, in its own process
            print(f"{submission.id}: {type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(code)

    def _finished(self) -> list[_Child]:
        """Read what there is to read; return the children that are done or overdue."""
        done = []
        for key, _ in self._selector.select(timeout=1.0):
            child = self._children[key.fd]
            part = os.read(child.pipe, PIPE_BYTES)
            child.data += part
            if not part:
                done.append(child)
        for child in self._children.values():
            if child not in done and child.is_overdue():
                os.kill(child.pid, signal.SIGKILL)
                done.append(child)
        for child in done:
            self._selector.unregister(child.pipe)
            del self._children[child.pipe]
        return done

    def _grade(self, child: _Child, code: int) -> Grade:
        found, diagnoses = child.results()
        results = {result.id: result for result in found}
        cases = [
            results.get(case.id) or child.lost(case, code)
            for case in self._runner.cases.of(self._assignment)
            if case.exercise.id in child.exercises
        ]
        exercises = tuple(
            score_exercise(
                exercise,
                [case for case in cases if case.exercise == exercise.id],
                diagnoses.get(exercise.id),
            )
            for exercise in self._assignment.exercises
            if exercise.id in child.exercises
        )
        scored = score(exercises)
        nothing, notes = Message("no_exercise_file"), child.submission.notes
        if holds_nothing(exercises) and nothing not in notes:
            notes = (nothing, *notes)
        return Grade(
            id=child.submission.id,
            name=child.submission.name,
            assignment=self._assignment.id,
            status=scored.status,
            score=scored.score,
            max_score=scored.max_score,
            conditions=self._conditions,
            exercises=exercises,
            notes=(*notes, *notes_on_forms(cases)),
            duration_s=clock.monotonic() - child.started_s,
        )


def _send(pipe: int, news: _News) -> None:
    data = to_json(news)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(pipe, view) :]
