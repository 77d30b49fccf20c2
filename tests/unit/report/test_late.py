"""What was earned and what counts stand beside each other wherever a grade goes."""

from __future__ import annotations

import csv
import html
import io
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader.model import LANGUAGES, Attempt, Lateness, Student
from grader.report import (
    FORMATS,
    Around,
    Push,
    feedback_html,
    grade_json,
    grades_csv,
    gradescope_json,
    index_html,
    junit_xml,
    step_summary,
)
from grader.report.text import feedback_text
from grader.report.wording import late_text
from grader.scoring import deduction, final_score

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade

PUSH = Push("c", "a", "individual", "ada", "submit/x", "u", "u", "u", "2026-09-01T12:00:00Z")
LATE = Lateness("2026-03-01T23:59:00+01:00", True, 90_000, 2, Fraction(20))


@pytest.fixture
def late(perfect: Grade) -> Grade:
    """Full marks, 42 points, two begun days late: 8.40 are taken off."""
    first = Attempt("dee_1", "2026-03-01T10:00:00+00:00", counts=False)
    second = Attempt("dee_2", "2026-03-02T23:59:00+00:00", lateness=LATE)
    student = Student("dee", "Dee", "7", "dee@x.org", section="A", attempts=(first, second))
    return msgspec.structs.replace(perfect, student=student, attempt=second)


def test_tables(assignment: Assignment, late: Grade, perfect: Grade) -> None:
    """In columns of their own."""
    in_time = msgspec.structs.replace(perfect, id="eve")

    dee, eve = csv.DictReader(io.StringIO(grades_csv(assignment, [late, in_time])))

    assert (dee["score"], dee["deduction"], dee["final_score"]) == ("42.00", "8.40", "33.60")
    assert (dee["number"], dee["section"], dee["days_late"]) == ("7", "A", "2")
    assert (eve["score"], eve["deduction"], eve["final_score"]) == ("42.00", "0.00", "42.00")


@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_json(late: Grade, audience: str, schema_errors: Callable[[str, bytes], list[str]]) -> None:
    """With every attempt, and why."""
    data = grade_json(late, "en", audience)  # type: ignore[arg-type]  # a parameter of a test

    document = json.loads(data)
    assert schema_errors("grade-v1.schema.json", data) == []
    assert (document["score"], document["final_score"]) == (42.0, 33.6)
    assert document["final_score_exact"] == "168/5"
    first, second = document["attempts"]
    assert (first["counted"], second["counted"]) == (False, True)
    assert (second["days_late"], second["deduction"], second["extended"]) == (2, 8.4, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_and_platforms(
    assignment: Assignment, late: Grade, perfect: Grade, lang: str
) -> None:
    """The same sentence; in time, none."""
    told = late_text(late, lang)
    pages = [
        feedback_html(assignment, late, lang),
        step_summary(assignment, late, lang),
        junit_xml(assignment, late, lang).decode(),
        feedback_text(assignment, late, lang),
        FORMATS["prairielearn"].write(assignment, late, lang, Around()).decode(),
        gradescope_json(assignment, late, lang).decode(),
    ]

    assert all(number in told for number in ("42.00", "8.40", "33.60"))
    for page in pages:
        plain = html.unescape(page).replace("\\", "")
        assert [number for number in ("33.60", "42.00", "8.40") if number not in plain] == []
    assert late_text(perfect, lang) == ""
    assert json.loads(pages[-1])["score"] == 33.6
    assert json.loads(pages[-1])["extra_data"]["score_before_deduction"] == 42.0


def test_prairielearn_takes_it_off(assignment: Assignment, late: Grade) -> None:
    """As a part of 1."""
    written = FORMATS["prairielearn"].write(assignment, late, "en", Around())

    assert json.loads(written)["score"] == pytest.approx(0.8)


def test_sarif_has_points_beside_its_results(assignment: Assignment, late: Grade) -> None:
    """In a bag of properties, as the format has no scores."""
    (run,) = json.loads(FORMATS["sarif"].write(assignment, late, "en", Around()))["runs"]

    assert run["properties"] == {
        "maxScore": 42.0, "score": 42.0, "deduction": 8.4, "finalScore": 33.6,
    }  # fmt: skip


def test_classroom_50_takes_a_part_off_each_test(
    assignment: Assignment, late: Grade, perfect: Grade
) -> None:
    """Which says what it had earned; in time, none says anything."""

    def of(grade: Grade) -> dict[str, Any]:
        around = Around(push=PUSH)
        found: dict[str, Any] = json.loads(
            FORMATS["classroom50"].write(assignment, grade, "en", around)
        )
        return found

    document, in_time = of(late), of(perfect)

    assert (document["score"], document["max-score"]) == (3360, 4200)
    assert sum(test["score"] for test in document["tests"]) == 3360
    earned = [test["test-name"].partition("(late; earned: ")[2] for test in document["tests"]]
    assert sum(float(text.removesuffix(")")) for text in earned) == 42
    assert in_time["score"] == 4200
    assert "late" not in json.dumps(in_time)


def test_the_class_is_counted_by_what_counts(assignment: Assignment, late: Grade) -> None:
    """And its table says what was earned."""
    page = index_html(assignment, [late], "en")

    assert "33.60 <small>(Earned: 42.00)</small>" in page
    assert "<dd>33.60 <small>/ 42.00</small></dd>" in page


@pytest.mark.parametrize(
    ("score", "percent", "of", "off"),
    [
        (Fraction(42), 20, "score", Fraction(42, 5)),
        (Fraction(10), 20, "score", Fraction(2)),
        (Fraction(10), 20, "points", Fraction(42, 5)),
        (Fraction(5), 20, "points", Fraction(5)),  # never below nothing
        (Fraction(1, 3), 10, "score", Fraction(1, 30)),
        (None, 10, "score", Fraction(0)),
    ],
)
def test_deductions_are_exact(
    late: Grade, score: Fraction | None, percent: int, of: str, off: Fraction
) -> None:
    """Of what was earned, or of what there is to earn."""
    lateness = msgspec.structs.replace(LATE, percent=Fraction(percent), of=of)
    assert late.attempt is not None
    attempt = msgspec.structs.replace(late.attempt, lateness=lateness)
    grade = msgspec.structs.replace(late, score=score, attempt=attempt)

    assert deduction(grade) == off
    assert final_score(grade) == (None if score is None else score - off)
