"""A course with one tiny assignment, as a student has it or with its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.batch import golden_bytes
from grader.catalog import load_assignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment

TOML: Final = """
[assignment]
id = "tiny"
seed = 3
title = { en = "Tiny", zh = "小作业" }

[limits]
call_s = 1.0

[[exercise]]
id = "double"
module = "answers"
points = 4
title = { en = "Twice as much", zh = "加倍" }
hints = [{ en = "Two of them.", zh = "两个。" }, { en = "Multiply.", zh = "用乘法。" }]

[[exercise]]
id = "total"
module = "answers"
points = 6
uses = ["double"]
title = { en = "The sum", zh = "总和" }
hints = [{ en = "Sum.", zh = "求和。" }]
"""
STUBS: Final = '''import numpy as np


def double(x):
    """Return twice as much."""
    raise NotImplementedError("double: not written yet")


def total(x):
    """Return the sum of twice as much."""
    raise NotImplementedError("total: not written yet")
'''
REFERENCE: Final = STUBS.replace(
    'raise NotImplementedError("double: not written yet")', "return 2 * x"
).replace('raise NotImplementedError("total: not written yet")', "return double(x).sum()")
SUITE: Final = """
import pytest

@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [2, 5])
def test_doubles(check, rng, n):
    check.double(rng.standard_normal((n, 3)))

@pytest.mark.exercise("total")
def test_totals(check, rng):
    check.total(rng.standard_normal(4))
"""


def write_tiny(root: Path) -> Assignment:
    """Write the course as its students have it: stubs, suite and stored values below a folder."""
    folder, solution = root / "assignments" / "tiny", root / "solutions" / "tiny"
    for path, text in (
        (folder / "exercises.toml", TOML),
        (folder / "answers.py", STUBS),
        (folder / "test_answers.py", SUITE),
        (solution / "answers.py", REFERENCE),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assignment = load_assignment(folder)
    assignment.golden.parent.mkdir(parents=True)
    assignment.golden.write_bytes(golden_bytes(assignment))
    (solution / "answers.py").unlink()
    solution.rmdir()
    return assignment


def written(double: str = "", total: str = "") -> str:
    """Return the stubs with bodies of one line in the place of what is not written."""
    text = STUBS
    for name, body in (("double", double), ("total", total)):
        if body:
            text = text.replace(f'raise NotImplementedError("{name}: not written yet")', body)
    return text
