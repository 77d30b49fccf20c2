"""The repository's own assignment: what students hold is what its references give."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.author.notebook import notebook_bytes
from grader.author.release import release, stale, student_archive
from grader.author.stubs import definitions, read_solution
from grader.catalog import Assignment, find_assignment
from grader.intake import read_submission
from grader.model import LANGUAGES
from grader.trees import is_unwritten

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hw8() -> Assignment:
    """Read the assignment of this repository."""
    return find_assignment("hw8", _ROOT)


def test_committed_stubs_and_notebooks_are_fresh(hw8: Assignment) -> None:
    """Whoever changes a reference or a handout releases again: `grader release hw8`."""
    assert stale(hw8) == []


def test_graded_names_are_the_only_unwritten_ones(hw8: Assignment) -> None:
    """Each exercise has something to write, and what is given out is finished."""
    files = release(hw8)

    unwritten = {
        name
        for module in hw8.modules
        for name, node in definitions(files[f"{module}.py"].decode()).items()
        if is_unwritten(node)
    }
    assert unwritten == {name for exercise in hw8.exercises for name in exercise.names}


def test_references_are_written(hw8: Assignment) -> None:
    """A reference that still raised would make every student right."""
    for module in hw8.modules:
        text, _ = read_solution(hw8, module)

        assert not any(is_unwritten(node) for node in definitions(text).values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_notebook_is_valid_and_whole(hw8: Assignment, lang: str) -> None:
    """It follows the schema, and its cells define every graded and every given name."""
    notebook = json.loads(notebook_bytes(hw8, lang))

    nbformat.validate(notebook)
    code = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    names = {name for exercise in hw8.exercises for name in exercise.names}
    given = {name for names in hw8.given.values() for name in names}
    assert definitions(code).keys() >= names | given


@pytest.mark.parametrize("name", ["hw8.ipynb", "hw8.zh.ipynb", "folder"])
def test_intake_reads_what_was_handed_out(hw8: Assignment, tmp_path: Path, name: str) -> None:
    """Handed in as it is, nothing is left out or noted, and every exercise is unwritten."""
    (tmp_path / "folder").mkdir()
    for file, content in release(hw8).items():
        folder = tmp_path if file.endswith(".ipynb") else tmp_path / "folder"
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(content)
    exercises = {exercise.id: exercise.names for exercise in hw8.exercises}

    read = read_submission(tmp_path / name, modules=hw8.modules, exercises=exercises)

    assert read.notes == ()
    assert read.source is not None
    modules = read.source.modules
    assert not any(module.left_out for module in modules)
    unwritten = {name for module in modules for name in module.unwritten}
    assert unwritten == {name for names in exercises.values() for name in names}


def test_archive_keeps_secrets(hw8: Assignment) -> None:
    """No marker and nothing from solutions/ is in it; both notebooks and the names are."""
    with zipfile.ZipFile(io.BytesIO(student_archive(hw8))) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}

    assert {"assignments/hw8/hw8.ipynb", "assignments/hw8/hw8.zh.ipynb"} <= contents.keys()
    assert "data/dinos.txt" in contents
    folders = {part for name in contents for part in Path(name).parts[:-1]}
    assert folders.isdisjoint({"solutions", "hidden", "mistakes"})
    assert not any(b"BEGIN SOLUTION" in content for content in contents.values())
