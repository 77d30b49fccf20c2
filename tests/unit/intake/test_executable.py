"""Notebooks in the order in which they are run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.intake import read_submission
from grader.intake.executable import notebooks_of

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, *cells: str) -> Path:
    """Write a notebook."""
    listed = [{"cell_type": "code", "source": text, "metadata": {}} for text in cells]
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": listed}))
    return path


def cells(path: Path, name: str) -> list[tuple[int, str, str]]:
    """Read number, text and file of each cell."""
    source = read_submission(path, modules=(), exercises={"clip": ("clip",)}).source
    assert source is not None
    return [(one.number, one.text, one.writes) for one in notebooks_of(source)[name]]


def test_cells_are_as_they_stand(tmp_path: Path) -> None:
    """What is not run for grading, too; in order, without empty ones, from a file or a folder."""
    path = write(tmp_path / "hw.ipynb", "x = 1", "", "train(x)\ndef clip(g):\n    return g", "x")

    expected = [(1, "x = 1", ""), (3, "train(x)\ndef clip(g):\n    return g", ""), (4, "x", "")]
    assert cells(path, "hw.ipynb") == expected
    assert cells(tmp_path, "hw.ipynb") == expected


def test_magics_are_left_out_and_files_are_written(tmp_path: Path) -> None:
    """Line by line, so that numbers stay; a cell of another language is empty."""
    path = write(
        tmp_path / "hw.ipynb", "%matplotlib inline\nx = 1", "%%writefile a.py\ny = 2",
        "%%bash\nls", "%%time\nz = 3", "%%writefile -a a.py\nw = 4",
    )  # fmt: skip

    found = cells(path, "hw.ipynb")

    assert [number for number, _, _ in found] == [1, 2, 3, 4, 5]
    assert found[0][1].split("\n")[1] == "x = 1"
    assert "%" not in "".join(text for _, text, _ in found)
    assert [writes for _, _, writes in found] == ["", "a.py", "", "", "a.py"]
    assert found[2][1] == ""


def test_a_script_is_no_notebook(tmp_path: Path) -> None:
    """Nor is one in which cells are marked."""
    (tmp_path / "hw.py").write_text("# %%\ndef clip(g):\n    return g\n")
    source = read_submission(tmp_path / "hw.py", modules=(), exercises={}).source

    assert source is not None
    assert notebooks_of(source) == {}
