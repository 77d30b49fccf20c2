"""Points and shares as reports and platforms write them."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from grader.scoring import two_decimals

_HUNDRED: Final = 100


def rounded(value: Fraction) -> float:
    """Return the float that prints as `two_decimals` does."""
    return float(two_decimals(value))


def hundredths(value: Fraction) -> int:
    """Return points in whole hundredths, rounded as `two_decimals` does."""
    return int(two_decimals(value).replace(".", ""))


def share(part: Fraction, whole: Fraction) -> Fraction:
    """Return a part of a whole, between 0 and 1; 0 where there is nothing to share."""
    return min(max(part / whole, Fraction(0)), Fraction(1)) if whole else Fraction(0)


def percent(value: Fraction) -> int:
    """Return a share in whole per cent, rounded down, so that only full marks read 100."""
    return int(value * _HUNDRED)
