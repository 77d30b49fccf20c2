"""The picture of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.report.heat import BLOCK, Heat

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade


def drawn(assignment: Assignment, grades: list[Grade]) -> Heat:
    """Gather grades."""
    heat = Heat([exercise.id for exercise in assignment.exercises])
    for grade in grades:
        heat.add(grade)
    return heat


def test_the_best_come_first_and_who_has_no_score_last(
    assignment: Assignment, grades: list[Grade]
) -> None:
    """Whatever the order in which they come."""
    (block,) = drawn(assignment, grades).blocks()

    assert [row.name.split()[0] for row in block.rows] == [
        "Dee",
        "Ada",
        "Cy",
        '=HYPERLINK("http://x")…',
    ]
    assert drawn(assignment, grades[::-1]).blocks() == (block,)


def test_each_state_has_a_sign_of_its_own(assignment: Assignment, grades: list[Grade]) -> None:
    """Which is not its colour alone."""
    (block,) = drawn(assignment, grades).blocks()

    assert dict(block.rows[0].marks).keys() == {"full"}
    assert dict(block.rows[1].marks).keys() == {"full", "lost", "most", "none", "zero"}
    assert block.rows[2].marks == ()  # nothing could be read


def test_a_large_class_has_several_pictures(assignment: Assignment, perfect: Grade) -> None:
    """Each fits on a page."""
    grades = [msgspec.structs.replace(perfect, id=f"s{n:03}") for n in range(BLOCK + 1)]

    assert [len(block.rows) for block in drawn(assignment, grades).blocks()] == [BLOCK, 1]
