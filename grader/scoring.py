"""From verdicts to points; pure, and exact in fractions.

An exercise's points are shared by its tests in proportion to their weights, and a test's share
equally by its cases. A skipped case takes part in no sharing, so the others are worth more. An
exercise in which every case that carries weight is skipped cannot be judged here: it earns no score
and its points count in no maximum, so that a machine without a GPU neither gives nor takes marks.
One case in which the grader itself failed leaves its exercise without a score, and the submission
not graded: what is unknown is never a zero.

Here too is the order in which exercises are told of: `by_need`.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.errors import CatalogError, HarnessError, UsageError
from grader.model import CaseResult, Diagnosis, Exercise, ExerciseResult, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.model import Grade, Lateness
State = Literal["full", "partial", "zero", "unwritten", "ungraded", "skipped"]


class Need(NamedTuple):
    """The exercises of a submission, by what there is to do about them.

    Parameters
    ----------
    ungraded : tuple of ExerciseResult
        In which the grader failed; in the assignment's order, as are those of the last three.
    wrong, partial : tuple of ExerciseResult
        Without points, though they were written, and with some: those that lost most come first,
        but an exercise never before one of the same group that it uses.
    unwritten : tuple of ExerciseResult
        Of which nothing is there.
    right, skipped : tuple of ExerciseResult
        With all points, and those that do not count.
    """

    ungraded: tuple[ExerciseResult, ...]
    wrong: tuple[ExerciseResult, ...]
    partial: tuple[ExerciseResult, ...]
    unwritten: tuple[ExerciseResult, ...]
    right: tuple[ExerciseResult, ...]
    skipped: tuple[ExerciseResult, ...]


class Total(NamedTuple):
    """What a submission earned in all.

    Parameters
    ----------
    status : Status
        Graded, or not graded if some exercise could not be.
    score : Fraction or None
        Points earned; None unless graded.
    max_score : Fraction
        Points that could be earned.
    """

    status: Status
    score: Fraction | None
    max_score: Fraction


def score_exercise(
    exercise: Exercise, cases: Sequence[CaseResult], diagnosis: Diagnosis | None = None
) -> ExerciseResult:
    """Share an exercise's points among its cases and add up those that passed.

    Parameters
    ----------
    exercise : Exercise
        What it is worth.
    cases : sequence of CaseResult
        All of its cases, public and hidden, in suite order.
    diagnosis : Diagnosis or None
        Why it lost points; passed on as it is.

    Returns
    -------
    ExerciseResult
        With `cases` in the same order; `score` is None if the grader failed in some case, or if
        every case with a weight was skipped (`is_skipped` tells the two apart).

    Raises
    ------
    CatalogError
        When there are no cases, or the weights of the tests make no sense.
    HarnessError
        When a case belongs to another exercise or comes twice.
    """
    _check(exercise, cases)
    points = Fraction(exercise.points)
    counted = [case for case in cases if case.verdict.counts]
    failed = any(case.verdict.is_ours for case in counted)
    if failed or not any(case.weight for case in counted):
        return ExerciseResult(exercise.id, points, None, Fraction(0), tuple(cases), diagnosis)
    shares = _shares(exercise, counted)
    passed = [
        (case, share)
        for case, share in zip(counted, shares, strict=True)
        if case.verdict is Verdict.PASSED
    ]
    score = sum((share for _, share in passed), Fraction(0))
    carried = sum((share for case, share in passed if case.carried_forward), Fraction(0))
    return ExerciseResult(exercise.id, points, score, carried, tuple(cases), diagnosis)


def score(results: Sequence[ExerciseResult]) -> Total:
    """Add up the exercises of a submission.

    Parameters
    ----------
    results : sequence of ExerciseResult
        One for each exercise of the assignment.

    Returns
    -------
    Total
        Not graded if the grader failed in some exercise, or if every exercise was skipped.

    Raises
    ------
    CatalogError
        When there are no exercises.
    """
    if not results:
        raise CatalogError("an assignment without exercises cannot be scored")
    counted = [result for result in results if not is_skipped(result)]
    max_score = sum((result.points for result in counted), Fraction(0))
    scores = [result.score for result in counted if result.score is not None]
    if not counted or len(scores) < len(counted):
        return Total(Status.NOT_GRADED, None, max_score)
    return Total(Status.GRADED, sum(scores, Fraction(0)), max_score)


def lateness_of(grade: Grade) -> Lateness | None:
    """Return how late the attempt is that counts; None where nothing is due or no time is known."""
    return None if grade.attempt is None else grade.attempt.lateness


def deduction(grade: Grade) -> Fraction:
    """Return the points that being late takes off; never more than there are."""
    late = lateness_of(grade)
    if late is None or grade.score is None:
        return Fraction(0)
    whole = grade.score if late.of == "score" else grade.max_score
    return min(whole * late.percent / 100, grade.score)


def final_score(grade: Grade) -> Fraction | None:
    """Return the score that counts: what was earned, less what being late takes off."""
    return None if grade.score is None else grade.score - deduction(grade)


def carried_by(result: ExerciseResult, wanted: Callable[[CaseResult], bool]) -> Fraction:
    """Add up the points of a scored exercise that some of its cases have carried forward."""
    if not result.carried_forward:
        return Fraction(0)
    counted = [case for case in result.cases if case.verdict.counts]
    shares = zip(counted, _shares(result, counted), strict=True)
    carried = (share for case, share in shares if case.carried_forward and wanted(case))
    return sum(carried, Fraction(0))


def is_skipped(result: ExerciseResult) -> bool:
    """Tell whether every case with a weight was skipped, so that an exercise does not count.

    Not so where the grader failed: then nobody knows. Nor where there is a mark set by hand.
    """
    return result.override is None and not any(
        case.verdict.is_ours or (case.weight and case.verdict.counts) for case in result.cases
    )


def state_of(result: ExerciseResult) -> State:
    """Name how an exercise went, in one word."""
    if is_skipped(result):
        return "skipped"
    if result.score is None:
        return "ungraded"
    if result.score >= result.points:
        return "full"
    if result.score > 0:
        return "partial"
    bad = [case for case in result.cases if not case.verdict.is_fine]
    return "unwritten" if bad and all(case.verdict.is_unwritten for case in bad) else "zero"


def by_need(exercises: Sequence[Exercise], results: Sequence[ExerciseResult]) -> Need:
    """Sort exercises by what there is to do about them, in the order in which that is told.

    Parameters
    ----------
    exercises : sequence of Exercise
        What the results are of; for what each exercise uses.
    results : sequence of ExerciseResult
        In the assignment's order, which decides where as much was lost.

    Returns
    -------
    Need
        Each result once.
    """
    of: dict[State, list[ExerciseResult]] = {}
    for result in results:
        of.setdefault(state_of(result), []).append(result)
    uses = {exercise.id: exercise.uses for exercise in exercises}
    return Need(
        ungraded=tuple(of.get("ungraded", ())),
        wrong=tuple(_worst_first(of.get("zero", ()), uses)),
        partial=tuple(_worst_first(of.get("partial", ()), uses)),
        unwritten=tuple(of.get("unwritten", ())),
        right=tuple(of.get("full", ())),
        skipped=tuple(of.get("skipped", ())),
    )


def lost(result: ExerciseResult) -> Fraction:
    """Return the points that an exercise lost; none where there is no score."""
    return Fraction(0) if result.score is None else result.points - result.score


def _worst_first(
    results: Sequence[ExerciseResult], uses: Mapping[str, Sequence[str]]
) -> Iterator[ExerciseResult]:
    left: dict[str, list[ExerciseResult]] = {}
    for result in sorted(results, key=lost, reverse=True):  # stable
        left.setdefault(result.id, []).append(result)

    def take(exercise: str, seen: frozenset[str]) -> Iterator[ExerciseResult]:
        for earlier in uses.get(exercise, ()):
            if earlier not in seen:
                yield from take(earlier, seen | {earlier})
        yield from left.pop(exercise, ())

    for exercise in tuple(left):
        yield from take(exercise, frozenset({exercise}))


def points_of(text: str) -> Fraction:
    """Read points as people write them: ``7``, ``7.5`` or ``22/3``.

    Raises
    ------
    UsageError
        When it is no number.
    """
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(f"{text!r} is no number of points; write 7, 7.5 or 22/3") from error


def two_decimals(value: Fraction) -> str:
    """Write points with two decimals, halves rounded up."""
    cents = math.floor(value * 100 + Fraction(1, 2))
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _test(case: CaseResult) -> tuple[str, str]:
    return case.suite, case.test


def _check(exercise: Exercise, cases: Sequence[CaseResult]) -> None:
    if not cases:
        raise CatalogError(
            f"no test belongs to exercise {exercise.id}; mark one with exercise({exercise.id!r})"
        )
    for case in cases:
        if case.exercise != exercise.id:
            raise HarnessError(f"{case.id} belongs to {case.exercise}, not to {exercise.id}")
        if case.weight < 0:
            raise CatalogError(f"{case.id}: points({case.weight}) is negative")
    if not any(case.weight for case in cases):
        raise CatalogError(f"every test of {exercise.id} has points(0); give one of them some")
    twice = [key for key, n in Counter((case.suite, case.id) for case in cases).items() if n > 1]
    if twice:
        raise HarnessError(f"{twice[0][1]} comes twice")
    for test, of_test in itertools.groupby(sorted(cases, key=_test), key=_test):
        if len({case.weight for case in of_test}) > 1:
            raise CatalogError(f"the cases of {test[1]} have different points; mark the test only")


def _shares(exercise: Exercise | ExerciseResult, counted: Sequence[CaseResult]) -> list[Fraction]:
    """Return what each case is worth; the sum is the exercise's points."""
    sizes = Counter(_test(case) for case in counted)
    weights = {_test(case): case.weight for case in counted}
    whole = sum(weights.values(), Fraction(0))
    unit = Fraction(exercise.points) / whole
    return [case.weight * unit / sizes[_test(case)] for case in counted]


def holds_nothing(exercises: Sequence[ExerciseResult]) -> bool:
    """Tell whether a submission has none of the exercises, not even one that is not written."""
    counted = [case for result in exercises for case in result.cases if case.verdict.counts]
    return bool(counted) and all(
        # What lacks a parameter is there.
        case.verdict is Verdict.MISSING and case.message.key != "missing_parameter"
        for case in counted
    )
