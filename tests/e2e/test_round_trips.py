"""A download of forty students goes in, and what the platform imports comes out."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from grader.author.new import write_new
from grader.cli import main
from tests.unit.course.classes import (
    CLASS,
    LATE,
    MISSING,
    WRONG_KIND,
    canvas_files,
    canvas_gradebook,
    gradescope_files,
    moodle_files,
    moodle_worksheet,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATE_RULES = (
    '[late]\ndue = 2026-03-01T23:59:00\nzone = "America/Los_Angeles"\npenalty_percent = 10\n'
)
FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+([.,]\d+)?$)")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course with a due date."""
    root = tmp_path_factory.mktemp("course")
    write_new("tiny", root)
    path = root / "assignments" / "tiny" / "exercises.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{LATE_RULES}", "utf-8")
    return root


@pytest.fixture(scope="module")
def code(course: Path) -> str:
    """The right answer."""
    return (course / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")


def packed(files: dict[str, str] | dict[str, bytes]) -> bytes:
    """Pack files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def table(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def graded(
    course: Path, out: Path, files: dict[str, bytes], roster: str = "", export: str = ""
) -> dict[str, dict[str, str]]:
    """Grade a zip, export it, and return the rows of grades.csv by id."""
    out.mkdir()
    (out / "download.zip").write_bytes(packed(files))
    (out / "roster.csv").write_text(roster, "utf-8")
    common = ["--root", str(course), "--lang", "en"]
    told = ["--roster", str(out / "roster.csv")] if roster else []
    results = str(out / "results")
    assert main(
        ["grade", "tiny", str(out / "download.zip"), "-o", results, "-j", "1", *told, *common]
    ) == 0  # fmt: skip
    if export:
        own = ["--gradebook-csv", str(out / "roster.csv")]
        assert main(["export", results, "--to", export, *own, *common]) == 0
    return {row["id"]: row for row in table(out / "results" / "grades.csv")}


def no_formulas(path: Path) -> None:
    """Look at every cell of a table."""
    for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))):
        assert [cell for cell in row if FORMULA.match(cell)] == []


@pytest.mark.proof
def test_canvas(course: Path, code: str, tmp_path: Path) -> None:
    """Its gradebook comes back with a column filled in, and every page under its file's name."""
    files = canvas_files(code, packed)

    rows = graded(course, tmp_path / "c", files, canvas_gradebook(), "canvas")

    out = tmp_path / "c" / "results" / "canvas"
    before = list(csv.reader(io.StringIO(canvas_gradebook())))
    after = list(csv.reader(io.StringIO((out / "grades.csv").read_text("utf-8"))))
    assert len(rows) == len(CLASS)
    assert [row[1:6] + row[7:] for row in after] == [row[1:6] + row[7:] for row in before]
    assert after[:3] == before[:3]
    by_id = {row[1]: row for row in after[3:]}
    for pupil in CLASS:
        row = by_id[str(500 + pupil.at)]
        assert row[6] == ("100.00" if pupil.has_file else ""), pupil
        assert row[0].removeprefix("'") == pupil.sortable
    no_formulas(out / "grades.csv")
    no_formulas(tmp_path / "c" / "results" / "grades.csv")
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        pages = archive.namelist()
    # As Canvas looks for whose a file is.
    found = {tuple(part for part in name.split("_") if part.isdigit())[:2] for name in pages}
    assert {person for person, _ in found} == {
        str(500 + pupil.at) for pupil in CLASS if pupil.at not in MISSING
    }
    handed_in = {tuple(part for part in name.split("_") if part.isdigit())[:2] for name in files}
    assert found <= handed_in
    assert all(name.endswith(".html") for name in pages)


def test_moodle(
    course: Path, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The worksheet comes back with grades and comments, and every page in its folder."""
    files = moodle_files(code, packed)

    rows = graded(course, tmp_path / "m", files, moodle_worksheet(), "moodle")

    out = tmp_path / "m" / "results" / "moodle"
    before = list(csv.DictReader(io.StringIO(moodle_worksheet())))
    after = table(out / "grades.csv")
    assert len(rows) == len(CLASS)
    for name in ("Identifier", "Email address", "Status", "Maximum Grade"):
        assert [row[name] for row in after] == [row[name] for row in before]
    for pupil, row in zip(CLASS, after, strict=True):
        late = "80,00" if pupil.at in LATE else "100,00"
        assert row["Grade"] == (late if pupil.has_file else ""), pupil
        assert row["Full name"].removeprefix("'") == pupil.name
    assert after[2]["Feedback comments"] == "seen"
    assert "Late:" in after[3]["Feedback comments"]
    no_formulas(out / "grades.csv")
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        pages = archive.namelist()
    folders = {name.partition("/")[0] for name in files}
    assert {name.partition("/")[0] for name in pages} == folders
    assert all(name.endswith("/feedback.html") for name in pages)
    told = capsys.readouterr().err
    assert "Moodle gives the assignment other points" in told
    assert "No score, so the cell stays as it was" in told
    assert "not in Moodle's table" not in told


@pytest.mark.proof
def test_gradescope(course: Path, code: str, tmp_path: Path) -> None:
    """Everybody has a row, partners the same score, and the newest in time counts."""
    rows = graded(course, tmp_path / "g", gradescope_files(code, packed))

    there = {row["email"]: row for row in rows.values()}
    for pupil in CLASS:
        partner = pupil.at - 1 if pupil.at % 10 == 1 else pupil.at
        row = there.get(pupil.email)
        if partner in MISSING:
            assert row is None, pupil
            continue
        assert row is not None, pupil
        assert row["status"] == ("unreadable" if partner in WRONG_KIND else "graded"), pupil
        assert row["days_late"] == ("2" if partner in LATE else "0"), pupil
    no_formulas(tmp_path / "g" / "results" / "grades.csv")


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_without_a_table_of_the_platform_one_is_made(
    course: Path, code: str, tmp_path: Path, platform: str
) -> None:
    """Of whoever handed in through it; once more, its bytes are the same."""
    pack: Callable[[dict[str, str]], bytes] = packed
    files = {"canvas": canvas_files, "moodle": moodle_files}[platform](code, pack)
    graded(course, tmp_path / "x", dict(list(files.items())[:5]))
    out = tmp_path / "x" / "results"

    first: dict[str, bytes] = {}
    for _ in range(2):
        assert main(["export", str(out), "--to", platform, "--root", str(course)]) == 0
        made = {path.name: path.read_bytes() for path in (out / platform).iterdir()}
        first = first or made
        assert made == first

    (key,) = {"canvas": ["ID"], "moodle": ["Identifier"]}[platform]
    numbers = {row[key] for row in table(out / platform / "grades.csv")} - {""}
    start = {"canvas": "500", "moodle": "Participant 2200"}[platform]
    assert start in numbers
    no_formulas(out / platform / "grades.csv")


def test_two_exports_at_once_are_both_whole(course: Path, code: str, tmp_path: Path) -> None:
    """Each writes beside the other, and what is there in the end is one's or the other's."""
    graded(course, tmp_path / "x", dict(list(moodle_files(code, packed).items())[:5]))
    out = tmp_path / "x" / "results"
    command = [sys.executable, "-m", "grader.cli", "export", str(out), "--to", "moodle"]

    running = [subprocess.Popen([*command, "--root", str(course)]) for _ in range(3)]

    assert [one.wait() for one in running] == [0, 0, 0]
    assert sorted(path.name for path in (out / "moodle").iterdir()) == [
        "feedback.zip",
        "grades.csv",
    ]
    with zipfile.ZipFile(out / "moodle" / "feedback.zip") as archive:
        assert archive.testzip() is None
