"""Marks set by hand and comments are marked wherever a grade goes."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.model import Comment, Override
from grader.report import (
    feedback_html,
    grade_json,
    grades_csv,
    gradescope_json,
    index_html,
    junit_xml,
    step_summary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade

WHY = "<b>the statement</b> was | ambiguous"
SAID = "Come & see me\nafter class."


@pytest.fixture
def touched(grade: Grade) -> Grade:
    """A grade with a mark set by hand, and one comment on it."""
    clip = msgspec.structs.replace(
        grade.exercises[0],
        score=Fraction(5),
        carried_forward=Fraction(0),
        override=Override(7, Fraction(5), Fraction(11, 3), WHY, "prof", "2026-11-01 10:00:00"),
    )
    return msgspec.structs.replace(
        grade,
        score=Fraction(15),
        exercises=(clip, *grade.exercises[1:]),
        comments=(Comment(8, "clip", SAID, "prof", "2026-11-01 10:01:00"),),
    )


@pytest.fixture
def whole(unreadable: Grade) -> Grade:
    """A grade whose score was set by hand."""
    given = Override(9, Fraction(20), None, WHY, "prof", "2026-11-01 10:00:00")
    return msgspec.structs.replace(unreadable, score=Fraction(20), override=given)


def test_pages_for_students_say_so(assignment: Assignment, touched: Grade, whole: Grade) -> None:
    """What counts, what was computed and why; not who wrote it."""
    page = feedback_html(assignment, touched, "en")

    assert "5.00 points were set by hand; the tests gave 3.67." in page
    assert "Reason: &lt;b&gt;the statement&lt;/b&gt; was | ambiguous" in page
    assert "Come &amp; see me\nafter class." in page
    assert "prof" not in page
    assert "the tests gave no score" in feedback_html(assignment, whole, "en")


def test_pages_that_nobody_has_touched_are_silent(assignment: Assignment, grade: Grade) -> None:
    """Neither mark nor heading."""
    for page in (
        feedback_html(assignment, grade, "en"),
        index_html(assignment, [grade], "en"),
        step_summary(assignment, grade, "en"),
        junit_xml(assignment, grade, "en").decode(),
        gradescope_json(assignment, grade, "en").decode(),
    ):
        body = page.partition("</style>")[2] or page
        assert "by hand" not in body
        assert "Comments of" not in body


def test_the_class_page_marks_them(assignment: Assignment, touched: Grade, whole: Grade) -> None:
    """The exercise of the one, the total of the other."""
    page = index_html(assignment, [touched, whole], "en").partition("</style>")[2]

    assert page.count('title="Set by hand"') == 2


def test_the_table_names_them(assignment: Assignment, touched: Grade, whole: Grade) -> None:
    """In a column of their own."""
    rows = list(csv.DictReader(io.StringIO(grades_csv(assignment, [touched, whole]))))

    assert {row["id"]: row["by_hand"] for row in rows} == {"ada": "clip", "../cy d": "total"}


def test_json_holds_all_for_instructors(
    touched: Grade, schema_errors: Callable[[str, bytes], list[str]]
) -> None:
    """For students all but who and when."""
    whole = json.loads(grade_json(touched, "en"))
    told = grade_json(touched, "en", "student")

    assert whole["exercises"][0]["override"] == {
        "points": 5.0,
        "computed": 3.67,
        "because": WHY,
        "who": "prof",
        "at": "2026-11-01 10:00:00",
    }
    assert whole["comments"][0]["who"] == "prof"
    assert b"prof" not in told
    assert json.loads(told)["exercises"][0]["override"]["because"] == WHY
    for document in (grade_json(touched, "en"), told):
        assert schema_errors("grade-v1.schema.json", document) == []


def test_platforms_are_told(assignment: Assignment, touched: Grade) -> None:
    """As far as they have a place for it."""
    document = json.loads(gradescope_json(assignment, touched, "en"))

    assert "clip: Come & see me" in document["output"]
    assert "5.00 points were set by hand" in document["tests"][0]["output"]
    assert document["tests"][0]["score"] == 5.0
    assert "set by hand" in junit_xml(assignment, touched, "en").decode()
    assert "see me" in step_summary(assignment, touched, "en")
