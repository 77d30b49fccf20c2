"""What is right in another form than was asked for is right, and is told once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from grader.model import CaseResult, Message, Verdict, Visibility
from grader.suite.outcome import notes_on_forms

SINGLE = "import numpy as np\ndef double(x): return 2 * np.asarray(x, np.float32)"
# What an answer beside it, a part that was added, or an upstream shows of a value in float64.
HIDDEN_REFERENCE = """
import numpy as np

def double(x):
    return float(np.sum(2 * x * x)), 2 * x

def total(x):
    x += double(x)[1] / 3
"""
HIDDEN_SINGLE = """
import numpy as np

def double(x):
    single = np.asarray(x, np.float32)
    loss = 0.0
    for one in single:
        loss += float(2 * one * one)
    return loss * FACTOR, 2 * single

def total(x):
    x += double(x)[1] / np.float32(3) * FACTOR
"""
HIDDEN_SUITE = """
import numpy as np, pytest

@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [40, 50])
def test_returns_both(check, rng, n):
    check.double(rng.standard_normal(n))

@pytest.mark.exercise("double")
def test_adds_up(check, submission, reference, rng):
    x = rng.standard_normal(60)
    first, second = submission.double(x[:30])[0], submission.double(x[30:])[0]
    check.equal(first + second, reference.double(x)[0])

@pytest.mark.exercise("total")
def test_changes_it(check, rng):
    check.total(rng.standard_normal(40), after=(0,))
"""
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


@pytest.fixture
def hiding(course: Any) -> Any:
    """A course whose exercises return float64, into which float32 may have gone."""
    course.write("solutions/tiny/answers.py", HIDDEN_REFERENCE)
    course.suite(HIDDEN_SUITE)
    return course


def test_a_float_that_keeps_what_float32_gave_is_right(hiding: Any) -> None:
    """A sum of items of float32, what such were added to, and what an upstream of such gives."""
    run = hiding.run(submission=hiding.answer(HIDDEN_SINGLE.replace("FACTOR", "1.0")))

    assert set(run.verdicts.values()) == {"passed"}
    assert run.text.count(NOTE) == 1
    assert f"{NOTE}, where float64 was expected: double, total." in run.text


def test_a_float_further_off_than_float32_goes_is_wrong(hiding: Any) -> None:
    """Neither an array beside it nor an upstream excuses more than 128 roundings of float32."""
    factor = str(1 + 300 * 2.0**-23)

    run = hiding.run(submission=hiding.answer(HIDDEN_SINGLE.replace("FACTOR", factor)))

    assert set(run.verdicts.values()) == {"failed"}
    assert {one.difference.kind for one in run.results.values()} == {"value"}


def test_what_shows_no_float32_is_judged_as_float64(hiding: Any) -> None:
    """The same error is one, where all that is returned is computed in float64."""
    text = HIDDEN_SINGLE.replace("np.float32", "np.float64").replace("FACTOR", str(1 + 2.0**-23))

    run = hiding.run(submission=hiding.answer(text))

    assert set(run.verdicts.values()) == {"failed"}


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
