"""What the handouts of hw9 alone say: numbers that they quote.

What holds for every handout is looked at in `tests/e2e/test_handouts.py`.
"""

from __future__ import annotations

import math
from pathlib import Path

from grader.catalog import load_assignment
from tests.e2e.handouts import HANDOUTS, sections

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT / "assignments" / "hw9")


def test_the_handouts_quote_two_means() -> None:
    """The exponential of the mean, and the mean of the exponentials, of losses of 1 and 3."""
    numbers = f"{math.exp(2):.2f}", f"{(math.e + math.exp(3)) / 2:.2f}"

    assert numbers == ("7.39", "11.40")
    for handout in HANDOUTS:
        assert all(number in sections(ASSIGNMENT, handout)["perplexity"] for number in numbers)
