"""Which grades are meant by a few words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.analysis import Selection
from grader.errors import UsageError
from grader.model import Diagnosis, Explanation, Finding, Message, Text, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Grade

KNOWN = Explanation("upper_only", Text("did", "did"), Text("ask?", "ask?"))
OTHER = Explanation("no_copy", Text("did", "did"), Text("ask?", "ask?"))
DIAGNOSES = {
    "ada": Diagnosis((KNOWN,)),
    "bob": Diagnosis((KNOWN, OTHER)),
    "cy": Diagnosis((), (Finding(Message("finding_factor"), "x", "public"),)),
    "dee": None,
}


@pytest.fixture
def grades(make_grade: Callable[..., Grade]) -> list[Grade]:
    """Of four students: one with a known mistake, two with other diagnoses, one without."""
    made = []
    for name, diagnosis in DIAGNOSES.items():
        (clip,) = make_grade(name, clip="+-").exercises
        clip = msgspec.structs.replace(clip, diagnosis=diagnosis)
        if name == "dee":
            cases = tuple(
                msgspec.structs.replace(case, verdict=Verdict.MISSING) for case in clip.cases
            )
            clip = msgspec.structs.replace(clip, cases=cases, score=Fraction(0))
        made.append(msgspec.structs.replace(make_grade(name), exercises=(clip,)))
    return made


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", "ada bob cy dee"),
        ("student=bob student=dee", "bob dee"),
        ("mistake=upper_only", "ada"),
        ("mistake=clip/upper_only", "ada"),
        ("mistake=sample/upper_only", ""),
        ("mistake=no_copy", ""),
        ("finding=finding_factor", "cy"),
        ("exercise=clip", "ada bob cy"),
        ("exercise=sample", ""),
        ("verdict=missing", "dee"),
        ("verdict=missing verdict=failed", "ada bob cy dee"),
        ("verdict=failed student=cy", "cy"),
        ("exercise=sample verdict=failed", ""),
    ],
)
def test_words_mean_grades(grades: list[Grade], words: str, meant: str) -> None:
    """Of one key any value, of several keys all, in one and the same exercise.

    A mistake that is one of several possible ones is not named, and an exercise of which nothing is
    there was not handed in.
    """
    assert Selection.parse(words.split()).of(grades) == meant.split()


def test_words_come_back() -> None:
    """In a fixed order."""
    words = ["verdict=failed", "student=a=b", "student=c"]

    assert Selection.parse(words).words() == ["student=a=b", "student=c", "verdict=failed"]


@pytest.mark.parametrize("word", ["", "student", "student=", "pupil=x", "=x", "verdict=bad"])
def test_other_words_are_refused(word: str) -> None:
    """With what could be said."""
    with pytest.raises(UsageError, match=r"selects nothing|is no verdict"):
        Selection.parse([word])
