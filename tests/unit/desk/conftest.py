"""A small graded class, hostile in every text of it, and the desk over it."""

from __future__ import annotations

import itertools
import json
import shutil
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from grader.author.new import write_new
from grader.catalog import find_assignment
from grader.desk import Desk, make_app
from grader.gradebook import Gradebook
from grader.intake import read_submission
from grader.model import (
    CaseResult,
    Conditions,
    Diagnosis,
    ExerciseResult,
    Explanation,
    Grade,
    Message,
    Status,
    Student,
    Text,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment

TOKEN = "token-that-nobody-guesses"  # noqa: S105 - of a test
HOST = "127.0.0.1:8791"
HOSTILE = "<script>alert('{}')</script><img src=x onerror=alert(1)>"
CONDITIONS = Conditions("A", "5f3a", "9c1e")
MISTAKE = Explanation("no_sum", Text(HOSTILE, HOSTILE), Text("Why?", "Why?"))
STEPS = "\n".join(
    f"    scores = scores {one} (scores {other} f(scores)) {third} [scores]"
    for one, other, third in itertools.product("+-*/", repeat=3)
)
CODE = f"""
def softmax(scores):
    \"\"\"{HOSTILE.format("code")}\"\"\"
{STEPS}
    return scores
"""


def notebook() -> dict[str, object]:
    """Return a notebook that is hostile in its texts, its code and its outputs."""
    hostile = HOSTILE.format("notebook")
    output = {
        "output_type": "display_data",
        "data": {"text/html": hostile, "text/plain": hostile},
        "metadata": {},
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"title": hostile},
        "cells": [
            {"id": "a", "cell_type": "markdown", "metadata": {}, "source": hostile},
            {
                "id": "b",
                "cell_type": "code",
                "metadata": {},
                "execution_count": 1,
                "source": CODE,
                "outputs": [output],
            },
        ],
    }


class FakeRuns:
    """Takes note of what is to be graded again."""

    def __init__(self) -> None:
        self.begun: list[list[str]] = []
        self.at: tuple[int, int] | None = None
        self.ended: tuple[int, str] | None = None

    def begin(self, where: list[str]) -> None:
        """Take note."""
        self.begun.append(where)

    def progress(self) -> tuple[int, int] | None:
        """Return what a test has set."""
        return self.at

    def failed(self) -> tuple[int, str] | None:
        """Return what a test has set."""
        return self.ended


def made(name: str, score: int, *, hostile: bool) -> Grade:
    """Return a grade with a visible and a hidden case."""
    cases = [
        CaseResult(
            id=f"test_softmax.py::test_{suite}",
            exercise="softmax",
            test=f"test_softmax.py::test_{suite}",
            suite=suite,
            visibility=visibility,
            verdict=Verdict.PASSED if score else Verdict.FAILED,
            message=Message(
                "raised", {"exception": "E", "text": HOSTILE.format(suite), "where": "x.py:1"}
            ),
            output=HOSTILE.format("output"),
        )
        for suite, visibility in (("public", Visibility.VISIBLE), ("hidden", Visibility.HIDDEN))
    ]
    diagnosis = None if score else Diagnosis((MISTAKE,))
    result = ExerciseResult(
        "softmax", Fraction(10), Fraction(score), Fraction(0), tuple(cases), diagnosis
    )
    return Grade(
        id=name,
        name=HOSTILE.format(name) if hostile else name,
        assignment="tiny",
        status=Status.GRADED,
        score=Fraction(score),
        max_score=Fraction(10),
        conditions=CONDITIONS,
        exercises=(result,),
        notes=(Message("unreadable", {"file": HOSTILE.format("note"), "reason": "x"}),),
    )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course with results: ada is right, bob and eve are wrong in the same way."""
    root = tmp_path_factory.mktemp("course")
    write_new("tiny", root)
    modules = find_assignment("tiny", root).modules
    (root / "bob.py").write_text(CODE)
    (root / "eve.ipynb").write_text(json.dumps(notebook()))
    handed_in = {
        name: read_submission(root / file, modules=modules, exercises={"softmax": ("softmax",)})
        for name, file in (("bob", "bob.py"), ("eve", "eve.ipynb"))
    }
    grades = [
        made("ada", 10, hostile=False),
        made("bob", 0, hostile=True),
        made("eve", 0, hostile=True),
    ]
    (root / "out").mkdir()
    with Gradebook.open(root / "out" / "gradebook.sqlite") as book:
        book.begin("tiny", CONDITIONS, [Student.of_submission(one.id, one.name) for one in grades])
        for grade in grades:
            book.record(grade, "d", handed_in.get(grade.id))
    return root


@pytest.fixture
def assignment(prepared: Path) -> Assignment:
    """Return a small assignment, as `grader new` writes it."""
    return find_assignment("tiny", prepared)


@pytest.fixture
def out(prepared: Path, tmp_path: Path) -> Path:
    """Return a folder of results of one's own."""
    shutil.copytree(prepared / "out", tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def runs() -> FakeRuns:
    """Return what would begin regrades."""
    return FakeRuns()


@pytest.fixture
def desk(assignment: Assignment, out: Path, runs: FakeRuns) -> Desk:
    """Return the desk."""
    return Desk(assignment, out, "en", "prof", runs)  # type: ignore[arg-type]  # a fake


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """Return a browser that was given the address."""
    app = make_app(desk, TOKEN, frozenset({HOST}))
    return TestClient(app, base_url=f"http://{HOST}/{TOKEN}/", follow_redirects=False)
