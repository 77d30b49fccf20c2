"""Whose marks have moved between two gradings of a class, and because of which cases."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction  # noqa: TC003 - msgspec reads the annotation
from typing import TYPE_CHECKING

import msgspec

from grader.model import Verdict  # noqa: TC001 - msgspec reads the annotation
from grader.scoring import final_score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.model import CaseResult, ExerciseResult, Grade


class CaseMove(msgspec.Struct, frozen=True):
    """A case that ends otherwise; None where there was, or is, no such case."""

    exercise: str
    case: str
    suite: str
    before: Verdict | None
    after: Verdict | None


class ExerciseMove(msgspec.Struct, frozen=True):
    """An exercise that earns otherwise.

    Parameters
    ----------
    exercise : str
        Its id.
    before, after : Fraction or None
        Points; None where there was, or is, no score.
    worth : tuple of (Fraction or None)
        What the exercise was and is worth, where that has moved; else empty.
    by_hand : bool
        Whether a mark was set by hand on either side.
    cases : tuple of CaseMove
        In the order of the later suite. Without any, weights or points have moved, or a mark was
        set by hand.
    """

    exercise: str
    before: Fraction | None
    after: Fraction | None
    worth: tuple[Fraction | None, ...]
    by_hand: bool
    cases: tuple[CaseMove, ...]


class Move(msgspec.Struct, frozen=True):
    """A student whose score, or the score of one of whose exercises, has moved.

    Parameters
    ----------
    id, name : str
        Who.
    before, after : Fraction or None
        What counts, what being late takes off included; None where there was, or is, no score.
    there : str
        ``both``; ``before`` or ``after`` if there is a row on one side alone.
    exercises : tuple of ExerciseMove
        Those that have moved.
    """

    id: str
    name: str
    before: Fraction | None
    after: Fraction | None
    there: str
    exercises: tuple[ExerciseMove, ...]


def moves(before: Iterable[Grade], after: Iterable[Grade]) -> list[Move]:
    """Compare two gradings, student by student.

    Parameters
    ----------
    before, after : iterable of Grade
        Of the same assignment, in any order; a student is known by the id.

    Returns
    -------
    list of Move
        In the order of ids; students of whom nothing has moved are left out. That a case ends
        otherwise where no mark moves is no move.
    """
    old = {grade.id: grade for grade in before}
    new = {grade.id: grade for grade in after}
    found = (_move(old.get(one), new.get(one)) for one in sorted(old.keys() | new.keys()))
    return [move for move in found if move is not None]


def causes(found: Iterable[Move]) -> list[tuple[CaseMove, int]]:
    """Count for how many students each case ends otherwise, the most frequent first."""
    counts = Counter(case for move in found for each in move.exercises for case in each.cases)
    return sorted(
        counts.items(), key=lambda one: (-one[1], *map(str, msgspec.structs.astuple(one[0])))
    )


def _move(old: Grade | None, new: Grade | None) -> Move | None:
    known = new or old
    if known is None:
        return None
    before = None if old is None else final_score(old)
    after = None if new is None else final_score(new)
    exercises = tuple(_exercises(old, new)) if old is not None and new is not None else ()
    there = "after" if old is None else "before" if new is None else "both"
    if there == "both" and before == after and not exercises:
        return None
    return Move(known.id, known.name, before, after, there, exercises)


def _exercises(old: Grade, new: Grade) -> Iterator[ExerciseMove]:
    earlier = {result.id: result for result in old.exercises}
    later = {result.id: result for result in new.exercises}
    for name in dict.fromkeys([*later, *earlier]):
        one, other = earlier.get(name), later.get(name)
        before = None if one is None else one.score
        after = None if other is None else other.score
        worth = (
            None if one is None else one.points,
            None if other is None else other.points,
        )
        if before == after and worth[0] == worth[1]:
            continue
        yield ExerciseMove(
            name,
            before,
            after,
            worth if worth[0] != worth[1] else (),
            any(each is not None and each.override is not None for each in (one, other)),
            tuple(_cases(name, one, other)),
        )


def _cases(
    exercise: str, old: ExerciseResult | None, new: ExerciseResult | None
) -> Iterator[CaseMove]:
    earlier, later = _by_name(old), _by_name(new)
    for suite, name in dict.fromkeys([*later, *earlier]):
        one, other = earlier.get((suite, name)), later.get((suite, name))
        before = None if one is None else one.verdict
        after = None if other is None else other.verdict
        if before is not after:
            yield CaseMove(exercise, name, suite, before, after)


def _by_name(result: ExerciseResult | None) -> dict[tuple[str, str], CaseResult]:
    return {} if result is None else {(case.suite, case.id): case for case in result.cases}
