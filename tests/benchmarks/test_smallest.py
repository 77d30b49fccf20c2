"""Every benchmark runs, at its smallest size and on a small copy of hw8: figures of no interest."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from grader.batch import golden_bytes
from grader.catalog import load_assignment
from tests.attacks import tree

HERE: Final = Path(__file__).parent
# Those that need no assignment, or bring one along.
ROOTLESS: Final = ("bench_batch", "bench_diagnosis", "bench_service", "bench_workers")
# For each what makes it small, and the line in which it prints a ratio.
BENCHMARKS: Final = {
    "bench_batch": (
        ["--count=1", "--rounds=1", "--without=nbgrader", "--without=otter"],
        r"2 jobs is \d+\.\d times as fast as pytest",
    ),
    "bench_diagnosis": (
        ["--homework=hw10", "--exercise=accuracy"],
        r"all +3 .*\n.*%\nright versions of which something is said: 0\n",
    ),
    "bench_diagnosis_cost": (["--count=1", "--rounds=1"], r"wrong: median ratio \d+\.\d\d\n"),
    "bench_engines": (
        ["--count=2", "--rounds=1", "--jobs=1", "--nodes=1"],
        r"median efficiency \d+\.\d\d\n",
    ),
    "bench_loop": (["--rounds=1"], r"the plugin adds -?\d+ ms to another project"),
    "bench_reference": (["--rounds=1"], r"median ratio \d+\.\d\d\n"),
    "bench_scale": (
        ["--sizes", "1", "2", "--hw8-sizes", "1", "--report-sizes", "2"],
        r"reports alone, hw8\n.*\n +2 +\d+\.\d+ +\d+\.\d+ +1\.00 ",
    ),
    "bench_service": (["--count=2", "--jobs=1"], r"takes \d+\.\d\d times as long as the batch"),
    "bench_workers": (["--rounds=2", "--forks=1"], r"[ABC] +\S+ +\S+ +1\.00\n"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of hw8 with few exercises, each with few cases and a known mistake."""
    root = tmp_path_factory.mktemp("benchmarks")
    tree.build(root, {place: tree.plant(place) for place in tree.PLACES})
    theirs = tree.REPOSITORY / "solutions" / "hw8" / "mistakes"
    ours = root / "solutions" / "hw8" / "mistakes"
    ours.mkdir()
    for exercise in tree.KEPT:
        for path in theirs.glob(f"{exercise}.*"):
            (ours / path.name).write_bytes(path.read_bytes())
    assignment = load_assignment(root / "assignments" / "hw8")
    assignment.golden.parent.mkdir(parents=True)
    assignment.golden.write_bytes(golden_bytes(assignment))
    return root


def test_every_benchmark_is_tried() -> None:
    """One that is new is to be added here."""
    assert {path.stem for path in HERE.glob("bench_*.py")} == set(BENCHMARKS)


@pytest.mark.proof
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_prints_its_ratios(name: str, copy: Path) -> None:
    """It runs to the end; what it measures so means nothing."""
    options, ratio = BENCHMARKS[name]
    rooted = [] if name in ROOTLESS else [f"--root={copy}"]
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *options, *rooted]

    done = subprocess.run(command, cwd=tree.REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert re.search(ratio, done.stdout), done.stdout
