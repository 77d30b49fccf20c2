"""Which cases might as well be left out, on a small course that is really graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.author.mutation import check_mutants
from grader.author.validate import check_mistakes
from grader.catalog import load_assignment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.sandbox import ForkServer

EXERCISES = """\
[assignment]
id = "small"
seed = 1
title = { en = "Small", zh = "小" }

[[exercise]]
id = "grow"
module = "sums"
points = 1
title = { en = "Grow", zh = "增长" }
hints = []
"""

REFERENCE = "def grow(x, r):\n    return x + r * x\n"

SUITE = """\
import pytest

pytestmark = pytest.mark.exercise("grow")


def test_grows(check):
    check.grow(3.0, 0.5)


def test_grows_again(check):
    check.grow(5.0, 0.25)


def test_does_not_grow(check):
    check.grow(0.0, 0.0)
"""

MISTAKES = "def forgot_the_old(x, r):\n    return r * x\n"
TEXTS = """\
[forgot_the_old]
did = { en = "Yours is only what came in addition.", zh = "你只返回了增加的部分。" }
ask = { en = "What was there before?", zh = "说说原来有多少。" }
"""


@pytest.fixture
def small(tmp_path: Path) -> Callable[[str], Assignment]:
    """Write the course with a suite."""

    def write(suite: str) -> Assignment:
        folder, solution = tmp_path / "assignments" / "small", tmp_path / "solutions" / "small"
        contents = {
            folder / "exercises.toml": EXERCISES,
            folder / "test_sums.py": suite,
            solution / "sums.py": REFERENCE,
            solution / "mistakes" / "grow.py": MISTAKES,
            solution / "mistakes" / "grow.toml": TEXTS,
        }
        for path, text in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_assignment(folder)

    return write


def test_case_that_catches_a_mutant_is_not_idle(
    small: Callable[[str], Assignment], server: ForkServer
) -> None:
    """Though another case is the first to notice it; a third one misses it."""
    suite = SUITE.replace("3.0, 0.5", "2.0, 0.5").replace("5.0, 0.25", "1.0, 0.25")
    assignment = small(suite.replace("0.0, 0.0", "0.0, 0.5"))
    _, idle = check_mistakes(assignment, server, jobs=2)

    section = check_mutants(assignment, server, 2, idle)

    assert [case.test.split("::")[-1] for case in idle] == ["test_does_not_grow"]
    assert not any(note.startswith("idle") for note in section.notes)


def test_case_that_catches_nothing_is_idle(
    small: Callable[[str], Assignment], server: ForkServer
) -> None:
    """Nothing grows from nothing: only what every case notices is noticed there."""
    assignment = small(SUITE)
    _, idle = check_mistakes(assignment, server, jobs=2)

    section = check_mutants(assignment, server, 2, idle)

    (note,) = (note for note in section.notes if note.startswith("idle"))
    assert note.endswith("test_does_not_grow")
