"""How much of the local engine's speed is left on a cluster of the same processors.

    python tests/benchmarks/bench_engines.py [--count N] [--rounds N] [--jobs N] [--nodes N]
                                             [--submission PATH] [--root PATH]

Two processes, one with each engine open, take turns at grading the same submissions, so that a busy
machine slows both alike; start-up is not measured. What counts is the efficiency: seconds of the
local engine by those of the cluster, as the median of the rounds. Nodes, scheduler and head are all
on this machine and share its processors, which is the worst case.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from grader.batch import BatchOptions, local_engine
from grader.batch.cluster import Place, dask_engine
from grader.batch.engine import Task
from grader.catalog import load_assignment
from grader.intake import read_submission
from grader.model import Status
from grader.sandbox import open_server
from grader.suite.collecting import collected

if TYPE_CHECKING:
    from grader.batch.engine import Engine

ROOT = Path(__file__).resolve().parents[2]
WAYS = ("local", "dask")


def main() -> None:
    """Print the table, or be one of the two that are timed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=20, help="submissions a round")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--jobs", type=int, default=2, help="submissions at a time")
    arguments.add_argument("--nodes", type=int, default=2)
    arguments.add_argument("--submission", type=Path, help="default: the stubs")
    arguments.add_argument("--root", type=Path, default=ROOT, help="holds assignments/hw8")
    arguments.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.way is not None:
        serve(options)
        return
    commands = [[sys.executable, __file__, *sys.argv[1:], f"--way={way}"] for way in WAYS]
    with (
        subprocess.Popen(commands[0], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as local,
        subprocess.Popen(commands[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as dask,
    ):
        for process in (local, dask):
            ask(process)  # the first round warms up
        rounds = [(ask(local), ask(dask)) for _ in range(options.rounds)]
        for process in (local, dask):
            process.communicate()
    print(f"{'':10}{'local':>10}{'dask':>10}{'efficiency':>12}")
    for number, (ours, theirs) in enumerate(rounds, 1):
        print(f"round {number:<4}{ours:8.2f} s{theirs:8.2f} s{ours / theirs:12.2f}")
    print(f"median efficiency {statistics.median(one / other for one, other in rounds):.2f}")


def ask(process: subprocess.Popen[bytes]) -> float:
    """Have a process grade everything once; return its seconds."""
    there(process.stdin).write(b"\n")
    there(process.stdin).flush()
    return float(there(process.stdout).readline())


def there(stream: IO[bytes] | None) -> IO[bytes]:
    """Return a stream that was asked for."""
    assert stream is not None
    return stream


def serve(options: argparse.Namespace) -> None:
    """Open an engine, and grade everything each time that a line comes in."""
    assignment = load_assignment(options.root / "assignments" / "hw8")
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    path = options.submission or assignment.folder
    read = read_submission(path, modules=assignment.modules, exercises=names)
    tasks = [
        Task(msgspec.structs.replace(read, id=f"s{number}"), list(names))
        for number in range(options.count)
    ]
    batch = BatchOptions(jobs=options.jobs)
    place = Place(None, options.nodes, None, "best", ())
    torch = any(exercise.torch for exercise in assignment.exercises)
    with open_server("best", torch=torch) as server, collected(assignment) as suites:
        conditions = batch.conditions(suites, server.tier)
        opened = (
            local_engine(suites, batch, conditions, server)
            if options.way == "local"
            else dask_engine(place, complain, suites, batch, conditions, server)
        )
        with opened as engine:
            for _ in sys.stdin:
                print(timed(engine, tasks), flush=True)


def complain(text: str) -> None:
    """Print what an engine has to tell where it is no figure."""
    print(text, file=sys.stderr)


def timed(engine: Engine, tasks: list[Task]) -> float:
    """Return the seconds that all tasks take."""
    started = time.perf_counter()
    grades = [grade for _, grade in engine.grade(tasks)]
    seconds = time.perf_counter() - started
    if len(grades) != len(tasks) or any(grade.status is not Status.GRADED for grade in grades):
        raise SystemExit("something was not graded; the figures would mean nothing")
    return seconds


if __name__ == "__main__":
    main()
