"""What holds for each homework of the repository, whatever it is about."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Final

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from grader.author.notebook import notebook_bytes
from grader.author.release import release, stale, student_archive
from grader.author.stubs import definitions, read_solution
from grader.catalog import Assignment, all_assignments
from grader.intake import read_submission
from grader.model import LANGUAGES
from grader.trees import is_unwritten

ROOT: Final = Path(__file__).parents[2]
EVERY: Final = all_assignments(ROOT)


@pytest.fixture(params=EVERY, ids=lambda assignment: assignment.id)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    """Each of them in turn."""
    found: Assignment = request.param
    return found


def test_there_are_several() -> None:
    """One alone would not show what is general."""
    assert len(EVERY) >= 3


def test_its_suites_are_put_to_the_test(assignment: Assignment) -> None:
    """By faults at single edges, and by versions that no catalogue holds."""
    home = ROOT / "tests" / assignment.id

    held = [
        home / "faults.toml",
        home / "variants" / "wrong.toml",
        home / "variants" / "right.toml",
    ]
    assert [path for path in held if not path.is_file()] == []


def test_what_students_hold_is_what_the_references_give(assignment: Assignment) -> None:
    """Stubs and notebooks are up to date; whoever changes a reference or a text releases again."""
    assert stale(assignment) == []


def test_graded_names_are_the_only_unwritten_ones(assignment: Assignment) -> None:
    """Each exercise has something to write, and what is given out is finished."""
    files = release(assignment)

    unwritten = {
        name
        for module in assignment.modules
        for name, node in definitions(files[f"{module}.py"].decode()).items()
        if is_unwritten(node)
    }
    assert unwritten == {name for exercise in assignment.exercises for name in exercise.names}


def test_references_are_written(assignment: Assignment) -> None:
    """A reference that still raised would make every student right."""
    for module in assignment.modules:
        text, _ = read_solution(assignment, module)

        assert not any(is_unwritten(node) for node in definitions(text).values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notebook_is_valid_and_whole(assignment: Assignment, lang: str) -> None:
    """It follows the schema, and its cells define every graded and every given name."""
    notebook = json.loads(notebook_bytes(assignment, lang))

    nbformat.validate(notebook)
    as_run = TransformerManager().transform_cell
    code = "\n".join(
        as_run("".join(cell["source"])) for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    names = {name for exercise in assignment.exercises for name in exercise.names}
    given = {name for names in assignment.given.values() for name in names}
    assert definitions(code).keys() >= names | given


@pytest.mark.parametrize("ending", [".ipynb", ".zh.ipynb", ""], ids=["en", "zh", "folder"])
def test_intake_reads_what_was_handed_out(
    assignment: Assignment, tmp_path: Path, ending: str
) -> None:
    """Handed in as it is, nothing is left out or noted, and every exercise is unwritten."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for file, content in release(assignment).items():
        path = (tmp_path if file.endswith(".ipynb") else folder) / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    exercises = {exercise.id: exercise.names for exercise in assignment.exercises}
    handed_in = tmp_path / f"{assignment.id}{ending}" if ending else folder

    read = read_submission(handed_in, modules=assignment.modules, exercises=exercises)

    assert read.notes == ()
    assert read.source is not None
    modules = read.source.modules
    assert not any(module.left_out for module in modules)
    unwritten = {name for module in modules for name in module.unwritten}
    assert unwritten == {name for names in exercises.values() for name in names}


def test_the_archive_gives_nothing_away(assignment: Assignment) -> None:
    """It can be made, which it cannot where a demo, a hint or a suite quotes a solution."""
    with zipfile.ZipFile(io.BytesIO(student_archive(assignment))) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}

    home = f"assignments/{assignment.id}"
    wanted = [f"{home}/{module}.py" for module in assignment.modules]
    wanted += [f"{home}/{name}" for name in ("handout.md", "handout.zh.md", "exercises.toml")]
    wanted += [f"{home}/{assignment.id}.ipynb", f"{home}/{assignment.id}.zh.ipynb"]
    stored = (assignment.golden, assignment.known_mistakes, assignment.known_versions)
    wanted += [f"data/golden/{path.name}" for path in stored]
    wanted += [f"data/{path.name}" for path in assignment.data]
    assert set(wanted) <= set(contents)
    folders = {part for name in contents for part in Path(name).parts[:-1]}
    assert folders.isdisjoint({"solutions", "hidden", "mistakes"})
    assert not any(b"BEGIN SOLUTION" in content for content in contents.values())
    assert sum(name.startswith("data/") for name in contents) == len(stored) + len(assignment.data)


def test_make_demo_shows_samples_of_it(assignment: Assignment) -> None:
    """Wherever there are some, without being named in the Makefile."""
    planned = subprocess.run(
        ["make", "--dry-run", "demo"],  # noqa: S607 - whichever is installed
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert (ROOT / "tests" / assignment.id / "submissions").is_dir()
    assert f"grader grade {assignment.id} tests/{assignment.id}/submissions" in planned
