"""Run two implementations in turn until the measurements decide or the time is up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.errors import HarnessError
from grader.timing.judgement import FIRST, LOOKS, Finding, Judgement, Lap, Round, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Draw = Callable[[], Any]
    # One side: calls its implementation on each set of arguments, and returns the seconds of all.
    Side = Callable[[Sequence[Any]], float]

MOST_CALLS: Final = 64


class Plan(msgspec.Struct, frozen=True):
    """How much is measured.

    Parameters
    ----------
    lap_s : float
        How long a lap should take at least, in seconds: long against what the clock and the way
        into a worker cost, short against the time in which a machine's load changes.
    warm_ups : int
        Calls of each side before the first lap.
    budget_s : float
        No round begins later than so many seconds after the first, save the first few, without
        which nothing can be said.
    """

    lap_s: float = 0.02
    warm_ups: int = 3
    budget_s: float = 10.0


def repeats_for(call_s: float, lap_s: float) -> int:
    """Return how many calls of one side fill a lap.

    Parameters
    ----------
    call_s : float
        Seconds of one call.
    lap_s : float
        Seconds that a lap should take.
    """
    if call_s <= 0:
        return MOST_CALLS
    return min(MOST_CALLS, max(1, math.ceil(lap_s / call_s)))


def race(
    student: Side,
    reference: Side,
    draw: Draw,
    bound: float,
    plan: Plan,
    now: Callable[[], float],
    after_round: Callable[[], None] = lambda: None,
) -> Judgement:
    """Measure student and reference in turn.

    The order within a round is A B B A, and B A A B in the next, so that neither a drift nor what
    happens between rounds falls upon one side. A slower side makes fewer calls in a lap, so that
    no student can run the time out by being slow.

    Parameters
    ----------
    student, reference : callable
        From sets of arguments to seconds.
    draw : callable
        Draws a set of arguments; never twice the same.
    bound : float
        The ratio up to which all is well.
    plan : Plan
        How much is measured.
    now : callable
        The trusted clock, in seconds.
    after_round : callable
        Called outside of every measurement; may raise.

    Returns
    -------
    Judgement
        Inconclusive if the time was up first.

    Raises
    ------
    HarnessError
        For a bound below 1, which the reference itself would not keep.
    """
    if bound < 1:
        raise HarnessError(f"a bound of {bound:g} times the reference's own time")
    fastest = _warmed_up(student, reference, draw, plan)
    after_round()
    calls = {side: repeats_for(seconds, plan.lap_s) for side, seconds in fastest.items()}
    started_s = now()
    rounds: list[Round] = []
    while True:
        order = (student, reference) if len(rounds) % 2 == 0 else (reference, student)
        rounds.append(_round(order, student, reference, calls, draw))
        after_round()
        found = judge(rounds, bound)
        late = now() - started_s > plan.budget_s and len(rounds) >= FIRST
        if found.finding is not Finding.INCONCLUSIVE or late or len(rounds) >= LOOKS[-1]:
            return found


def _warmed_up(student: Side, reference: Side, draw: Draw, plan: Plan) -> dict[Side, float]:
    """Call both sides a few times; return the seconds of the fastest call of each."""
    fastest = {reference: math.inf, student: math.inf}
    for _ in range(plan.warm_ups):
        inputs = [draw()]
        for side, so_far in fastest.items():
            fastest[side] = min(so_far, side(inputs))
        if fastest[student] > plan.budget_s / 10:
            break  # what takes so long has warmed itself up
    return fastest


def _round(
    order: tuple[Side, Side],
    student: Side,
    reference: Side,
    calls: dict[Side, int],
    draw: Draw,
) -> Round:
    laps: dict[Side, list[Lap]] = {student: [], reference: []}
    for pair in (order, order[::-1]):
        inputs = [draw() for _ in range(max(calls.values()))]
        for side in pair:
            given = inputs[: calls[side]]
            laps[side].append(Lap(side(given), len(given)))
    first, second = laps[student]
    return Round((first, second), (laps[reference][0], laps[reference][1]))
