"""From verdicts to points: exact, order-independent, and fair about what was not judged."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CatalogError, HarnessError
from grader.model import CaseResult, Exercise, ExerciseResult, Status, Text, Verdict, Visibility
from grader.scoring import Total, by_need, is_skipped, score, score_exercise, two_decimals

CLIP = Exercise(id="clip", module="dino", points=10, title=Text("clip", "裁剪"), hints=())

WRONG = [
    verdict
    for verdict in Verdict
    if verdict not in {Verdict.PASSED, Verdict.SKIPPED, Verdict.ERRORED_GRADER}
]


def case(number: int, verdict: Verdict, **fields: Any) -> CaseResult:
    """Make a case of the exercise `clip`, by default of a test of its own."""
    settings: dict[str, Any] = {"test": f"test_{number}", "suite": "public", **fields}
    return CaseResult(
        id=f"{settings['test']}[{number}]",
        exercise="clip",
        visibility=Visibility.VISIBLE,
        verdict=verdict,
        **settings,
    )


def test_shares_points_by_weight_then_by_case() -> None:
    """Two tests of weights 1 and 3; the second has two cases."""
    cases = [
        case(0, Verdict.PASSED, test="a"),
        case(1, Verdict.PASSED, test="b", weight=Fraction(3)),
        case(2, Verdict.FAILED, test="b", weight=Fraction(3)),
    ]

    result = score_exercise(CLIP, cases)

    assert result.score == Fraction(5, 2) + Fraction(15, 4)
    assert result.points == 10
    assert result.cases == tuple(cases)


def test_tests_of_the_same_name_in_two_suites_are_two() -> None:
    """A public and a hidden test may share their name."""
    cases = [case(n, Verdict.PASSED, test="t", suite="hidden") for n in range(3)]

    result = score_exercise(CLIP, [*cases, case(9, Verdict.FAILED, test="t")])

    assert result.score == 5


@pytest.mark.parametrize("verdict", WRONG)
def test_only_passed_earns(verdict: Verdict) -> None:
    """Every other way to end a judged case earns nothing."""
    result = score_exercise(CLIP, [case(0, verdict), case(1, Verdict.PASSED)])

    assert result.score == 5


def test_carried_forward_counts_in_full_and_is_shown() -> None:
    """A step that is right on the right input is right."""
    cases = [
        case(0, Verdict.PASSED),
        case(1, Verdict.PASSED, carried_forward=True),
        case(2, Verdict.FAILED, carried_forward=True),
        case(3, Verdict.FAILED),
    ]

    result = score_exercise(CLIP, cases)

    assert result.score == 5
    assert result.carried_forward == Fraction(5, 2)


def test_skipped_cases_leave_their_share_to_the_others() -> None:
    """Neither inside a test nor as a whole test does a skip cost anything."""
    cases = [
        case(0, Verdict.PASSED, test="a"),
        case(1, Verdict.SKIPPED, test="a"),
        case(2, Verdict.SKIPPED, test="gpu", weight=Fraction(7)),
    ]

    assert score_exercise(CLIP, cases).score == 10


def test_an_exercise_skipped_throughout_counts_for_nobody() -> None:
    """Its points are in no maximum; a machine without a GPU gives no marks away."""
    skipped = score_exercise(CLIP, [case(0, Verdict.SKIPPED)])
    passed = score_exercise(CLIP, [case(0, Verdict.PASSED)])

    assert skipped.score is None
    assert is_skipped(skipped)
    assert score([skipped, passed]) == Total(Status.GRADED, Fraction(10), Fraction(10))
    assert score([skipped]) == Total(Status.NOT_GRADED, None, Fraction(0))


@pytest.mark.parametrize("others", [[], [Verdict.PASSED], [Verdict.FAILED, Verdict.PASSED]])
def test_an_exercise_whose_weight_is_skipped_counts_for_nobody(others: list[Verdict]) -> None:
    """What carries no weight cannot stand in for it: neither a zero nor full marks is known."""
    cases = [case(0, Verdict.SKIPPED)]
    cases += [case(n, verdict, weight=Fraction(0)) for n, verdict in enumerate(others, start=1)]

    skipped = score_exercise(CLIP, cases)

    assert (skipped.score, is_skipped(skipped)) == (None, True)
    passed = score_exercise(CLIP, [case(0, Verdict.PASSED)])
    assert score([skipped, passed]) == Total(Status.GRADED, Fraction(10), Fraction(10))


def test_a_skipped_weight_does_not_hide_a_failure_of_ours() -> None:
    """Nobody knows what became of that exercise, so it is not merely skipped."""
    errored = score_exercise(
        CLIP, [case(0, Verdict.SKIPPED), case(1, Verdict.ERRORED_GRADER, weight=Fraction(0))]
    )

    assert (errored.score, is_skipped(errored)) == (None, False)
    assert score([errored]).status is Status.NOT_GRADED


def test_an_exercise_without_any_weight_is_an_error_of_the_suite() -> None:
    """Also where all is skipped, so that it shows on a machine without a GPU."""
    with pytest.raises(CatalogError, match=r"every test of clip has points\(0\)"):
        score_exercise(CLIP, [case(0, Verdict.SKIPPED, weight=Fraction(0))])


def test_a_fault_of_the_grader_is_never_a_zero() -> None:
    """One unknown case leaves the exercise and the submission without a score."""
    cases = [case(0, Verdict.PASSED), case(1, Verdict.ERRORED_GRADER), case(2, Verdict.SKIPPED)]
    errored = score_exercise(CLIP, cases)
    passed = score_exercise(CLIP, [case(0, Verdict.PASSED)])

    assert errored.score is None
    assert not is_skipped(errored)
    assert score([passed, errored]) == Total(Status.NOT_GRADED, None, Fraction(20))


def test_an_exercise_worth_nothing_scores_nothing() -> None:
    """Warm-ups may have no points."""
    warm_up = msgspec.structs.replace(CLIP, points=0)

    assert score_exercise(warm_up, [case(0, Verdict.PASSED)]).score == 0


@pytest.mark.parametrize(
    ("cases", "text"),
    [
        ([], "no test belongs to exercise clip"),
        ([case(0, Verdict.PASSED, weight=Fraction(-1))], "negative"),
        ([case(0, Verdict.PASSED, weight=Fraction(0))], "has points"),
        (
            [case(n, Verdict.PASSED, test="t", weight=Fraction(n + 1)) for n in range(2)],
            "different points",
        ),
    ],
    ids=["empty", "negative", "zero", "uneven"],
)
def test_refuses_suites_that_cannot_share_points(cases: list[CaseResult], text: str) -> None:
    """The instructor learns which mark is wrong."""
    with pytest.raises(CatalogError, match=text):
        score_exercise(CLIP, cases)


def test_refuses_cases_that_do_not_belong() -> None:
    """A case counted in the wrong place, or twice, is our bug."""
    with pytest.raises(HarnessError, match="belongs to clip"):
        score_exercise(msgspec.structs.replace(CLIP, id="sample"), [case(0, Verdict.PASSED)])
    with pytest.raises(HarnessError, match="twice"):
        score_exercise(CLIP, [case(0, Verdict.PASSED)] * 2)


def test_refuses_an_assignment_without_exercises() -> None:
    """Nothing to sum is no zero."""
    with pytest.raises(CatalogError, match="without exercises"):
        score([])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0.00"),
        (Fraction(10), "10.00"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (Fraction(5, 1000) - Fraction(1, 10**30), "0.00"),
        (Fraction(1005, 1000), "1.01"),
        (Fraction(2675, 1000), "2.68"),
        (Fraction(99995, 1000), "100.00"),
        (Fraction(-1, 200), "0.00"),
        (Fraction(-5, 4), "-1.25"),
    ],
)
def test_rounds_halves_up_exactly(value: Fraction, text: str) -> None:
    """Floats would turn 2.675 into 2.67 and 1.005 into 1.00."""
    assert two_decimals(value) == text


@st.composite
def suites(draw: st.DrawFn) -> list[CaseResult]:
    """Draw cases of some tests, no fault of the grader among them, at least one not skipped."""
    verdicts = st.sampled_from([Verdict.PASSED, Verdict.SKIPPED, *WRONG])
    cases: list[CaseResult] = []
    for test in range(draw(st.integers(1, 4))):
        weight = Fraction(draw(st.integers(1, 5)), draw(st.integers(1, 3)))
        for _ in range(draw(st.integers(1, 4))):
            number = len(cases)
            fields = {"test": f"t{test}", "weight": weight, "carried_forward": draw(st.booleans())}
            cases.append(case(number, draw(verdicts), **fields))
    return [*cases, case(len(cases), draw(st.sampled_from([Verdict.PASSED, *WRONG])))]


def scored(cases: list[CaseResult]) -> Fraction:
    """Return the score of cases that have one."""
    result = score_exercise(CLIP, cases).score
    assert result is not None
    return result


def given_verdict(one: CaseResult, verdict: Verdict) -> CaseResult:
    """Return a case with another verdict, skipped ones as they are."""
    return one if one.verdict is Verdict.SKIPPED else msgspec.structs.replace(one, verdict=verdict)


@given(suites())
def test_parts_sum_to_the_whole(cases: list[CaseResult]) -> None:
    """What each case would earn alone adds up to the points, without rounding."""
    failed = [given_verdict(one, Verdict.FAILED) for one in cases]
    alone = [
        scored([*failed[:n], given_verdict(one, Verdict.PASSED), *failed[n + 1 :]])
        for n, one in enumerate(cases)
    ]

    assert sum(alone, Fraction(0)) == CLIP.points
    assert scored([given_verdict(one, Verdict.PASSED) for one in cases]) == CLIP.points
    assert scored(failed) == 0


@given(suites(), st.data())
def test_passing_one_more_case_never_costs(cases: list[CaseResult], data: st.DataObject) -> None:
    """Scores are monotonic, and carried-forward points are part of them."""
    number = data.draw(st.integers(0, len(cases) - 1))
    better = list(cases)
    better[number] = given_verdict(cases[number], Verdict.PASSED)

    result = score_exercise(CLIP, better)

    assert 0 <= scored(cases) <= scored(better) <= CLIP.points
    assert result.score is not None
    assert 0 <= result.carried_forward <= result.score


@given(suites(), st.randoms())
def test_order_of_cases_does_not_matter(cases: list[CaseResult], random: Any) -> None:
    """Points are the same in any order; the order itself is kept."""
    shuffled = list(cases)
    random.shuffle(shuffled)

    result = score_exercise(CLIP, shuffled)

    assert result.score == scored(cases)
    assert result.cases == tuple(shuffled)


@given(st.lists(st.fractions(0, 5), min_size=1, max_size=6), st.randoms())
def test_order_of_exercises_does_not_matter(scores: list[Fraction], random: Any) -> None:
    """A submission's score is the exact sum of its exercises'."""
    judged = (case(0, Verdict.PASSED),)
    results = [
        ExerciseResult(str(n), Fraction(5), s, Fraction(0), judged) for n, s in enumerate(scores)
    ]
    whole = Total(Status.GRADED, sum(scores, Fraction(0)), Fraction(5 * len(scores)))
    shuffled = list(results)
    random.shuffle(shuffled)

    assert score(results) == whole
    assert score(shuffled) == whole


def _exercise(name: str, *uses: str) -> Exercise:
    return msgspec.structs.replace(CLIP, id=name, uses=uses)


def _result(name: str, score: int | None, *verdicts: Verdict) -> ExerciseResult:
    cases = tuple(case(n, verdict) for n, verdict in enumerate(verdicts or (Verdict.FAILED,)))
    earned = None if score is None else Fraction(score)
    return ExerciseResult(name, Fraction(10), earned, Fraction(0), cases)


class TestByNeed:
    """What there is to do first is told first."""

    def test_every_state_has_a_group(self) -> None:
        """And the groups hold each result once."""
        of = {
            "ungraded": _result("a", None, Verdict.ERRORED_GRADER),
            "wrong": _result("b", 0),
            "partial": _result("c", 4),
            "unwritten": _result("d", 0, Verdict.NOT_IMPLEMENTED, Verdict.MISSING),
            "right": _result("e", 10, Verdict.PASSED),
            "skipped": _result("f", None, Verdict.SKIPPED),
        }

        need = by_need([_exercise(one) for one in "abcdef"], tuple(of.values()))

        assert need._asdict() == {name: (result,) for name, result in of.items()}

    def test_the_worst_comes_first(self) -> None:
        """By points lost; the assignment's order decides between equals."""
        scores = {"a": 9, "b": 2, "c": 5, "d": 2}

        need = by_need(
            [_exercise(one) for one in scores], [_result(*one) for one in scores.items()]
        )

        assert [one.id for one in need.partial] == ["b", "d", "c", "a"]

    def test_what_is_used_comes_before_what_uses_it(self) -> None:
        """However little it has lost; through others that are right, too."""
        exercises = [_exercise("a"), _exercise("b", "a"), _exercise("c", "b"), _exercise("d")]
        results = [_result("a", 8), _result("b", 10, Verdict.PASSED), _result("c", 1)]

        need = by_need(exercises, [*results, _result("d", 4)])

        assert [one.id for one in need.partial] == ["a", "c", "d"]

    def test_a_circle_is_no_trouble(self) -> None:
        """A catalogue refuses one; nothing hangs if it does not."""
        exercises = [_exercise("a", "b"), _exercise("b", "a")]

        need = by_need(exercises, [_result("a", 1), _result("b", 1)])

        assert {one.id for one in need.partial} == {"a", "b"}
