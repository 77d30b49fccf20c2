"""The files that pages of platforms hold, each run in a mock-up of its platform's folders."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.tiny import write_tiny, written

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]
BIN: Final = Path(sys.executable).parent
RIGHT: Final = written(double="return 2 * x", total="return double(x).sum()")
WRONG: Final = written(double="return 2 * x", total="return x.sum()")


def of_page(name: str, kind: str, **others: str) -> str:
    """Return the one block of a kind on a platform's page, about the tiny assignment."""
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")
    block: str
    (block,) = re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for ours, theirs in {"hw8": "tiny", **others}.items():
        block = block.replace(ours, theirs)
    return block


def notebook(code: str) -> str:
    """Return a notebook with a cell."""
    cell: dict[str, object] = {
        "cell_type": "code", "execution_count": None, "id": "a", "metadata": {},
        "outputs": [], "source": code,
    }  # fmt: skip
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def run(
    command: list[str], where: Path, told: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command as a platform does, with ours where one looks for it, and no home."""
    own = {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
    environ = {**own, "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", **(told or {})}
    return subprocess.run(command, cwd=where, env=environ, text=True, check=False, **options)


def checked(schema: str, path: Path) -> Mapping[str, Any]:
    """Read results that are as a platform's schema says."""
    document = json.loads(path.read_bytes())
    rules = json.loads((ROOT / "data" / "schemas" / f"{schema}.schema.json").read_bytes())
    Draft202012Validator(rules).validate(document)
    assert isinstance(document, dict)
    return document


@pytest.mark.proof
def test_prairielearn_runs_the_entrypoint_of_its_page(tmp_path: Path) -> None:
    """In the folders of a job; results count if it ends with 0."""
    grade = tmp_path / "grade"
    info = json.loads(of_page("prairielearn", "json"))
    page = of_page("prairielearn", "html")
    (uploaded,) = re.findall(r'file-names="([^"]+)"', page)
    write_tiny(grade / "tests" / "course")
    (grade / "tests" / "run.sh").write_text(
        of_page("prairielearn", "bash", **{"/grade": str(grade)})
    )
    for name, text in ((f"student/{uploaded}", notebook(WRONG)), ("data/data.json", "{}")):
        (grade / name).parent.mkdir()
        (grade / name).write_text(text)
    options = info["externalGradingOptions"]
    entrypoint = Path(options["entrypoint"].replace("/grade", str(grade), 1))
    entrypoint.chmod(0o755)

    done = run([str(entrypoint)], tmp_path, capture_output=True)

    assert (done.returncode, info["gradingMethod"]) == (0, "External"), done.stderr
    assert uuid.UUID(info["uuid"]).version == 4
    assert options["enabled"]
    assert 0 < options["timeout"] <= 600
    assert "<pl-external-grader-results>" in page
    results = checked("prairielearn-results", grade / "results" / "results.json")
    assert results["gradable"]
    assert results["score"] == pytest.approx(0.4)
    assert {test["max_points"]: test["points"] for test in results["tests"]} == {4: 4, 6: 0}


@pytest.mark.proof
def test_autolab_reads_the_last_line_of_its_makefile(tmp_path: Path) -> None:
    """In an empty folder with what is handed in, and both streams in one file as autodriver's."""
    place = tmp_path / "autolab"
    write_tiny(tmp_path / "course")
    place.mkdir()
    (place / "Makefile").write_text(of_page("autolab", "makefile"))
    (place / "tiny.ipynb").write_text(notebook(WRONG))
    with tarfile.open(place / "autograde.tar", "w") as archive:
        archive.add(tmp_path / "course", "course")
    shutil.rmtree(tmp_path / "course")

    with (tmp_path / "feedback").open("w") as output:
        done = run(["make"], place, stdout=output, stderr=subprocess.STDOUT)

    lines = (tmp_path / "feedback").read_text("utf-8").rstrip().splitlines()
    assert done.returncode == 0, lines
    # As Autolab's parseAutoresult reads it.
    result = json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', lines[-1]))
    assert result == {"scores": {"double": 4, "total": 0}}
    assert len(lines) > 3
    assert not [line for line in lines if "grader ci" in line]

    shutil.rmtree(place / "report")
    (place / "tiny.ipynb").write_text("no notebook")
    failed = run(["make"], place, capture_output=True)
    assert failed.returncode != 0
    assert "scores" not in failed.stdout
    assert "tiny.ipynb" in failed.stdout


@pytest.mark.proof
@pytest.mark.parametrize(("code", "status"), [(RIGHT, "pass"), (WRONG, "fail")])
def test_exercism_runs_the_script_of_its_page(tmp_path: Path, code: str, status: str) -> None:
    """With slug, solution and output; what else lies in an exercise's folder is nobody's answer."""
    place = tmp_path / "test-runner"
    write_tiny(place / "course")
    script = place / "bin" / "run.sh"
    script.parent.mkdir()
    script.write_text(of_page("exercism", "bash", **{"/opt/test-runner": str(place)}))
    script.chmod(0o755)
    solution, output = tmp_path / "solution", tmp_path / "output"
    output.mkdir()
    for name, text in (
        ("answers.py", code),
        ("answers_test.py", "import answers\n"),
        (".meta/exemplar.py", RIGHT),
        (".meta/config.json", "{}"),
        (".exercism/metadata.json", "{}"),
    ):
        (solution / name).parent.mkdir(parents=True, exist_ok=True)
        (solution / name).write_text(text)

    done = run([str(script), "tiny", f"{solution}/", f"{output}/"], place, capture_output=True)

    assert done.returncode == 0, done.stderr
    results = checked("exercism-results-v3", output / "results.json")
    assert results["status"] == status
    tests = [(test["task_id"], test["status"]) for test in results["tests"]]
    assert tests == [(1, "pass"), (1, "pass"), (2, status)]


@pytest.mark.proof
def test_classroom50_runs_the_autograder_of_its_page(tmp_path: Path) -> None:
    """In the student's checkout, whose files are no modules; but for the installation."""
    bundle, work = tmp_path / "bundle", tmp_path / "work"
    write_tiny(bundle / "course")
    script = of_page("classroom50", "python")
    kept = [line for line in script.splitlines() if '"pip"' not in line]
    (bundle / "autograder.py").write_text("\n".join(kept))
    work.mkdir()
    (work / "answers.py").write_text(WRONG)
    (work / "grader.py").write_text("raise SystemExit(7)\n")
    told = dict.fromkeys(("COMMIT_URL", "RELEASE_URL", "REVIEW_URL"), "https://example.org")
    told |= {
        "CLASSROOM": "cs-1", "ASSIGNMENT": "tiny", "ASSIGNMENT_TYPE": "individual",
        "OWNER": "ada", "USERNAME": "ada", "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    }  # fmt: skip

    done = run([sys.executable, str(bundle / "autograder.py")], work, told, capture_output=True)

    assert done.returncode == 0, done.stderr
    result = json.loads((work / "result.json").read_bytes())
    assert (result["score"], result["max-score"], result["owner"]) == (400, 1000, "ada")
    assert "The sum" in (work / "release-body.md").read_text("utf-8")


@pytest.mark.proof
def test_blackboard_takes_the_table_that_its_page_makes(tmp_path: Path) -> None:
    """User names and one column under its own header; who has no score is not in it."""
    header = "Homework 8 [Total Pts: 10 Score] |664617"
    write_tiny(tmp_path / "course")
    with zipfile.ZipFile(tmp_path / "gradebook.zip", "w") as archive:
        for name, code in (("j_doe", RIGHT), ("k_doe", WRONG)):
            archive.writestr(f"Homework 8_{name}_attempt_2026-03-01-10-15-00_hw.py", code)
    (tmp_path / "gradebook.csv").write_text(
        f'"Last Name","First Name","Username","Student ID","{header}"\n'
        '"Doe","Jane","j_doe","",""\n"Doe","Kim","k_doe","",""\n"Missing","Sam","sam1","","3"\n',
        "utf-8-sig",
    )
    page = (ROOT / "docs" / "how-to" / "blackboard.md").read_text("utf-8")
    (command,) = re.findall(r"^    grader (grade hw8 .+)$", page, re.MULTILINE)
    words = command.replace("hw8", "tiny").split()

    graded = run(["grader", *words, "--root", "course"], tmp_path, capture_output=True)
    made = run([sys.executable, "-c", of_page("blackboard", "python")], tmp_path)

    assert graded.returncode == 0, graded.stderr
    assert made.returncode == 0
    table = list(csv.reader(io.StringIO((tmp_path / "upload.csv").read_text("utf-8"))))
    assert table == [["Username", header], ["j_doe", "10.00"], ["k_doe", "4.00"]]
