"""Mutation scores, declared equivalents and idle cases, on a small course that is really graded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from grader.author.mutation import check_mutants
from grader.author.validate import check_mistakes
from grader.catalog import load_assignment
from grader.errors import CatalogError
from grader.sandbox import open_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.author.validate import Section
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

MISTAKES = """\
[forgot_the_old]
did = { en = "Yours is only what came in addition.", zh = "你只返回了增加的部分。" }
ask = { en = "What was there before?", zh = "说说原来有多少。" }
diff = '''
- return x + r * x
+ return r * x
'''
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """Workers as confined as they can be here."""
    with open_server("best", torch=False) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Assignment]:
    """Write the course, with another suite or with declarations."""

    def write(suite: str = SUITE, equivalent: str = "") -> Assignment:
        folder, solution = tmp_path / "assignments" / "small", tmp_path / "solutions" / "small"
        contents = {
            folder / "exercises.toml": EXERCISES,
            folder / "test_sums.py": suite,
            solution / "sums.py": REFERENCE,
            solution / "mistakes" / "grow.toml": MISTAKES,
        }
        if equivalent:
            contents[solution / "equivalent.toml"] = equivalent
        for path, text in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_assignment(folder)

    return write


def _declared(before: str, after: str) -> str:
    return (
        f'[[equivalent]]\nexercise = "grow"\nbefore = "{before}"\nafter = "{after}"\nwhy = "So."\n'
    )


def _score(section: Section) -> str:
    (line,) = (note for note in section.notes if " noticed, " in note)
    return " ".join(line.split())


def test_good_suite_notices_all(small: Callable[..., Assignment], server: ForkServer) -> None:
    """Then nothing is to be mended."""
    section = check_mutants(small(), server, jobs=2)

    assert section.problems == []
    assert _score(section).startswith("grow 100.0 %")
    assert re.fullmatch(r"\d+ mutants of the reference are noticed", section.title)


WEAK = SUITE.replace("5.0, 0.25", "3.0, 3.0").replace("3.0, 0.5", "2.0, 2.0")


def test_weak_suite_is_told_what_survives(
    small: Callable[..., Assignment], server: ForkServer
) -> None:
    """With both numbers alike, nobody can tell one from the other."""
    section = check_mutants(small(WEAK), server, jobs=2)

    assert any("add a case" in problem for problem in section.problems)
    noticed, every = map(int, re.findall(r"\d+", section.title))
    assert section.title == f"{noticed} of {every} mutants of the reference are noticed"
    assert f" {noticed} of {every} noticed, " in _score(section)
    assert any("+    return x + x * x" in note for note in section.notes)


def test_declared_equivalent_does_not_count(
    small: Callable[..., Assignment], server: ForkServer
) -> None:
    """It is left out of the score, and no longer listed."""
    declared = _declared("return x + r * x", "return x + x * x")
    section = check_mutants(small(WEAK, declared), server, jobs=2)

    assert "1 equivalent" in _score(section)
    assert not any("+    return x + x * x" in note for note in section.notes)


def test_declaration_that_fits_no_survivor_is_a_problem(
    small: Callable[..., Assignment], server: ForkServer
) -> None:
    """It would hide a mutant of tomorrow."""
    declared = _declared("return x + r * x", "return x - r * x")
    section = check_mutants(small(equivalent=declared), server, jobs=2)

    assert [problem.split(":")[0] for problem in section.problems] == ["equivalent.toml"]


def test_declaration_without_a_reason_is_refused(
    small: Callable[..., Assignment], server: ForkServer
) -> None:
    """So is a misspelt one."""
    declared = _declared("a", "b").replace("why", "because")

    with pytest.raises(CatalogError, match=r"equivalent\.toml"):
        check_mutants(small(equivalent=declared), server, jobs=2)


def test_case_that_catches_a_mutant_is_not_idle(
    small: Callable[..., Assignment], server: ForkServer
) -> None:
    """Though another case is the first to notice it; a third one misses it."""
    suite = SUITE.replace("3.0, 0.5", "2.0, 0.5").replace("5.0, 0.25", "1.0, 0.25")
    assignment = small(suite.replace("0.0, 0.0", "0.0, 0.5"))
    _, idle = check_mistakes(assignment, server, jobs=2)

    section = check_mutants(assignment, server, 2, idle)

    assert [case.test.split("::")[-1] for case in idle] == ["test_does_not_grow"]
    assert not any(note.startswith("idle") for note in section.notes)


def test_case_that_catches_nothing_is_idle(
    small: Callable[..., Assignment], server: ForkServer
) -> None:
    """Nothing grows from nothing: only what every case notices is noticed there."""
    assignment = small()
    _, idle = check_mistakes(assignment, server, jobs=2)

    section = check_mutants(assignment, server, 2, idle)

    (note,) = (note for note in section.notes if note.startswith("idle"))
    assert note.endswith("test_does_not_grow")
