"""Notebooks that imitate a grader's, run shell lines, or are broken or huge."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.attacks.attack import RIGHT_CLIP, Attack

WRONG: Final = "def clip(gradients, maxValue):\n    return {}\n"


def code(text: Any, **metadata: Any) -> dict[str, Any]:
    """Make a code cell."""
    return {"cell_type": "code", "source": text, "metadata": metadata, "outputs": [],
            "execution_count": None}  # fmt: skip


def notebook(*cells: dict[str, Any], **more: Any) -> str:
    """Make a notebook's text."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **more})


ATTACKS: Final = (
    Attack("imitated_marks", "metadata that gives itself points, and marks a wrong cell",
           files={"imitated_marks.ipynb": notebook(
               code("points = 100"), code(
                   WRONG, grader={"exercise": "clip", "points": 999, "verdict": "passed"},
                   nbgrader={"grade": True, "points": 100, "locked": True, "score": 100}),
               metadata={"grader": {"score": 100, "salt": "known"}})}),
    Attack("shell_lines", "shell and magic lines in all their forms",
           files={"shell_lines.ipynb": notebook(
               code("!touch {TREE}/drop/shell"), code("%%bash\ntouch {TREE}/drop/bash"),
               code("%run {TREE}/drop/x.py\n%load_ext x\n%env A=1\nfiles = !ls {TREE}"),
               code("get_ipython().system('touch {TREE}/drop/system')"),
               code("%%javascript\nalert(1)"), code(RIGHT_CLIP))},
           verdicts=("passed",), marks="full"),
    Attack("broken_json", "a notebook that stops in the middle",
           files={"broken_json.ipynb": notebook(code(RIGHT_CLIP))[:-40]}, marks="unreadable"),
    Attack("deep_json", "a hundred thousand brackets",
           files={"deep_json.ipynb": "[" * 100_000 + "]" * 100_000}, marks="unreadable"),
    Attack("odd_json", "NaN, keys twice, cells that are no cells",
           files={"odd_json.ipynb": '{"cells": [], "cells": [1, null, "x", {"cell_type": 3}, '
                  '{"cell_type": "code", "source": [1, {"a": NaN}, "x = 1"], "metadata": []}, '
                  '{"cell_type": "code", "source": 1e999}, ' + json.dumps(code(RIGHT_CLIP))
                  + '], "nbformat": -1, "metadata": Infinity}'},
           verdicts=("passed",), marks="full"),
    Attack("many_cells", "three thousand cells",
           files={"many_cells.ipynb": notebook(*[code("x = 1")] * 3000, code(RIGHT_CLIP))},
           marks="unreadable"),
    Attack("huge_outputs", "twenty MiB of outputs around a right cell",
           files={"huge_outputs.ipynb": notebook(code("1") | {"outputs": [
               {"output_type": "stream", "text": ["y" * (20 << 20)]}]}, code(RIGHT_CLIP))},
           verdicts=("passed",), marks="full"),
    Attack("number_as_notebook", "JSON that is no notebook",
           files={"number_as_notebook.ipynb": "1" * 5000}, marks="unreadable"),
)  # fmt: skip
