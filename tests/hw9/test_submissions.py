"""The sample submissions of hw9, graded as a batch by the command line, in real workers.

`tests/hw9/submissions/expected.toml` says what each is to earn.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from grader.catalog import find_assignment
from grader.mistakes import load_mistakes
from tests.agreement import disagreements

# One more batch of a dozen submissions; what `make test` shows of samples, those of hw8 show.
pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "hw9" / "submissions"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((SAMPLES / "expected.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the batch wrote what came of each sample."""
    out = tmp_path_factory.mktemp("results")
    command = [sys.executable, "-m", "grader.cli", "grade", "hw9", str(SAMPLES), "-o", str(out)]
    done = subprocess.run([*command, "--root", str(ROOT)], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return out / "json"


@pytest.fixture(scope="module")
def grades(results: Path) -> dict[str, dict[str, Any]]:
    """What the batch wrote of each sample, by name."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in results.iterdir()}


def test_every_sample_is_expected(grades: dict[str, dict[str, Any]]) -> None:
    """And every expectation is about a sample; eight of them are right."""
    assert set(grades) == set(EXPECTED)
    assert sum(name.startswith("right") for name in EXPECTED) >= 8
    assert all(name.startswith("right") != bool(one) for name, one in EXPECTED.items())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_loses_marks_where_it_is_wrong(
    grades: dict[str, dict[str, Any]], name: str
) -> None:
    """Full marks everywhere else, all of them its own: a style of its own costs nobody a mark."""
    exercises = grades[name]["exercises"]

    lost = {one["id"] for one in exercises if one["score"] < one["points"]}

    assert lost == set(EXPECTED[name].get("lost", ()))


@pytest.mark.parametrize("name", [name for name, one in EXPECTED.items() if one])
def test_a_mistake_is_called_by_its_name(grades: dict[str, dict[str, Any]], name: str) -> None:
    """Where one of the catalogue agrees, it is told; where none does, nothing is."""
    known = load_mistakes(find_assignment("hw9", ROOT))
    for exercise, mistake in EXPECTED[name]["diagnosed"].items():
        (result,) = [one for one in grades[name]["exercises"] if one["id"] == exercise]

        told = (result.get("diagnosis") or {}).get("mistakes", [])

        assert mistake in {"", *(one.id for one in known[exercise])}
        assert told == ([mistake] if mistake else [])


@pytest.mark.parametrize("name", EXPECTED)
def test_hidden_cases_say_what_public_ones_say(results: Path, name: str) -> None:
    """Who passes all cases that can be seen fails none that cannot, and the other way round."""
    assert disagreements(results / f"{name}.json") == []
