"""Seconds a submission: our batch, one pytest process each, and the floor, side by side.

Run it with ``python tests/benchmarks/bench_batch.py [COUNT]``. The three ways take turns, round by
round, on the same submissions and one at a time, so that a busy machine slows all of them alike;
what counts is the ratios.

* batch: suites collected once, a trusted process forked per submission, a fresh worker for each
  exercise, golden replay of the reference.
* process: ``pytest --isolate --submission`` started anew for each submission.
* floor: forked from the same warm process, all cases in that one process, no worker, no boundary.
"""

from __future__ import annotations

import functools
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.conditions import default_salt
from grader.batch.session import run_items, with_collected
from grader.catalog import load_assignment
from grader.intake import Submission, read_submission
from grader.model import Verdict
from grader.sandbox import LocalTransport, open_server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from grader.catalog import Assignment
    from grader.model import Limits
    from grader.sandbox import ForkServer, Supply
    from grader.suite.runner import Runner

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    assignment = load_assignment(ROOT / "assignments" / "hw8")
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    read = functools.partial(read_submission, modules=assignment.modules, exercises=names)
    submissions = [read(assignment.solution)] * count
    seconds: dict[str, list[float]] = {"batch": [], "process": [], "floor": []}

    def body(runner: Runner, items: Sequence[pytest.Item]) -> None:
        with open_server("best", torch=True) as server:
            for _ in range(ROUNDS):
                seconds["batch"].append(
                    timed(submissions, lambda s: in_fork(runner, items, s, server.attach()))
                )
                seconds["floor"].append(
                    timed(submissions, lambda s: in_fork(runner, items, s, None))
                )
                seconds["process"].append(
                    timed(submissions[:2], lambda s: in_process(assignment, s))
                )
            print(f"isolation: {server.tier}")
            print(f"cases: {len(items)}, exercises: {len(assignment.exercises)}")

    with_collected(assignment, default_salt(assignment), body)
    floor = statistics.median(seconds["floor"])
    print(f"{'way':10}{'s a submission':>16}{'times the floor':>18}")
    for way, measured in seconds.items():
        median = statistics.median(measured)
        print(f"{way:10}{median:16.3f}{median / floor:18.2f}")


def timed(submissions: list[Submission], grade: Callable[[Submission], None]) -> float:
    """Return the seconds that one submission takes, averaged over all."""
    started = time.perf_counter()
    for submission in submissions:
        grade(submission)
    return (time.perf_counter() - started) / len(submissions)


def in_fork(
    runner: Runner, items: Sequence[pytest.Item], submission: Submission, server: ForkServer | None
) -> None:
    """Grade in a forked process: in workers of the server, or in the process itself."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            runner.retarget(submission, server.worker if server else local_transport)
            run_items(runner, items)
            runner.close()
            (grading,) = runner.gradings.values()
            code = int(any(r.verdict is not Verdict.PASSED for r in grading.results.values()))
        finally:
            os._exit(code)
    if server is not None:
        server.detach()
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("a case failed on the reference; the figures would mean nothing")


def local_transport(_limits: Limits, supply: Supply) -> LocalTransport:
    """Make a transport without a boundary."""
    return LocalTransport(supply)


def in_process(assignment: Assignment, submission: Submission) -> None:
    """Start pytest anew, as a shell loop over the submissions would."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--isolate", "--replay",
        f"--submission={submission.path}", str(assignment.folder),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


if __name__ == "__main__":
    main()
