"""What the suites add to the work itself: `pytest` on the reference against the bare computations.

The floor is what nobody can save: importing torch in a fresh process, and making the very calls of
the public suites on the reference's functions, twice, as student and reference are both called.
The two are timed in turn, each in processes of their own; what counts is the ratio (target: 3).

    python tests/benchmarks/bench_reference.py [--rounds N] [--root PATH]
"""

from __future__ import annotations

import argparse
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader import wire
from grader.catalog import find_assignment
from grader.suite.collecting import collected
from grader.suite.session import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment

ROOT: Final = Path(__file__).parents[2]
BARE: Final = """
import importlib.util, pickle, sys, time
import numpy, torch
torch.set_num_threads(1)
calls = pickle.load(open(sys.argv[1], "rb"))
modules = {}
for name in {call[0] for call in calls}:
    spec = importlib.util.spec_from_file_location(name, f"{sys.argv[2]}/{name}.py")
    modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(modules[name])
for module, name, args in 2 * calls:
    try:
        getattr(modules[module], name)(*args)
    except Exception:
        pass
"""


def recorded_calls(assignment: Assignment) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Run the public suites once; return the functions called and their arguments."""
    calls: list[tuple[str, str, tuple[Any, ...]]] = []

    with collected(assignment, hidden=False) as suites:
        grading, _ = record(suites, "")
    for case in suites.cases:
        for heard in grading.calls.get(case.id, []):
            if isinstance(heard.target, str):
                args = wire.decode(wire.encode(tuple(heard.args)))
                calls.append((case.exercise.module, heard.target, args))
    return calls


def seconds(command: Sequence[str]) -> float:
    """Run a command; return its wall time."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print both times and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--root", type=Path, default=ROOT, help="holds assignments/hw8")
    options = arguments.parse_args()
    assignment = find_assignment("hw8", options.root)
    suites = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(assignment.folder),
        f"--submission={assignment.solution}",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls"
        path.write_bytes(pickle.dumps(recorded_calls(assignment)))  # our own, read back by our own
        bare = [sys.executable, "-c", BARE, str(path), str(assignment.solution)]
        imports = [sys.executable, "-c", "import torch"]
        ratios = []
        for _ in range(options.rounds):
            full, floor, imported = seconds(suites), seconds(bare), seconds(imports)
            ratios.append(full / floor)
            print(
                f"pytest {full:.2f} s; import torch {imported:.2f} s; with the bare calls "
                f"{floor:.2f} s; ratio {ratios[-1]:.2f}",
                flush=True,
            )
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
