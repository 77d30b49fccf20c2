"""Seconds a submission: our batch, one pytest process each, and the floor, side by side.

    python tests/benchmarks/bench_batch.py [--count N] [--rounds N] [--root PATH]

The three ways take turns, round by round, on the same submissions and one at a time, so that a busy
machine slows all of them alike; what counts is the ratios, which are printed beside the seconds.

* batch: suites collected once, a trusted process forked per submission, a fresh worker for each
  exercise, golden replay of the reference.
* process: ``pytest --isolate --submission`` started anew for each submission.
* floor: forked from the same warm process, all cases in that one process, no worker, no boundary.
"""

from __future__ import annotations

import argparse
import functools
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.conditions import default_salt
from grader.catalog import load_assignment
from grader.intake import Submission, read_submission
from grader.sandbox import open_server
from grader.suite.collecting import collected
from grader.suite.run import run_submission
from grader.suite.running import Access
from grader.suite.session import RunSettings, prove

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.sandbox import ForkServer
    from grader.suite.session import Session

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=8, help="submissions a round")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--root", type=Path, default=ROOT, help="holds assignments/hw8")
    options = arguments.parse_args()
    assignment = load_assignment(options.root / "assignments" / "hw8")
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    read = functools.partial(read_submission, modules=assignment.modules, exercises=names)
    submissions = [read(assignment.solution)] * options.count
    seconds: dict[str, list[float]] = {"batch": [], "process": [], "floor": []}

    torch = any(exercise.torch for exercise in assignment.exercises)
    with collected(assignment) as suites, open_server("best", torch=torch) as server:
        session = prove(suites, default_salt(assignment))
        for _ in range(options.rounds):
            seconds["batch"].append(
                timed(submissions, lambda s: in_fork(session, s, server.attach()))
            )
            seconds["floor"].append(timed(submissions, lambda s: in_fork(session, s, None)))
            seconds["process"].append(timed(submissions[:2], lambda s: in_process(assignment, s)))
        print(f"isolation: {server.tier}")
        print(f"cases: {len(suites.cases)}, exercises: {len(assignment.exercises)}")
    medians = {way: statistics.median(measured) for way, measured in seconds.items()}
    print(f"{'way':10}{'s a submission':>16}{'times the floor':>18}{'times the batch':>18}")
    for way, median in medians.items():
        ratios = (median / medians[other] for other in ("floor", "batch"))
        print(f"{way:10}{median:16.3f}", *(f"{ratio:17.2f}" for ratio in ratios))


def timed(submissions: list[Submission], grade: Callable[[Submission], None]) -> float:
    """Return the seconds that one submission takes, averaged over all."""
    started = time.perf_counter()
    for submission in submissions:
        grade(submission)
    return (time.perf_counter() - started) / len(submissions)


def in_fork(session: Session, submission: Submission, server: ForkServer | None) -> None:
    """Grade in a forked process: in workers of the server, or in the process itself."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            assert submission.source is not None
            access = Access(server.worker if server else None)
            cases, _ = run_submission(session, RunSettings(), submission.source, access)
            code = int(any(not case.verdict.is_fine for case in cases))
        finally:
            os._exit(code)
    if server is not None:
        server.detach()
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("a case failed on the reference; the figures would mean nothing")


def in_process(assignment: Assignment, submission: Submission) -> None:
    """Start pytest anew, as a shell loop over the submissions would."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--isolate", "--replay",
        f"--submission={submission.path}", str(assignment.folder),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


if __name__ == "__main__":
    main()
