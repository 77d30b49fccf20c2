"""The values that flow from suites to reports survive their way through JSON, or are refused."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import (
    CaseResult,
    Conditions,
    Difference,
    ExerciseResult,
    Grade,
    Message,
    Place,
    Recipe,
    Status,
    Text,
    Verdict,
    Visibility,
    from_json,
    to_json,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(0, 2**53)
points = st.fractions(0, 100)
fields = st.none() | texts | numbers | st.floats(allow_nan=False, allow_infinity=False)
messages = st.builds(Message, key=texts, fields=st.dictionaries(texts, fields, max_size=3))
cases = st.builds(
    CaseResult,
    id=texts,
    exercise=texts,
    test=texts,
    suite=st.sampled_from(["public", "hidden"]),
    visibility=st.sampled_from(Visibility),
    verdict=st.sampled_from(Verdict),
    weight=points,
    message=messages,
    difference=st.none() | st.builds(Difference, kind=texts, path=texts, expected=texts,
                                     actual=texts, index=st.tuples(numbers, numbers)),
    recipe=st.none() | st.builds(Recipe, call=texts, arguments=st.tuples(texts), seed=numbers,
                                 case=texts),
    place=st.none() | st.builds(Place, file=texts, line=numbers, cell=st.none() | numbers),
    output=texts,
    carried_forward=st.booleans(),
    duration_s=st.floats(0, 1e6),
)  # fmt: skip
exercises = st.builds(
    ExerciseResult,
    id=texts,
    points=points,
    score=st.none() | points,
    carried_forward=points,
    cases=st.tuples(cases),
)
grades = st.builds(
    Grade,
    id=texts,
    name=texts,
    assignment=texts,
    status=st.sampled_from(Status),
    score=st.none() | points,
    max_score=points,
    conditions=st.builds(Conditions, isolation=texts, salt_fingerprint=texts, suite_hash=texts),
    exercises=st.tuples(exercises),
    notes=st.tuples(messages),
    duration_s=st.floats(0, 1e6),
)
GRADE = Grade(
    id="a",
    name="Ada",
    assignment="hw8",
    status=Status.GRADED,
    score=Fraction(7, 3),
    max_score=Fraction(6),
    conditions=Conditions("A", "f00", "ba5"),
)


@given(grades)
def test_a_grade_survives_json(grade: Grade) -> None:
    """With every exercise, case and fraction exact."""
    assert from_json(to_json(grade), Grade) == grade


@given(cases)
def test_a_case_survives_json(case: CaseResult) -> None:
    """With verdict, difference, recipe and place."""
    assert from_json(to_json(case), CaseResult) == case


@given(grades)
def test_equal_grades_give_equal_bytes(grade: Grade) -> None:
    """So that the same batch gives the same files."""
    assert to_json(from_json(to_json(grade), Grade)) == to_json(grade)


def test_fractions_are_written_as_text() -> None:
    """JSON has no exact thirds."""
    written = json.loads(to_json(GRADE))

    assert (written["score"], written["max_score"]) == ("7/3", "6")


@pytest.mark.parametrize("score", ['"1/0"', '"x"', "3", "0.5", "[1]", "true", '""', '"nan"'])
def test_a_score_that_is_no_fraction_is_refused(score: str) -> None:
    """With the one error that callers catch."""
    data = to_json(GRADE).replace(b'"7/3"', score.encode())

    with pytest.raises(msgspec.DecodeError):
        from_json(data, Grade)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", to_json(GRADE)[:-1], to_json(GRADE).replace(b"graded", b"great")],
    ids=["empty", "object", "list", "no text", "cut", "unknown status"],
)
def test_what_is_no_grade_is_refused(data: bytes) -> None:
    """With the one error that callers catch."""
    with pytest.raises(msgspec.DecodeError):
        from_json(data, Grade)
    with pytest.raises(msgspec.DecodeError):
        from_json(data, CaseResult)


@pytest.mark.parametrize("value", [object(), 1 + 2j, {1, 2}], ids=["object", "complex", "set"])
def test_a_field_of_no_plain_type_is_refused(value: Any) -> None:
    """Nothing is turned into text that nobody could read back."""
    message = Message("raised", {"text": value})

    try:
        data = to_json(message)
    except (TypeError, NotImplementedError):
        return
    assert not isinstance(json.loads(data)["fields"]["text"], str)


def test_values_cannot_be_changed() -> None:
    """A result is what it was."""
    with pytest.raises(AttributeError):
        GRADE.score = Fraction(6)  # type: ignore[misc] # the point


def test_a_text_speaks_both_languages() -> None:
    """Chinese when asked for, English for whatever else."""
    text = Text(en="yes", zh="是")

    assert [text.in_language(lang) for lang in ("zh", "en", "fr")] == ["是", "yes", "yes"]


# What each verdict says: which of its properties are true.
SAYS = {
    Verdict.PASSED: "counts is_fine is_judged was_called",
    Verdict.FAILED: "counts is_judged is_wrong was_called is_telling",
    Verdict.NOT_IMPLEMENTED: "counts is_judged is_wrong is_unwritten",
    Verdict.MISSING: "counts is_judged is_wrong is_unwritten",
    Verdict.ERRORED_STUDENT: "counts is_judged is_wrong was_called is_telling",
    Verdict.CRASHED: "counts is_judged is_wrong was_called is_telling is_alarming",
    Verdict.TIMED_OUT: "counts is_judged is_wrong was_called is_telling is_alarming",
    Verdict.REFUSED: "counts is_judged is_wrong was_called is_alarming",
    Verdict.SKIPPED: "is_fine",
    Verdict.ERRORED_GRADER: "counts is_ours is_alarming",
}


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_says_this_and_no_more(verdict):
    """Whatever asks what a verdict means asks the verdict."""
    asked = [name for name, kind in vars(Verdict).items() if isinstance(kind, property)]

    said = {name for name in asked if getattr(verdict, name)}

    assert said == set(SAYS[verdict].split())
