"""The sample submissions of a homework, graded as one batch by the command line, in real workers.

`tests/ID/submissions/expected.toml` says what each is to earn. Those of hw8 are of many more sorts,
and have tests of their own.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import pytest

from grader.catalog import all_assignments
from grader.mistakes import load_mistakes
from tests.agreement import disagreements

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.catalog import Assignment

ROOT: Final = Path(__file__).parents[2]
RIGHT_AT_LEAST: Final = 8  # forms in which a right submission comes


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sample is to earn; the head of expected.toml says what each field means."""

    diagnosed: dict[str, str] = {}
    built_on: tuple[str, ...] = ()


class Samples(NamedTuple):
    """The samples of one assignment."""

    assignment: Assignment
    folder: Path
    expected: dict[str, Expected]


class Diagnosis(msgspec.Struct, frozen=True):
    """What is wanted of a diagnosis in results/json."""

    mistakes: list[str]


class Exercise(msgspec.Struct, frozen=True):
    """What is wanted of an exercise in results/json."""

    id: str
    points: float
    score: float
    diagnosis: Diagnosis | None = None


class Document(msgspec.Struct, frozen=True):
    """What is wanted of a file in results/json."""

    exercises: list[Exercise]


class Graded(NamedTuple):
    """What came out."""

    code: int
    results: Path

    def lost(self, name: str) -> dict[str, list[str]]:
        """Read which exercises of a sample lost marks, and which mistakes are named in each."""
        data = self.path(name).read_bytes()
        return {
            one.id: one.diagnosis.mistakes if one.diagnosis else []
            for one in msgspec.json.decode(data, type=Document).exercises
            if one.score < one.points
        }

    def path(self, name: str) -> Path:
        """Return where the JSON of a sample is."""
        return self.results / "json" / f"{name}.json"

    def ids(self) -> set[str]:
        """Read who has a row."""
        with (self.results / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["id"] for row in csv.DictReader(file)}


def _all_samples() -> dict[str, Samples]:
    found = {}
    for assignment in all_assignments(ROOT):
        home = ROOT / "tests" / assignment.id
        if not (home / "test_submissions.py").exists():
            folder = home / "submissions"
            data = (folder / "expected.toml").read_bytes()
            expected = msgspec.toml.decode(data, type=dict[str, Expected])
            found[assignment.id] = Samples(assignment, folder, expected)
    return found


SAMPLES: Final = _all_samples()
EACH: Final = [
    pytest.param(homework, name, id=f"{homework}-{name}")
    for homework, samples in SAMPLES.items()
    for name in samples.expected
]


class Batches:
    """The batches, each graded when a test first asks for it.

    Parameters
    ----------
    folder : Path
        Where to put everything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._graded: dict[str, Graded] = {}

    def __getitem__(self, homework: str) -> Graded:
        """Return one of them."""
        if homework not in self._graded:
            results = self._folder / homework
            words = ["grade", homework, str(SAMPLES[homework].folder), "-o", str(results)]
            command = [sys.executable, "-m", "grader.cli", *words]
            ended = subprocess.run(command, cwd=ROOT, check=False)
            self._graded[homework] = Graded(ended.returncode, results)
        return self._graded[homework]


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    """All samples of each homework, graded once."""
    return Batches(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("homework", SAMPLES)
def test_expectations_fit_samples_and_catalogue(homework: str) -> None:
    """Every sample is there, right ones in many forms, and every mistake is known by its name."""
    assignment, folder, expected = SAMPLES[homework]
    found = {path.stem for path in folder.iterdir()} - {"README", "expected", "__pycache__"}
    catalogue = load_mistakes(assignment)
    known = {exercise: {one.id for one in mistakes} for exercise, mistakes in catalogue.items()}

    assert found == set(expected)
    assert sum(name.startswith("right_") for name in expected) >= RIGHT_AT_LEAST
    for name, one in expected.items():
        assert name.startswith("wrong_" if one.diagnosed else "right_")
        for exercise, mistake in one.diagnosed.items():
            assert mistake in {"", *known[exercise]}, (name, exercise)


@pytest.mark.proof
@pytest.mark.parametrize("homework", SAMPLES)
def test_the_batch_goes_through(batches: Batches, homework: str) -> None:
    """And every sample has a row."""
    graded = batches[homework]

    assert graded.code == 0
    assert graded.ids() == set(SAMPLES[homework].expected)


@pytest.mark.proof
@pytest.mark.parametrize(("homework", "name"), EACH)
def test_a_sample_loses_marks_where_it_is_wrong(batches: Batches, homework: str, name: str) -> None:
    """Right in any style earns all marks; a mistake costs marks where it is, and nowhere else."""
    expected = SAMPLES[homework].expected[name]

    lost: Collection[str] = batches[homework].lost(name)

    assert set(lost) == {*expected.diagnosed, *expected.built_on}


@pytest.mark.proof
@pytest.mark.parametrize(("homework", "name"), EACH)
def test_a_mistake_is_called_by_its_name(batches: Batches, homework: str, name: str) -> None:
    """Where one of the catalogue agrees it alone is told; where none does, nothing is."""
    expected = SAMPLES[homework].expected[name]

    named = {
        exercise: mistakes
        for exercise, mistakes in batches[homework].lost(name).items()
        if exercise not in expected.built_on
    }

    assert named == {
        exercise: [mistake] if mistake else [] for exercise, mistake in expected.diagnosed.items()
    }


@pytest.mark.proof
@pytest.mark.parametrize(("homework", "name"), EACH)
def test_hidden_cases_say_what_public_ones_say(batches: Batches, homework: str, name: str) -> None:
    """Who passes all cases that can be seen fails none that cannot, and the other way round."""
    assert disagreements(batches[homework].path(name)) == []
