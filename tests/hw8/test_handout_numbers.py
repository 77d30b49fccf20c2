"""Both handouts of hw8 tell the truth: their examples run, their tables match exercises.toml."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader.author.figures import figure_files
from grader.catalog import load_assignment, load_demos

if TYPE_CHECKING:
    from types import ModuleType

    from grader.model import Exercise

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT / "assignments" / "hw8")
HANDOUTS = ("handout.md", "handout.zh.md")
EVERY_EXERCISE = pytest.mark.parametrize(
    "exercise", ASSIGNMENT.exercises, ids=[exercise.id for exercise in ASSIGNMENT.exercises]
)
EVERY_HANDOUT = pytest.mark.parametrize("handout", HANDOUTS)
EVERY_MODULE = pytest.mark.parametrize("module", ASSIGNMENT.modules)


@EVERY_HANDOUT
@EVERY_EXERCISE
def test_examples_of_the_handout_give_the_printed_values(handout: str, exercise: Exercise) -> None:
    """A section's examples run on their own, below the references of its module."""
    code = "\n".join(
        re.findall(r"^```python\n(.*?)^```$", _sections(handout)[exercise.id], re.S | re.M)
    )

    failures = _run(code, vars(_load(exercise.module)), f"{handout}:{exercise.id}")

    assert code
    assert failures == ""


@EVERY_MODULE
def test_examples_of_the_docstrings_give_the_printed_values(module: str) -> None:
    """What a stub's docstring shows is what the reference returns."""
    loaded = _load(module)
    runner = doctest.DocTestRunner(verbose=False)
    report: list[str] = []

    for example in doctest.DocTestFinder().find(loaded, module, globs=dict(vars(loaded))):
        runner.run(example, out=report.append)

    assert runner.tries > 0
    assert "".join(report) == ""


@EVERY_HANDOUT
def test_a_handout_has_one_section_for_each_exercise_in_order(handout: str) -> None:
    """The notebook cuts the handout at these headings."""
    ids = [exercise.id for exercise in ASSIGNMENT.exercises]

    headings = [heading for heading in _sections(handout) if heading in ids]

    assert headings == ids


@EVERY_HANDOUT
def test_the_table_of_a_handout_agrees_with_the_catalogue(handout: str) -> None:
    """Files and points are those of exercises.toml."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")

    rows = re.findall(r"^\| `(\w+)` \| `(\w+)\.py` \| (\d+) \|$", text, re.M)

    assert rows == [(each.id, each.module, str(each.points)) for each in ASSIGNMENT.exercises]


@EVERY_HANDOUT
def test_the_parts_of_a_handout_agree_with_the_catalogue(handout: str) -> None:
    """A part has the points of its file; the sums of what is required and of the rest are told."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    sums = dict.fromkeys(ASSIGNMENT.modules, 0)
    for exercise in ASSIGNMENT.exercises:
        sums[exercise.module] += exercise.points

    rows = re.findall(r"^\| [^|]+ \| `(\w+)\.py` \| (\S+) \| (\d+) \| .* `grader demo", text, re.M)

    told = {module: int(points) for module, _, points in rows}
    optional = sum(told[module] for module, kind, _ in rows if kind in {"optional", "选做"})
    total = sum(sums.values())
    assert told == sums
    (sentence,) = [line for line in text.split("\n") if str(total - optional) in line]
    assert {str(total), str(total - optional), str(optional)} <= set(re.findall(r"\d+", sentence))


@EVERY_HANDOUT
def test_commands_that_a_handout_names_are_there(handout: str) -> None:
    """Each exercise that is hinted at, each demo, and the notebook of the same language."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    notebook = "hw8.zh.ipynb" if ".zh." in handout else "hw8.ipynb"

    hinted = set(re.findall(r"grader hint (\w+)", text))
    demos = set(re.findall(r"grader demo ([\w-]+)", text))

    assert hinted <= {exercise.id for exercise in ASSIGNMENT.exercises}
    assert len(hinted) > 8
    assert demos == {demo.id for demo in load_demos(ASSIGNMENT)}
    assert set(re.findall(r"[\w.]+\.ipynb", text)) == {notebook}


@EVERY_HANDOUT
def test_formulas_stand_where_no_backslash_is_lost(handout: str) -> None:
    """GitHub takes the backslash before a sign away between dollars, so formulas have a fence."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")

    assert "$$" not in text
    assert not re.search(r"\$[^$\n`]*\\[^A-Za-z][^$\n]*\$", text)


@EVERY_EXERCISE
def test_a_prime_means_the_step_before(exercise: Exercise) -> None:
    """Only the network without an index of time has one; all others count their steps."""
    formulas = re.findall(
        r"^```math\n(.*?)^```$", _sections("handout.md")[exercise.id], re.S | re.M
    )

    assert formulas
    assert ("'" in "".join(formulas)) == (exercise.id == "srn_forward")


@EVERY_HANDOUT
def test_every_figure_is_shown_and_there(handout: str) -> None:
    """With words for those who cannot see it."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")

    shown = re.findall(r"^!\[[^\]]{15,}\]\((figures/\w+\.svg)\)$", text, re.M)

    assert sorted(shown) == sorted(figure_files(ASSIGNMENT))
    assert all((ASSIGNMENT.folder / name).is_file() for name in shown)


@EVERY_EXERCISE
def test_both_handouts_show_the_same_examples_and_formulas(exercise: Exercise) -> None:
    """Code, formulas and the names in the tables do not depend on the language."""
    english, chinese = (_skeleton(_sections(handout)[exercise.id]) for handout in HANDOUTS)

    assert english == chinese


def test_the_handout_quotes_what_torch_makes_of_the_gru_example() -> None:
    """The number given for the other convention is that of torch.nn.GRU."""
    layer = torch.nn.GRU(1, 2)
    for parameter in layer.parameters():
        torch.nn.init.zeros_(parameter)
    with torch.no_grad():
        parameters = dict(layer.named_parameters())  # torch stacks r, z, n
        parameters["bias_ih_l0"][:2] = torch.tensor([3.0, 1 / 3]).log()
        parameters["weight_hh_l0"][4:] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])

    _, state = layer(torch.tensor([[[5.0]]]), torch.tensor([[[1.0, -1.0]]]))

    assert [round(number, 4) for number in state.flatten().tolist()] == [0.1824, -0.3775]
    for handout in HANDOUTS:
        assert "0.1824, -0.3775" in _sections(handout)["gru_cell"]


def test_the_handout_quotes_clipping_by_norm() -> None:
    """The numbers given for the other kind of clipping are right to two decimals."""
    gradient = np.array([-12.0, -3.0, 0.0, 4.0, 9.0])

    scaled = gradient * 5 / np.linalg.norm(gradient)

    assert [round(number, 2) for number in scaled.tolist()] == [-3.79, -0.95, 0, 1.26, 2.85]
    for handout in HANDOUTS:
        assert "-3.79, -0.95, 0, 1.26, 2.85" in _sections(handout)["clip"]


@EVERY_EXERCISE
def test_every_exercise_has_three_hints(exercise: Exercise) -> None:
    """From gentle to plain, in both languages, and none is empty."""
    assert len(exercise.hints) == 3
    assert all(hint.en and hint.zh for hint in exercise.hints)


def _sections(handout: str) -> dict[str, str]:
    """Cut a handout at its second-level headings."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _skeleton(section: str) -> list[str]:
    """Keep what has no language: code, formulas, and the names in the tables."""
    code = re.findall(r"^```python\n.*?^```$", section, re.S | re.M)
    formulas = re.findall(r"^```math\n.*?^```$", section, re.S | re.M)
    rows = re.findall(r"^\|([^|]*)\|", section, re.M)
    return [*code, *formulas, *(" ".join(re.findall(r"`[^`]*`", row)) for row in rows)]


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ASSIGNMENT.solution / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(code: str, names: dict[str, Any], title: str) -> str:
    """Run a doctest and return what it reports."""
    report: list[str] = []
    globs = {**names, "np": np, "torch": torch}
    example = doctest.DocTestParser().get_doctest(code, globs, title, title, 0)
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    return "".join(report)
