"""The sample submissions of hw10, graded as one batch by the command line, in real workers.

`tests/hw10/submissions/expected.toml` says what each is to earn.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from grader.catalog import find_assignment
from grader.mistakes import load_mistakes
from tests.agreement import disagreements

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "hw10" / "submissions"
EXERCISES = {one.id: one.points for one in find_assignment("hw10", ROOT).exercises}


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sample is to earn; the head of expected.toml says what each field means."""

    diagnosed: dict[str, str] = {}
    built_on: tuple[str, ...] = ()


class Graded(NamedTuple):
    """What came out."""

    code: int
    results: Path

    def rows(self) -> dict[str, dict[str, str]]:
        """Read grades.csv by id."""
        with (self.results / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}

    def named(self, sample: str) -> dict[str, list[str]]:
        """Read which mistakes are named, by exercise; of those that lost marks alone."""
        grade = msgspec.json.decode((self.results / "json" / f"{sample}.json").read_bytes())
        return {
            one["id"]: (one["diagnosis"] or {"mistakes": []})["mistakes"]
            for one in grade["exercises"]
            if float(one["score"]) < one["points"]
        }


EXPECTED = msgspec.toml.decode((SAMPLES / "expected.toml").read_bytes(), type=dict[str, Expected])
WRONG = [name for name, expected in EXPECTED.items() if expected.diagnosed]


def test_expectations_fit_samples_and_catalogue() -> None:
    """Every sample is there, and every mistake is known by its name."""
    beside = {"README", "expected", "__pycache__"}
    found = {path.stem for path in SAMPLES.iterdir()} - beside
    catalogue = load_mistakes(find_assignment("hw10", ROOT))
    known = {exercise: {one.id for one in mistakes} for exercise, mistakes in catalogue.items()}

    assert found == set(EXPECTED)
    for name, expected in EXPECTED.items():
        assert name.startswith("wrong_" if expected.diagnosed else "right_")
        for exercise, mistake in expected.diagnosed.items():
            assert mistake in known[exercise], (name, exercise)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Grade all samples once."""
    results = tmp_path_factory.mktemp("hw10") / "results"
    command = [sys.executable, "-m", "grader.cli", "grade", "hw10", str(SAMPLES)]
    ended = subprocess.run([*command, "-o", str(results)], cwd=ROOT, check=False)
    return Graded(ended.returncode, results)


@pytest.mark.proof
@pytest.mark.parametrize("name", EXPECTED)
def test_earns_what_it_deserves(graded: Graded, name: str) -> None:
    """Right in any style earns all marks; a mistake costs marks where it is, and nowhere else."""
    row, expected = graded.rows()[name], EXPECTED[name]

    assert graded.code == 0
    scores = {exercise: float(row[exercise]) for exercise in EXERCISES}
    assert {one for one, score in scores.items() if score < EXERCISES[one]} == {
        *expected.diagnosed, *expected.built_on,
    }  # fmt: skip


@pytest.mark.proof
@pytest.mark.parametrize("name", WRONG)
def test_calls_the_mistake_by_its_name(graded: Graded, name: str) -> None:
    """Each exercise that lost marks says why, with the name of that mistake alone."""
    named, expected = graded.named(name), EXPECTED[name]

    of_their_own = {one: found for one, found in named.items() if one not in expected.built_on}
    assert of_their_own == {one: [mistake] for one, mistake in expected.diagnosed.items()}


@pytest.mark.proof
@pytest.mark.parametrize("name", EXPECTED)
def test_hidden_cases_say_what_public_ones_say(graded: Graded, name: str) -> None:
    """Who passes all cases that can be seen fails none that cannot, and the other way round."""
    assert disagreements(graded.results / "json" / f"{name}.json") == []
