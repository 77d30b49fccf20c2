"""Runs of a batch on one folder of results, as an instructor makes them one after the other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from grader.batch import BatchOptions, KeptRun, grade_all
from grader.cli import main
from grader.errors import CatalogError
from grader.gradebook import Gradebook
from grader.intake import read_submission
from grader.sandbox import open_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.gradebook import Outlook
    from grader.intake import Submission
    from grader.sandbox import ForkServer

    Grade = Callable[..., int]

RIGHT = "def double(x):\n    return 2 * x\n\ndef total(x):\n    return double(x).sum()\n"
WRONG = RIGHT.replace("2 * x", "x")


@pytest.fixture
def results(course: Any) -> Path:
    """Where the results go."""
    return course.root / "out"  # type: ignore[no-any-return]  # the course is a test's own


@pytest.fixture
def grade(course: Any, results: Path) -> Grade:
    """Hand in files and grade them with the command; return its exit code."""

    def run(files: dict[str, str], *words: str) -> int:
        folder = course.root / "submissions"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for name, text in files.items():
            (folder / name).write_text(text)
        code = main(
            ["grade", "tiny", str(folder), "--root", str(course.root), "-o", str(results),
             "-j", "1", "--lang", "en", *words]
        )  # fmt: skip
        course.forget()
        return code

    return run


def query(results: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the gradebook's file, by way of SQLite alone."""
    with closing(sqlite3.connect(results / "gradebook.sqlite")) as connection:
        return connection.execute(sql).fetchall()


def pages(results: Path) -> list[str]:
    """List the pages and files of single submissions."""
    found = (path for kind in ("feedback", "json") for path in (results / kind).iterdir())
    return sorted(path.name for path in found)


def test_renamed_and_withdrawn_submissions_do_not_come_back(
    course: Any, results: Path, grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their grades stay, their pages go, and it is told; a note beside the pages is left alone."""
    grade({"ada.py": RIGHT, "bob.py": WRONG, "cy.py": RIGHT})
    (results / "feedback" / "mine.html").write_text("a note")
    capsys.readouterr()

    codes = [grade({"ada.py": RIGHT, "bob2.py": WRONG})]
    told = capsys.readouterr().err
    codes += [main(["report", str(results), "--root", str(course.root)])]
    told_again = capsys.readouterr().err

    assert codes == [0, 0]
    for text in (told, told_again):
        assert "under another name: bob, cy." in text
    assert "json/bob.json, json/cy.json, feedback/bob.html, feedback/cy.html" in told
    assert "Removed" not in told_again
    assert pages(results) == ["ada.html", "ada.json", "bob2.html", "bob2.json", "mine.html"]
    table = (results / "grades.csv").read_text()
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == ["ada", "bob2"]
    assert sorted(query(results, "SELECT id FROM submission")) == [
        ("ada",), ("bob",), ("bob2",), ("cy",),
    ]  # fmt: skip


def test_a_run_that_has_nothing_to_say_says_nothing(
    course: Any, grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is withdrawn, nothing is set aside; what was graded before is counted."""
    files = {"ada.py": RIGHT, "bob.py": WRONG}
    grade(files)
    first = capsys.readouterr()

    grade({**files, "cy.py": RIGHT})
    second = capsys.readouterr()

    for text in (first.err, second.err):
        assert "handed in" not in text
        assert "aside" not in text
    assert "graded before" not in first.out
    assert "graded 1 in" in second.out
    assert "; 2 were graded before" in second.out


def test_fresh_begins_a_batch_and_deletes_nothing(
    course: Any, results: Path, grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    """The batch before can be reported by its number, with who was in it then."""
    grade({"ada.py": WRONG, "bob.py": RIGHT})
    grade({"ada.py": RIGHT}, "--fresh")
    told = capsys.readouterr().err

    assert "is set aside: a new one begins. Grades in it: 2." in told
    assert f"`grader report {results} --batch 1`" in told
    assert query(
        results, "SELECT batch_id, id, CAST(score AS INTEGER) FROM submission ORDER BY 1, 2"
    ) == [(1, "ada", 6), (1, "bob", 10), (2, "ada", 10)]  # fmt: skip
    assert pages(results) == ["ada.html", "ada.json"]

    assert main(["report", str(results), "--batch", "1", "--root", str(course.root)]) == 0
    assert pages(results) == ["ada.html", "ada.json", "bob.html", "bob.json"]


def test_what_is_set_aside_is_told_with_the_reason(
    course: Any, results: Path, grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which of the conditions differ; and going back goes on with the earlier batch."""
    files = {"ada.py": RIGHT}
    grade(files)
    before = course.folder / "test_answers.py"
    text = before.read_text()
    before.write_text(text.replace("(4)", "(5)"))
    capsys.readouterr()

    grade(files)
    told = capsys.readouterr().err
    before.write_text(text)
    grade(files)
    back = capsys.readouterr()

    assert "Batch 1, begun 2" in told
    assert "what its grades were made under has changed: suites. Grades in it: 1." in told
    assert "its conditions are those of batch 1, which is gone on with" in back.err
    assert "graded 0 in" in back.out
    assert query(results, "SELECT id FROM batch ORDER BY id") == [(1,), (2,)]


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        (("--timing", "cuda"), ""),
        (("--salt-file", "no such file"), ""),
        ((), "no_such_name\n"),
        ((), "def double(x): raise ValueError\n"),
    ],
    ids=["device", "salt", "suite", "reference"],
)
def test_a_fresh_run_that_cannot_be_leaves_the_grades_as_they_were(
    course: Any, results: Path, grade: Grade, monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], broken: str,
) -> None:  # fmt: skip
    """Everything is looked at before anything is written."""
    monkeypatch.setattr("grader.suite.timing.has_gpu", lambda: False)
    grade({"ada.py": RIGHT})
    before = (results / "gradebook.sqlite").read_bytes()
    if broken.startswith("no"):
        course.write("assignments/tiny/test_answers.py", broken)
    elif broken:
        course.write("solutions/tiny/answers.py", broken)

    assert grade({"ada.py": WRONG}, "--fresh", *words) == 2

    assert (results / "gradebook.sqlite").read_bytes() == before
    assert pages(results) == ["ada.html", "ada.json"]


def test_a_better_text_reaches_reports_without_a_regrade(
    course: Any, results: Path, grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gradebook holds which mistake it was; what is said of it is looked up."""
    course.mistakes("def not_twice(x): return x\n")
    course.release()
    grade({"bob.py": WRONG})
    page = results / "feedback" / "bob.html"
    assert "Why not_twice?" in page.read_text("utf-8")
    texts = course.solution / "mistakes" / "double.toml"
    texts.write_text(texts.read_text("utf-8").replace("Why not_twice?", "Once or twice?"), "utf-8")
    capsys.readouterr()

    assert main(["report", str(results), "--root", str(course.root), "--lang", "en"]) == 0
    reported = page.read_text("utf-8")
    grade({"bob.py": WRONG})

    assert "Once or twice?" in reported
    assert "Why not_twice?" not in reported
    assert "graded 0 in" in capsys.readouterr().out
    assert "Once or twice?" in page.read_text("utf-8")


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """A fork server."""
    with open_server("best", torch=False) as started:
        yield started


def test_nothing_begins_before_the_suites_are_proven(course: Any, server: ForkServer) -> None:
    """The plan is asked first, and told to begin last."""
    path = course.write("submissions/ada.py", RIGHT)
    submission = read_submission(path, modules=("answers",), exercises={}, id="ada")
    course.write("solutions/tiny/answers.py", "def double(x): raise ValueError\n")
    asked: list[Outlook] = []
    with Gradebook.open(course.root / "book.sqlite") as book:
        plan = KeptRun(
            book, "tiny", [submission], on_outlook=lambda outlook, _: asked.append(outlook)
        )

        with pytest.raises(CatalogError, match="the reference does not pass"):
            grade_all(course.assignment(), [submission], BatchOptions(), server, _keep, plan=plan)

        assert len(asked) == 1
        assert book.batches() == []


def _keep(_submission: Submission, _made: object) -> None:
    raise AssertionError("nothing was to be graded")
