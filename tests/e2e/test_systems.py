"""The README's tables: each system of the course has its exercises, and a demo that runs them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from grader.catalog import all_assignments, load_demos
from grader.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.catalog import Assignment

ROOT: Final = Path(__file__).parents[2]
EVERY: Final = {assignment.id: assignment for assignment in all_assignments(ROOT)}
READMES: Final = ("README.md", "README.zh.md")
SYSTEMS: Final = 27
# A whole row: numbers, a system, exercises, a module and what it is written in, a demo.
ROW: Final = re.compile(
    r"\| ([^|]*) \| ([^|]+) \| ([^|]+) \| `(\w+)\.py`(?:, |\N{FULLWIDTH COMMA})\w+ \| `([\w-]+)` \|"
)


class Row(NamedTuple):
    """A row of a table.

    Parameters
    ----------
    systems : tuple of int
        Numbers of the course's list; none for what goes beyond it.
    exercises : tuple of str
        What students write; empty where it is that of the row above.
    module, demo : str
        Where, and what shows it.
    """

    systems: tuple[int, ...]
    exercises: tuple[str, ...]
    module: str
    demo: str


def numbered(cell: str) -> tuple[int, ...]:
    """Read the first cell of a row: numbers one by one, or from one to another."""
    found = [int(number) for number in re.findall(r"\d+", cell)]
    return tuple(range(found[0], found[-1] + 1) if re.search("to|至", cell) else found)


def rows(readme: str) -> Iterator[tuple[str, Row]]:
    """Yield the rows of all tables, each with the assignment that it belongs to."""
    text = (ROOT / readme).read_text("utf-8")
    for part in re.split(r"^(?=`hw\d+` )", text, flags=re.MULTILINE)[1:]:
        assignment = part[1 : part.index("`", 1)]
        for line in part.splitlines():
            if line.startswith("|") and (found := ROW.fullmatch(line)):
                numbers, _, exercises, module, demo = found.groups()
                names = re.findall(r"`(\w+)`", exercises)
                yield assignment, Row(numbered(numbers), tuple(names), module, demo)


@pytest.mark.parametrize("readme", READMES)
def test_each_system_of_the_course_has_a_row(readme: str) -> None:
    """All of its list, each once."""
    numbers = [number for _, row in rows(readme) for number in row.systems]

    assert sorted(numbers) == list(range(1, SYSTEMS + 1))


@pytest.mark.parametrize("readme", READMES)
def test_each_exercise_and_each_demo_is_in_the_tables(readme: str) -> None:
    """Under the names that commands take, in the module that is told."""
    found = list(rows(readme))

    for name, assignment in EVERY.items():
        of_it = [row for owner, row in found if owner == name]
        assert of_it, name
        for row in of_it:
            for exercise in row.exercises:
                assert assignment.exercise(exercise).module == row.module
        assert {row.demo for row in of_it} == {demo.id for demo in load_demos(assignment)}


def test_both_languages_tell_the_same() -> None:
    """Numbers, exercises, modules and demos."""
    english, chinese = (list(rows(readme)) for readme in READMES)

    assert english == chinese


def called_by(demo: str, assignment: Assignment) -> set[str]:
    """Run a demo for one iteration; return the functions and methods of the reference it called."""
    (declared,) = (one for one in load_demos(assignment) if one.id == demo)
    short = [] if declared.iterations is None else ["--iterations", "1"]
    modules = {f"{module}.py" for module in assignment.modules}
    called = set()

    def note(frame: Any, event: str, _argument: object) -> None:
        code = frame.f_code
        where = Path(code.co_filename)
        if event == "call" and where.name in modules and where.parent.name == assignment.id:
            called.add(code.co_qualname)

    sys.setprofile(note)
    try:
        ended = main(["demo", assignment.id, demo, *short, "--root", str(ROOT)])
    finally:
        sys.setprofile(None)
    assert ended == 0
    return called


@pytest.mark.proof
@pytest.mark.parametrize(
    ("name", "demo"),
    [(name, demo.id) for name, one in EVERY.items() for demo in load_demos(one)],
)
def test_a_demo_runs_all_exercises_of_its_rows(
    name: str, demo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reference's own functions, or the forward of its classes."""
    assignment = EVERY[name]
    wanted = {
        exercise
        for owner, row in rows("README.md")
        if (owner, row.demo) == (name, demo)
        for exercise in row.exercises
    }

    called = called_by(demo, assignment)

    capsys.readouterr()
    missing = {
        exercise
        for exercise in wanted
        for written in assignment.exercise(exercise).names
        if not {written, f"{written}.forward"} & called
    }
    assert missing == set()
