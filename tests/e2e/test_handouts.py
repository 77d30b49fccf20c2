"""Both handouts of each homework tell the truth: examples run, tables match exercises.toml.

What only one of them says, such as a number that it quotes, is looked at in its own folder.
"""

from __future__ import annotations

import doctest
import functools
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
import torch

from grader.catalog import Assignment, all_assignments, load_demos
from tests.e2e.handouts import HANDOUTS, fenced, sections, text_of

if TYPE_CHECKING:
    from types import ModuleType

    from grader.model import Exercise

ROOT: Final = Path(__file__).parents[2]
EVERY: Final = all_assignments(ROOT)
EACH: Final = pytest.mark.parametrize("assignment", EVERY, ids=lambda assignment: assignment.id)
EVERY_HANDOUT: Final = pytest.mark.parametrize("handout", HANDOUTS)
EVERY_EXERCISE: Final = pytest.mark.parametrize(
    ("assignment", "exercise"),
    [
        pytest.param(assignment, exercise, id=f"{assignment.id}-{exercise.id}")
        for assignment in EVERY
        for exercise in assignment.exercises
    ],
)
EVERY_MODULE: Final = pytest.mark.parametrize(
    ("assignment", "module"),
    [
        pytest.param(assignment, module, id=f"{assignment.id}-{module}")
        for assignment in EVERY
        for module in assignment.modules
    ],
)


@EVERY_EXERCISE
def test_examples_give_the_printed_values(assignment: Assignment, exercise: Exercise) -> None:
    """A section's examples run on their own, below the references of its module."""
    code = "\n".join(fenced(sections(assignment, "handout.md")[exercise.id], "python"))
    report: list[str] = []
    names = {
        **vars(loaded(assignment.solution / f"{exercise.module}.py")),
        "np": np,
        "torch": torch,
    }

    example = doctest.DocTestParser().get_doctest(code, names, exercise.id, None, 0)
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)

    assert example.examples
    assert "".join(report) == ""


@EVERY_MODULE
def test_examples_of_the_docstrings_give_the_printed_values(
    assignment: Assignment, module: str
) -> None:
    """What a stub's docstring shows is what the reference returns."""
    code = loaded(assignment.solution / f"{module}.py")
    runner, report = doctest.DocTestRunner(verbose=False), list[str]()

    for example in doctest.DocTestFinder().find(code, module, globs=dict(vars(code))):
        runner.run(example, out=report.append)

    assert runner.tries > 0
    assert "".join(report) == ""


@EVERY_EXERCISE
def test_both_languages_show_the_same(assignment: Assignment, exercise: Exercise) -> None:
    """Code, formulas and the names in the tables, of all of which there are some."""
    english, chinese = (skeleton(sections(assignment, one)[exercise.id]) for one in HANDOUTS)

    assert english == chinese
    assert all(english)


@EVERY_HANDOUT
@EACH
def test_sections_and_tables_agree_with_the_catalogue(assignment: Assignment, handout: str) -> None:
    """The notebook cuts the handout at the headings; files and points are those of the file."""
    ids = [exercise.id for exercise in assignment.exercises]

    headings = [heading for heading in sections(assignment, handout) if heading in ids]
    rows = re.findall(
        r"^\| `(\w+)` \| `(\w+)\.py` \| (\d+) \|$", text_of(assignment, handout), re.MULTILINE
    )

    assert headings == ids
    assert rows == [(each.id, each.module, str(each.points)) for each in assignment.exercises]


@EVERY_HANDOUT
@EACH
def test_parts_have_the_points_of_their_files(assignment: Assignment, handout: str) -> None:
    """A sentence tells the sums of what is required and of the rest."""
    text = text_of(assignment, handout)
    sums = dict.fromkeys(assignment.modules, 0)
    for exercise in assignment.exercises:
        sums[exercise.module] += exercise.points

    rows = re.findall(
        r"^\| [^|]+ \| `(\w+)\.py` \| (\S+) \| (\d+) \| .* `grader demo", text, re.MULTILINE
    )

    assert {module: int(points) for module, _, points in rows} == sums
    optional = sum(sums[module] for module, kind, _ in rows if kind in {"optional", "选做"})
    told = {str(number) for number in (sum(sums.values()), sum(sums.values()) - optional, optional)}
    sentences = [set(re.findall(r"\d+", line)) for line in text.splitlines() if "|" not in line]
    assert any(told - {"0"} <= numbers for numbers in sentences)


@EVERY_HANDOUT
@EACH
def test_commands_that_are_named_are_there(assignment: Assignment, handout: str) -> None:
    """Each exercise that is hinted at, each demo, and the notebook of the same language."""
    text = text_of(assignment, handout)

    hinted = set(re.findall(r"grader hint (\w+)", text))
    demos = set(re.findall(r"grader demo ([\w-]+)", text))

    assert hinted
    assert hinted <= {exercise.id for exercise in assignment.exercises}
    assert demos == {demo.id for demo in load_demos(assignment)}
    notebook = f"{assignment.id}.zh.ipynb" if ".zh." in handout else f"{assignment.id}.ipynb"
    assert set(re.findall(r"[\w.]+\.ipynb", text)) == {notebook}


@EVERY_HANDOUT
@EACH
def test_formulas_stand_where_no_backslash_is_lost(assignment: Assignment, handout: str) -> None:
    """GitHub takes the backslash before a sign away between dollars, so formulas have a fence."""
    text = text_of(assignment, handout)

    assert "$$" not in text
    assert not re.search(r"\$[^$\n`]*\\[^A-Za-z][^$\n]*\$", text)


@EVERY_EXERCISE
def test_every_exercise_has_three_hints(assignment: Assignment, exercise: Exercise) -> None:
    """From gentle to plain, in both languages, and none is empty."""
    assert assignment.exercises
    assert len(exercise.hints) == 3
    assert all(hint.en and hint.zh for hint in exercise.hints)


def skeleton(section: str) -> tuple[list[str], list[str], list[str]]:
    """Keep what has no language: code, formulas, and the names in the tables."""
    rows = re.findall(r"^\|([^|]*)\|", section, re.MULTILINE)
    names = [" ".join(re.findall(r"`[^`]*`", row)) for row in rows]
    return fenced(section, "python"), fenced(section, "math"), names


@functools.cache
def loaded(path: Path) -> ModuleType:
    """Load a reference module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
