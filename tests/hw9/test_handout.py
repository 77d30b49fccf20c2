"""Both handouts of hw9 tell the truth: their examples run, their tables match exercises.toml."""

from __future__ import annotations

import doctest
import importlib.util
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.catalog import load_assignment, load_demos

if TYPE_CHECKING:
    from types import ModuleType

    from grader.model import Exercise

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT / "assignments" / "hw9")
HANDOUTS = ("handout.md", "handout.zh.md")
EVERY_EXERCISE = pytest.mark.parametrize(
    "exercise", ASSIGNMENT.exercises, ids=[exercise.id for exercise in ASSIGNMENT.exercises]
)
EVERY_HANDOUT = pytest.mark.parametrize("handout", HANDOUTS)


@EVERY_EXERCISE
def test_examples_of_the_handouts_give_the_printed_values(exercise: Exercise) -> None:
    """A section's examples run on their own, below the references of its module."""
    codes = [
        "\n".join(re.findall(r"^```python\n(.*?)^```$", sections(one)[exercise.id], re.S | re.M))
        for one in HANDOUTS
    ]

    assert codes[0]
    assert codes[0] == codes[1]
    assert reported(codes[0], vars(load(exercise.module)), exercise.id) == ""


@pytest.mark.parametrize("module", ASSIGNMENT.modules)
def test_examples_of_the_docstrings_give_the_printed_values(module: str) -> None:
    """What a stub's docstring shows is what the reference returns."""
    loaded = load(module)
    runner, report = doctest.DocTestRunner(verbose=False), list[str]()

    for example in doctest.DocTestFinder().find(loaded, module, globs=dict(vars(loaded))):
        runner.run(example, out=report.append)

    assert runner.tries > 0
    assert "".join(report) == ""


@EVERY_HANDOUT
def test_tables_agree_with_the_catalogue(handout: str) -> None:
    """Sections, files and points are those of exercises.toml, and parts have their sums."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    exercises = ASSIGNMENT.exercises
    sums = dict.fromkeys(ASSIGNMENT.modules, 0)
    for exercise in exercises:
        sums[exercise.module] += exercise.points

    rows = re.findall(r"^\| `(\w+)` \| `(\w+)\.py` \| (\d+) \|$", text, re.M)
    parts = re.findall(r"^\| [^|]+ \| `(\w+)\.py` \| \S+ \| (\d+) \| .* `grader demo", text, re.M)

    assert rows == [(each.id, each.module, str(each.points)) for each in exercises]
    assert {module: int(points) for module, points in parts} == sums
    assert sum(sums.values()) == 100
    ids = {exercise.id for exercise in exercises}
    assert [one for one in sections(handout) if one in ids] == [each.id for each in exercises]


@EVERY_HANDOUT
def test_commands_that_a_handout_names_are_there(handout: str) -> None:
    """Each demo, hints of exercises that there are, and the notebook of the same language."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")

    demos = set(re.findall(r"grader demo ([\w-]+)", text))
    hinted = set(re.findall(r"grader hint (\w+)", text))

    assert demos == {demo.id for demo in load_demos(ASSIGNMENT)}
    assert hinted <= {exercise.id for exercise in ASSIGNMENT.exercises}
    expected = "hw9.zh.ipynb" if ".zh." in handout else "hw9.ipynb"
    assert set(re.findall(r"[\w.]+\.ipynb", text)) == {expected}


@EVERY_EXERCISE
def test_both_handouts_show_the_same_formulas_and_names(exercise: Exercise) -> None:
    """Formulas and the names in the tables do not depend on the language."""
    english, chinese = (skeleton(sections(handout)[exercise.id]) for handout in HANDOUTS)

    assert english == chinese
    assert english


@EVERY_EXERCISE
def test_every_exercise_has_three_hints(exercise: Exercise) -> None:
    """From gentle to plain, in both languages, and none is empty."""
    assert len(exercise.hints) == 3
    assert all(hint.en and hint.zh for hint in exercise.hints)


def test_the_handouts_quote_two_means() -> None:
    """The exponential of the mean, and the mean of the exponentials, of losses of 1 and 3."""
    numbers = f"{math.exp(2):.2f}", f"{(math.e + math.exp(3)) / 2:.2f}"

    assert numbers == ("7.39", "11.40")
    for handout in HANDOUTS:
        assert all(number in sections(handout)["perplexity"] for number in numbers)


def sections(handout: str) -> dict[str, str]:
    """Cut a handout at its second-level headings."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def skeleton(section: str) -> list[str]:
    """Keep what has no language: formulas, and the names in the tables."""
    formulas = re.findall(r"^```math\n.*?^```$", section, re.S | re.M)
    rows = re.findall(r"^\|([^|]*)\|", section, re.M)
    return [*formulas, *(" ".join(re.findall(r"`[^`]*`", row)) for row in rows)]


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, ASSIGNMENT.solution / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reported(code: str, names: dict[str, Any], title: str) -> str:
    """Run a doctest and return what it reports."""
    report: list[str] = []
    globs = {**names, "math": math, "torch": torch, "nn": torch.nn}
    example = doctest.DocTestParser().get_doctest(code, globs, title, title, 0)
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    return "".join(report)
