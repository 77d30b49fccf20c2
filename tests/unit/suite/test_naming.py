"""Names that are nearly right, and functions that cannot be called as the handout does."""

from __future__ import annotations

import time
from typing import Any

import pytest

from grader import wire
from grader.model import CaseResult, Conditions, Grade, Status, Verdict, Visibility
from grader.report.audience import as_told, message_text
from grader.scoring import score_exercise
from grader.suite.naming import near_word
from grader.texts import render


def _first(course: Any, text: str, *flags: str) -> tuple[CaseResult, str]:
    run = course.run(*flags, submission=course.write("submission/answers.py", text))
    return run.result("test_doubles[2]"), run.text


class TestNearNames:
    """A function that is there under a name that is nearly right."""

    @pytest.mark.parametrize(
        "name", ["doublx", "xdouble", "Double", "doubles", "_double", "double_"]
    )
    def test_it_is_offered(self, course: Any, name: str) -> None:
        """In both languages."""
        result, text = _first(course, f"def {name}(x): return 2 * x")

        assert result.verdict is Verdict.MISSING
        assert f"you have {name}" in text
        assert f"只有 {name}" in render(result.message, "zh")

    @pytest.mark.parametrize(
        "text",
        [
            "def total(x): return 2 * x.sum()",
            "def halve(x): return x / 2",
            "doublx = 3",
            "def f(x):\n    def xdouble(y): return 2 * y\n    return xdouble(x)",
            "import json as xdouble",
        ],
        ids=["another exercise", "far", "a number", "inside", "a module"],
    )
    def test_nothing_else_is(self, course: Any, text: str) -> None:
        """Neither what is far from it, nor what cannot be called, nor another exercise."""
        result, told = _first(course, text)

        assert result.message.fields.get("near", "") == ""
        assert "you have" not in told
        assert "[[" not in told

    def test_another_exercise_is_never_offered(self, course: Any) -> None:
        """However near its name is."""
        toml = (course.folder / "exercises.toml").read_text("utf-8")
        near = toml.replace('id = "total"', 'id = "total"\nnames = ["doubles"]')
        course.write("assignments/tiny/exercises.toml", near)

        result, _ = _first(course, "def doubles(x): return x.sum()")

        assert "near" not in result.message.fields


class TestNearWords:
    """A name inside a function that nothing defines."""

    @pytest.mark.parametrize(
        ("body", "near"),
        [
            ("result = 2 * x\n    return resultx", "result"),
            ("return 2 * valuex", "value"),
            ("return x * len(rang(2))", "range"),
            ("return 2 * nothing_like_it", ""),
        ],
        ids=["local", "argument of another", "builtin", "far"],
    )
    def test_what_is_near_is_asked_about(self, course: Any, body: str, near: str) -> None:
        """A slip of the pen is likelier than a missing import."""
        head = "def other(value): return value\n"

        result, text = _first(course, f"{head}def double(x):\n    {body}")

        assert (result.message.key, result.message.fields.get("near", "")) == (
            "global_unknown",
            near,
        )
        assert ("Do you mean" in text) is bool(near)

    def test_long_names_are_not_compared(self) -> None:
        """It would take the square of their length, for each pair."""
        long = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
        code = f"{long[1:]}{long[0]} = 1\nresult = 2"
        piece = wire.Piece(code, "a.py", 1, "constant", ())
        source = wire.Source((wire.Module("a", "a.py", (piece,)),))
        began_s = time.process_time()

        assert near_word(source, long) == ""
        assert near_word(source, "resultx") == "result"
        assert time.process_time() - began_s < 0.2

    def test_a_failed_star_import_is_not_blamed_for_it(self, course: Any) -> None:
        """It may be the cause, which is what is said, beside the name that is near."""
        text = "from no_such import *\ndef double(x):\n    result = 2 * x\n    return resultx"

        result, told = _first(course, text)

        assert result.message.key == "import_star_failed"
        assert "if resultx is to come from there" in told
        assert "do you mean result?" in told


class TestArguments:
    """A function that takes other arguments than the handout gives it."""

    @pytest.mark.parametrize(
        ("given", "yours"),
        [
            ("()", "double()"),
            ("(x, n)", "double(x, n)"),
            ("(*, x)", "double(*, x)"),
            ("(x: int, n: int, *, k=2)", "double(x, n, *, k=2)"),
        ],
    )
    @pytest.mark.parametrize("flags", [(), ("--isolate",)], ids=["home", "workers"])
    def test_both_signatures_are_told(
        self, course: Any, given: str, yours: str, flags: tuple[str, ...]
    ) -> None:
        """The handout's, which is public, and the student's own."""
        result, text = _first(course, f"def double{given}: return 1", *flags)

        assert result.verdict is Verdict.ERRORED_STUDENT
        assert result.message.fields["handout"] == "double(x)"
        assert f"The handout calls double(x), and yours is {yours}" in text
        assert f"讲义的调用方式是 double(x)，而你写的是 {yours}" in render(result.message, "zh")  # noqa: RUF001 - Chinese

    def test_a_call_by_what_is_given_is_told_too(self, course: Any) -> None:
        """Where a test calls a function that the handout gives, which calls the student's."""
        for path in ("assignments", "solutions"):
            stub = course.folder.parents[1] / path / "tiny/answers.py"
            text = stub.read_text("utf-8").replace("return x / 2", "return double(x) / 4")
            stub.write_text(text, "utf-8")
        course.suite("def test_calls(check): check.halve(3)")

        answer = course.write("submission/answers.py", "def double(x, n): return x * n\n")
        result = course.run(submission=answer).result("test_calls")

        assert result.message.fields.get("yours") == "double(x, n)"

    @pytest.mark.parametrize(("body", "told"), [("x, n", True), ("x, n=3", False)])
    def test_a_missing_default_is_told(self, course: Any, body: str, told: bool) -> None:
        """What the handout lets a caller leave out may be left out; the text names the default."""
        for path in ("assignments", "solutions"):
            stub = course.folder.parents[1] / path / "tiny/answers.py"
            stub.write_text(stub.read_text("utf-8").replace("double(x)", "double(x, n=2)"), "utf-8")

        result, text = _first(course, f"def double({body}): return x + n")

        assert (result.message.key == "wrong_arguments") is told
        assert ("calls double(x, n=2), and yours is double(x, n)" in text) is told

    @pytest.mark.parametrize(
        "default",
        ["f\"{'\u3000'}\"", "0x" + "f" * 5000, "(" * 150 + "0" + ",)" * 150, "'" + "x" * 400 + "'"],
        ids=["a space in an f-string", "many digits", "deep", "long"],
    )
    def test_a_signature_that_cannot_be_written_is_left_out(
        self, course: Any, default: str
    ) -> None:
        """It is no fault of the grader's: the student reads what Python says."""
        result, _ = _first(course, f"def double(x, n={default}, *, k): return 1")

        assert (result.verdict, result.message.key) == (Verdict.ERRORED_STUDENT, "raised")

    @pytest.mark.parametrize(
        "text",
        [
            "def double(y, n=2): return len(n)",
            "def double(*args): return len(1)",
            "def double(x): return halves(x, 3)\ndef halves(x): return x",
            "def plain(f): return lambda: 1\n@plain\ndef double(x): return x",
            "def double(x):\n    raise TypeError('double() takes 3 positional arguments')",
            "double = lambda: 1",
        ],
        ids=["default", "star", "inside", "decorated", "forged", "lambda"],
    )
    def test_another_type_error_is_told_as_it_is(self, course: Any, text: str) -> None:
        """Where the definition would take what the handout gives."""
        result, _ = _first(course, text)

        assert (result.message.key, result.message.fields["exception"]) == ("raised", "TypeError")

    @pytest.mark.parametrize(
        ("old", "new", "handout"),
        [
            ("__init__(self, n)", "__init__(self)", "Twice(n)"),
            ("forward(self, x)", "forward(self, x, state)", "Twice.forward(x)"),
        ],
        ids=["making", "calling"],
    )
    def test_of_a_class_too(self, course: Any, old: str, new: str, handout: str) -> None:
        """Its making, and its forward."""
        right = (
            "import torch\nclass Twice(torch.nn.Module):\n"
            "    def __init__(self, n):\n        super().__init__()\n"
            "    def forward(self, x): return 2 * x\n"
            "def total(x): return 0\ndef halve(x): return x / 2\n"
        )
        toml = (course.folder / "exercises.toml").read_text("utf-8")
        named = toml.replace('id = "double"', 'id = "double"\nnames = ["Twice"]')
        course.write("assignments/tiny/exercises.toml", named)
        for path in ("assignments", "solutions"):
            course.write(f"{path}/tiny/answers.py", right)
        course.suite("def test_calls(check): check.Twice(2)(3)")
        course.write(
            "assignments/tiny/test_total.py",
            "import pytest\n@pytest.mark.exercise('total')\ndef test_total(check): check.total(1)",
        )

        answer = course.write("submission/answers.py", right.replace(old, new))
        result = course.run(submission=answer).result("test_calls")

        assert (result.message.key, result.message.fields["handout"]) == (
            "wrong_arguments", handout
        )  # fmt: skip


def test_a_signature_is_told_of_hidden_cases_where_all_others_say_so(course: Any) -> None:
    """It is read off the text, and is the same for every input."""
    result, _ = _first(course, "def double(): return 1")
    hidden = _hidden(result)

    alone = message_text(hidden, "en", "student")
    told = score_exercise(course.assignment().exercise("double"), [result, hidden])

    assert "double(x)" not in alone
    grade = Grade(
        "ada", "Ada", "tiny", Status.GRADED, told.score, told.points,
        Conditions("A", "salt", "suite"), (told,),
    )  # fmt: skip
    first, second = as_told(grade).exercises[0].cases
    assert first.message == second.message == result.message


def _hidden(case: CaseResult) -> CaseResult:
    return CaseResult(
        id="test_hidden.py::test_more",
        exercise=case.exercise,
        test="test_hidden.py::test_more",
        suite="hidden",
        visibility=Visibility.HIDDEN,
        verdict=case.verdict,
        message=case.message,
    )
