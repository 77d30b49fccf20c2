"""Grades for the gradebook's tests."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from grader.gradebook import Database, Gradebook
from grader.gradebook.schema import metadata
from grader.model import (
    CaseResult,
    Conditions,
    Difference,
    ExerciseResult,
    Grade,
    Message,
    Place,
    Recipe,
    Status,
    Student,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.postgres import Server


@pytest.fixture
def conditions() -> Conditions:
    """Conditions of a batch."""
    return Conditions("A", "5f3a", "9c1e", (("suites", "77aa"), ("numpy", "2.1.0")))


@pytest.fixture
def make_grade(conditions: Conditions) -> Callable[..., Grade]:
    """Return a maker of grades that use every field; the score tells versions apart."""

    def make(name: str = "ada", score: Fraction = Fraction(7, 3), **changes: object) -> Grade:
        failing = CaseResult(
            id="test_clip.py::test_clips[0.1]",
            exercise="clip",
            test="test_clip.py::test_clips",
            suite="hidden",
            visibility=Visibility.AFTER_PUBLISHED,
            verdict=Verdict.FAILED,
            weight=Fraction(2, 3),
            message=Message("value", {"name": "clip", "error": 0.5, "count": 3, "hint": None}),
            difference=Difference("value", "['dWax']", "0.1", "0.6", (3, 1), 0.5, 1e-7, 2, 15),
            recipe=Recipe("clip(gradients, 0.1)", ("gradients: dict", "0.1"), 17, "test_clip.py"),
            place=Place("hw8.ipynb", 3, 5, "clip", "np.clip(g, -m, m)"),
            output="printed 你好 \x00 \u2028\n",
            duration_s=0.25,
        )
        passing = CaseResult(
            id="test_clip.py::test_small",
            exercise="clip",
            test="test_clip.py::test_small",
            suite="public",
            visibility=Visibility.VISIBLE,
            verdict=Verdict.PASSED,
            carried_forward=True,
        )
        fields: dict[str, object] = {
            "id": name,
            "name": f"{name} 'x' <b>",
            "assignment": "hw8",
            "status": Status.GRADED,
            "score": score,
            "max_score": Fraction(10),
            "conditions": conditions,
            "exercises": (
                ExerciseResult("sample", Fraction(5), None, Fraction(0), ()),
                ExerciseResult("clip", Fraction(5), score, Fraction(1, 3), (failing, passing)),
            ),
            "notes": (Message("cell_left_out", {"cell": 4}),),
            "duration_s": 1.5,
        }
        return Grade(**{**fields, **changes})  # type: ignore[arg-type]  # a bag of test fields

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a gradebook is that is a file."""
    return tmp_path / "gradebook.sqlite"


@pytest.fixture(scope="session")
def made(postgres: Server) -> Database:
    """Return a schema of which every test makes use, as to make one takes time."""
    place = Database(make_url(postgres.url()), 'a schema, "quoted"', "of-the-tests")
    Gradebook.open(place).close()
    return place


@pytest.fixture
def database(postgres: Server, made: Database) -> Database:
    """Return a schema that has nothing in it; what the log refuses, an administrator may do."""
    emptied = [str(table.delete()) for table in reversed(metadata.sorted_tables)]
    numbered = [f"ALTER SEQUENCE {name}_id_seq RESTART" for name in ("batch", "journal")]
    numbered += ["ALTER SEQUENCE upload_number_seq RESTART"]
    administrator = "SET session_replication_role = replica"
    postgres.execute("; ".join([administrator, *emptied, *numbered]), schema=made.schema)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Path | Database:
    """Where the gradebook is: in each kind of database."""
    found: Path | Database = request.getfixturevalue(
        "path" if request.param == "sqlite" else "database"
    )
    return found


@pytest.fixture
def everybody() -> list[str]:
    """Who has handed in, in the gradebook's order."""
    return ["Zoë", "ada", "bob", "cy", "dee", "张伟"]


@pytest.fixture
def book(
    place: Path | Database, conditions: Conditions, everybody: list[str]
) -> Iterator[Gradebook]:
    """Return an empty gradebook in which a batch has begun, with everybody's submission."""
    with Gradebook.open(place, pooled=True) as opened:
        opened.begin("hw8", conditions, [Student.of_submission(name) for name in everybody])
        yield opened


@pytest.fixture
def file_book(path: Path, conditions: Conditions, everybody: list[str]) -> Iterator[Gradebook]:
    """Return the same in a file, for a test that looks into it."""
    with Gradebook.open(path) as opened:
        opened.begin("hw8", conditions, [Student.of_submission(name) for name in everybody])
        yield opened
