"""What a student reads at the end of a run, beside the findings."""

from __future__ import annotations

import os
import shlex
from typing import Any

import pytest

from grader.suite.summary import Rerun


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
