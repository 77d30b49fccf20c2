"""What suites of an assignment share is found by them, and by nobody else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.suite.collecting import collected

from .conftest import REFERENCE, STUBS, TOML

if TYPE_CHECKING:
    from pathlib import Path

INPUTS: Final = """
def draw(rng):
    return rng.standard_normal(3)

def demand(value):
    assert value.shape == (4,), f"it has the shape {value.shape}"
"""
SUITE: Final = """
import pytest
from inputs_{name} import draw

@pytest.mark.exercise("double")
def test_{kind}(check, rng):
    check.double(draw(rng))

@pytest.mark.exercise("total")
def test_{kind}_sum(check, rng):
    check.total(draw(rng))
"""
DEMAND: Final = """
import pytest
from inputs_tiny import demand

@pytest.mark.exercise("double")
def test_demand(submission, rng):
    demand(submission.double(rng.standard_normal(3)))
"""


@pytest.fixture
def sharing(course: Any) -> Any:
    """A course whose suites, public and hidden, draw their inputs alike."""
    course.write("assignments/tiny/inputs_tiny.py", INPUTS)
    course.write("assignments/tiny/test_answers.py", SUITE.format(name="tiny", kind="public"))
    course.write("solutions/tiny/hidden/test_hidden.py", SUITE.format(name="tiny", kind="hidden"))
    return course


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_hidden_suites_import_what_the_public_ones_do(
    sharing: Any, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it lies in another folder, and however pytest imports modules."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    both = (sharing.folder, sharing.solution / "hidden")

    run = sharing.run(f"--import-mode={mode}", submission=sharing.solution, paths=both)

    assert run.code == 0
    assert len(run.results) == 4


def test_a_batch_collects_both(sharing: Any) -> None:
    """Its closed pytest finds the same, and keeps none of it."""
    with collected(sharing.assignment()) as suites:
        names = [case.test for case in suites.cases]

    assert {name.partition("::")[2] for name in names} == {
        "test_public", "test_hidden", "test_public_sum", "test_hidden_sum",
    }  # fmt: skip
    assert "inputs_tiny" not in sys.modules


def test_an_assertion_that_fails_there_is_told(sharing: Any) -> None:
    """As one in the suite itself is."""
    sharing.write("assignments/tiny/test_demand.py", DEMAND)

    run = sharing.run("-k", "test_demand", submission=sharing.solution)

    assert "it has the shape (3,)" in run.text


def test_a_submission_does_not_find_it(sharing: Any, tmp_path: Path) -> None:
    """It is not handed in, and a batch's workers do not have it."""
    answers = tmp_path / "answers.py"
    uses_it = REFERENCE.replace("2 * x", "2 * x + 0 * len(draw.__name__)")
    answers.write_text("from inputs_tiny import draw\n" + uses_it)

    run = sharing.run(submission=answers)

    assert "inputs_tiny" in run.text
    assert run.verdicts["test_public"].value == "errored_student"


def test_each_assignment_has_its_own_of_one_name(sharing: Any) -> None:
    """What the suite of one has imported, that of another does not get."""
    sharing.write("assignments/other/exercises.toml", TOML.replace('"tiny"', '"other"'))
    sharing.write("assignments/other/answers.py", STUBS)
    sharing.write("assignments/other/inputs_tiny.py", "def draw(rng):\n    return 7\n")
    suite = SUITE.format(name="tiny", kind="other") + "\nassert draw(None) == 7\n"
    sharing.write("assignments/other/test_other.py", suite)
    sharing.write("solutions/other/answers.py", REFERENCE)

    run = sharing.run(paths=(sharing.folder, sharing.root / "assignments/other"))

    assert len(run.results) == 4


def test_what_is_broken_in_it_breaks_the_suite(sharing: Any) -> None:
    """The message names what could not be imported."""
    sharing.write("assignments/tiny/inputs_tiny.py", "def other(rng): ...")

    run = sharing.run()

    assert run.code == pytest.ExitCode.INTERRUPTED
    assert "cannot import name 'draw'" in run.text
