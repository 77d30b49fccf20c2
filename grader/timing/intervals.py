"""Exact confidence intervals for a ratio of times, without a word about their distribution.

Both give an interval whose either end is wrong with a known, small probability, whatever the noise
looks like: heavy tails, outliers, two humps.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Interval(NamedTuple):
    """A range that holds the true ratio, up to a stated error."""

    low: float
    high: float


def of_median(values: Sequence[float], error: float) -> Interval | None:
    """Bound the median of a distribution by two of its sample's order statistics.

    Each value lies below the median with probability 1/2, so the number of those that do is
    binomial, and the k-th smallest lies above the median with the probability of fewer than k.

    Parameters
    ----------
    values : sequence of float
        Independent draws.
    error : float
        Largest probability that the median lies beyond one given end.

    Returns
    -------
    Interval or None
        None where there are too few values for such a small error.

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, section 3.2.
    """
    ordered = sorted(values)
    rank, below = 0, 0
    while rank < len(ordered):
        below += math.comb(len(ordered), rank)
        if below > error * 2 ** len(ordered):
            break
        rank += 1
    if rank == 0 or 2 * rank > len(ordered):
        return None
    return Interval(ordered[rank - 1], ordered[-rank])


def of_ranges(student: Sequence[float], reference: Sequence[float]) -> Interval:
    """Bound the ratio of two samples by the extremes of both.

    If the student's times, divided by the true ratio, are distributed as the reference's are, all
    ways to mix the two samples are equally likely. That all of one lie beyond all of the other, to
    one given side, is one way among ``comb(n + m, n)``: so seldom is an end wrong. The ends of this
    interval are the ratios at which the samples come apart.

    Parameters
    ----------
    student, reference : sequence of float
        Times, not empty.

    Returns
    -------
    Interval
        Of the ratio student to reference.
    """
    return Interval(min(student) / max(reference), max(student) / min(reference))
