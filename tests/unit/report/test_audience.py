"""What a student may not read reaches no report that a student reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.model import CaseResult, ExerciseResult, Grade, Message, Verdict, Visibility
from grader.report import FORMATS, annotation_commands
from grader.report.audience import (
    case_names,
    duration_of,
    is_open,
    is_repeatable,
    message_text,
    place_of,
)

if TYPE_CHECKING:
    from grader.catalog import Assignment


def _withheld(grade: Grade) -> CaseResult:
    return grade.exercises[0].cases[3]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"classroom50", "gradescope"}))
def test_no_format_tells_a_hidden_case(
    name: str, lang: str, assignment: Assignment, grade: Grade, secret: str
) -> None:
    """Every text of a hidden case holds a secret, its parameters too; no file holds it."""
    written = FORMATS[name].write(assignment, grade, lang, None).decode()

    assert secret not in written


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_gradescope_tells_nothing_of_a_hidden_case_but_its_name(
    lang: str, assignment: Assignment, grade: Grade, secret: str
) -> None:
    """The name of a row marked hidden is for the instructor; its output could be released."""
    written = msgspec.json.decode(FORMATS["gradescope"].write(assignment, grade, lang, None))

    for row in written["tests"]:
        assert secret not in row["output"]
        assert secret not in row["name"] or row["visibility"] == "hidden"


def test_annotations_do_not_tell_a_hidden_case(
    assignment: Assignment, grade: Grade, secret: str
) -> None:
    """A CI log is read by the student."""
    assert secret not in annotation_commands(assignment, grade, "en")


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.VISIBLE}))
def test_what_is_visible_later_is_not_visible_now(grade: Grade, visibility: Visibility) -> None:
    """A page cannot know the due date, so only ``visible`` counts as visible."""
    case = msgspec.structs.replace(_withheld(grade), visibility=visibility)

    assert not is_open(case, "student")
    assert is_open(case, "instructor")


def test_a_visible_case_of_a_hidden_suite_keeps_its_inputs(grade: Grade) -> None:
    """An instructor may show a hidden suite's verdicts; its inputs stay secret."""
    case = msgspec.structs.replace(_withheld(grade), visibility=Visibility.VISIBLE)

    assert is_open(case, "student")
    assert not is_repeatable(case, "student")


def test_a_place_of_a_hidden_case_is_file_cell_and_line(grade: Grade) -> None:
    """Function names and source lines come from the worker and could carry the inputs."""
    place = place_of(_withheld(grade), "student")

    assert place is not None
    assert (place.file, place.cell, place.line) == ("hw8.ipynb", 5, 7)
    assert (place.function, place.text) == ("", "")


@pytest.mark.parametrize("key", ["too_slow", "work_left_running"])
def test_a_slow_hidden_case_is_told_as_slow(grade: Grade, key: str) -> None:
    """Not as wrong; by how much stays untold."""
    slow = Message(key, {"name": "clip", "ratio": "97.5", "bound": "4"})
    case = msgspec.structs.replace(_withheld(grade), verdict=Verdict.FAILED, message=slow)

    text = message_text(case, "en", "student")

    assert "slower" in text
    assert "97.5" not in text


def test_hidden_cases_are_numbered(grade: Grade) -> None:
    """A pytest id holds parameters, so a student reads a number."""
    names = case_names(grade.exercises[0], "student")

    assert names[3:] == ("clip::hidden-1", "clip::hidden-2")


def test_an_instructor_reads_everything(grade: Grade, secret: str) -> None:
    """Ids and messages come as they are."""
    exercise: ExerciseResult = grade.exercises[0]

    assert case_names(exercise, "instructor") == tuple(case.id for case in exercise.cases)
    assert secret in message_text(_withheld(grade), "en", "instructor")


@pytest.mark.parametrize("name", ["json", "junit"])
def test_how_long_a_hidden_case_took_changes_no_file(
    name: str, assignment: Assignment, grade: Grade
) -> None:
    """Code that sees the inputs of a hidden case could tell of them by how long it takes."""

    def written(seconds: float) -> bytes:
        exercises = tuple(
            msgspec.structs.replace(
                exercise,
                cases=tuple(
                    case
                    if is_repeatable(case, "student")
                    else msgspec.structs.replace(case, duration_s=seconds)
                    for case in exercise.cases
                ),
            )
            for exercise in grade.exercises
        )
        graded = msgspec.structs.replace(grade, exercises=exercises)
        return FORMATS[name].write(assignment, graded, "en", None)

    assert written(0.5) == written(0.25)


def test_an_instructor_reads_how_long_every_case_took(grade: Grade) -> None:
    """And a student how long the public ones did."""
    cases = [case for exercise in grade.exercises for case in exercise.cases]

    known = [duration_of(case, "student") is not None for case in cases]

    assert all(duration_of(case, "instructor") is not None for case in cases)
    assert known == [is_repeatable(case, "student") for case in cases]
    assert {True, False} == set(known)
