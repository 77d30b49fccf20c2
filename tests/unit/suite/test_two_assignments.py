"""Two assignments in one run of pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import REFERENCE, STUBS, SUITE, TOML

if TYPE_CHECKING:
    from pathlib import Path

MISTAKE = "def not_twice(x): return x\n"


@pytest.fixture
def both(course: Any) -> tuple[Path, Path]:
    """The course's assignment, and another with the same case ids and another task."""
    course.write("assignments/tiny2/exercises.toml", TOML.replace('"tiny"', '"tiny2"'))
    course.write("assignments/tiny2/answers.py", STUBS.replace("raise", "return 2 * x\n    raise"))
    course.write("assignments/tiny2/test_answers.py", SUITE.replace("(n, 3)", "(n, 4)"))
    course.write("solutions/tiny2/answers.py", REFERENCE)
    return course.folder, course.root / "assignments" / "tiny2"


def test_each_has_its_own_items(course: Any, both: tuple[Path, Path]) -> None:
    """A case of one is never run in the place of the other's, though their ids are equal."""
    course.mistakes(MISTAKE)
    course.release()
    course.write(
        "assignments/tiny/answers.py",
        "def halve(x): return x / 2\ndef double(x): return x\ndef total(x): return x.sum()\n",
    )

    for paths in (both, both[::-1]):
        run = course.run(paths=paths)

        assert "Here not_twice happened." in run.text
        assert run.text.count("graded: ") == 2
        assert "(n, 4)" not in run.text
        assert "double(<array>" not in run.text or "(2, 3)" in run.text


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
