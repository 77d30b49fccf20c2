"""What is right in another form than was asked for is right, and is told once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from grader.model import CaseResult, Message, Verdict, Visibility
from grader.suite.outcome import notes_on_forms

SINGLE = "import numpy as np\ndef double(x): return 2 * np.asarray(x, np.float32)"
NOTE = "Computed in float32 and right to its precision"


def passed(name: str, exercise: str, key: str = "passed") -> CaseResult:
    """Build the result of a case that passed."""
    return CaseResult(
        id=name,
        exercise=exercise,
        test=name,
        suite="public",
        visibility=Visibility.VISIBLE,
        verdict=Verdict.PASSED,
        weight=Fraction(1),
        message=Message(key),
    )


def test_a_result_in_float32_is_right_and_told_once(course: Any) -> None:
    """All cases pass, those of the exercises behind it as well, and one line says in what."""
    run = course.run(submission=course.answer(SINGLE))

    assert set(run.verdicts.values()) == {"passed"}
    assert run.result("test_doubles[2]").message.key == "passed_float32"
    assert run.text.count(NOTE) == 1
    assert f"{NOTE}, where float64 was expected: double, total." in run.text


def test_a_wrong_result_in_float32_is_wrong(course: Any) -> None:
    """A coarse type excuses its own rounding and nothing else."""
    run = course.run(submission=course.answer(f"{SINGLE} * np.float32(1.0001)"))

    assert run.result("test_doubles[2]").verdict == "failed"
    assert run.result("test_doubles[2]").difference.kind == "value"


def test_half_precision_is_called_too_coarse(course: Any) -> None:
    """With three digits left, nothing can be told from a mistake."""
    run = course.run(submission=course.answer(SINGLE.replace("float32", "float16")))

    assert run.result("test_doubles[2]").difference.kind == "dtype"


def test_whole_floats_are_right_and_told_once(course: Any) -> None:
    """Where integers are asked for, floats that equal them will do, alone or in an array."""
    course.write(
        "solutions/tiny/answers.py",
        "def double(x): return [2 * i for i in x], 2 * len(x)\ndef total(x): return x.sum()\n",
    )
    course.suite("def test_doubles(check): check.double([1, 2, 3])")
    text = "import numpy as np\ndef double(x): return 2.0 * np.array(x, float), 2.0 * len(x)"

    run = course.run(submission=course.answer(text))

    assert run.result("test_doubles").message.key == "passed_whole"
    assert run.text.count("whole numbers, where integers were expected: double.") == 1


def test_nothing_is_told_of_a_result_as_asked_for(course: Any) -> None:
    """Float64 where that is expected needs no note."""
    run = course.run(submission=course.answer("def double(x): return x + x"))

    assert {result.message.key for result in run.results.values()} == {"passed"}
    assert NOTE not in run.text


def test_a_note_names_each_exercise_once() -> None:
    """One line for a whole submission, in the exercises' order; none where there is no cause."""
    results = [
        passed("a", "clip", "passed_float32"),
        passed("b", "clip", "passed_float32"),
        passed("c", "smooth", "passed_float32"),
        passed("d", "bits"),
    ]

    assert notes_on_forms(results) == (Message("note_float32", {"exercises": "clip, smooth"}),)
    assert notes_on_forms(results[3:]) == ()


def test_a_note_says_nothing_of_hidden_cases() -> None:
    """Their form is the submission's choice, and costs no points: it could carry inputs out."""
    hidden = msgspec.structs.replace(passed("b", "clip", "passed_float32"), suite="hidden")

    assert notes_on_forms([passed("a", "clip"), hidden]) == ()
