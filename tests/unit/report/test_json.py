"""results/json/ID.json."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import msgspec
import pytest

from grader.model import Grade, Verdict, Visibility
from grader.report import grade_json

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[str, bytes], list[str]]

SCHEMA = "grade-v1.schema.json"


@pytest.mark.parametrize("audience", ["student", "instructor"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_grade_fits_the_schema(
    grades: list[Grade],
    schema_errors: Check,
    lang: str,
    audience: Literal["student", "instructor"],
) -> None:
    """Graded or not, in both languages, for both readers."""
    for grade in grades:
        assert schema_errors(SCHEMA, grade_json(grade, lang, audience)) == []


def test_the_schema_knows_every_verdict_and_visibility(grade: Grade, schema_errors: Check) -> None:
    """A verdict added to the model has to be added to the published format."""
    case = grade.exercises[0].cases[0]
    cases = tuple(
        msgspec.structs.replace(case, verdict=verdict, visibility=visibility)
        for verdict in Verdict
        for visibility in Visibility
    )
    exercise = msgspec.structs.replace(grade.exercises[0], cases=cases)

    document = grade_json(msgspec.structs.replace(grade, exercises=(exercise,)), "en")

    assert schema_errors(SCHEMA, document) == []


def test_the_schema_refuses_a_zero_for_no_score(not_graded: Grade, schema_errors: Check) -> None:
    """A reader may rely on null meaning that nothing is known."""
    document = json.loads(grade_json(not_graded, "en"))
    document["score"] = 0.0

    assert schema_errors(SCHEMA, json.dumps(document).encode()) == [
        "$.score: 0.0 is not of type 'null'"
    ]


def test_the_schema_refuses_an_unknown_field(grade: Grade, schema_errors: Check) -> None:
    """What is written is what is documented."""
    document = json.loads(grade_json(grade, "en"))
    document["exercises"][0]["cases"][0]["note"] = ""

    (error,) = schema_errors(SCHEMA, json.dumps(document).encode())
    assert "'note' was unexpected" in error


@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_matches_the_golden_file(
    grade: Grade,
    golden: Callable[[str, bytes], None],
    audience: Literal["student", "instructor"],
) -> None:
    """The whole file, byte for byte."""
    golden(f"grade-{audience}.json", grade_json(grade, "en", audience))


def test_the_exact_score_is_kept(grade: Grade) -> None:
    """41/3 is rounded for people and whole for programs."""
    document = json.loads(grade_json(grade, "en"))

    assert document["score"] == 13.67
    assert Fraction(document["score_exact"]) == grade.score


def test_an_error_that_is_not_finite_is_null(grade: Grade, schema_errors: Check) -> None:
    """JSON has no infinity."""
    case = grade.exercises[0].cases[1]
    assert case.difference is not None
    difference = msgspec.structs.replace(case.difference, error=math.inf)
    exercise = msgspec.structs.replace(
        grade.exercises[0], cases=(msgspec.structs.replace(case, difference=difference),)
    )

    written = grade_json(msgspec.structs.replace(grade, exercises=(exercise,)), "en")

    assert json.loads(written)["exercises"][0]["cases"][0]["difference"]["error"] is None
    assert schema_errors(SCHEMA, written) == []
