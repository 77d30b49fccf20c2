"""Where a part of a result lies that a suite has picked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.suite.pair import place_within

W, B, A = np.ones(3), np.ones(3), 2.5
WHOLE = (A, {"W": W, "b": B}, [{0: W + 1}])


@pytest.mark.parametrize(
    ("part", "path"),
    [
        (WHOLE, ""),
        (WHOLE[0], "[0]"),
        (WHOLE[1], "[1]"),
        (B, "[1]['b']"),
        (WHOLE[2][0][0], "[2][0][0]"),
        ({"b": B}, "[1]"),
        ({"b": B, "W": W}, "[1]"),
    ],
)
def test_it_is_found_by_identity(part: Any, path: str) -> None:
    """Picked as it is, or some entries of a dictionary in one of their own."""
    assert place_within(part, WHOLE) == path


@pytest.mark.parametrize("part", [W.copy(), {"other": W}, [W, B], {}, None, {"n": None}], ids=repr)
def test_what_was_made_anew_has_no_place(part: Any) -> None:
    """Nothing is guessed: equal is not the same."""
    assert place_within(part, WHOLE) == ""


def test_small_numbers_are_the_same_everywhere() -> None:
    """So they are nowhere in particular."""
    assert place_within(1, (1, 2)) == ""
    assert place_within("a", ("b", "a")) == ""


def test_a_student_reads_the_place_in_the_whole_result(course: Any) -> None:
    """Also where the test looks at a part of it."""
    code = "def double(x): return {}, {}\ndef halve(x): return x / 2\ndef total(x): return 0\n"
    for path in ("assignments", "solutions"):
        course.write(f"{path}/tiny/answers.py", code.format("x", "2 * x"))
    course.suite("def test_part(check): check.double(np.ones(3), like=lambda pair: pair[1])")
    course.write(
        "assignments/tiny/test_total.py",
        "import pytest\n@pytest.mark.exercise('total')\ndef test_total(check): check.total(1)",
    )

    run = course.run(submission=course.write("submission/answers.py", code.format("x", "3 * x")))

    assert run.result("test_part").difference.path == "[1]"
    assert "result[1][0] is wrong" in run.text
