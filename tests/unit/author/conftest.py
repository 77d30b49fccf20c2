"""A two-module assignment, small enough to read, in a temporary folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from grader.author.release import write_release
from grader.author.versions import renewed_versions
from grader.batch import golden_bytes, known_mistakes
from grader.catalog import load_assignment
from grader.sandbox import open_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.sandbox import ForkServer

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
        solution / "mistakes" / "walk.toml": "# none yet\n",
    }
    for path, text in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_assignment(folder)


_PROVEN = {
    "assignments/tiny/exercises.toml": """\
[assignment]
id = "tiny"
seed = 3
title = { en = "Tiny", zh = "小" }

[limits]
call_s = 1.0

[[exercise]]
id = "double"
module = "answers"
points = 4
title = { en = "Double", zh = "加倍" }
hints = [{ en = "Twice.", zh = "两倍。" }]

[[exercise]]
id = "total"
module = "answers"
points = 6
uses = ["double"]
title = { en = "Total", zh = "总和" }
hints = [{ en = "Sum.", zh = "求和。" }]
""",
    "assignments/tiny/handout.md": "# Tiny\n\n## double\n\nTwice.\n\n## total\n\nAll of it.\n",
    "assignments/tiny/handout.zh.md": "# 小\n\n## double\n\n两倍。\n\n## total\n\n全部。\n",
    "assignments/tiny/test_answers.py": '''\
"""Public tests."""

import numpy as np
import pytest


@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [2, 5])
def test_doubles(check, rng, n):
    check.double(rng.standard_normal((n, 3)))


@pytest.mark.exercise("total")
def test_totals(check, rng):
    check.total(rng.standard_normal(4))
''',
    "solutions/tiny/answers.py": '''\
"""Answers."""


def double(x):
    """Return twice x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def total(x):
    """Return the sum of twice x."""
    # BEGIN SOLUTION
    return double(x).sum()
    # END SOLUTION
''',
    "solutions/tiny/hidden/test_hidden.py": '''\
"""Hidden tests."""

import numpy as np
import pytest


@pytest.mark.exercise("double")
def test_doubles_more(check, rng):
    check.double(rng.standard_normal((7, 2)))


@pytest.mark.exercise("total")
def test_totals_more(check, rng):
    check.total(rng.standard_normal(9))
''',
    "solutions/tiny/mistakes/double.toml": """\
[forgets]
did = { en = "Nothing is doubled.", zh = "没有加倍。" }
ask = { en = "Where is 2?", zh = "2 在哪里?" }
code = '''
def double(x):
    return x
'''

[triples]
did = { en = "You triple.", zh = "你乘了三倍。" }
ask = { en = "How often?", zh = "几倍?" }
code = '''
def double(x):
    return 3 * x
'''
""",
    "solutions/tiny/mistakes/total.toml": """\
[averages]
did = { en = "You average.", zh = "你取了平均。" }
ask = { en = "What is a sum?", zh = "什么是和?" }
diff = '''
- return double(x).sum()
+ return double(x).mean()
'''
""",
}


class Proven:
    """An assignment that `grader validate` finds no fault with, to be broken by tests."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def assignment(self) -> Assignment:
        """Read the catalogue."""
        return load_assignment(self.root / "assignments" / "tiny")

    def path(self, name: str) -> Path:
        """Find a file by the beginning of its folder: ``assignments/`` or ``solutions/``."""
        folder, _, rest = name.partition("/")
        return self.root / folder / "tiny" / rest

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, "utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file that holds it."""
        text = self.path(name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def add_mistake(self, exercise: str, name: str, body: str, more: str = "") -> None:
        """Add a known mistake, with texts of no interest."""
        text = '{ en = "a", zh = "甲" }'
        code = f"code = '''\ndef {exercise}(x):\n    {body}\n'''"
        path = self.path(f"solutions/mistakes/{exercise}.toml")
        entry = f"\n[{name}]\ndid = {text}\nask = {text}\n{code}\n{more}\n"
        path.write_text(path.read_text("utf-8") + entry, "utf-8")

    def release(self) -> None:
        """Make everything that is made from the solutions."""
        assignment = self.assignment
        write_release(assignment, assignment.folder)
        assignment.golden.parent.mkdir(parents=True, exist_ok=True)
        assignment.golden.write_bytes(golden_bytes(assignment))
        assignment.known_mistakes.write_bytes(known_mistakes(assignment).to_bytes())
        assignment.known_versions.write_bytes(renewed_versions(assignment)[1])


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assignment as released, made once; never changed."""
    root = tmp_path_factory.mktemp("released")
    for name, text in _PROVEN.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    Proven(root).release()
    return root


@pytest.fixture
def proven(released: Path, tmp_path: Path) -> Proven:
    """A copy of the released assignment, for one test to break."""
    shutil.copytree(released, tmp_path / "course")
    return Proven(tmp_path / "course")


@pytest.fixture(scope="session")
def server() -> Iterator[ForkServer]:
    """A fork server in the strongest tier that there is here."""
    with open_server("best", torch=False) as server:
        yield server
