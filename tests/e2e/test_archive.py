"""The archive that students get: what is in it, and what it earns when it is handed in whole."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.author.cells import cut_cells
from grader.author.release import student_archive
from grader.author.stubs import read_solution
from grader.author.wheel import wheel_name, zipped
from grader.catalog import find_assignment

if TYPE_CHECKING:
    from grader.catalog import Assignment

ROOT = Path(__file__).parents[2]
HOME = "assignments/hw8"
MOST_BYTES = 1_500_000


@pytest.fixture(scope="module")
def hw8() -> Assignment:
    """The homework of this repository."""
    return find_assignment("hw8", ROOT)


@pytest.fixture(scope="module")
def handed_out(hw8: Assignment) -> dict[str, bytes]:
    """What the archive holds, by path."""
    archive = student_archive(hw8)
    assert len(archive) < MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def rows(
    hw8: Assignment, handed_out: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """The rows of a batch: the archive as it is, and filled in in each of the three places."""
    solved = {f"{HOME}/{name}.py": read_solution(hw8, name)[0].encode() for name in hw8.modules}
    archives = {
        "as_handed_out": handed_out,
        "in_modules": handed_out | solved,
        "in_notebook": handed_out | _filled(hw8, handed_out, "hw8.ipynb"),
        "in_chinese_notebook": handed_out | _filled(hw8, handed_out, "hw8.zh.ipynb"),
    }
    folder = tmp_path_factory.mktemp("archives")
    (folder / "in").mkdir()
    for name, files in archives.items():
        (folder / "in" / f"{name}.zip").write_bytes(zipped(files))
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", "grade", "hw8", str(folder / "in"),
         "-o", str(folder / "out"), "--root", str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["id"]: row for row in csv.DictReader(table)}


def _filled(hw8: Assignment, handed_out: dict[str, bytes], name: str) -> dict[str, bytes]:
    """Put the references into the cells of a notebook."""
    texts = {module: read_solution(hw8, module)[0] for module in hw8.modules}
    answers = cut_cells(texts, hw8.exercises).exercises
    notebook = json.loads(handed_out[f"{HOME}/{name}"])
    for cell in notebook["cells"]:
        exercise = cell["metadata"].get("grader", {}).get("exercise")
        if exercise is not None:
            cell["source"] = answers[exercise]
    return {f"{HOME}/{name}": json.dumps(notebook).encode()}


def test_nothing_that_is_not_needed_is_in_it(handed_out: dict[str, bytes]) -> None:
    """Each notebook once, the figures, the suites, stored values, and what checks the work."""
    assert wheel_name() in handed_out
    assert not [name for name in handed_out if name.endswith(".html")]


def test_handed_in_as_it_is_it_earns_nothing(rows: dict[str, dict[str, str]]) -> None:
    """Neither the ready-made code nor the package in it counts for anything."""
    assert rows["as_handed_out"]["status"] == "graded"
    assert float(rows["as_handed_out"]["score"]) == 0


@pytest.mark.parametrize("place", ["in_modules", "in_notebook", "in_chinese_notebook"])
def test_filled_in_and_handed_in_whole_it_earns_all(
    hw8: Assignment, rows: dict[str, dict[str, str]], place: str
) -> None:
    """Stubs that lie beside the written version take nothing away."""
    assert float(rows[place]["score"]) == sum(exercise.points for exercise in hw8.exercises)
