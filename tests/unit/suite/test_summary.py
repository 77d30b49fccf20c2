"""What a student reads at the end of a run, beside the findings."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from grader.catalog import Assignment
from grader.intake import Submission
from grader.model import (
    CaseResult,
    Difference,
    Exercise,
    Limits,
    Message,
    Recipe,
    Text,
    Verdict,
    Visibility,
)
from grader.suite.summary import SCREEN_LINES, SCREEN_WIDTH, Rerun, summary_lines


class TestRunItAgain:
    """The command that runs a case again is pasted as it is."""

    @pytest.mark.parametrize(
        "submission",
        [
            "",
            "hw8.ipynb",
            "my work/hw 8.py",
            "it's.py",
            '"quoted" $HOME `x`.py',
            "作业 八.ipynb",
            "-x.py",
        ],
    )
    @pytest.mark.parametrize("case", ["test_a.py::test_b", "test_a.py::test_b[x-'y' 5.0]"])
    def test_a_shell_reads_what_was_meant(self, submission: str, case: str) -> None:
        """Spaces, quotes, Chinese, and a name that looks like an option."""
        command, path, *rest = shlex.split(Rerun("assignments/hw8", submission).command(case))

        assert (command, path) == ("pytest", f"assignments/hw8/{case}")
        assert rest in (
            [["--submission", submission], [f"--submission={submission}"]] if submission else [[]]
        )
        assert submission.startswith("-") is (rest == [f"--submission={submission}"])

    def test_it_names_the_submission_that_was_graded(self, course: Any) -> None:
        """As it was given."""
        answer = course.answer("def double(x): return x")

        text = course.run(submission=answer).text

        case = f"{course.folder}/test_answers.py::test_doubles[2]"
        assert f"run it again: {shlex.join(['pytest', case, '--submission', str(answer)])}" in text

    def test_where_the_stubs_were_graded_it_names_none(self, course: Any) -> None:
        """A student who works in the stubs needs none."""
        stub = course.folder / "answers.py"
        stub.write_text(stub.read_text("utf-8").replace("raise NotImplementedError", "return x"))

        text = course.run().text

        assert "run it again: pytest " in text
        assert "--submission" not in text

    def test_it_runs_where_it_is_pasted(self, course: Any, monkeypatch: Any) -> None:
        """Paths are those of the folder where pytest was run."""
        answer = course.answer("def double(x): return x")
        answer.rename(answer.with_name("my work's.py"))
        monkeypatch.chdir(course.root)

        text = course.run(
            "--submission=submission/my work's.py", paths=(course.folder / "test_answers.py",)
        ).text

        (line,) = {line for line in text.splitlines() if "run it again" in line}
        told = shlex.split(line.partition(": ")[2])
        assert told[1:] == [
            "assignments/tiny/test_answers.py::test_doubles[2]",
            "--submission",
            "submission/my work's.py",
        ]
        assert os.path.exists(told[3])  # noqa: PTH110 - as a shell would look


class TestNothingFound:
    """A submission without any exercise is not one that tried."""

    def test_it_is_said_first(self, course: Any) -> None:
        """Before the table of zeros."""
        answer = course.write("submission/answers.py", "def another(x): return x")

        text = course.run(submission=answer).text

        assert "No file in this submission holds any of the exercises" in text

    @pytest.mark.parametrize(
        "text", ["def double(x): raise NotImplementedError", "def total(x): return 1"]
    )
    def test_one_exercise_is_enough(self, course: Any, text: str) -> None:
        """Written or not, right or not."""
        answer = course.write("submission/answers.py", text)

        assert "holds any of the exercises" not in course.run(submission=answer).text


class TestOrder:
    """What there is to do comes first."""

    WRONG = "def halve(x): return x / 2\ndef double(x): return x\n"

    def test_what_is_not_written_is_one_list(self, course: Any) -> None:
        """Not a row each, and nothing below it; then where to begin."""
        lines = course.run().text.splitlines()

        (listed,) = [line for line in lines if line.startswith("not written yet")]
        assert listed.endswith("points): double, total")
        assert not any(line.startswith(("double ", "total  0", "double:")) for line in lines)
        assert lines.index(listed) < next(
            at for at, line in enumerate(lines) if line.startswith("next: double, with ")
        )

    def test_what_is_missing_is_told_from_stubs(self, course: Any) -> None:
        """A name that is near has a line; one that is not there is listed as such."""
        answer = course.write("submission/answers.py", "def double_(x): return 2 * x")

        text = course.run(submission=answer).text

        assert "    double: There is no double in your submission" in text
        assert "you have double_" in text
        assert "double; not found: total" in text

    def test_the_table_and_what_follows_have_one_order(self, course: Any) -> None:
        """Wrong before right, though the handout has it later."""
        answer = "def double(x): return 2 * x\ndef total(x): return 0 * x.sum()"

        lines = course.run(submission=course.answer(answer)).text.splitlines()

        rows = [line.split()[0] for line in lines if " / " in line and line[0] != " "]
        assert rows == ["total", "double", "total"]  # the last is the sum
        assert any(line.startswith("next: total, with ") for line in lines)

    def test_where_all_is_right_nothing_is_next(self, course: Any) -> None:
        """Nor is there a list of nothing."""
        right = "def double(x): return 2 * x\ndef total(x): return 2 * x.sum()\n"

        text = course.run(submission=course.answer(right)).text

        assert "next:" not in text
        assert "not written yet" not in text

    @pytest.mark.parametrize("colour", ["yes", "no"])
    def test_colours_are_for_terminals(self, course: Any, colour: str) -> None:
        """As pytest's own are; texts are the same without."""
        text = course.run(f"--color={colour}", submission=course.answer(self.WRONG)).text

        row = next(line for line in text.splitlines() if "double  " in line)
        assert row.startswith("\x1b[31mdouble" if colour == "yes" else "double")

    def test_it_is_told_in_chinese(self, course: Any) -> None:
        """With ``--lang zh``."""
        text = course.run("--lang", "zh").text

        assert "尚未编写" in text
        assert "接下来：double" in text  # noqa: RUF001 - Chinese


class TestScreens:
    """A wrong exercise takes one screen."""

    def _lines(self, snippet: int, arguments: int, output: str = "") -> list[str]:
        case = CaseResult(
            id="test_a.py::test_b",
            exercise="clip",
            test="test_b",
            suite="public",
            visibility=Visibility.VISIBLE,
            verdict=Verdict.FAILED,
            message=Message("wrong_value", {"call": "clip(" + "x, " * 60 + ")"}),
            difference=Difference("value", "", "1", "2", (0,), 1.0, 1e-9, 3, 4),
            recipe=Recipe(
                "clip(x)",
                tuple(f"{n}. " + "float64 " * 20 for n in range(arguments)),
                7,
                "test_a.py::test_b",
                "\n".join(f"x{n} = {n}" for n in range(snippet)),
            ),
            output=output,
        )
        exercise = Exercise("clip", "a", 6, Text("a", "a"), ())
        assignment = Assignment(
            id="hw",
            title=Text("a", "a"),
            seed=1,
            exercises=(exercise,),
            limits=Limits(),
            given={},
            folder=Path("assignments/hw"),
            solution=Path("solutions/hw"),
            golden=Path("data/golden/hw.bin"),
        )
        submission = Submission("a", "a", Path("a.py"), None)
        lines = summary_lines(
            assignment, [case], submission, "en", Rerun("a"), {}, lambda text, _state: text
        )
        first = next(at for at, line in enumerate(lines) if line.startswith("clip: "))
        return lines[first : lines.index("", first)]

    @pytest.mark.parametrize("snippet", [0, 1, 15, 24, 400])
    @pytest.mark.parametrize("arguments", [1, 6, 40])
    def test_inputs_are_cut_to_what_is_left(self, snippet: int, arguments: int) -> None:
        """As code where that has room, else in words, and what is left out is counted."""
        lines = self._lines(snippet, arguments, "printed" * 100)

        assert sum(-(-len(line) // SCREEN_WIDTH) for line in lines) <= SCREEN_LINES
        assert any("run it again" in line for line in lines)
        assert any("random seed" in line for line in lines)
        if snippet == 1:
            assert any("try it, below your code" in line for line in lines)
        if snippet in {0, 400}:
            assert any("inputs: clip(x)" in line for line in lines)
            assert any("more lines)" in line for line in lines) is (arguments > 1)
