"""What `grader watch` shows: it fits the screen, whatever there is to say."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest
from rich.console import Console

from grader.model import (
    LANGUAGES,
    CaseResult,
    Difference,
    ExerciseResult,
    Message,
    Place,
    Recipe,
    Verdict,
    Visibility,
)
from grader.study.messages import Checked
from grader.study.screen import Screen, View
from grader.study.standing import Standing
from grader.suite.summary import Rerun, rows_of

if TYPE_CHECKING:
    from grader.catalog import Assignment

LONG = "x" * 300


def result(verdict: Verdict, key: str, **changes: object) -> ExerciseResult:
    """Say how the exercise double went."""
    case = CaseResult(
        "test_answers.py::test_doubles[2]", "double", "test_doubles", "public",
        Visibility.VISIBLE, verdict, Fraction(1), Message(key, {"name": "double"}),
        **changes,  # type: ignore[arg-type]  # fields of the case
    )  # fmt: skip
    score = Fraction(4) if verdict is Verdict.PASSED else Fraction(0)
    return ExerciseResult("double", Fraction(4), score, Fraction(0), (case,))


WRONG = result(
    Verdict.FAILED,
    "wrong_result",
    difference=Difference("value", "", LONG, LONG, (0,), 3.0, 1e-9, 3, 4),
    place=Place("answers.py", 7, text=LONG),
    output=LONG * 3,
    recipe=Recipe(LONG, tuple(f"{n}. {LONG}" for n in range(30)), 5, "c", "y = 1\n" * 40),
)


def shown(assignment: Assignment, view: View, lang: str, rows: int, width: int) -> list[str]:
    """Return the lines of a view on a terminal of some size."""
    console = Console(file=io.StringIO(), force_terminal=True, height=rows, width=width)
    screen = Screen(assignment, Rerun("assignments/tiny", "my.py"), lang, console)
    return [line.plain for line in screen.parts(view, rows=rows, width=width)]


def standing(assignment: Assignment, *results: ExerciseResult) -> Standing:
    """Know of some results."""
    made = Standing(assignment.exercises)
    for one in results:
        made.add(Checked("", "", one))
    return made


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("rows", "width"), [(24, 80), (24, 100), (12, 40), (60, 200), (3, 20)])
def test_it_fits(tiny: Assignment, lang: str, rows: int, width: int) -> None:
    """However much there is to say, and however small the screen is."""
    view = View(standing(tiny, WRONG), ("answers.py",), hint="Two of them.", busy="total")

    lines = shown(tiny, view, lang, rows, width)

    told = rows_of(lines, width)
    assert told <= max(rows, rows_of([*lines[:3], *lines[-3:]], width))
    assert lines[-1].startswith("n")


def test_the_title_the_points_and_the_progress_are_there(tiny: Assignment) -> None:
    """Besides what a report says."""
    lines = shown(tiny, View(standing(tiny, WRONG)), "en", 30, 100)

    assert lines[0] == "watching my.py"
    assert "double: Twice as much (4.00 points to gain)" in lines
    assert any(line.endswith("0 of 2 exercises are right") for line in lines)


def test_all_is_right_only_when_everything_is_known(tiny: Assignment) -> None:
    """Not while it is being checked, not before all is known, not where something was skipped."""
    right = result(Verdict.PASSED, "passed")
    done = "Every exercise is right."

    assert done not in shown(tiny, View(standing(tiny)), "en", 24, 80)
    assert done not in shown(tiny, View(standing(tiny, right)), "en", 24, 80)
    assert done not in shown(tiny, View(standing(tiny, right), busy=""), "en", 24, 80)
    assert done not in shown(tiny, View(standing(tiny, WRONG)), "en", 24, 80)
    total = msgspec.structs.replace(right, id="total")
    assert done in shown(tiny, View(standing(tiny, right, total)), "en", 24, 80)
    assert done not in shown(tiny, View(standing(tiny, right, total), busy=""), "en", 24, 80)
    skipped = msgspec.structs.replace(result(Verdict.SKIPPED, "skipped"), id="total", score=None)
    told = shown(tiny, View(standing(tiny, right, skipped)), "en", 24, 80)
    assert "Every exercise that can be checked here is right." in told


def test_a_problem_takes_the_place_of_everything_else(tiny: Assignment) -> None:
    """Nothing is said of code that could not be read."""
    view = View(standing(tiny, WRONG), problem="answers.py, line 3 is not valid Python.")
    lines = shown(tiny, view, "en", 24, 80)

    assert "answers.py, line 3 is not valid Python." in lines
    assert not any("gives a wrong result" in line for line in lines)


def test_without_a_terminal_there_are_lines(tiny: Assignment) -> None:
    """No colours, no keys, no bar; and nothing while something is being checked."""
    text = io.StringIO()
    screen = Screen(tiny, Rerun("assignments/tiny"), "en", Console(file=text, width=80))

    screen.show(View(standing(tiny, WRONG), busy="double"))
    assert text.getvalue() == ""

    screen.show(View(standing(tiny, WRONG)))
    assert "\x1b" not in text.getvalue()
    assert "q: quit" not in text.getvalue()
    assert text.getvalue().endswith("\n0 of 2 exercises are right\n")
