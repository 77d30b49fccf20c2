"""The process that grades what was handed in for an assignment.

It is told once what to grade and how, by a line of JSON, and woken by bytes that follow; it answers
with a line for each event. When its standard input ends, so does it: whoever started it is gone.
Nobody else grades for the same gradebook meanwhile, since it holds a lock; so whatever is running
when it begins was left by one that was killed, and is graded again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader import clock
from grader.batch import BatchOptions, cache_folder, kept_from_workers, local_engine
from grader.catalog import load_assignment
from grader.errors import GraderError, UsageError
from grader.gradebook import Gradebook, ResultsLock
from grader.sandbox import HIDDEN_REFUSED, open_server, remedy
from grader.service.bench import Bench
from grader.service.job import BEAT_S, Job, Told, course_of
from grader.service.shift import AnotherBatchError, Shifts
from grader.suite.collecting import collected
from grader.suite.notebook import with_notebook
from grader.suite.session import warming_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from grader.catalog import Assignment
    from grader.sandbox import ForkServer

LOCK: Final = ".grading"
LEFT_S: Final = 60.0  # until one that was killed is gone, with all that it had opened
AGAIN_S: Final = 0.1
MOST_BYTES: Final = 1 << 20


def main() -> None:
    """Grade for whoever started this process."""
    told, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # whatever a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this gets it as well
    signal.signal(signal.SIGTERM, _end)
    voice = _Voice(answers)
    line = _first_line(told)
    if line:
        with contextlib.suppress(BrokenPipeError):
            try:
                _grade(msgspec.json.decode(line, type=Job), told, voice)
            except AnotherBatchError as error:
                print(f"{error}; the process begins anew", file=sys.stderr)
            except (GraderError, OSError) as error:  # a full disk, no temporary folder
                voice.tell(Told("refused", reason=str(error)))


def _grade(job: Job, told: int, voice: _Voice) -> None:
    assignment = load_assignment(Path(job.folder))
    out = Path(job.out)
    with _alone(out), Gradebook.of(out, job.database) as book, _server(assignment, job) as server:
        options = BatchOptions(
            jobs=job.jobs, salt=job.salt, timing=job.timing, proofs=cache_folder(os.environ)
        )
        with collected(assignment) as found:
            suites = with_notebook(found)
            conditions = options.conditions(suites, server.tier)
            bench = Bench(assignment, book, out, course_of(assignment, job), job.lang)
            with local_engine(suites, options, conditions, server) as engine:
                for one in book.uploads.requeue(forgive=False):
                    print(f"{one.id} is graded again: its grading had no end", file=sys.stderr)
                with _only_run(out):
                    bench.begin(conditions)
                voice.tell(Told("ready", server.tier, "; ".join(server.reasons)))
                shifts = Shifts(bench, book, suites, conditions, told, voice.beat)
                try:
                    with engine.crew(told) as crew:
                        shifts.work(crew, out)
                finally:
                    book.uploads.requeue(forgive=True)


@contextlib.contextmanager
def _server(assignment: Assignment, job: Job) -> Iterator[ForkServer]:
    """Start a fork server in a tier in which strangers' code may run.

    Raises
    ------
    UsageError
        When there is none.
    """
    torch = any(exercise.torch for exercise in assignment.exercises)
    own = [Path(job.out), cache_folder(os.environ), *map(Path, job.kept)]
    kept = kept_from_workers(assignment, *own)
    with warming_up(torch=torch):
        opened = open_server(job.isolation, torch=torch, kept=kept)
    with opened as server:
        if server.tier == HIDDEN_REFUSED:
            raise UsageError(
                f"nothing here confines submissions, and a service runs none unconfined "
                f"({'; '.join(server.reasons)}). What helps: {remedy(kept)}"
            )
        yield server


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Be the only one who grades here; one that was killed may not be gone yet."""
    until_s = clock.monotonic() + LEFT_S
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(ResultsLock(out, LOCK))
                break
            except UsageError:
                if clock.monotonic() > until_s:
                    raise
                clock.sleep(AGAIN_S)
        yield


@contextlib.contextmanager
def _only_run(out: Path) -> Iterator[None]:
    """Wait until no run is at work in the folder of results, and keep others out."""
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(ResultsLock(out))
                break
            except UsageError as error:
                print(error, file=sys.stderr)
                clock.sleep(10 * AGAIN_S)
        yield


class _Voice:
    """Tells events, a line each."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._beat_s = 0.0

    def tell(self, told: Told) -> None:
        os.write(self._descriptor, msgspec.json.encode(told) + b"\n")

    def beat(self) -> None:
        """Tell now and then that the process is alive."""
        if clock.monotonic() - self._beat_s > BEAT_S:
            self._beat_s = clock.monotonic()
            self.tell(Told("beat"))


def _first_line(descriptor: int) -> bytes:
    """Read what is told first, and nothing of what comes after."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MOST_BYTES:
        part = os.read(descriptor, 1)
        if not part:
            return b""
        line += part
    return bytes(line)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
