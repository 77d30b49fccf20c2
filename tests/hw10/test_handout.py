"""Both handouts of hw10 tell the truth: their examples run, their tables match exercises.toml."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch.autograd import Variable

from grader.catalog import load_assignment, load_demos

if TYPE_CHECKING:
    from grader.model import Exercise

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT / "assignments" / "hw10")
HANDOUTS = ("handout.md", "handout.zh.md")
EVERY_EXERCISE = pytest.mark.parametrize(
    "exercise", ASSIGNMENT.exercises, ids=[exercise.id for exercise in ASSIGNMENT.exercises]
)
EVERY_HANDOUT = pytest.mark.parametrize("handout", HANDOUTS)


@EVERY_EXERCISE
def test_examples_of_the_handout_give_the_printed_values(exercise: Exercise) -> None:
    """A section's examples run on their own, below the references of its module."""
    code = "\n".join(code_blocks(sections("handout.md")[exercise.id]))

    assert code
    assert doctested(code, names_of(exercise.module), exercise.id) == ""


@pytest.mark.parametrize("module", ASSIGNMENT.modules)
def test_examples_of_the_docstrings_give_the_printed_values(module: str) -> None:
    """What a stub's docstring shows is what the reference returns."""
    names = names_of(module)
    code = "\n".join(
        part.__doc__ or "" for part in names.values() if getattr(part, "__module__", "") == module
    )

    assert code.count(">>>") > 5
    assert doctested(code, names, module) == ""


@EVERY_HANDOUT
def test_a_handout_has_sections_and_a_table_as_the_catalogue_has_exercises(handout: str) -> None:
    """The notebook cuts the handout at these headings; files and points are those of the file."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    ids = [exercise.id for exercise in ASSIGNMENT.exercises]

    rows = re.findall(r"^\| `(\w+)` \| `(\w+)\.py` \| (\d+) \|$", text, re.M)

    assert [heading for heading in sections(handout) if heading in ids] == ids
    assert rows == [(each.id, each.module, str(each.points)) for each in ASSIGNMENT.exercises]


@EVERY_HANDOUT
def test_the_parts_of_a_handout_add_up_and_name_all_demos(handout: str) -> None:
    """Points of each file, and what can be watched."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")

    parts = re.findall(r"^\| [^|]+ \| `(\w+)\.py` \| [^|]+ \| (\d+) \|[^|]+\| (.+) \|$", text, re.M)

    points = dict.fromkeys(ASSIGNMENT.modules, 0)
    for exercise in ASSIGNMENT.exercises:
        points[exercise.module] += int(exercise.points)
    assert {module: int(number) for module, number, _ in parts} == points
    demos = [name for _, _, cell in parts for name in re.findall(r"grader demo ([\w-]+)", cell)]
    assert demos == [demo.id for demo in load_demos(ASSIGNMENT)]


@EVERY_EXERCISE
def test_both_handouts_show_the_same_examples_and_formulas(exercise: Exercise) -> None:
    """Code, formulas and the number of rows of tables do not depend on the language."""
    english, chinese = (sections(handout)[exercise.id] for handout in HANDOUTS)

    assert code_blocks(english) == code_blocks(chinese)
    formulas = [re.findall(r"^```math\n.*?^```$", one, re.S | re.M) for one in (english, chinese)]
    assert formulas[0]
    assert formulas[0] == formulas[1]
    assert english.count("\n|") == chinese.count("\n|")


@EVERY_EXERCISE
def test_every_exercise_has_three_hints(exercise: Exercise) -> None:
    """From gentle to plain, in both languages, and none is empty."""
    assert len(exercise.hints) == 3
    assert all(hint.en and hint.zh for hint in exercise.hints)


@EVERY_HANDOUT
def test_the_handout_quotes_what_other_ways_to_scale_give(handout: str) -> None:
    """Bounds of all months, and the largest value subtracted for the smallest."""
    months = np.array([2.0, 4.0, 6.0, 10.0])
    span = months.max() - months.min()
    text = sections(handout)["scaling"]

    for values in ((months - months.min()) / span, (months - months.max()) / span):
        assert ", ".join(f"{value:g}" for value in values) in text


@EVERY_HANDOUT
def test_old_calls_do_what_the_handout_says(handout: str) -> None:
    """The left column of its table, as PyTorch answers it today."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    x = torch.ones(2, 3)

    for old in ("Variable(x)", "Variable(x, volatile=True)", "init.kaiming_normal(w)",
                "init.orthogonal(w)", "out.max(1)[1].data[0]", "model(x).data"):  # fmt: skip
        assert f"`{old}`" in text
    assert type(Variable(x)) is torch.Tensor
    with pytest.warns(UserWarning, match="volatile was removed"):
        tracked = Variable(x, volatile=True) * torch.ones(3, requires_grad=True)
    assert tracked.requires_grad
    for name in ("kaiming_normal", "orthogonal"):
        with pytest.warns(FutureWarning, match=f"{name}_"):
            getattr(torch.nn.init, name)(torch.empty(3, 3))
    assert x.max(1)[1].data[0].shape == ()


def sections(handout: str) -> dict[str, str]:
    """Cut a handout at its second-level headings."""
    text = (ASSIGNMENT.folder / handout).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def code_blocks(section: str) -> list[str]:
    """Return the examples of a section."""
    return re.findall(r"^```python\n(.*?)^```$", section, re.S | re.M)


def names_of(module: str) -> dict[str, Any]:
    """Load a reference module and return what it defines."""
    path = ASSIGNMENT.solution / f"{module}.py"
    spec = importlib.util.spec_from_file_location(module, path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return dict(vars(loaded))


def doctested(code: str, names: dict[str, Any], title: str) -> str:
    """Run a doctest and return what it reports."""
    report: list[str] = []
    example = doctest.DocTestParser().get_doctest(
        code, {**names, "np": np, "torch": torch}, title, title, 0
    )
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    return "".join(report)
