"""Which exercise there is to work on."""

from __future__ import annotations

from fractions import Fraction

from grader.model import CaseResult, Exercise, ExerciseResult, Message, Text, Verdict, Visibility
from grader.study.messages import Checked
from grader.study.standing import Count, Standing

EXERCISES = tuple(
    Exercise(name, "m", points, Text("", ""), (), (name,))
    for name, points in (("first", 2), ("second", 6), ("third", 4))
)
POINTS = {one.id: Fraction(one.points) for one in EXERCISES}


def checked(exercise: str, verdict: Verdict) -> Checked:
    """Say how an exercise of one case went."""
    score = POINTS[exercise] if verdict is Verdict.PASSED else Fraction(0)
    case = CaseResult(
        f"t::{exercise}", exercise, "t", "public", Visibility.VISIBLE, verdict, Fraction(1),
        Message("passed"),
    )  # fmt: skip
    return Checked("", "", ExerciseResult(exercise, POINTS[exercise], score, Fraction(0), (case,)))


def standing(**verdicts: Verdict) -> Standing:
    """Say how several went."""
    made = Standing(EXERCISES)
    for name, verdict in verdicts.items():
        made.add(checked(name, verdict))
    return made


def shown(standing: Standing) -> str:
    """Return the id of what is shown."""
    return "" if standing.shown is None else standing.shown.id


def test_what_is_wrong_comes_before_what_is_not_written() -> None:
    """In the order of a report: what lost most first."""
    made = standing(first=Verdict.FAILED, second=Verdict.FAILED, third=Verdict.NOT_IMPLEMENTED)

    assert shown(made) == "second"
    made.add(checked("second", Verdict.PASSED))
    assert shown(made) == "first"
    made.add(checked("first", Verdict.PASSED))
    assert shown(made) == "third"
    made.add(checked("third", Verdict.PASSED))
    assert made.shown is None
    assert made.count == Count(3, 3)


def test_one_is_passed_over_until_no_other_is_left() -> None:
    """And comes again then."""
    made = standing(first=Verdict.FAILED, second=Verdict.FAILED, third=Verdict.FAILED)
    seen = []
    for _ in range(4):
        seen.append(shown(made))
        made.pass_over()

    assert seen == ["second", "third", "first", "second"]


def test_one_is_passed_over_before_the_next_is_known() -> None:
    """Somebody may go on while the others are still being checked; then they are shown."""
    made = standing(second=Verdict.FAILED)
    made.pass_over()
    assert shown(made) == "second"

    made.add(checked("third", Verdict.FAILED))

    assert shown(made) == "third"


def test_what_has_become_right_is_news_once() -> None:
    """Not what was right before, nor what was never seen wrong."""
    made = standing(first=Verdict.FAILED, second=Verdict.PASSED)
    assert made.just_right == ()

    made.begin()
    made.add(checked("first", Verdict.PASSED))
    made.add(checked("second", Verdict.PASSED))
    assert made.just_right == ("first",)  # type: ignore[comparison-overlap]

    made.begin()
    assert made.just_right == ()


def test_nothing_is_known_at_first() -> None:
    """Nor after everything was forgotten."""
    made = standing(first=Verdict.FAILED)
    made.forget()

    assert made.shown is None
    assert made.known == ()
    assert made.count == Count(0, 3)
