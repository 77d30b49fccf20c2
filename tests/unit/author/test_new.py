"""`grader new` writes an assignment that is whole: released, proven, and graded like any other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from grader.author.new import new_files, write_new
from grader.author.release import student_archive
from grader.catalog import load_assignment
from grader.cli import main
from grader.errors import UsageError

ROOT: Final = Path(__file__).parents[3]

PAGE: Final = (ROOT / "docs" / "how-to" / "write-an-assignment.md").read_text("utf-8")


def shown(text: str) -> str:
    """Return what is printed without empty lines and seconds, which differ."""
    return re.sub(r"\(\d+ s\)", "", re.sub(r"\n\n+", "\n", text)).lstrip("\n")


def test_a_new_assignment_is_released_proven_and_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing to a grade, by the commands that the command itself names.

    The page on writing one shows what they print.
    """
    monkeypatch.chdir(tmp_path)

    assert main(["new", "hw1"]) == 0
    assert shown(capsys.readouterr().out) in shown(PAGE)
    assert main(["release", "hw1"]) == 0
    capsys.readouterr()
    assert main(["validate", "hw1", "--mutants"]) == 0
    proof = capsys.readouterr().out
    assert proof.endswith("hw1: 0 problems\n")
    assert shown(proof) in shown(PAGE)
    assert "idle" not in proof
    submissions = tmp_path / "submissions"
    submissions.mkdir()
    reference = tmp_path / "solutions" / "hw1" / "probabilities.py"
    (submissions / "ann.py").write_bytes(reference.read_bytes())
    (submissions / "bob.py").write_text("def softmax(scores):\n    return scores\n")
    out = tmp_path / "results"
    assert main(["grade", "hw1", str(submissions), "-o", str(out)]) == 0
    scores = [row.split(",") for row in (out / "grades.csv").read_text("utf-8").splitlines()]
    at = scores[0].index("score")
    assert [row[at] for row in scores[1:]] == ["4.00", "0.00"]
    assert student_archive(load_assignment(tmp_path / "assignments" / "hw1"))


@pytest.mark.proof
def test_a_module_may_import_from_the_future(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notebook is made, and graded when it is filled in, as its stub is."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "hw1"]) == 0
    reference = tmp_path / "solutions" / "hw1" / "probabilities.py"
    text = reference.read_text("utf-8")
    future = "from __future__ import annotations\n\nimport numpy as np\n"
    reference.write_text(text.replace("import numpy as np\n", future), "utf-8")

    assert main(["release", "hw1"]) == 0
    assert main(["validate", "hw1"]) == 0
    (tmp_path / "submissions").mkdir()
    unwritten = '    raise NotImplementedError(\\"softmax: not written yet\\")'
    notebook = (tmp_path / "assignments" / "hw1" / "hw1.ipynb").read_text("utf-8")
    assert unwritten in notebook
    body = "    powers = np.exp(scores - scores.max(1, keepdims=True)); "
    body += "return powers / powers.sum(1, keepdims=True)"
    filled = tmp_path / "submissions" / "ann.ipynb"
    filled.write_text(notebook.replace(unwritten, body), "utf-8")
    (tmp_path / "submissions" / "bob.py").write_bytes(reference.read_bytes())
    assert main(["grade", "hw1", "submissions", "-o", "results"]) == 0
    rows = [line.split(",") for line in Path("results/grades.csv").read_text("utf-8").splitlines()]
    assert [row[rows[0].index("score")] for row in rows[1:]] == ["4.00", "4.00"]


def test_the_same_name_gives_the_same_files() -> None:
    """In every place that the name stands in, paths and texts alike."""
    files, others = new_files("hw1"), new_files("lab-2")

    def renamed(text: str) -> str:
        return text.replace("inputs_hw1", "inputs_lab_2").replace("hw1", "lab-2")

    assert list(map(renamed, files)) == list(others)
    assert list(map(renamed, files.values())) == list(others.values())
    assert not any("{id}" in text or "{inputs}" in text for text in others.values())


@pytest.mark.parametrize("taken", ["assignments/hw1", "solutions/hw1"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    """Whichever half of it is there, nothing else is written either."""
    (tmp_path / taken).mkdir(parents=True)
    (tmp_path / taken / "mine.py").write_text("x = 1")

    with pytest.raises(UsageError, match="is there already"):
        write_new("hw1", tmp_path)

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["mine.py"]


@pytest.mark.parametrize("name", ["", "../hw1", "a/b", "hw 1", "-x", ".hidden", "8", "作业"])
def test_a_name_that_is_none_for_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    """It would be written elsewhere, or could not be typed after a command."""
    with pytest.raises(UsageError, match="name"):
        write_new(name, tmp_path)

    assert list(tmp_path.iterdir()) == []
