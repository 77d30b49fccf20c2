"""What a batch costs as the class grows: seconds, memory, reports.

    python tests/benchmarks/bench_scale.py [--sizes N ...] [--hw8-sizes N ...]
                                           [--report-sizes N ...] [--jobs N] [--root PATH]
    python tests/benchmarks/bench_scale.py --sizes 100 1000 10000 --hw8-sizes --report-sizes

Three tables. Whole batches of a tiny assignment, and of the untouched stubs of hw8: the seconds
until grading begins, those of a further submission, those of a submission's reports, and the most
memory that all processes together had, as PSS, which counts shared pages once; and, beside the
seconds on the wall, those of the processors that a submission more costs than the size before,
which a busy machine hardly changes. Then the reports alone, of gradebooks filled with copies of one
grade of hw8. The ratio is that to the second size: what is flat, or linear in all, stays at 1. A
table that no size is given for is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from grader.author.new import write_new
from grader.environment import OPTIONS, closed
from grader.gradebook import Gradebook
from grader.model import Student

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, *OPTIONS, "-m", "grader.cli"]
SAMPLE_S = 0.5


class Cost(NamedTuple):
    """What one batch cost."""

    size: int
    start_s: float
    grade_s: float
    reports_s: float
    pss_mib: float
    cpu_s: float


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000])
    arguments.add_argument("--hw8-sizes", type=int, nargs="*", default=[10, 100])
    arguments.add_argument("--report-sizes", type=int, nargs="*", default=[100, 1000])
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--root", type=Path, default=ROOT, help="holds assignments/hw8")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="grader-scale-") as folder:
        tiny = Path(folder) / "tiny"
        write_new("tiny", tiny)
        right = (tiny / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")
        answers = {"probabilities.py": right}
        batches("a tiny assignment", "tiny", tiny, answers, options.sizes, options)
        stubs = {
            path.name: path.read_text("utf-8")
            for path in (options.root / "assignments" / "hw8").glob("*.py")
            if not path.name.startswith(("test_", "inputs_", "conftest"))
        }
        batches("stubs of hw8", "hw8", options.root, stubs, options.hw8_sizes, options)
        if options.report_sizes:
            reports(options.root, stubs, options.report_sizes, Path(folder))


def batches(
    title: str, assignment: str, root: Path, files: dict[str, str], sizes: list[int], options: Any
) -> None:
    """Grade so many copies of a submission, for each size, and print what that cost."""
    if not sizes:
        return
    print(f"\n{title}, {options.jobs} at a time")
    print(
        f"{'size':>7}{'start s':>9}{'s each':>9}{'ratio':>7}{'CPU s more':>12}"
        f"{'reports s each':>16}{'PSS MiB':>9}"
    )
    costs: list[Cost] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="grader-scale-") as folder:
            costs.append(measured(assignment, root, files, size, Path(folder), options.jobs))
        one, base = costs[-1], costs[min(1, len(costs) - 1)]
        each, based = one.grade_s / one.size, base.grade_s / base.size
        more = ""
        if len(costs) > 1:
            less = costs[-2]
            more = f"{(one.cpu_s - less.cpu_s) / (one.size - less.size):.3f}"
        print(
            f"{size:7}{one.start_s:9.2f}{each:9.3f}{each / based:7.2f}{more:>12}"
            f"{one.reports_s / one.size:16.4f}{one.pss_mib:9.0f}",
            flush=True,
        )


def measured(
    assignment: str, root: Path, files: dict[str, str], size: int, folder: Path, jobs: int
) -> Cost:
    """Grade copies of a submission in a process of its own, and follow its events."""
    for number in range(size):
        one = folder / "submissions" / f"s{number:05}"
        one.mkdir(parents=True)
        for name, text in files.items():
            (one / name).write_text(text, "utf-8")
    words = ["grade", assignment, str(folder / "submissions"), "--root", str(root)]
    command = [*COMMAND, *words, "-o", str(folder / "out"), "-j", str(jobs), "--json"]
    started, used_s = time.perf_counter(), children_s()
    moments: dict[str, float] = {}
    with (
        subprocess.Popen(
            command, env=closed(os.environ), stdout=subprocess.PIPE, text=True
        ) as process,
        peak_of(process.pid) as peak,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            moments[json.loads(line)["event"]] = time.perf_counter()  # the last of each kind
    if process.returncode:
        raise SystemExit("the batch failed; the figures would mean nothing")
    return Cost(
        size,
        moments["begun"] - started,
        moments["graded"] - moments["begun"],
        moments["ended"] - moments["graded"],
        peak[0],
        children_s() - used_s,
    )


def reports(root: Path, files: dict[str, str], sizes: list[int], folder: Path) -> None:
    """Write the reports of gradebooks of each size, and print what that cost."""
    measured("hw8", root, files, 1, folder, 1)
    with Gradebook.open(folder / "out" / "gradebook.sqlite") as book:
        (grade,), (batch,) = list(book.grades()), book.batches()
    print("\nreports alone, hw8")
    print(
        f"{'size':>7}{'s each':>9}{'CPU s each':>12}{'ratio':>7}{'index.html KiB each':>21}"
        f"{'PSS MiB':>9}"
    )
    each: list[float] = []
    for size in sizes:
        out = folder / f"reports{size}"
        out.mkdir()
        ids = [f"s{number:05}" for number in range(size)]
        with Gradebook.open(out / "gradebook.sqlite") as book:
            book.begin("hw8", batch.conditions, [Student.of_submission(name) for name in ids])
            for name in ids:
                book.record(msgspec.structs.replace(grade, id=name, name=name), name)
        command = [*COMMAND, "report", str(out), "--root", str(root)]
        started, used_s = time.perf_counter(), children_s()
        with (
            subprocess.Popen(command, env=closed(os.environ), stdout=subprocess.DEVNULL) as process,
            peak_of(process.pid) as peak,
        ):
            process.wait()
        wall_s = (time.perf_counter() - started) / size
        each.append((children_s() - used_s) / size)
        page_kib = (out / "index.html").stat().st_size / size / 1024
        ratio = each[-1] / each[min(1, len(each) - 1)]
        print(
            f"{size:7}{wall_s:9.4f}{each[-1]:12.4f}{ratio:7.2f}{page_kib:21.2f}{peak[0]:9.0f}",
            flush=True,
        )
        shutil.rmtree(out)


@contextlib.contextmanager
def peak_of(pid: int) -> Any:
    """Yield a list whose one item is the most PSS, in MiB, that a process and its own have had."""
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_S):
            peak[0] = max(peak[0], sum(map(pss_mib, family(pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def family(pid: int) -> list[int]:
    """List a process and all that it has started."""
    children: list[int] = []
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            children += map(int, path.read_text().split())
    return [pid, *itertools.chain.from_iterable(map(family, children))]


def children_s() -> float:
    """Return the processor time of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pss_mib(pid: int) -> float:
    """Return the proportional set size of a process: its own pages, and its share of others'."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
