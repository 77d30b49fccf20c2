"""Notebooks are run from the top, confined, as an exercise of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.author.new import write_new
from grader.cli import main

pytestmark = pytest.mark.proof

RULES = "[notebook]\nexecute = true\npoints = 3\ncell_s = 3\n"
# Each a notebook's cells, whether it earns the points, and what is said else.
NOTEBOOKS: dict[str, tuple[list[str], bool, str]] = {
    "plain": (["x = 1", "def double(n):\n    return 2 * n", "assert double(x) == 2"], True, ""),
    "magics": (
        ["%matplotlib inline\n!pip install nothing\nimport matplotlib.pyplot as plt",
         "plt.plot([1, 2])\nplt.show()\ndisplay(1)", "%%time\ny = 2", "y + 1", "%%bash\nls"],
        True, "",
    ),
    "waits": (
        ["import asyncio\nawait asyncio.sleep(0.01)\nz = 1",
         "await asyncio.sleep(0)\nassert z == 1"],
        True, "",
    ),
    "data": (
        ["text = open('data/words.txt').read()\nassert text == open('words.txt').read() == 'a b'"],
        True, "",
    ),
    "writes": (["%%writefile mine.py\nVALUE = 5", "import mine\nassert mine.VALUE == 5"], True, ""),
    "classes": (
        ["import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int", "assert P(1) == P(1)"],
        True, "",
    ),
    "order": (["print(total)", "total = 3"], False, "stops in order.ipynb, cell 1"),
    "raises": (["a = 1", "b = 0", "\na / b"], False, "cell 3 with ZeroDivisionError"),
    "syntax": (["a = 1", "def f(:\n  pass"], False, "cell 2 with SyntaxError"),
    "slow": (["while True:\n    pass"], False, "slow.ipynb, cell 1 did not finish"),
    "ends": (["import os\nos._exit(0)", "a = 1"], False, "ended the Python process"),
    "stub": (["raise NotImplementedError"], False, "cell 1 with NotImplementedError"),
    "spies": (["open({solution!r}).read()"], False, ""),
    "phones": (["import socket\nsocket.create_connection(('127.0.0.1', 9), 1)"], False, ""),
    "spawns": (["import subprocess\nsubprocess.run(['/bin/true'], check=True)"], False, ""),
    "huge": (["import numpy as np\na = np.ones((1 << 36,))"], False, "memory"),
    "leaves": (["open('/tmp/left', 'w').write('x')\nopen('../left', 'w').write('x')"], False, ""),
}  # fmt: skip


def notebook(cells: list[str]) -> str:
    """Write a notebook."""
    return json.dumps({
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [
            {"cell_type": "code", "source": text, "metadata": {}, "outputs": [],
             "execution_count": None, "id": f"c{at}"}
            for at, text in enumerate(cells)
        ],
    })  # fmt: skip


@pytest.fixture(scope="module")
def grades(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Grade all of them at once."""
    root = tmp_path_factory.mktemp("course")
    write_new("tiny", root)
    path = root / "assignments" / "tiny" / "exercises.toml"
    text = path.read_text("utf-8").replace("[assignment]", '[assignment]\ndata = ["words.txt"]')
    path.write_text(f"{text}\n{RULES}", "utf-8")
    (root / "data").mkdir(exist_ok=True)
    (root / "data" / "words.txt").write_text("a b")
    solution = root / "solutions" / "tiny" / "probabilities.py"
    handed_in = root / "handed_in"
    handed_in.mkdir()
    for name, (cells, _, _) in NOTEBOOKS.items():
        filled = [cell.replace("{solution!r}", repr(str(solution))) for cell in cells]
        (handed_in / f"{name}.ipynb").write_text(notebook(filled))
    (handed_in / "script.py").write_text(solution.read_text())
    assert main(
        ["grade", "tiny", str(handed_in), "-o", str(root / "out"), "--root", str(root), "-j", "2",
         "--lang", "en", "--as", "many"]
    ) == 0  # fmt: skip
    return {
        one.stem: json.loads(one.read_text("utf-8")) for one in (root / "out" / "json").iterdir()
    }


def run_of(grade: dict[str, Any]) -> dict[str, Any]:
    """Return the exercise that is the notebook's run."""
    (found,) = [one for one in grade["exercises"] if one["id"] == "notebook"]
    return dict(found)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_from_the_top_or_is_told_where_it_stops(
    grades: dict[str, Any], name: str
) -> None:
    """By cell and reason; and nothing gets out of its worker."""
    _, earns, told = NOTEBOOKS[name]

    found = run_of(grades[name])

    assert found["points"] == 3.0
    assert found["score"] == (3.0 if earns else 0.0), found
    assert told in found["cases"][0]["message"]


def test_the_line_is_pointed_at(grades: dict[str, Any]) -> None:
    """In the cell, as its student counts."""
    (case,) = run_of(grades["raises"])["cases"]

    assert (case["place"]["cell"], case["place"]["line"]) == (3, 2)
    assert case["place"]["text"] == "a / b"


def test_a_script_has_no_notebook_to_run(grades: dict[str, Any]) -> None:
    """It counts neither way: the rest is the whole."""
    assert run_of(grades["script"])["score"] is None
    assert grades["script"]["score"] == grades["script"]["max_score"]


def test_nothing_is_said_not_to_be_run_that_is(grades: dict[str, Any]) -> None:
    """Nor is there a hint where there is none."""
    assert not any("Not run, since" in note for note in grades["raises"]["notes"])
