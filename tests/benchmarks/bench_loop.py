"""What somebody waits for: a student who runs one exercise, an instructor whose batch begins.

    python tests/benchmarks/bench_loop.py [--rounds N] [--root PATH]

Each command takes turns with the imports that it cannot do without, each in a process of its own,
and what counts is the ratio of the medians. pytest loads no plugins but those that a student has.
The cost of the plugin to another project is a difference; the start of a batch is what one
submission takes less what a second one adds, with the reference proven in an earlier run.

Then what somebody waits for who is at work already, in a student's copy: from a saved file to what
a `grader watch` that runs says of it, and for `%%check clip` in a kernel that has loaded it. Each
time the function is wrong in another way. What is told later is why.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import re
import resource
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import nbformat
from nbclient import NotebookClient

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
PATIENCE_S: Final = 120  # for what takes a second
WATCH_MS, CHECK_MS = 300.0, 100.0
# Each wrong in another way, so that nothing is known from before.
BODY: Final = (
    "    return {{name: np.minimum(g, maxValue + {number}) for name, g in gradients.items()}}"
)
# How long it took until each cell that checks showed something, in ms, within the kernel.
TIMER: Final = """
import time
took, began = [], []
publish = get_ipython().display_pub.publish

def begins(info):
    if info.raw_cell.startswith("%%check"):
        began.append(time.perf_counter())

def shows(*data, **options):
    publish(*data, **options)
    if len(took) < len(began):
        took.append(1000 * (time.perf_counter() - began[-1]))

get_ipython().events.register("pre_run_cell", begins)
get_ipython().display_pub.publish = shows
"""
STUB: Final = '    raise NotImplementedError("clip: not written yet")'


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
        copy = students_copy(folder, ROOT)  # a notebook and a terminal have all of it
        saved_ms = watched(copy, options.rounds)
        checked_ms = checked(copy, options.rounds)
    tell(
        {
            way: Cost(*map(statistics.median, zip(*costs, strict=True)))
            for way, costs in measured.items()
        }
    )
    print(f"grader watch: {saved_ms:.0f} ms from save to answer; target: less than {WATCH_MS:g}")
    print(f"%%check clip: {checked_ms:.0f} ms; target: less than {CHECK_MS:g}")


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


def students_copy(folder: Path, root: Path) -> Path:
    """Copy what a student has of hw8; return its folder."""
    copy = folder / "student"
    stored = copy / "data" / "golden"
    stored.mkdir(parents=True)
    shutil.copytree(root / "assignments" / "hw8", copy / "assignments" / "hw8")
    for path in (root / "data" / "golden").glob("hw8.*"):
        shutil.copy(path, stored)
    return copy


class Screen:
    """What was printed on a terminal and not yet waited for, without colours."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._read = b""

    def wait_for(self, wanted: bytes) -> None:
        """Read until a pattern was printed; what comes after it is left for the next."""
        while not (found := re.search(wanted, self._read)):
            if not select.select([self._terminal], [], [], PATIENCE_S)[0]:
                raise SystemExit(f"{wanted!r} was not printed; there is {self._read!r}")
            new = self._read + os.read(self._terminal, 1 << 16)
            self._read = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", new)
        self._read = self._read[found.end() :]


def watched(copy: Path, rounds: int) -> float:
    """Return the median of what `grader watch` takes from a saved file to its answer, in ms."""
    file = copy / "assignments" / "hw8" / "char_rnn.py"
    text = file.read_text("utf-8")
    took = []
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", "watch", "hw8", "--lang", "en"],
        cwd=copy, stdin=theirs, stdout=theirs, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    screen = Screen(ours)
    screen.wait_for(rb"exercises are right\r\n")  # and nothing is being checked any more
    for number in range(rounds + 1):
        began = time.perf_counter()
        file.write_text(_with_body(text, number), "utf-8")
        screen.wait_for(rb"gives a wrong result")
        took.append(1000 * (time.perf_counter() - began))
        screen.wait_for(rb"exercises are right\r\n")
    os.write(ours, b"q")
    process.wait()
    os.close(theirs)
    os.close(ours)
    file.write_text(text, "utf-8")
    return statistics.median(took[1:])


def _with_body(text: str, number: int) -> str:
    """Write clip into the stubs, wrong in one of many ways."""
    body = BODY.format(number=number)
    begins = text.index("def clip(")
    return text[:begins] + text[begins:].replace(STUB, body, 1)


def checked(copy: Path, rounds: int) -> float:
    """Return the median of what `%%check clip` takes in a kernel, in ms."""
    notebook = json.loads((copy / "assignments" / "hw8" / "hw8.ipynb").read_text("utf-8"))
    texts = {
        cell["metadata"].get("grader", {}).get("exercise"): "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    }
    client = NotebookClient(
        nbformat.v4.new_notebook(),
        resources={"metadata": {"path": str(copy / "assignments" / "hw8")}},
    )
    cells = [
        TIMER,
        "%load_ext grader\nimport numpy as np",
        *(f"%%check clip\n{_with_body(texts['clip'], number)}" for number in range(rounds + 1)),
        "print(took)",
    ]
    with client.setup_kernel():
        for number, text in enumerate(cells):
            client.nb.cells.append(nbformat.v4.new_code_cell(text))
            client.execute_cell(client.nb.cells[-1], number)
    told = client.nb.cells[-2].outputs[-1]["data"]["text/plain"]
    if "gives a wrong result" not in told:
        raise SystemExit(f"%%check clip said:\n{told}")
    took: list[float] = json.loads(client.nb.cells[-1].outputs[0]["text"])
    return statistics.median(took[1:])  # the first one waits for what is started


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
