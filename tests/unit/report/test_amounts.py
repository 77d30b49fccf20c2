"""Points and shares in figures."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.report.amounts import hundredths, percent, rounded, share


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(7, 3), 233),
        (Fraction(1, 200), 1),
        (Fraction(2), 200),
        (Fraction(0), 0),
        (Fraction(123456789, 100), 123456789),
    ],
)
def test_hundredths_agree_with_the_decimals_shown(value: Fraction, expected: int) -> None:
    """Halves are rounded up, and the float of the JSON formats is the same number."""
    assert hundredths(value) == expected
    assert round(rounded(value) * 100) == expected


def test_only_full_marks_are_a_hundred_per_cent() -> None:
    """999 of 1000 points do not read as everything."""
    assert percent(share(Fraction(999), Fraction(1000))) == 99
    assert percent(share(Fraction(1000), Fraction(1000))) == 100


def test_a_share_of_nothing_is_nothing() -> None:
    """An assignment whose every exercise was skipped divides by no zero."""
    assert share(Fraction(0), Fraction(0)) == 0
