"""nbgrader and otter-grader on the benchmark's cases, in an environment of their own.

Each is used as its manual says: nbgrader grades all that was handed in by one command, otter-grader
one submission a command (without its containers, which would add to it).
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import nbformat
from nbformat import v4

from tests.benchmarks.checking import stored

HERE: Final = Path(__file__).parent
PINNED: Final = HERE / "others.txt"
LINKED: Final = ("torch", "torchgen")
NAME: Final = "small"
COURSE: Final = """
c = get_config()
c.CourseDirectory.course_id = "benchmark"
"""
# A case of otter-grader's: a doctest that prints nothing.
CASE: Final = ">>> check({function}, {case})\n"

Cases = dict[str, list[tuple[Any, Any]]]


def environment(cache: Path) -> Path:
    """Return the folder of programs of an environment with both, which is made if it is not there.

    Parameters
    ----------
    cache : Path
        Keeps it for the next time.
    """
    words = f"{sys.version} {Path(sys.prefix).resolve()} {PINNED.read_text('utf-8')}"
    folder = cache / f"others-{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    ready, programs = folder / "ready", folder / "bin"
    if ready.is_file():
        return programs
    print(f"installing nbgrader and otter-grader into {folder}, once", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--no-input", "-r"]
    done = subprocess.run([*pip, str(PINNED)], check=False, capture_output=True, text=True)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise SystemExit(
            f"nbgrader and otter-grader cannot be installed ({' '.join(last)}). pip needs an index "
            "of packages for that; `--without nbgrader --without otter` goes without them."
        )
    (site,) = folder.glob("lib/python*/site-packages")
    for name in LINKED:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise SystemExit(f"there is no {name} to link into {folder}")
        package = Path(spec.origin).parent
        (site / name).symlink_to(package)
        for told in package.parent.glob(f"{name}-*.dist-info"):
            (site / told.name).symlink_to(told)
    ready.touch()
    return programs


def run(programs: Path, *words: str | Path, cwd: Path) -> None:
    """Run one of their programs to its end."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [programs / words[0], *words[1:]],
        check=False, capture_output=True, text=True, cwd=cwd, env={**os.environ, "PATH": path},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{words[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def lay_beside(folder: Path, cases: Cases) -> None:
    """Put the cases and what checks them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "checking.py", folder)
    (folder / "cases.json").write_text(json.dumps(stored(cases)), "utf-8")


class Nbgrader:
    """A course of nbgrader's, in which the same notebook was handed in a few times.

    Parameters
    ----------
    programs : Path
        See `environment`.
    folder : Path
        Empty; becomes the course.
    code : str
        What the students have written.
    cases : dict
        For each function its arguments and results.
    count : int
        How many have handed in.
    """

    def __init__(self, programs: Path, folder: Path, code: str, cases: Cases, count: int) -> None:
        self._programs, self._folder, self._count = programs, folder, count
        self._points = sum(map(len, cases.values()))
        source = folder / "source" / NAME
        lay_beside(source, cases)
        (folder / "nbgrader_config.py").write_text(COURSE, "utf-8")
        _write(source / f"{NAME}.ipynb", [_cell(code), _cell("from checking import check"), *(
            _cell(f"check({function}, {case})", grade_id=f"{function}-{case}")
            for function, found in cases.items()
            for case in range(len(found))
        )])  # fmt: skip
        run(programs, "nbgrader", "generate_assignment", NAME, cwd=folder)
        for number in range(count):
            handed_in = folder / "submitted" / f"student{number}" / NAME
            shutil.copytree(folder / "release" / NAME, handed_in)

    def grade(self, *, all_of_them: bool) -> None:
        """Grade the submissions, or the first one alone, by one command."""
        which = "*" if all_of_them else "student0"
        words = ("nbgrader", "autograde", NAME, f"--student={which}", "--force")
        run(self._programs, *words, cwd=self._folder)

    def check(self) -> None:
        """See to it that every submission has all points."""
        run(self._programs, "nbgrader", "export", cwd=self._folder)
        with (self._folder / "grades.csv").open(encoding="utf-8", newline="") as file:
            scores = [float(row["score"]) for row in csv.DictReader(file)]
        if scores != [self._points] * self._count:
            raise SystemExit(f"nbgrader gave {scores}, not {self._points} points each")


class Otter:
    """An autograder of otter-grader's, and the same notebook.

    Parameters
    ----------
    programs, folder, code, cases
        See `Nbgrader`.
    """

    def __init__(self, programs: Path, folder: Path, code: str, cases: Cases) -> None:
        self._programs, self._folder = programs, folder
        self._points = sum(map(len, cases.values()))
        lay_beside(folder, cases)
        (folder / "tests").mkdir()
        for function, found in cases.items():
            listed = [
                {"code": CASE.format(function=function, case=case), "hidden": False}
                for case in range(len(found))
            ]
            suite = {
                "cases": listed,
                "scored": True,
                "setup": "",
                "teardown": "",
                "type": "doctest",
            }
            test = {"name": function, "points": len(found), "suites": [suite]}
            text = f"OK_FORMAT = True\ntest = {test!r}\n"
            (folder / "tests" / f"{function}.py").write_text(text, "utf-8")
        _write(folder / f"{NAME}.ipynb", [_cell(code), _cell("from checking import check")])
        words = ("otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment")
        run(programs, *words, "checking.py", "cases.json", cwd=folder)

    def grade(self, number: int) -> None:
        """Grade the notebook once more, and see to it that it has all points."""
        told = self._folder / f"told-{number}"
        told.mkdir(exist_ok=True)
        words = ("otter", "run", "-a", "autograder.zip", "-o", told, "--no-logo")
        run(self._programs, *words, f"{NAME}.ipynb", cwd=self._folder)
        results = json.loads((told / "results.json").read_text("utf-8"))
        score = sum(test.get("score", 0) for test in results["tests"])
        if score != self._points:
            raise SystemExit(f"otter-grader gave {score}, not {self._points} points: {results}")


def _cell(code: str, grade_id: str = "") -> Any:
    """Make a cell of code; one with an id is worth a point."""
    told = {"grade": True, "grade_id": grade_id, "locked": True, "points": 1, "schema_version": 3,
            "solution": False, "task": False}  # fmt: skip
    return v4.new_code_cell(code, metadata={"nbgrader": told} if grade_id else {})


def _write(path: Path, cells: list[nbformat.NotebookNode]) -> None:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path.write_text(nbformat.writes(notebook), "utf-8")
