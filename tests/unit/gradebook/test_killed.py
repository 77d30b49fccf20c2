"""A batch that dies in the midst of writing."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from grader.gradebook import Gradebook, settle
from grader.model import Conditions

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import itertools, sys
from fractions import Fraction
from pathlib import Path
from grader.gradebook import Gradebook
from grader.model import *

def grade(number, version):
    cases = tuple(
        CaseResult(f"case {i}", "clip", "t", "public", Visibility.VISIBLE, Verdict.PASSED,
                   output="x" * 2000)
        for i in range(60)
    )
    return Grade(f"s{number}", f"version {version}", "hw8", Status.GRADED, Fraction(version),
                 Fraction(5), conditions,
                 (ExerciseResult("clip", Fraction(5), Fraction(version), Fraction(0), cases),))

conditions = Conditions("A", "salt", "suite")
with Gradebook.of(Path(sys.argv[1])) as book:
    book.begin("hw8", conditions, [Student.of_submission(f"s{number}") for number in range(5)])
    for version in itertools.count():
        for number in range(5):
            book.record(grade(number, version), "d1")
        print(version, flush=True)
"""


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.proof)])
def test_kill_9_leaves_whole_grades(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    """After each of three kills amid writing, every grade is one version, complete."""
    if kind == "postgresql":
        settle(tmp_path, request.getfixturevalue("postgres").url(), "killed")
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            for _ in range(3):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)

        with Gradebook.of(tmp_path) as book:
            grades = [one for name in book.handed_in() if (one := book.grade(name))]
            digests = {f"s{number}": "d1" for number in range(5)}
            done = book.look("hw8", Conditions("A", "salt", "suite"), digests).done

        assert len(grades) == len(done) == 5
        for grade in grades:
            (exercise,) = grade.exercises
            assert grade.name == f"version {grade.score}"
            assert (exercise.score, len(exercise.cases)) == (grade.score, 60)
