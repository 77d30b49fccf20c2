"""What is right earns full marks in whatever style it is written: a table of styles, proven.

The table stands in `submissions/README.md` beside this: a style, the exercise, a sample that has
it, and the code by which to know it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.hw8.samples import EXPECTED, LONG, MODULES, SAMPLES, part_of, text_of

if TYPE_CHECKING:
    from tests.hw8.samples import Batches

ROW: Final = re.compile(
    r"\| (?P<style>.+) \| (?P<exercise>\w+) \| (?P<sample>\w+) \| `(?P<code>.+)` \|"
)


class Style(NamedTuple):
    """A row of the table."""

    style: str
    exercise: str
    sample: str
    code: str


def read_styles() -> list[Style]:
    """Read the table; a row that is not understood is an error, lest it be left out."""
    _, _, rest = (SAMPLES / "README.md").read_text("utf-8").partition("## Unusual and right")
    rows = [line for line in rest.splitlines() if line.startswith("| ")][1:]
    found = [ROW.fullmatch(row) for row in rows]
    assert rows
    assert None not in found, [row for row, one in zip(rows, found, strict=True) if not one]
    return [Style(**one.groupdict()) for one in found if one]


STYLES: Final = read_styles()


@pytest.mark.parametrize("row", STYLES, ids=lambda row: f"{row.exercise}-{row.sample}")
def test_a_sample_has_the_style(row: Style) -> None:
    """Otherwise a sample that is tidied up would no longer prove anything."""
    assert row.exercise in MODULES
    assert EXPECTED[row.sample].status == "graded"
    assert row.code in text_of(row.sample)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, marks=LONG[part_of(row.sample)], id=f"{row.exercise}-{row.sample}")
        for row in STYLES
    ],
)
def test_the_style_earns_full_marks(batches: Batches, row: Style) -> None:
    """Every point of the exercise, and none of them with our version of another one put in."""
    exercise = batches.holding(row.sample).grade(row.sample).exercise(row.exercise)

    assert (exercise.outcome(), exercise.carried_forward) == ("full", 0)


def test_every_exercise_has_an_unusual_answer() -> None:
    """An exercise whose only sample is written like the reference proves little about fairness."""
    assert {row.exercise for row in STYLES} == set(MODULES)
