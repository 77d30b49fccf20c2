"""What holds for each homework of the repository, whatever it is about."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

import pytest

from grader.author.release import stale, student_archive
from grader.catalog import Assignment, all_assignments

ROOT: Final = Path(__file__).parents[2]
EVERY: Final = all_assignments(ROOT)


@pytest.fixture(params=EVERY, ids=lambda assignment: assignment.id)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    """Each of them in turn."""
    found: Assignment = request.param
    return found


def test_there_are_several() -> None:
    """One alone would not show what is general."""
    assert len(EVERY) >= 3


def test_what_students_hold_is_what_the_references_give(assignment: Assignment) -> None:
    """Stubs and notebooks are up to date."""
    assert stale(assignment) == []


def test_the_archive_gives_nothing_away(assignment: Assignment) -> None:
    """It can be made, which it cannot where a demo, a hint or a suite quotes a solution."""
    with zipfile.ZipFile(io.BytesIO(student_archive(assignment))) as archive:
        names = archive.namelist()

    home = f"assignments/{assignment.id}"
    wanted = [f"{home}/{module}.py" for module in assignment.modules]
    wanted += [f"{home}/{name}" for name in ("handout.md", "handout.zh.md", "exercises.toml")]
    wanted += [f"{home}/{assignment.id}.ipynb", f"{home}/{assignment.id}.zh.ipynb"]
    wanted += [
        f"data/golden/{path.name}" for path in (assignment.golden, assignment.known_mistakes)
    ]
    wanted += [f"data/{path.name}" for path in assignment.data]
    assert set(wanted) <= set(names)
    assert not [name for name in names if "solution" in name or "hidden" in name]
    assert sum(name.startswith("data/") for name in names) == 2 + len(assignment.data)
