"""Students who have made the same mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.analysis import Selection, groups
from grader.model import Diagnosis, Explanation, Fault, Finding, Message, Place, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Grade

    MakeGrade = Callable[..., Grade]

UPPER = Explanation("upper_only", Text("did", "did"), Text("ask?", "ask?"))
COPY = Explanation("no_copy", Text("did", "did"), Text("ask?", "ask?"))
FACTOR = Finding(Message("finding_factor", {"factor": 2}), "x", "public")


STEP = Fault((Place("a.py", 3),), ("edit_sign",), 4, ("a = tanh(W x + b)",))
OTHER = Fault((Place("b.py", 9),), ("edit_number",), 4, ("a = tanh(W x + b)",))
UNNAMED = Fault((Place("b.py", 9),), ("edit_number", "edit_sign"), 4)


def diagnosed(grade: Grade, exercise: str, diagnosis: Diagnosis) -> Grade:
    """Put a diagnosis on an exercise of a grade."""
    results = tuple(
        msgspec.structs.replace(each, diagnosis=diagnosis) if each.id == exercise else each
        for each in grade.exercises
    )
    return msgspec.structs.replace(grade, exercises=results)


def test_groups_are_told_by_exercise_the_largest_first(make_grade: MakeGrade) -> None:
    """What is one of several possible mistakes makes no group."""
    grades = [
        diagnosed(make_grade("ada"), "clip", Diagnosis((COPY,))),
        diagnosed(make_grade("bob"), "clip", Diagnosis((UPPER,))),
        diagnosed(make_grade("cy"), "clip", Diagnosis((UPPER,))),
        diagnosed(make_grade("dee"), "clip", Diagnosis((UPPER, COPY))),
        diagnosed(make_grade("eve"), "sample", Diagnosis((), (FACTOR, FACTOR))),
        make_grade("fay"),
    ]

    found = groups(grades, ["sample", "clip"])

    assert [(one.exercise, one.key, [whose for whose, _ in one.students]) for one in found] == [
        ("sample", "finding_factor", ["eve"]),
        ("clip", "upper_only", ["bob", "cy"]),
        ("clip", "no_copy", ["ada"]),
    ]


def test_a_step_is_the_handouts_whatever_a_line_looks_like(make_grade: MakeGrade) -> None:
    """And where the handout has none, what an edit changes tells steps apart."""
    grades = [
        diagnosed(make_grade("ada", clip="+-"), "clip", Diagnosis(fault=STEP)),
        diagnosed(make_grade("bob", clip="+-"), "clip", Diagnosis(fault=OTHER)),
        diagnosed(make_grade("cy", clip="+-"), "clip", Diagnosis(fault=UNNAMED)),
    ]

    found = groups(grades, ["clip"])

    assert [(one.kind, one.key, len(one.students)) for one in found] == [
        ("step", "a = tanh(W x + b)", 2),
        ("step", "edit_number; edit_sign", 1),
    ]
    for group in found:
        assert Selection.parse(group.words).of(grades) == [whose for whose, _ in group.students]


def test_the_words_of_a_group_mean_its_students(make_grade: MakeGrade) -> None:
    """So that what the page shows can be graded again as it stands."""
    grades = [
        diagnosed(make_grade("ada", clip="+-"), "clip", Diagnosis((COPY,))),
        diagnosed(make_grade("bob", clip="+-"), "clip", Diagnosis((), (FACTOR,))),
        make_grade("cy", clip="+-"),
    ]

    for group in groups(grades, ["clip"]):
        assert Selection.parse(group.words).of(grades) == [whose for whose, _ in group.students]
