"""How hard items were, and whether they tell strong from weak students."""

from __future__ import annotations

import random
import statistics
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.analysis import FEWEST, ItemAnalysis
from grader.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from grader.model import Grade

    MakeGrade = Callable[..., Grade]


def analysed(grades: Iterable[Grade]) -> ItemAnalysis:
    """Gather grades."""
    gathered = ItemAnalysis()
    for grade in grades:
        gathered.add(grade)
    return gathered


@pytest.fixture
def grades(make_grade: MakeGrade) -> list[Grade]:
    """Twenty students with three exercises of four cases."""
    rng = random.Random(13)
    words = [["".join(rng.choice("+-") for _ in range(4)) for _ in range(3)] for _ in range(20)]
    return [
        make_grade(f"s{number}", sample=a, clip=b, step=c) for number, (a, b, c) in enumerate(words)
    ]


def test_difficulty_is_the_share_that_was_earned(make_grade: MakeGrade) -> None:
    """Of an exercise and of each case."""
    found = analysed([make_grade("a", clip="++-"), make_grade("b", clip="+--")])

    assert (found.exercise("clip").count, found.exercise("clip").mean) == (2, Fraction(1, 2))
    assert [item.mean for item in found.cases("clip")] == [1, Fraction(1, 2), 0]


def test_discrimination_is_the_correlation_with_the_rest(grades: list[Grade]) -> None:
    """As the standard library computes it."""
    found = analysed(grades)

    own = [float(grade.exercises[1].score or 0) for grade in grades]
    rest = [float((grade.score or 0) - (grade.exercises[1].score or 0)) for grade in grades]
    passed = [float(grade.exercises[1].cases[2].verdict == "passed") for grade in grades]
    assert found.exercise("clip").discrimination == pytest.approx(statistics.correlation(own, rest))
    assert found.cases("clip")[2].discrimination == pytest.approx(
        statistics.correlation(passed, rest)
    )


def test_the_order_of_grades_changes_nothing(grades: list[Grade]) -> None:
    """To the last bit."""
    forth, back = analysed(grades), analysed(reversed(grades))

    for name in ("sample", "clip", "step"):
        assert forth.exercise(name) == back.exercise(name)
        assert forth.cases(name) == back.cases(name)


def test_nothing_is_said_of_a_few_or_of_all_alike(
    grades: list[Grade], make_grade: MakeGrade
) -> None:
    """A correlation of nine is noise, and of equals there is none."""
    few = analysed(grades[: FEWEST - 1])
    alike = analysed(make_grade(str(n), clip="+-", step="+-"[n % 2]) for n in range(FEWEST))

    assert few.exercise("clip").discrimination is None
    assert few.exercise("clip").mean is not None
    assert alike.exercise("clip").discrimination is None


def test_a_grade_without_a_score_says_nothing(make_grade: MakeGrade) -> None:
    """Nor does an exercise that nobody has."""
    unknown = msgspec.structs.replace(make_grade(), status=Status.NOT_GRADED, score=None)

    found = analysed([unknown])

    assert (found.exercise("clip").count, found.exercise("clip").mean) == (0, None)
    assert found.cases("none") == []
