"""Two assignments in one run of pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tiny import SUITE

from .conftest import REFERENCE, STUBS, TOML

if TYPE_CHECKING:
    from pathlib import Path

MISTAKE = "def not_twice(x): return x\n"


HIDDEN = """import numpy as np, pytest

@pytest.mark.exercise("double")
def test_hidden(check, rng):
    check.double(rng.standard_normal(7))
"""


@pytest.fixture
def both(course: Any) -> tuple[Path, ...]:
    """The course's assignment, and another with the same case ids; public and hidden suites."""
    course.write("assignments/tiny2/exercises.toml", TOML.replace('"tiny"', '"tiny2"'))
    course.write("assignments/tiny2/answers.py", STUBS)
    course.write("assignments/tiny2/test_answers.py", SUITE)
    course.write("solutions/tiny2/answers.py", REFERENCE)
    for name in ("tiny", "tiny2"):
        course.write(f"solutions/{name}/hidden/test_hidden.py", HIDDEN)
    return tuple(
        course.root / folder
        for name in ("tiny", "tiny2")
        for folder in (f"assignments/{name}", f"solutions/{name}/hidden")
    )


def test_each_has_its_own_items(course: Any, both: tuple[Path, ...]) -> None:
    """A mistake is run on hidden cases of its own assignment, though the ids of both are equal."""
    course.mistakes(MISTAKE)
    course.release()
    course.write(
        "assignments/tiny/answers.py",
        "def halve(x): return x / 2\ndef double(x): return x\ndef total(x): return x.sum()\n",
    )

    run = course.run(paths=both)

    assert run.text.count("graded: ") == 2
    assert "Here not_twice happened." in run.text


def test_two_of_one_name_are_refused(course: Any, tmp_path_factory: Any) -> None:
    """Nobody could tell their results apart."""
    other = tmp_path_factory.mktemp("other")
    folder = other / "assignments" / "tiny"
    folder.mkdir(parents=True)
    for path in course.folder.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    (other / "solutions" / "tiny").mkdir(parents=True)
    (other / "solutions" / "tiny" / "answers.py").write_text(REFERENCE)

    run = course.run(paths=(course.folder, folder))

    assert run.code == 4
