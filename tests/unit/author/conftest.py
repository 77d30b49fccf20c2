"""A two-module assignment, small enough to read, in a temporary folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.catalog import load_assignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment

_EXERCISES = """\
[assignment]
id = "toy"
seed = 1
title = { en = "Toys", zh = "玩具" }

[given]
steps = ["RATE", "halve"]

[[exercise]]
id = "advance"
module = "steps"
points = 2
title = { en = "Advance", zh = "前进" }
hints = [{ en = "Look.", zh = "看。" }]

[[exercise]]
id = "walk"
module = "steps"
points = 3
title = { en = "Walk", zh = "行走" }
hints = []
uses = ["advance"]

[[exercise]]
id = "cell"
module = "cells"
points = 5
title = { en = "Cell", zh = "单元" }
hints = []
names = ["Cell", "run_cell"]
uses = ["advance"]
"""

_STEPS = '''\
"""Steps on a line."""

import math

# How far a step goes.
RATE = 0.5

# BEGIN SOLUTION
_SECRET_TABLE = [math.sqrt(number) for number in range(10)]
# END SOLUTION


def halve(x):
    """Return half of x."""
    return x / 2


# The first exercise.
def advance(x, rate=RATE):
    """Return x, moved on."""
    # BEGIN SOLUTION
    moved = x + rate * halve(math.cos(x))
    return moved
    # END SOLUTION


def walk(x, steps):
    """Return all positions."""
    positions = [x]
    # BEGIN SOLUTION
    for _ in range(steps):
        positions.append(advance(positions[-1], RATE))
    return positions
    # END SOLUTION


if __name__ == "__main__":
    print(walk(0, 3))
'''

_CELLS = '''\
"""Cells."""

import functools
import math

from steps import advance

RATE = 0.5


class Base:
    """What cells have in common."""

    size = 1


@functools.total_ordering
class Cell(Base):
    """A cell."""

    def __init__(self, size):
        self.size = size

    def __lt__(self, other):
        return self.size < other.size

    def __call__(self, x):
        """Return the next state."""
        # BEGIN SOLUTION
        return math.tanh(advance(x) * self.size)
        # END SOLUTION


def run_cell(cell, x):
    """Apply a cell twice."""
    # BEGIN SOLUTION
    return cell(cell(x))
    # END SOLUTION
'''

_HANDOUT = """\
# Toys, the task

Read this first.

## Rules

None.

## advance: one step

Move on.

```python
## walk is not a heading here
```

## Longer ways

About walks.

## walk

Walk on.

## `cell`

Write a cell.

## Handing in

By Friday.
"""


@pytest.fixture
def toy(tmp_path: Path) -> Assignment:
    """Write an assignment of two modules, three exercises and handouts in both languages."""
    folder, solution = tmp_path / "assignments" / "toy", tmp_path / "solutions" / "toy"
    contents = {
        folder / "exercises.toml": _EXERCISES,
        folder / "handout.md": _HANDOUT,
        folder / "handout.zh.md": _HANDOUT.replace("Read this first.", "请先阅读。"),
        folder / "test_walk.py": "def test_walks(check):\n    check.walk(1.0, 3)\n",
        solution / "steps.py": _STEPS,
        solution / "cells.py": _CELLS,
        solution / "hidden" / "test_far.py": "def test_walks_far(check):\n    check.walk(9.0, 9)\n",
        solution / "mistakes" / "walk.py": "def walk(x, steps):\n    return [x] * steps\n",
    }
    for path, text in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_assignment(folder)
