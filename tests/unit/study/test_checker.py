"""Questions to a real checker, and its answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from grader.model import Message, Verdict
from grader.study.checker import Asking
from grader.study.messages import Ask, Checked, Page, Ran
from grader.texts import render
from tests.tiny import STUBS, written

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.study.messages import Ended

WRONG, RIGHT = "return x + 1", "return 2 * x"
SUM = "return double(x).sum()"


@dataclasses.dataclass
class Answer:
    """What came back."""

    checked: dict[str, Checked]
    ended: Ended

    @property
    def page(self) -> Page:
        """The page."""
        assert self.ended.page is not None
        return self.ended.page

    def verdicts(self, exercise: str) -> set[Verdict]:
        """Verdicts of an exercise's cases."""
        return {case.verdict for case in self.checked[exercise].result.cases}


class Student:
    """Somebody with a file, who asks."""

    def __init__(self, asking: Asking, folder: Path) -> None:
        self.asking = asking
        self.file = folder / "answers.py"
        self.known: dict[str, Checked] = {}

    def ask(self, **options: object) -> Answer:
        """Ask about the file, or what else is given."""
        ask = Ask(str(self.file), known=tuple(self.known.values()), **options)  # type: ignore[arg-type]
        replies = self.asking.ask(ask)
        assert replies[-1].ended is not None, replies
        checked = {one.checked.result.id: one.checked for one in replies if one.checked}
        self.known.update(checked)
        return Answer(checked, replies[-1].ended)

    def save(self, text: str) -> Answer:
        """Write the file and ask about it."""
        self.file.write_text(text, "utf-8")
        return self.ask()


@pytest.fixture
def student(asking: Asking, tmp_path: Path) -> Student:
    """A student of whom nothing is known."""
    return Student(asking, tmp_path)


def test_only_what_a_change_touches_is_checked_again(student: Student) -> None:
    """What comes before in the file moves what follows; that alone says nothing new of it."""
    assert set(student.save(STUBS).checked) == {"double", "total"}
    assert set(student.save(STUBS).checked) == set()

    answer = student.save(written(WRONG, SUM))
    assert answer.verdicts("double") == answer.verdicts("total") == {Verdict.FAILED}

    answer = student.save(written(RIGHT, SUM))
    assert answer.verdicts("double") == answer.verdicts("total") == {Verdict.PASSED}

    assert set(student.save("\n\n" + written(RIGHT, SUM)).checked) == set()
    assert set(student.save(written(RIGHT, "return x.sum()")).checked) == {"total"}


def test_what_is_wrong_is_told_before_why(student: Student) -> None:
    """Of no digest, so that nobody who is interrupted takes it for all there is to know."""
    student.file.write_text(written(WRONG), "utf-8")
    pages: list[Page] = []
    ask = Ask(str(student.file), exercises=("double",), page="en")

    replies = student.asking.ask(ask, pages.append)

    first, second = (one.checked for one in replies if one.checked)
    assert (first.code, first.place) == ("", "")
    assert first.result.diagnosis is None
    assert second.code
    assert second.result.diagnosis is not None
    assert first.result.cases == second.result.cases
    (early,) = pages
    assert "gives a wrong result" in early.text
    assert early.text.endswith("Looking for the reason ...")
    assert replies[-1].ended is not None
    assert replies[-1].ended.page is not None
    assert "Looking" not in replies[-1].ended.page.text

    student.file.write_text(written(RIGHT), "utf-8")
    replies = student.asking.ask(ask, pages.append)
    assert len([one for one in replies if one.checked]) == len(pages) == 1


def test_what_is_known_of_an_upstream_counts(student: Student) -> None:
    """An exercise on a wrong one is told as in a run of everything."""
    whole = student.save(written(WRONG, SUM)).checked["total"]
    student.known = {"double": student.known["double"]}

    alone = student.ask(exercises=("total",)).checked

    assert set(alone) == {"total"}
    assert alone["total"].result.diagnosis == whole.result.diagnosis


def test_an_exercise_is_checked_with_those_that_it_uses(student: Student) -> None:
    """Before it; and the one that is waited for comes before the rest."""
    student.file.write_text(written(WRONG, SUM), "utf-8")

    assert list(student.ask(exercises=("total",)).checked) == ["double", "total"]


def test_a_loop_without_end_is_ended(student: Student) -> None:
    """It is waited for once, not for each case; the checker lives on."""
    answer = student.save(written("while True: pass"))

    assert answer.verdicts("double") == {Verdict.TIMED_OUT}
    keys = [case.message.key for case in answer.checked["double"].result.cases]
    assert keys == ["timed_out", "not_run_after_timeouts"]
    assert student.save(written(RIGHT)).verdicts("double") == {Verdict.PASSED}


def test_code_that_ends_its_process_ends_no_other(student: Student) -> None:
    """It ran in a worker."""
    answer = student.save("import os\n" + written("os._exit(3)"))

    assert answer.verdicts("double") == {Verdict.CRASHED}


def test_what_cannot_be_read_is_told(student: Student) -> None:
    """A syntax error beside what can be read, bytes that are no text, and a file that is gone."""
    answer = student.save(written(RIGHT, "return (x").replace("total(x)", "total(x"))
    assert answer.verdicts("double") == {Verdict.PASSED}
    assert answer.verdicts("total") == {Verdict.ERRORED_STUDENT}
    assert [note.key for note in answer.ended.notes] == ["intake_syntax"]

    student.file.write_bytes(b"\xff\xfe")
    problem = student.ask().ended.problem
    assert problem is not None
    assert problem.key == "intake_not_utf8"

    student.file.unlink()
    problem = student.ask().ended.problem
    assert problem is not None
    assert problem.key == "intake_gone"


class TestPages:
    """What a notebook shows."""

    def page(self, student: Student, text: str, **options: object) -> Page:
        """Ask for what a notebook shows of one cell."""
        student.file = student.file.with_suffix(".ipynb")
        return student.ask(cells=(Ran(1, text),), page="en", **options).page

    def test_a_wrong_exercise(self, student: Student) -> None:
        """As on the feedback page, with the code and what came out; as text, too."""
        page = self.page(student, written(WRONG), exercises=("double",))

        assert page.text.startswith("double: ")
        assert "answers.ipynb[cell 1]" in page.text
        assert "run it again: %check double" in page.text
        assert 'class="exercise zero"' in page.html
        assert '<ol class="code"' in page.html

    def test_a_right_one(self, student: Student) -> None:
        """One line."""
        page = self.page(student, written(RIGHT), exercises=("double",))

        assert page.text.split() == ["double", "4.00", "/", "4", "all", "2", "cases", "passed"]
        assert 'class="exercise full"' in page.html

    def test_all_of_them(self, student: Student) -> None:
        """A list, first what there is to do."""
        page = self.page(student, written(RIGHT))

        assert [line.split()[0] for line in page.text.splitlines()] == ["total", "double"]
        assert page.html.count("<tr>") == 3

    def test_a_name_that_there_is_not(self, student: Student) -> None:
        """With one that is near, and with all that there are."""
        page = self.page(student, written(RIGHT), exercises=("double2", "total"))

        assert page.text.splitlines() == [
            "tiny has no exercise double2; do you mean double?",
            "There are: double, total",
        ]
        far = self.page(student, written(RIGHT), exercises=("xyz",)).text
        assert far.splitlines()[0] == "tiny has no exercise xyz"

    def test_nothing_was_run(self, student: Student) -> None:
        """That is said in words."""
        student.file = student.file.with_suffix(".ipynb")

        page = student.ask(cells=(), page="zh", exercises=("double",)).page

        told = render(Message("missing", {"name": "double", "file": "answers.ipynb"}), "zh")
        assert told in page.text
        assert told in page.html

    def test_nothing_of_a_submission_is_html(self, student: Student) -> None:
        """What it prints and raises is shown as text."""
        text = written("raise ValueError('<script>alert(1)</script>')")

        assert "<script>" not in self.page(student, text, exercises=("double",)).html


def test_what_breaks_the_assignment_is_told(tmp_path: Path) -> None:
    """To whoever asks, in the words of the error."""
    (tmp_path / "exercises.toml").write_text("[assignment]")
    asking = Asking(tmp_path)

    replies = asking.ask(Ask("x.py"))
    asking.close()

    assert "exercises.toml" in replies[-1].failed


def test_a_question_may_be_the_first_thing(tiny: Assignment, tmp_path: Path) -> None:
    """A checker that was not started, starts; one that is closed twice is closed."""
    (tmp_path / "answers.py").write_text(written(RIGHT), "utf-8")
    asking = Asking(tiny.folder)

    replies = asking.ask(Ask(str(tmp_path / "answers.py"), exercises=("double",)))
    asking.close()
    asking.close()

    assert [one.checked.result.score for one in replies if one.checked] == [4]
