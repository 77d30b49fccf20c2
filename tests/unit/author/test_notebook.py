"""The notebook that a student fills in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from grader.author.notebook import notebook_bytes
from grader.author.stubs import definitions
from grader.errors import CatalogError
from grader.intake import Cleaner
from grader.model import LANGUAGES
from grader.trees import is_unwritten

if TYPE_CHECKING:
    from grader.catalog import Assignment


@pytest.mark.parametrize("lang", LANGUAGES)
def test_notebook_is_valid(toy: Assignment, lang: str) -> None:
    """It follows the schema of format 4.5, with unique cell ids."""
    written = notebook_bytes(toy, lang)

    notebook = json.loads(written)
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    assert written.endswith(b"}\n")


def test_cells_follow_module_and_handout(toy: Assignment) -> None:
    """Title, how to, what brings %check; given code and exercises, each after its text."""
    cells = _cells(notebook_bytes(toy))

    assert [_first_line(cell) for cell in cells] == [
        "# Toys, the task",
        "## Rules",
        "## How to work in this notebook",
        "try:",
        '"""Steps on a line."""',
        "## advance: one step",
        "# The first exercise.",
        "## Longer ways",
        "## walk",
        "def walk(x, steps):",
        '"""Cells."""',
        "## `cell`",
        "@functools.total_ordering",
        "## Handing in",
        "## Check your work",
    ]


def test_formulas_stand_between_dollars(toy: Assignment) -> None:
    """Jupyter sets these; the handout has the fences that GitHub sets. Code keeps its fences."""
    path = toy.folder / "handout.md"
    formula = "```math\n\\{ x \\, \\}\n```\n\n```python\n1\n```"
    path.write_text(path.read_text("utf-8").replace("Move on.", formula), encoding="utf-8")

    cells = _cells(notebook_bytes(toy))

    (text,) = [cell["source"] for cell in cells if _first_line(cell) == "## advance: one step"]
    assert "$$\n\\{ x \\, \\}\n$$\n\n```python\n1\n```" in "".join(text)


def test_code_cell_of_an_exercise_is_marked(toy: Assignment) -> None:
    """The intake finds the graded cell by its metadata; no other cell is marked."""
    cells = _cells(notebook_bytes(toy))

    marked = [cell["metadata"]["grader"]["exercise"] for cell in cells if cell["metadata"]]
    assert marked == ["advance", "walk", "cell"]
    assert all(cell["outputs"] == [] for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_code_cells_together_define_everything(toy: Assignment, lang: str) -> None:
    """Run from top to bottom they give every graded name unwritten and every given one ready."""
    code = _code(notebook_bytes(toy, lang))

    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(compile(code, "toy", "exec"), namespace)  # noqa: S102  # made by us, a moment ago
    found = definitions(code)
    unwritten = {name for name, definition in found.items() if is_unwritten(definition)}
    assert unwritten == {"advance", "walk", "Cell", "run_cell"}
    assert namespace.keys() >= {"RATE", "halve", "math", "functools", "Base"}
    assert "SECRET" not in code
    assert code.count("import math") == code.count("RATE = 0.5") == 1


def test_same_assignment_gives_same_bytes(toy: Assignment) -> None:
    """A notebook without changes shows none in version control."""
    assert notebook_bytes(toy) == notebook_bytes(toy)


def test_languages_differ_in_text_alone(toy: Assignment) -> None:
    """Code and cell ids are the same, so either notebook is graded alike."""
    english, chinese = notebook_bytes(toy, "en"), notebook_bytes(toy, "zh")

    assert _code(english) == _code(chinese)
    assert [cell["id"] for cell in _cells(english)] == [cell["id"] for cell in _cells(chinese)]
    assert "检查你的答案".encode() in chinese
    assert b"--submission assignments/toy/toy.zh.ipynb\\n" in chinese


def test_handout_without_title_gets_the_assignments(toy: Assignment) -> None:
    """The first cell always begins with a title."""
    path = toy.folder / "handout.md"
    path.write_text(path.read_text(encoding="utf-8").replace("# Toys, the task\n", ""), "utf-8")

    first, *_ = _cells(notebook_bytes(toy))

    assert "".join(first["source"]) == "# Toys\n\nRead this first."


def test_what_is_imported_from_the_future_comes_first_and_once(toy: Assignment) -> None:
    """Also that of a later module: a script has it at its head or does not compile."""
    _change(toy, "steps", "import math\n", "from __future__ import annotations\nimport math\n")
    future = "from __future__ import annotations, generator_stop\n"
    _change(toy, "cells", "import functools\n", f"{future}import functools\n")

    code = _code(notebook_bytes(toy))

    assert code.startswith("from __future__ import annotations, generator_stop\ntry:\n")
    assert code.count("__future__") == 1
    compile(code, "toy", "exec", dont_inherit=True)


def test_cells_that_do_not_compile_in_a_row_are_refused(toy: Assignment) -> None:
    """What compiles in each module by itself need not in a script that is made of the notebook."""
    _change(toy, "cells", "RATE = 0.5\n", "global RATE\n")

    with pytest.raises(CatalogError, match="do not compile one after the other"):
        notebook_bytes(toy)


def _change(toy: Assignment, module: str, old: str, new: str) -> None:
    path = toy.solution / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _cells(notebook: bytes) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(notebook)["cells"]
    return cells


def _code(notebook: bytes) -> str:
    """Return the code as an export to a script would have it."""
    cleaner = Cleaner()
    return "\n".join(
        str(cleaner.clean("".join(cell["source"])))
        for cell in _cells(notebook)
        if cell["cell_type"] == "code"
    )


def _first_line(cell: dict[str, Any]) -> str:
    return str(cell["source"][0]).rstrip("\n")
