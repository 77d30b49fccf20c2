"""What a race finds, on a machine with made-up noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.errors import HarnessError
from grader.timing import Finding, Plan, race, repeats_for
from grader.timing.judgement import ERROR, FIRST, LOOKS, Lap, Round, judge

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 3.0
CALL_S = 0.003
PLAN = Plan()


def raced(machine: Any, ratio: float, plan: Plan = PLAN, first_s: float = 0.0) -> Any:
    """Race a student of a known ratio."""
    student = machine.side("student", CALL_S * ratio, first_s)
    reference = machine.side("reference", CALL_S, first_s)
    return race(student, reference, machine.draw, BOUND, plan, machine.now)


def heavy(seed: int) -> Callable[[float, float], float]:
    """Noise of a busy machine: every lap up to four times as long, one in ten far longer."""
    rng = np.random.default_rng(seed)

    def noise(seconds: float, _now: float) -> float:
        busy = seconds * rng.uniform(1, 4)
        return float(busy + (rng.exponential(0.2) if rng.random() < 0.1 else 0.0))

    return noise


@pytest.mark.parametrize(
    ("ratio", "finding"),
    [
        (0.3, Finding.FASTER), (0.97, Finding.FASTER), (1.0, Finding.WITHIN),
        (2.9, Finding.WITHIN), (3.1, Finding.SLOWER), (40.0, Finding.SLOWER),
    ],
)  # fmt: skip
def test_without_noise_three_rounds_decide(machine: Any, ratio: float, finding: Finding) -> None:
    """The ratio is found in the fewest rounds, to either side of the bound."""
    found = raced(machine(), ratio)

    assert (found.finding, found.rounds) == (finding, FIRST)
    assert found.ratio == pytest.approx(ratio)
    assert found.interval.low <= found.ratio <= found.interval.high
    assert found.reference_s == pytest.approx(CALL_S)


def test_the_order_is_a_b_b_a_then_b_a_a_b(machine: Any) -> None:
    """Neither side is always the first, nor always the last."""
    here = machine()
    raced(here, 1.0)

    laps = [name[0] for name, _ in here.laps[2 * PLAN.warm_ups :]]

    assert "".join(laps) == "srrs" + "rssr" + "srrs"


def test_no_side_sees_inputs_twice(machine: Any) -> None:
    """So a cached answer is of no use."""
    here = machine()
    raced(here, 1.0)

    for name in ("student", "reference"):
        assert len(set(here.given[name])) == len(here.given[name]) > 3 * PLAN.warm_ups


def test_both_sides_get_the_same_inputs_in_a_round(machine: Any) -> None:
    """Their outputs can then be compared."""
    here = machine()
    raced(here, 1.0)

    assert set(here.given["student"]) == set(here.given["reference"])


@pytest.mark.parametrize("per_s", [1.0, -0.2])
def test_a_steady_drift_cancels(machine: Any, per_s: float) -> None:
    """A processor that grows slower, or faster, by and by."""
    found = raced(machine(lambda seconds, now: seconds * (1 + per_s * now)), 2.0)

    assert found.finding is Finding.WITHIN
    assert found.ratio == pytest.approx(2.0, rel=0.01)


def test_a_slow_first_call_does_not_count(machine: Any) -> None:
    """Imports and allocations of the first call are no part of the ratio."""
    found = raced(machine(), 1.5, first_s=5.0)

    assert found.ratio == pytest.approx(1.5)


@pytest.mark.parametrize("every", [9, 11])
@pytest.mark.parametrize(("ratio", "finding"), [(1.0, "within bound"), (9.0, "slower")])
def test_outliers_do_not_decide(machine: Any, every: int, ratio: float, finding: str) -> None:
    """One lap in some, of either side, takes a hundred times as long."""
    count = iter(range(10_000))

    found = raced(
        machine(lambda seconds, _now: seconds * (100 if next(count) % every == 0 else 1)),
        ratio,
        Plan(budget_s=600),
    )

    assert found.finding == finding


def test_noise_that_hides_the_ratio_is_inconclusive(machine: Any) -> None:
    """At the very bound nothing can be said; the race ends after the last look."""
    rng = np.random.default_rng(5)
    found = raced(
        machine(lambda seconds, _now: seconds * rng.lognormal(0, 0.5)),
        BOUND,
        Plan(budget_s=math.inf),
    )

    assert (found.finding, found.rounds) == (Finding.INCONCLUSIVE, LOOKS[-1])
    assert found.interval.low <= BOUND <= found.interval.high


def test_the_time_is_bounded(machine: Any) -> None:
    """No round begins after the budget; what has been measured until then is unclear."""
    rng = np.random.default_rng(5)
    here = machine(lambda seconds, _now: seconds * rng.lognormal(0, 0.8))

    found = raced(here, BOUND, Plan(budget_s=0.5))

    assert found.finding is Finding.INCONCLUSIVE
    assert FIRST <= found.rounds < LOOKS[-1]


def test_being_very_slow_does_not_make_it_unclear(machine: Any) -> None:
    """A call of seconds against one of milliseconds is slower, after the fewest rounds."""
    found = raced(machine(heavy(2)), 3_000.0)

    assert (found.finding, found.rounds) == (Finding.SLOWER, FIRST)


def test_a_slow_side_makes_fewer_calls_in_a_lap(machine: Any) -> None:
    """So that laps of both are about equally long."""
    here = machine()
    raced(here, 4.0)

    assert {calls for name, calls in here.laps[6:] if name == "reference"} == {7}
    assert {calls for name, calls in here.laps[6:] if name == "student"} == {2}


@pytest.mark.parametrize(
    ("call_s", "calls"), [(0.0, 64), (1e-9, 64), (0.003, 7), (0.02, 1), (7.0, 1)]
)
def test_a_lap_is_long_enough(call_s: float, calls: int) -> None:
    """Calls repeat until a lap takes 20 ms, within reason."""
    assert repeats_for(call_s, 0.02) == calls


def test_a_bound_below_one_is_refused(machine: Any) -> None:
    """The reference itself would not keep it."""
    here = machine()
    with pytest.raises(HarnessError, match="bound"):
        race(here.side("a", 1), here.side("b", 1), here.draw, 0.9, PLAN, here.now)


def test_what_happens_after_a_round_ends_the_race(machine: Any) -> None:
    """A wrong output found there needs no further measurement."""
    here = machine()

    def stop() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised three lines above
        race(here.side("a", 1), here.side("b", 1), here.draw, 3, PLAN, here.now, stop)

    assert len(here.laps) <= 2 * PLAN.warm_ups


def test_one_round_decides_nothing() -> None:
    """However clear it looks."""
    lap, slow = Lap(0.02, 1), Lap(20.0, 1)

    found = judge([Round((slow, slow), (lap, lap))], BOUND)

    assert found.finding is Finding.INCONCLUSIVE


def test_honest_students_are_not_called_slower_on_a_busy_machine(machine: Any) -> None:
    """300 races each under heavy noise, at half the bound and below: not one wrong verdict."""
    for ratio in (0.8, 1.0, 1.5):
        found = [raced(machine(heavy(seed)), ratio).finding for seed in range(300)]

        assert Finding.SLOWER not in found
        # A test that never decides would pass the line above.
        assert sum(each is not Finding.INCONCLUSIVE for each in found) > 250


def test_wrong_verdicts_at_the_bound_itself_are_as_rare_as_promised(machine: Any) -> None:
    """600 races at the worst ratio there is: at most one in a hundred to either side (+3 sigma)."""
    found = [raced(machine(heavy(seed)), BOUND, Plan(budget_s=60)).finding for seed in range(600)]

    allowed = 600 * ERROR + 3 * math.sqrt(600 * ERROR)
    assert sum(each is Finding.SLOWER for each in found) <= allowed
    assert sum(each in {Finding.WITHIN, Finding.FASTER} for each in found) <= allowed


def test_slow_students_are_found_on_a_busy_machine(machine: Any) -> None:
    """Four times the bound shows through heavy noise in nearly all of 300 races."""
    found = [raced(machine(heavy(seed)), 4 * BOUND).finding for seed in range(300)]

    assert sum(each is Finding.SLOWER for each in found) > 290
    assert Finding.WITHIN not in found
