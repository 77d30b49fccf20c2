"""What is done to a gradebook when a class is graded, by the commands that do it."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from grader.author.new import write_new
from grader.cli import main
from grader.desk.runs import Runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Grader = Callable[..., tuple[int, str, str]]

WRONG = (
    "import numpy as np\n\ndef softmax(scores):\n    powers = np.exp(scores)\n    return powers\n"
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course with a graded class of three, two of whom made the same mistake."""
    root = tmp_path_factory.mktemp("course")
    write_new("tiny", root)
    right = (root / "solutions" / "tiny" / "probabilities.py").read_text("utf-8")
    (root / "submissions").mkdir()
    for name, text in {"ada": right, "bob": WRONG, "cy": f"{WRONG}\n# cy\n"}.items():
        (root / "submissions" / f"{name}.py").write_text(text, "utf-8")
    assert main(
        ["grade", "tiny", str(root / "submissions"), "--root", str(root), "-o", str(root / "out"),
         "--lang", "en", "-j", "1"]
    ) == 0  # fmt: skip
    return root


@pytest.fixture
def grader(graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Grader:
    """Run a command on a copy of the course; return the exit code and what was printed."""
    shutil.copytree(graded, tmp_path / "course")

    def run(command: str, *words: str) -> tuple[int, str, str]:
        course = tmp_path / "course"
        capsys.readouterr()
        out = str(course / "out")
        code = main([command, out, *words, "--root", str(course), "--lang", "en"])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def table(tmp_path: Path) -> dict[str, dict[str, str]]:
    """Read grades.csv."""
    text = (tmp_path / "course" / "out" / "grades.csv").read_text("utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def test_a_mark_by_hand_is_kept_through_a_regrade_until_it_is_undone(
    grader: Grader, tmp_path: Path
) -> None:
    """In the table, on the page of the student, and in the log."""
    before = table(tmp_path)["bob"]["score"]

    assert (
        grader("override", "bob", "softmax", "1/3", "--because", "half right", "--by", "me")[0] == 0
    )
    assert (table(tmp_path)["bob"]["score"], table(tmp_path)["bob"]["by_hand"]) == (
        "0.33", "softmax",
    )  # fmt: skip
    page = (tmp_path / "course" / "out" / "feedback" / "bob.html").read_text("utf-8")
    assert "half right" in page
    code, _, told = grader("regrade", "--where", "student=bob", "-j", "1", "--by", "me")
    assert code == 0, told
    assert table(tmp_path)["bob"]["score"] == "0.33"
    assert grader("undo", "1", "--by", "me")[0] == 0
    assert table(tmp_path)["bob"] == {**table(tmp_path)["bob"], "score": before, "by_hand": ""}
    entries = [json.loads(line) for line in grader("log", "--json")[1].splitlines()]
    assert [(one["kind"], one["who"], one["undone"]) for one in entries] == [
        ("override", "me", True),
        ("regrade", "me", False),
        ("undo", "me", False),
    ]
    assert "half right" in grader("log")[1]


def test_a_comment_reaches_all_who_are_meant(grader: Grader, tmp_path: Path) -> None:
    """And nobody else."""
    code, _, told = grader("comment", "See the lecture.", "--where", "verdict=failed")

    assert (code, "said to 2" in told) == (0, True)
    pages = tmp_path / "course" / "out" / "feedback"
    found = {path.stem: "See the lecture." in path.read_text("utf-8") for path in pages.iterdir()}
    assert found == {"ada": False, "bob": True, "cy": True}


def test_a_change_of_suites_is_told_by_student_and_case(grader: Grader, tmp_path: Path) -> None:
    """First for those who are graded again, and then for all of them."""
    suite = tmp_path / "course" / "assignments" / "tiny" / "test_probabilities.py"
    suite.write_text(
        suite.read_text("utf-8")
        + '\n\n@pytest.mark.exercise("softmax")\ndef test_is_called(check, submission):\n'
        "    submission.softmax(__import__('numpy').zeros((2, 2)))\n",
        "utf-8",
    )

    code, _, told = grader("regrade", "--where", "student=bob", "-j", "1")

    assert code == 0, told
    assert "two kinds" in told
    moved = json.loads(grader("diff", "--json")[1])
    assert [one["id"] for one in moved["students"]] == ["bob"]
    assert {"before": None, "after": "passed"}.items() <= moved["cases"][0].items()
    assert "suites" in moved["changed"]
    text = grader("diff")[1]
    assert "bob" in text
    assert "cy" not in text


def test_the_desk_begins_a_regrade_in_a_process_of_its_own(grader: Grader, tmp_path: Path) -> None:
    """The very command; what it comes to is told."""
    course = tmp_path / "course"
    runs = Runs(
        ["regrade", str(course / "out")],
        ["--json", "--by", "me", "--root", str(course), "-j", "1"],
    )

    runs.begin(["verdict=failed"])
    begun = runs.progress()
    runs.wait()
    ended, failed = runs.progress(), runs.failed()
    runs.begin(["student=eve"])
    runs.wait()

    assert begun == (0, 0)
    assert (ended, failed) == (None, None)
    entries = [json.loads(line) for line in grader("log", "--json")[1].splitlines()]
    assert [(one["who"], one["text"]) for one in entries] == [
        ("me", "verdict=failed: 2 submissions")
    ]
    code, told = runs.failed() or (0, "")
    assert (code, "student=eve means" in told) == (2, True)


def test_what_makes_no_sense_is_usage(grader: Grader, tmp_path: Path) -> None:
    """With what to do instead; nothing is changed."""
    before = table(tmp_path)
    for words, reason in (
        (("override", "eve", "total", "1", "--because", "x"), "nobody called 'eve'"),
        (("override", "bob", "softmax", "many", "--because", "x"), "no number of points"),
        (("comment", "hello"), "give a STUDENT, or --where"),
        (("comment", "hello", "--where", "student=eve"), "nobody is meant"),
        (("undo", "7"), "no entry 7"),
        (("regrade", "--where", "colour=red"), "selects nothing"),
        (("regrade", "--where", "student=eve"), "nothing was handed in"),
        (("diff",), "one batch only"),
        (("diff", "--batch", "1"), "no earlier batch 1"),
        (("diff", str(tmp_path)), "is not there"),
    ):
        code, _, told = grader(*words)
        assert (code, reason in told) == (2, True), told

    assert table(tmp_path) == before
