"""The intervals hold what they say, for every kind of noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.timing.intervals import of_median, of_ranges
from grader.timing.judgement import ERROR, FIRST, LOOKS, SHARE

SEEDS = range(3)
DISTRIBUTIONS = {
    "cauchy": lambda rng, n: rng.standard_cauchy(n),
    "exponential": lambda rng, n: rng.exponential(1.0, n) - math.log(2),
    "two humps": lambda rng, n: rng.choice([-1.0, 1.0], n) + 0.1 * rng.standard_normal(n),
}


def error_of_ranges(student: int, reference: int) -> float:
    """Return how often one given end of `of_ranges` is wrong, for so many times on either side."""
    return 1 / math.comb(student + reference, student)


def test_the_interval_of_a_median_is_the_textbooks() -> None:
    """Ten values at 0.0107 a side: from the second to the ninth (11 of 1024 at most)."""
    found = of_median(list(range(10, 0, -1)), 11 / 1024)

    assert found == (2, 9)


def test_an_interval_needs_enough_values() -> None:
    """Nine coins all heads: one in 512, too often for an error of 0.0017."""
    assert of_median(list(range(9)), 0.0017) is None
    assert of_median(list(range(10)), 0.0017) == (0, 9)


def test_an_interval_is_never_inside_out() -> None:
    """Whatever error is allowed, the lower end is not above the upper one."""
    for size in range(1, 12):
        for error in (0.001, 0.1, 0.4, 0.6, 1.0):
            found = of_median(list(range(size)), error)
            assert found is None or found.low <= found.high


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_median_is_missed_no_more_often_than_allowed(name: str, seed: int) -> None:
    """An end misses in at most 5 of 100, plus what 4,000 trials may be off (3.5 sigma)."""
    rng, trials, error = np.random.default_rng(seed), 4_000, 0.05
    found = [of_median(DISTRIBUTIONS[name](rng, 14).tolist(), error) for _ in range(trials)]

    above = sum(each is not None and each.low > 0 for each in found)
    below = sum(each is not None and each.high < 0 for each in found)

    allowed = trials * error + 3.5 * math.sqrt(trials * error)
    assert max(above, below) <= allowed


def test_ranges_bound_the_ratio() -> None:
    """The ends are where the two samples come apart."""
    assert of_ranges([6.0, 4.0], [2.0, 1.0]) == (2.0, 6.0)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_ranges_miss_no_more_often_than_they_say(name: str) -> None:
    """Two laps of each: one side of the other in one case of six, whatever the noise."""
    rng, trials = np.random.default_rng(1), 6_000
    laps = np.exp(np.clip(DISTRIBUTIONS[name](rng, (trials, 4)), -20, 20))

    missed = sum(of_ranges(row[:2].tolist(), row[2:].tolist()).low > 1 for row in laps)

    expected = trials * error_of_ranges(2, 2)
    assert error_of_ranges(2, 2) == pytest.approx(1 / 6)
    assert abs(missed - expected) <= 3.5 * math.sqrt(expected)


def test_all_looks_together_keep_the_error() -> None:
    """Each look has a share; those at the extremes, after every round, sum to less than theirs."""
    ranges = sum(error_of_ranges(2 * n, 2 * n) for n in range(FIRST, LOOKS[-1] + 1))

    assert ranges < 0.0012
    assert len(LOOKS) * SHARE + 0.0012 == pytest.approx(ERROR)
    assert all(of_median([1.0] * look, SHARE) is not None for look in LOOKS)
