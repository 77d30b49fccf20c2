"""A submission that was read and holds none of the exercises."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.model import Message, Verdict
from grader.report import feedback_html, grades_csv, index_html
from grader.scoring import holds_nothing

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import ExerciseResult, Grade

WORDS = {"en": "No exercise found", "zh": "未找到任何练习"}


def _with_nothing(grade: Grade) -> Grade:
    notes = (Message("no_exercise_file"), *grade.notes)
    return msgspec.structs.replace(grade, id="nobody", name="Nobody", notes=notes)


def _with(results: tuple[ExerciseResult, ...], *verdicts: Verdict) -> tuple[ExerciseResult, ...]:
    """Give the cases these verdicts, in turn."""
    given = iter(verdicts)
    return tuple(
        msgspec.structs.replace(
            result,
            cases=tuple(
                msgspec.structs.replace(case, verdict=next(given, Verdict.MISSING))
                for case in result.cases
            ),
        )
        for result in results
    )


def test_a_table_names_it_in_its_status(assignment: Assignment, perfect: Grade) -> None:
    """So that its zeros are not taken for those of a student who tried."""
    text = grades_csv(assignment, [perfect, _with_nothing(perfect)])

    statuses = {row["id"]: row["status"] for row in csv.DictReader(io.StringIO(text))}
    assert statuses == {perfect.id: "graded", "nobody": "no_exercise"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_pages_say_so(assignment: Assignment, perfect: Grade, lang: str) -> None:
    """The student's own, and among what is worth a look; no other page does."""
    nothing = _with_nothing(perfect)

    assert WORDS[lang] in feedback_html(assignment, nothing, lang)
    assert WORDS[lang] not in feedback_html(assignment, perfect, lang)
    page = re.sub(r"<[^>]*>", "", index_html(assignment, [perfect, nothing], lang))
    assert page.count(WORDS[lang]) == 2
    assert WORDS[lang] not in index_html(assignment, [perfect], lang)


def test_every_case_has_to_be_missing(perfect: Grade) -> None:
    """One stub, or one error, is something; a skipped case says nothing."""
    results = perfect.exercises

    assert holds_nothing(_with(results))
    assert holds_nothing(_with(results, Verdict.SKIPPED))
    for verdict in (Verdict.NOT_IMPLEMENTED, Verdict.ERRORED_STUDENT, Verdict.FAILED):
        assert not holds_nothing(_with(results, verdict))
    assert not holds_nothing(results)
    assert not holds_nothing(())


def test_a_class_that_lacks_a_parameter_is_there(perfect: Grade) -> None:
    """It is no class of nobody's, however little of it fits."""
    (first, *rest) = _with(perfect.exercises)
    told = Message("missing_parameter", {"name": "fc.weight", "there": ""})
    cases = tuple(msgspec.structs.replace(case, message=told) for case in first.cases)

    assert not holds_nothing((msgspec.structs.replace(first, cases=cases), *rest))
