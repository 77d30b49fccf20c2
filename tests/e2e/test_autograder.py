"""What platforms are given, in a mock-up of each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft202012Validator

from grader.author.new import write_new
from grader.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
BIN = Path(sys.executable).parent
WRONG = "import numpy as np\n\ndef softmax(scores):\n    return np.exp(scores)\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return a course with one small assignment."""
    root = tmp_path / "course"
    write_new("tiny", root)
    return root


def bash(script: str, where: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a platform does, with our command where one looks for it."""
    told = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=where,
        env={**told, "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def written(course: Path, platform: str) -> Path:
    """Have an autograder written, and return the file."""
    out = course.parent / platform
    arguments = ["autograder", "tiny", "--for", platform, "-o", str(out), "--root", str(course)]
    assert main(arguments) == 0
    (path,) = out.iterdir()
    return path


def test_gradescope_grades_with_the_zip_alone(course: Path, tmp_path: Path) -> None:
    """In folders laid as there; the course itself is out of reach."""
    place = tmp_path / "autograder"
    with zipfile.ZipFile(written(course, "gradescope")) as archive:
        archive.extractall(place / "source")
    course.rename(tmp_path / "elsewhere")
    (place / "run_autograder").write_bytes((place / "source" / "run_autograder").read_bytes())
    (place / "submission").mkdir()
    (place / "submission" / "probabilities.py").write_text(WRONG)

    done = bash(f"bash {place}/run_autograder", tmp_path, AUTOGRADER=str(place))

    assert done.returncode == 0, done.stderr
    results = json.loads((place / "results" / "results.json").read_bytes())
    schema = json.loads((SCHEMAS / "gradescope-results.schema.json").read_bytes())
    Draft202012Validator(schema).validate(results)
    assert 0 <= results["score"] < results["extra_data"]["max_score"]


def test_the_zip_installs_what_grading_needs(course: Path) -> None:
    """In the versions that are here; its scripts are right as far as bash can tell."""
    with zipfile.ZipFile(written(course, "gradescope")) as archive:
        names = set(archive.namelist())
        requirements = archive.read("requirements.txt").decode().split()
        scripts = {name: archive.read(name).decode() for name in ("setup.sh", "run_autograder")}

    assert {one.partition("==")[0] for one in requirements} >= {
        "numpy", "torch", "pytest", "ipython", "sqlalchemy", "pyyaml",
    }  # fmt: skip
    assert all("==" in one for one in requirements)
    assert "solutions/tiny/probabilities.py" in names
    assert not [name for name in names if "__pycache__" in name]
    wheel = next(name for name in names if name.endswith(".whl"))
    assert wheel in scripts["setup.sh"]
    for script in scripts.values():
        checked = subprocess.run(["/bin/bash", "-n"], input=script, text=True, check=False)
        assert checked.returncode == 0


def test_the_same_course_gives_the_same_zip(course: Path) -> None:
    """To the byte."""
    assert written(course, "gradescope").read_bytes() == written(course, "gradescope").read_bytes()


def run(step: str, course: Path, work: Path, environ: Mapping[str, str], code: str = WRONG) -> str:
    """Run a step on a wrong submission, or another, and return what was printed."""
    work.mkdir()
    (work / "probabilities.py").write_text(code)
    (work / ".git").mkdir()
    done = bash(step, work, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_workflow_grades_a_push(course: Path, tmp_path: Path) -> None:
    """Its own step, in folders laid as its checkouts lay them."""
    steps = yaml.safe_load(written(course, "github").read_text())["jobs"]["grade"]["steps"]
    (step,) = [one["run"] for one in steps if one.get("name") == "Grade"]
    page = tmp_path / "page.md"
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}

    printed = run(step, course, tmp_path / "work", environ)

    assert "::error file=probabilities.py" in printed
    assert page.read_text() == (tmp_path / "report" / "summary.md").read_text()


def test_the_pipeline_grades_a_push(course: Path, tmp_path: Path) -> None:
    """It writes the reports that it names."""
    job = yaml.safe_load(written(course, "gitlab").read_text())["grade"]
    work = tmp_path / "work"

    run(job["script"][-1], course, work, {"GITLAB_CI": "true"})

    for report in job["artifacts"]["reports"].values():
        assert (work / report).is_file()
    (entry,) = json.loads((work / "report" / "gl-code-quality-report.json").read_bytes())
    assert entry["location"]["path"] == "probabilities.py"


LATE_RULES = "\n[late]\ndue = 2026-03-01T23:59:00Z\npenalty_percent = 10\n"


@pytest.fixture
def due(course: Path) -> Path:
    """Return the course with a due date."""
    path = course / "assignments" / "tiny" / "exercises.toml"
    path.write_text(f"{path.read_text('utf-8')}{LATE_RULES}", "utf-8")
    return course


def test_gradescope_takes_off_late_days(due: Path, tmp_path: Path) -> None:
    """By what lies beside the submission there; with both scores in what students read."""
    place = tmp_path / "autograder"
    with zipfile.ZipFile(written(due, "gradescope")) as archive:
        archive.extractall(place / "source")
    right = (due / "solutions" / "tiny" / "probabilities.py").read_bytes()
    (place / "submission").mkdir()
    (place / "submission" / "probabilities.py").write_bytes(right)
    metadata = {
        "id": 1,
        "created_at": "2026-03-03T10:00:00.365935+01:00",
        "assignment": {"due_date": "2026-03-01T23:59:00Z", "late_due_date": None},
        "users": [{"email": "a@example.org", "id": 3, "name": "A"}],
    }
    (place / "submission_metadata.json").write_text(json.dumps(metadata))

    done = bash(f"bash {place}/source/run_autograder", tmp_path, AUTOGRADER=str(place))

    assert done.returncode == 0, done.stderr
    assert "Gradescope's submission_metadata.json" in done.stderr
    results = json.loads((place / "results" / "results.json").read_bytes())
    whole = results["extra_data"]["max_score"]
    assert results["extra_data"]["score_before_deduction"] == whole
    assert results["score"] == pytest.approx(whole * 0.8)
    assert "Begun days: 2" in results["output"]


def test_a_push_to_github_is_late_when_it_was_pushed(due: Path, tmp_path: Path) -> None:
    """By the event of the push: a commit may claim any time of itself."""
    steps = yaml.safe_load(written(due, "github").read_text())["jobs"]["grade"]["steps"]
    (step,) = [one["run"] for one in steps if one.get("name") == "Grade"]
    event = {
        "head_commit": {"timestamp": "2026-02-01T00:00:00Z"},
        "repository": {"pushed_at": 1772444400},  # 2 March, 09:40
    }
    (tmp_path / "event.json").write_text(json.dumps(event))
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
    }

    right = (due / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")
    run(step, due, tmp_path / "work", environ, right)

    page = (tmp_path / "report" / "summary.md").read_text().replace("\\", "")
    assert "handed in at 2026-03-02 09:40:00+00:00" in page
    assert "Begun days: 1" in page


def test_where_no_time_is_known_nothing_is_taken_off(due: Path, tmp_path: Path) -> None:
    """And the page says so; a time on the command line is taken instead."""
    right = (due / "solutions" / "tiny" / "probabilities.py").read_bytes()
    (tmp_path / "work.py").write_bytes(right)
    common = ["ci", "tiny", str(tmp_path / "work.py"), "--root", str(due), "--lang", "en"]
    common += ["--format", "text", "-o", str(tmp_path)]

    assert main(common) == 0
    first = (tmp_path / "feedback.txt").read_text()
    assert main([*common, "--handed-in", "2026-03-02T10:00:00Z"]) == 0
    second = (tmp_path / "feedback.txt").read_text()
    assert main([*common, "--handed-in", "2026-03-02T10:00Z", "--due", "2026-03-02T11:00Z"]) == 0
    third = (tmp_path / "feedback.txt").read_text()

    assert "nothing was taken off for being late" in first
    assert "Late: handed in at 2026-03-02 10:00:00+00:00" in second
    assert "nothing was taken off" not in second + third
    assert "Late:" not in first + third
    assert main([*common, "--handed-in", "soon"]) == 2


def test_the_workflow_is_one_by_githubs_schema(course: Path) -> None:
    """As far as a schema can tell; the pipeline is one by GitLab's."""
    for platform, schema, transform in (
        ("github", "vendor.github-workflows", []),
        ("gitlab", "vendor.gitlab-ci", ["--data-transform", "gitlab-ci"]),
    ):
        path = written(course, platform)
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
        done = subprocess.run(
            [*command, *transform, str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_a_file_is_no_folder_to_write_to(course: Path, tmp_path: Path) -> None:
    """Whichever command is told so."""
    (tmp_path / "file").touch()
    (tmp_path / "work.py").write_text(WRONG)
    where = ["-o", str(tmp_path / "file"), "--root", str(course)]

    for command in (
        ["autograder", "tiny", "--for", "github"],
        ["ci", "tiny", str(tmp_path / "work.py"), "--format", "html"],
        ["grade", "tiny", str(tmp_path / "work.py")],
    ):
        assert main([*command, *where]) == 2
