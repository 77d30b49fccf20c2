"""What a known mistake is taken for."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from grader.author.confusion import Confusion, submissions_with_mistakes, table
from grader.mistakes import Mistake
from grader.model import (
    Conditions,
    Diagnosis,
    ExerciseResult,
    Explanation,
    Finding,
    Grade,
    Message,
    Status,
    Text,
)


def _explained(name: str) -> Explanation:
    return Explanation(name, Text("did", "做"), Text("ask", "问"))


def _confusion(
    name: str, *named: str, ties: tuple[str, ...] = (), findings: tuple[str, ...] = ()
) -> Confusion:
    mistake = Mistake(name, "clip", _explained(name), {}, ties=ties)
    found = tuple(Finding(Message(key), "test", "public") for key in findings)
    diagnosis = Diagnosis(tuple(map(_explained, named)), found)
    results = tuple(
        ExerciseResult(each, Fraction(2), Fraction(0), Fraction(0), (), one)
        for each, one in (("sample", None), ("clip", diagnosis))
    )
    grade = Grade(
        id=name,
        name=name,
        assignment="toy",
        status=Status.GRADED,
        score=Fraction(0),
        max_score=Fraction(4),
        conditions=Conditions("A", "salt", "suite"),
        exercises=results,
    )
    return Confusion(mistake, grade)


@pytest.mark.parametrize(
    ("confusion", "right"),
    [
        (_confusion("a", "a"), True),
        (_confusion("a", "b"), False),
        (_confusion("a"), False),
        (_confusion("a", "a", "b"), False),
        (_confusion("a", "a", "b", ties=("b",)), True),
        (_confusion("a", "a", ties=("b",)), True),
        (_confusion("a", "b", ties=("b",)), False),
        (_confusion("a", "a", "b", "c", ties=("b",)), False),
    ],
)
def test_a_diagnosis_is_right_if_it_is_the_mistake_or_a_tie_with_it(
    confusion: Confusion, right: bool
) -> None:
    """The mistake itself is always among what is named."""
    assert confusion.is_right == right


def test_the_own_exercise_counts() -> None:
    """Others may have a diagnosis of their own, or none."""
    confusion = _confusion("a", "b", "c")

    assert confusion.result.id == "clip"
    assert confusion.named == ("b", "c")


def test_the_table_has_a_line_for_each_mistake() -> None:
    """What is named; else what was found; else nothing."""
    lines = table(
        [
            _confusion("right", "right"),
            _confusion("taken", "other", "third"),
            _confusion("found", findings=("finding_sign", "finding_late")),
            _confusion("lost"),
        ]
    )

    assert [" ".join(line.split()) for line in lines] == [
        "clip",
        "right = right",
        "taken ! other, third",
        "found ! finding_sign, finding_late",
        "lost ! nothing",
    ]


def test_every_mistake_becomes_a_whole_submission(proven: Any) -> None:
    """Right but for it, under an id that names exercise and mistake."""
    made = submissions_with_mistakes(proven.assignment)

    assert [submission.id for _, submission in made] == [
        "double.forgets",
        "double.triples",
        "total.averages",
    ]
    for mistake, submission in made:
        assert submission.source is not None
        (module,) = submission.source.modules
        codes = {piece.names: piece.code for piece in module.pieces}
        assert set(codes) == {("double",), ("total",)}
        assert codes[(mistake.exercise,)] == mistake.definitions[mistake.exercise]
