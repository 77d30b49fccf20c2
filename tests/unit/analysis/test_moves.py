"""Whose marks have moved, and why."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from jsonschema import Draft202012Validator

from grader.analysis import causes, moves
from grader.model import Override, Verdict
from grader.report import diff_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Grade

    MakeGrade = Callable[..., Grade]

SCHEMA = Path(__file__).parents[3] / "data" / "schemas" / "diff-v1.schema.json"


def test_a_class_that_has_not_moved_says_nothing(make_grade: MakeGrade) -> None:
    """In whatever order its grades come."""
    grades = [make_grade("ada"), make_grade("bob", clip="--")]

    assert moves(grades, reversed(grades)) == []


def test_a_move_names_exercises_and_cases(make_grade: MakeGrade) -> None:
    """Only those that have moved, with what they were and are."""
    (move,) = moves(
        [make_grade("ada", clip="+-+", sample="+")], [make_grade("ada", clip="+++", sample="+")]
    )

    assert (move.id, move.before, move.after) == ("ada", Fraction(50, 3), Fraction(20))
    (exercise,) = move.exercises
    assert (exercise.exercise, exercise.worth, exercise.by_hand) == ("clip", (), False)
    (case,) = exercise.cases
    assert (case.case, case.before, case.after) == (
        "test_clip.py::case_1", Verdict.FAILED, Verdict.PASSED,
    )  # fmt: skip


def test_cases_that_come_and_go_are_told(make_grade: MakeGrade) -> None:
    """A suite that has got a case more."""
    (move,) = moves([make_grade(clip="+")], [make_grade(clip="+-")])

    assert [(one.before, one.after) for one in move.exercises[0].cases] == [(None, Verdict.FAILED)]


def test_a_case_that_moves_no_mark_is_no_move(make_grade: MakeGrade) -> None:
    """Another verdict for the same points, as when an error becomes a wrong value."""
    before = make_grade(clip="+-")
    (clip,) = before.exercises
    error = msgspec.structs.replace(clip.cases[1], verdict=Verdict.ERRORED_STUDENT)
    after = msgspec.structs.replace(
        before, exercises=(msgspec.structs.replace(clip, cases=(clip.cases[0], error)),)
    )

    assert moves([before], [after]) == []


def test_a_mark_by_hand_is_told_as_such(make_grade: MakeGrade) -> None:
    """No case explains it."""
    before = make_grade(clip="+-")
    given = Override(1, Fraction(10), Fraction(5), "why", "who", "when")
    clip = msgspec.structs.replace(before.exercises[0], score=Fraction(10), override=given)
    after = msgspec.structs.replace(before, score=Fraction(10), exercises=(clip,))

    (move,) = moves([before], [after])

    assert move.exercises[0].by_hand
    assert move.exercises[0].cases == ()


def test_a_row_on_one_side_is_told(make_grade: MakeGrade) -> None:
    """Nothing is left out without a word."""
    found = moves([make_grade("ada")], [make_grade("bob")])

    assert [(one.id, one.there, one.after) for one in found] == [
        ("ada", "before", None),
        ("bob", "after", Fraction(15)),
    ]


def test_causes_are_counted(make_grade: MakeGrade) -> None:
    """The case that moved most students comes first."""
    before = [make_grade(name, clip="--") for name in ("ada", "bob", "cy")]
    after = [
        make_grade("ada", clip="++"),
        make_grade("bob", clip="-+"),
        make_grade("cy", clip="--"),
    ]

    found = causes(moves(before, after))

    assert [(one.case, count) for one, count in found] == [
        ("test_clip.py::case_1", 2),
        ("test_clip.py::case_0", 1),
    ]


def test_json_is_as_the_schema_says(make_grade: MakeGrade) -> None:
    """Whatever has moved."""
    before = [make_grade("ada", clip="--"), make_grade("cy")]
    after = [make_grade("ada", clip="-++"), make_grade("bob")]

    document = json.loads(diff_json(moves(before, after), ["suites"]))

    Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(document)
    assert [one["id"] for one in document["students"]] == ["ada", "bob", "cy"]
    assert document["changed"] == ["suites"]
    assert document["cases"][0]["students"] == 1
