"""Submissions written on the spot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from grader.intake import Submission, read_submission

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader import wire

MODULES = ("dinos", "rnn_step")
EXERCISES = {"clip": ("clip",), "sample": ("sample",), "cell": ("GRUCell", "gru")}

Cell = str | tuple[str, dict[str, Any]]


class Reader:
    """Writes files into a folder and reads them as submissions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def script(self, text: str | bytes, name: str = "hw.py") -> Submission:
        """Read a script."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.path(path)

    def notebook(self, *cells: Cell, name: str = "hw.ipynb") -> Submission:
        """Read a notebook of version 4; a cell is its text, or its text and metadata."""
        return self.json(notebook_json(*cells), name)

    def json(self, text: str, name: str = "hw.ipynb") -> Submission:
        """Read a notebook given as JSON text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return self.path(path)

    def path(self, path: Path) -> Submission:
        """Read what lies at a path."""
        return read_submission(path, modules=MODULES, exercises=EXERCISES)


def notebook_json(*cells: Cell) -> str:
    """Write a notebook of version 4."""
    pairs = [cell if isinstance(cell, tuple) else (cell, {}) for cell in cells]
    written = [
        {"cell_type": "code", "source": text, "metadata": metadata, "outputs": []}
        for text, metadata in pairs
    ]
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Write files into the test's own folder."""
    return Reader(tmp_path)


@pytest.fixture
def write_notebook() -> Callable[..., str]:
    """Write a notebook as JSON."""
    return notebook_json


@pytest.fixture
def module() -> Callable[[Submission], wire.Module]:
    """Take the one module of a submission."""

    def only(submission: Submission) -> wire.Module:
        assert submission.source is not None, submission.problem
        (module,) = submission.source.modules
        return module

    return only
