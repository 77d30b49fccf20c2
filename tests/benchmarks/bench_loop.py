"""What somebody waits for: a student who runs one exercise, an instructor whose batch begins.

    python tests/benchmarks/bench_loop.py [--rounds N] [--root PATH]

Each command takes turns with the imports that it cannot do without, each in a process of its own,
and what counts is the ratio of the medians. pytest loads no plugins but those that a student has.
The cost of the plugin to another project is a difference; the start of a batch is what one
submission takes less what a second one adds, with the reference proven in an earlier run.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).parents[2]
PYTEST: Final = (
    sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--disable-plugin-autoload",
)  # fmt: skip
OURS: Final = ("-p", "pytest_timeout", "-p", "grader.suite.plugin", "--replay")
NUMPY, TORCH = "import numpy, pytest", "import torch"
# Each way, what it is compared with, and how many times as long it may take at most.
TARGETS: Final = {
    "pytest -k clip": (NUMPY, 1.3),
    "pytest -k clip, notebook": (NUMPY, 1.3),
    "pytest, stubs": (TORCH, 1.5),
    "batch begins": (TORCH, 1.5),
}
PLUGIN_MS: Final = 20.0


class Cost(NamedTuple):
    """What a command has taken: seconds on the wall, and of all processors."""

    wall_s: float
    cpu_s: float

    def __sub__(self, other: Cost) -> Cost:
        """Take one away from another."""
        return Cost(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s)


def main() -> None:
    """Print medians and ratios."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--root", type=Path, default=ROOT, help="holds assignments/hw8")
    options = arguments.parse_args()
    measured: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        commands = lay_out(folder, options.root / "assignments" / "hw8")
        # The first run writes bytecode, and what a batch keeps for the next.
        for number in range(options.rounds + 1):
            for way, command in commands.items():
                cost = cost_of(command, folder)
                if number:
                    measured.setdefault(way, []).append(cost)
    tell(
        {
            way: Cost(*map(statistics.median, zip(*costs, strict=True)))
            for way, costs in measured.items()
        }
    )


def lay_out(folder: Path, assignment: Path) -> dict[str, Sequence[str]]:
    """Write what is graded and tested; return the commands, by what they measure."""
    (folder / "test_other.py").write_text("def test_other():\n    assert 1 + 1 == 2\n")
    for count in (1, 2):
        for number in range(count):
            shutil.copytree(assignment, folder / f"of{count}" / f"student{number}")
    hw8 = str(assignment)
    notebook = f"--submission={assignment / 'hw8.ipynb'}"
    grade = (sys.executable, "-m", "grader.cli", "grade", "hw8", "--fresh", "-j", "1", "--root")
    other = (*PYTEST, f"--rootdir={folder}", str(folder / "test_other.py"))
    commands: dict[str, Sequence[str]] = {
        NUMPY: (sys.executable, "-c", NUMPY),
        "pytest -k clip": (*PYTEST, *OURS, hw8, "-k", "clip"),
        TORCH: (sys.executable, "-c", TORCH),
        "pytest, stubs": (*PYTEST, *OURS, hw8),
        **{
            f"batch of {count}": (
                *grade, str(assignment.parents[1]), str(folder / f"of{count}"),
                "-o", str(folder / f"results{count}"),
            )
            for count in (1, 2)
        },
        "another project": other,
        "another project, plugin": (*other, "-p", "grader.suite.plugin"),
    }  # fmt: skip
    if (assignment / "hw8.ipynb").is_file():
        commands["pytest -k clip, notebook"] = (*PYTEST, *OURS, hw8, "-k", "clip", notebook)
    return commands


def cost_of(command: Sequence[str], folder: Path) -> Cost:
    """Run a command; what it finds wrong with the stubs is no matter."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, env=environ, cwd=ROOT)
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode > 1:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout!r}\n{done.stderr!r}")
    return Cost(wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def tell(medians: Mapping[str, Cost]) -> None:
    """Print them, and the ratios beside what they are to be."""
    first, second = medians["batch of 1"], medians["batch of 2"]
    found = {**medians, "batch begins": first - (second - first)}
    print(f"{'':28}{'s':>8}{'CPU s':>8}")
    for way, cost in found.items():
        print(f"{way:28}{cost.wall_s:8.2f}{cost.cpu_s:8.2f}")
    for way, (floor, most) in TARGETS.items():
        if way in found:
            wall, cpu = (one / other for one, other in zip(found[way], found[floor], strict=True))
            print(f"{way}: {wall:.2f} times {floor}, CPU {cpu:.2f}; target: at most {most:g}")
    extra = found["another project, plugin"] - found["another project"]
    print(
        f"the plugin adds {1000 * extra.wall_s:.0f} ms to another project, CPU "
        f"{1000 * extra.cpu_s:.0f} ms; target: less than {PLUGIN_MS:g}"
    )


if __name__ == "__main__":
    main()
