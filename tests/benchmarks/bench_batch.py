"""Seconds a submission: our batch, the floor, pytest, nbgrader and otter-grader, side by side.

    python tests/benchmarks/bench_batch.py [--count N] [--rounds N] [--without NAME]...

All get the same submission, which is right, on the same 16 cases of four exercises (`course/`). The
ways take turns, round by round, so that a busy machine slows all of them alike; what counts is the
ratios of the medians. What is done once for all submissions is left out, and processor time, of all
processes that have a part in it, stands beside.

* batch: a session proven once; for each submission a forked trusted process and fresh workers.
* floor: forked from the same warm process, all cases in that one process, no boundary.
* pytest: ``pytest --isolate --submission`` started anew for each submission, two at a time.
* nbgrader: ``nbgrader autograde``; a submission is what several take beyond what one takes.
* otter: ``otter run`` for each submission, two at a time.

nbgrader and otter-grader are installed with pip, once, into build/benchmarks.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.batch import BatchOptions, golden_bytes
from grader.batch.engine import LocalEngine, Task
from grader.catalog import load_assignment
from grader.intake import Submission, read_submission
from grader.sandbox import open_server
from grader.suite.collecting import collected
from grader.suite.run import run_submission
from grader.suite.running import Access
from grader.suite.session import RunSettings, prove, record
from grader.suite.timing import OFF, Timing

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.benchmarks.others import Nbgrader, Otter, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from grader.catalog import Assignment
    from grader.sandbox import ForkServer
    from grader.suite.session import Session, Suites
    from tests.benchmarks.others import Cases

ROOT: Final = Path(__file__).parents[2]
COURSE: Final = Path(__file__).parent / "course"
CACHE: Final = ROOT / "build" / "benchmarks"
BOTH: Final = 2  # processors that the ways have
FEW: Final = 2  # submissions a round of a way that takes seconds for each
OURS, FLOOR = "batch, 2 jobs", "floor, 2 at a time"
# What is to be reached: our batch beside another way, as at most, or at least, so many times.
SLOWER_THAN: Final = {FLOOR: 2.0}
FASTER_THAN: Final = {"pytest, 2 at a time": 15.0, "nbgrader": 40.0, "otter, 2 at a time": 70.0}


class Cost(NamedTuple):
    """What something has taken: seconds on the wall, and of all processors."""

    wall_s: float
    cpu_s: float

    @classmethod
    def so_far(cls) -> Cost:
        """Return what this process and all below it have taken."""
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        alive = sum(map(_process_cpu_s, _descendants(os.getpid())))
        return cls(
            time.perf_counter(), time.process_time() + ended.ru_utime + ended.ru_stime + alive
        )

    @classmethod
    def of(cls, action: Callable[[], object], count: int = 1) -> Cost:
        """Carry something out; return what it has taken for each of so many."""
        before = cls.so_far()
        action()
        after = cls.so_far()
        return cls((after.wall_s - before.wall_s) / count, (after.cpu_s - before.cpu_s) / count)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--count", type=int, default=16, help="submissions a round, of fast ways"
    )
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument(
        "--without", action="append", default=[], choices=("nbgrader", "otter", "pytest")
    )
    options = arguments.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        assignment = copy_course(folder / "course")
        suites = stack.enter_context(collected(assignment))
        server = stack.enter_context(open_server("best", torch=True))
        session = prove(suites, "")
        submissions = [read(assignment, f"student{number}") for number in range(options.count)]
        ways: dict[str, Callable[[], Cost]] = {}
        for jobs, words in ((1, "1 job"), (BOTH, "2 jobs")):
            ways[f"batch, {words}"] = functools.partial(batch, session, server, submissions, jobs)
        for jobs, words in ((1, "1 at a time"), (BOTH, "2 at a time")):
            ways[f"floor, {words}"] = functools.partial(floor, session, submissions, jobs)
        ways |= others(assignment, cases_of(suites), folder, set(options.without))
        measured: dict[str, list[Cost]] = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, way in ways.items():
                measured[name].append(way())
        print(f"isolation: {server.tier}; {len(suites.cases)} cases, {options.rounds} rounds")
    tell(measured)


def copy_course(folder: Path) -> Assignment:
    """Lay out the course with its stored values, as it is handed out."""
    shutil.copytree(COURSE, folder)
    assignment = load_assignment(folder / "assignments" / "small")
    assignment.golden.parent.mkdir(parents=True)
    assignment.golden.write_bytes(golden_bytes(assignment))
    return assignment


def read(assignment: Assignment, name: str) -> Submission:
    """Read the reference as somebody's submission."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    return read_submission(
        assignment.solution, modules=assignment.modules, exercises=names, id=name
    )


def cases_of(suites: Suites) -> Cases:
    """List for each function what the cases call it with, and what comes out."""
    grading, _ = record(suites, "")
    found: Cases = {exercise.id: [] for exercise in suites.assignment.exercises}
    for case in suites.cases:
        (heard,) = grading.calls[case.id]
        assert not isinstance(heard.outcome, BaseException)
        found[case.exercise.id].append((list(heard.args), heard.outcome.value))
    return found


def batch(session: Session, server: ForkServer, submissions: list[Submission], jobs: int) -> Cost:
    """Grade the submissions by the engine that `grader grade` has."""
    exercises = [exercise.id for exercise in session.assignment.exercises]
    conditions = BatchOptions().conditions(session.suites, server.tier)
    engine = LocalEngine(session, RunSettings(), conditions, server, Timing(OFF), jobs)
    tasks = [Task(submission, exercises) for submission in submissions]

    def grade() -> None:
        for submission, made in engine.grade(tasks):
            if made.score != made.max_score:
                raise SystemExit(f"{submission.id} has {made.score} points; the figures are void")

    return Cost.of(grade, len(submissions))


def floor(session: Session, submissions: list[Submission], jobs: int) -> Cost:
    """Run all cases of each submission in a process forked from this one."""

    def grade() -> None:
        waiting, running = list(submissions), 0
        while waiting or running:
            if waiting and running < jobs:
                in_fork(session, waiting.pop())
                running += 1
            else:
                running -= 1
                if os.wait()[1]:
                    raise SystemExit("a case failed on the reference; the figures are void")

    return Cost.of(grade, len(submissions))


def in_fork(session: Session, submission: Submission) -> None:
    """Fork a process that runs the submission."""
    if os.fork():
        return
    code = 1
    try:
        if submission.source is not None:
            cases, _ = run_submission(session, RunSettings(), submission.source, Access())
            code = int(any(not case.verdict.is_fine for case in cases))
    finally:
        os._exit(code)


def others(
    assignment: Assignment, cases: Cases, folder: Path, without: set[str]
) -> dict[str, Callable[[], Cost]]:
    """Make ready the ways that start a program for each submission, or are others' work."""
    ways: dict[str, Callable[[], Cost]] = {}
    if "pytest" not in without:
        one = functools.partial(in_pytest, assignment)
        ways["pytest, 2 at a time"] = lambda: Cost.of(lambda: at_once(one), 2 * FEW)
    if without >= {"nbgrader", "otter"}:
        return ways
    programs = environment(CACHE)
    code = (assignment.solution / "network.py").read_text("utf-8")
    if "nbgrader" not in without:
        nbgrader = Nbgrader(programs, folder / "nbgrader", code, cases, FEW + 1)

        def grade_some() -> Cost:
            several = Cost.of(lambda: nbgrader.grade(all_of_them=True))
            alone = Cost.of(lambda: nbgrader.grade(all_of_them=False))
            nbgrader.check()
            return Cost(*((more - less) / FEW for more, less in zip(several, alone, strict=True)))

        ways["nbgrader"] = grade_some
    if "otter" not in without:
        otter = Otter(programs, folder / "otter", code, cases)
        ways["otter, 2 at a time"] = lambda: Cost.of(lambda: at_once(otter.grade, FEW), FEW)
    return ways


def at_once(grade: Callable[[int], None], count: int = 2 * FEW) -> None:
    """Grade so many submissions, as many at a time as there are processors for."""
    with ThreadPoolExecutor(BOTH) as pool:
        list(pool.map(grade, range(count)))


def in_pytest(assignment: Assignment, _number: int) -> None:
    """Start pytest anew, as a shell loop over the submissions would."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--isolate", "--replay",
        f"--submission={assignment.solution}", str(assignment.folder),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, cwd=assignment.folder)


def tell(measured: dict[str, list[Cost]]) -> None:
    """Print medians, and the ratios beside what they are to be."""
    medians = {
        name: Cost(*map(statistics.median, zip(*costs, strict=True)))
        for name, costs in measured.items()
    }
    print(f"{'for each submission':22}{'s':>9}{'CPU s':>9}{'times the batch':>18}")
    ours = medians[OURS]
    for name, cost in medians.items():
        print(f"{name:22}{cost.wall_s:9.3f}{cost.cpu_s:9.3f}{cost.wall_s / ours.wall_s:18.2f}")
    for name, most in SLOWER_THAN.items():
        ratio = ours.wall_s / medians[name].wall_s
        print(f"{OURS} takes {ratio:.2f} times {name}; target: at most {most:g}")
    for name, least in FASTER_THAN.items():
        if name in medians:
            ratio = medians[name].wall_s / ours.wall_s
            print(f"{OURS} is {ratio:.1f} times as fast as {name}; target: at least {least:g}")


def _descendants(pid: int) -> Iterable[int]:
    """List the processes below one that are alive."""
    with contextlib.suppress(OSError):
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, listed.read_text("ascii").split()):
                yield child
                yield from _descendants(child)


def _process_cpu_s(pid: int) -> float:
    """Return what a process, and those below it that it has waited for, have taken."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
