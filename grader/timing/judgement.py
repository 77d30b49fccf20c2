"""From paired laps to faster, within the bound, slower, or inconclusive."""

from __future__ import annotations

import enum
import math
import statistics
from typing import TYPE_CHECKING, Final

import msgspec

from grader.timing.intervals import Interval, of_median, of_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

# Looks are taken after each of these numbers of rounds, and each has its share of the error. The
# first is the smallest number whose rounds, all on one side, are unlikelier than that share.
LOOKS: Final = (10, 14, 20, 28, 40)
# From this round on the extremes of both samples are looked at too; all later looks of that kind
# together are wrong with a probability of less than 0.0012, see the tests.
FIRST: Final = 3
ERROR: Final = 0.01
SHARE: Final = (ERROR - 0.0012) / len(LOOKS)


class Finding(enum.StrEnum):
    """What the measurements say."""

    FASTER = "faster"
    WITHIN = "within bound"
    SLOWER = "slower"
    INCONCLUSIVE = "inconclusive"


class Lap(msgspec.Struct, frozen=True):
    """One measurement.

    Parameters
    ----------
    seconds : float
        How long it took, on the trusted clock.
    calls : int
        How many calls were made in it.
    """

    seconds: float
    calls: int

    @property
    def call_s(self) -> float:
        """Seconds of one call."""
        return self.seconds / self.calls


class Round(msgspec.Struct, frozen=True):
    """Two laps of each side, interleaved, so that a steady drift cancels.

    Parameters
    ----------
    student, reference : tuple of two Lap
        The first of both had the same inputs, and so had the second.
    """

    student: tuple[Lap, Lap]
    reference: tuple[Lap, Lap]

    @property
    def ratio(self) -> float:
        """Student to reference: the geometric mean of both pairs."""
        pairs = zip(self.student, self.reference, strict=True)
        return math.sqrt(math.prod(ours.call_s / theirs.call_s for ours, theirs in pairs))


class Judgement(msgspec.Struct, frozen=True):
    """How long the student takes, as a multiple of the reference.

    Parameters
    ----------
    finding : Finding
        The verdict.
    ratio : float
        The median of the rounds.
    interval : Interval
        Holds the true ratio, up to `ERROR` for each end.
    rounds : int
        How many were run.
    reference_s : float
        Seconds of one call of the reference: the median of its laps.
    """

    finding: Finding
    ratio: float
    interval: Interval
    rounds: int
    reference_s: float


def judge(rounds: Sequence[Round], bound: float) -> Judgement:
    """Judge what has been measured so far.

    Asked again after each round, it calls a student who is within the bound slower, or one who is
    not within it, with a probability of at most `ERROR`.

    Parameters
    ----------
    rounds : sequence of Round
        At least one.
    bound : float
        The ratio up to which all is well.

    Returns
    -------
    Judgement
        Inconclusive as long as no interval keeps clear of the bound.
    """
    ratios = [one.ratio for one in rounds]
    intervals = _intervals(rounds, ratios)
    decided = [(found, each) for each in intervals if (found := _finding(each, bound)) is not None]
    # Where none decides, the narrower one tells more.
    narrowest = min(intervals, key=lambda each: each.high / each.low)
    finding, interval = decided[0] if decided else (Finding.INCONCLUSIVE, narrowest)
    return Judgement(
        finding=finding,
        ratio=statistics.median(ratios),
        interval=interval,
        rounds=len(rounds),
        reference_s=statistics.median(lap.call_s for one in rounds for lap in one.reference),
    )


def _intervals(rounds: Sequence[Round], ratios: Sequence[float]) -> list[Interval]:
    """Return the intervals that may be looked at after so many rounds, the narrower kind first."""
    found = []
    if len(rounds) in LOOKS:
        paired = of_median(ratios, SHARE)
        found += [] if paired is None else [paired]
    if len(rounds) >= FIRST:
        student = [lap.call_s for one in rounds for lap in one.student]
        found.append(of_ranges(student, [lap.call_s for one in rounds for lap in one.reference]))
    return found or [Interval(0.0001, math.inf)]


def _finding(interval: Interval, bound: float) -> Finding | None:
    if interval.low > bound:
        return Finding.SLOWER
    if interval.high > bound:
        return None
    return Finding.FASTER if interval.high < 1 else Finding.WITHIN
