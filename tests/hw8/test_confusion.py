"""Every known mistake, handed in whole, is called by its name: the confusion table.

`grader validate`, which CI runs as well, proves this for all mistakes: in a batch by grading them,
and for a student's copy by comparing what is stored. Here they come as files, and are graded where
there are no solutions: a few of each exercise in each form and place, other ones each time. Both
forms are one batch, since its start takes as long as many submissions. ``GRADER_ALL_MISTAKES=1``
takes all of them everywhere.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import nbformat
import pytest

from grader.author.confusion import grade_mistakes, table
from grader.batch import BatchOptions
from grader.catalog import load_assignment
from grader.intake import read_submission
from grader.mistakes import load_mistakes
from grader.sandbox import open_server
from grader.suite.session import RunSettings
from grader.suite.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.mistakes import Mistake
    from grader.sandbox import ForkServer

ROOT: Final = Path(__file__).parents[2]
CALL_S: Final = 2.0


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """The homework with its solutions."""
    return load_assignment(ROOT / "assignments" / "hw8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, assignment: Assignment) -> Assignment:
    """The homework as students have it: no solutions, stored values only."""
    root = tmp_path_factory.mktemp("student")
    shutil.copytree(assignment.folder, root / "assignments" / assignment.id)
    (root / "data" / "golden").mkdir(parents=True)
    for path in (assignment.golden, assignment.known_mistakes, assignment.known_versions):
        shutil.copy(path, root / "data" / "golden")
    return load_assignment(root / "assignments" / assignment.id)


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """The strongest sandbox that works here."""
    with open_server("best", torch=True) as opened:
        yield opened


def write_script(folder: Path, variants: Variants, mistake: Mistake) -> Path:
    """Write a folder of modules that is right but for a mistake."""
    path = folder / f"{mistake.exercise}.{mistake.id}"
    path.mkdir()
    home = variants.assignment.exercise(mistake.exercise).module
    for module in variants.assignment.modules:
        text = variants.text_with(mistake) if module == home else variants.text(module)
        (path / f"{module}.py").write_text(text, encoding="utf-8")
    return path


def write_notebook(folder: Path, variants: Variants, mistake: Mistake) -> Path:
    """Write a notebook, a cell for each module, that is right but for a mistake."""
    home = variants.assignment.exercise(mistake.exercise).module
    texts = [
        variants.text_with(mistake) if module == home else variants.text(module)
        for module in variants.assignment.modules
    ]
    cells = [nbformat.v4.new_code_cell(text) for text in texts]
    for number, cell in enumerate(cells):
        cell["id"] = f"module-{number}"  # nbformat would draw one
    path = folder / f"{mistake.exercise}.{mistake.id}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


WRITERS: Final = {"script": write_script, "notebook": write_notebook}
PLACES: Final = ("batch", "copy")
ALL: Final = os.environ.get("GRADER_ALL_MISTAKES") == "1"


def chosen(mistakes: Mapping[str, Sequence[Mistake]], form: str, place: str) -> list[Mistake]:
    """Pick what is handed in: of each exercise two of the share of this form and place."""
    if ALL:
        return [one for found in mistakes.values() for one in found]
    first = PLACES.index(place) + len(PLACES) * list(WRITERS).index(form)
    every = len(PLACES) * len(WRITERS)
    return [one for found in mistakes.values() for one in found[first::every][:2]]


@pytest.mark.proof
@pytest.mark.parametrize("place", PLACES)
def test_every_mistake_is_diagnosed_by_its_name(
    place: str,
    assignment: Assignment,
    copy: Assignment,
    server: ForkServer,
    tmp_path: Path,
) -> None:
    """Nothing is off the diagonal but ties that the catalogue declares."""
    variants = Variants(assignment)
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    catalogue = load_mistakes(assignment)
    handed_in: list[tuple[Mistake, Submission]] = []
    for form, write in WRITERS.items():
        folder = tmp_path / form
        folder.mkdir()
        for mistake in chosen(catalogue, form, place):
            path = write(folder, variants, mistake)
            submission = read_submission(
                path,
                modules=assignment.modules,
                exercises=names,
                id=f"{form}.{mistake.exercise}.{mistake.id}",
            )
            handed_in.append((mistake, submission))

    confusions = grade_mistakes(
        assignment if place == "batch" else copy,
        handed_in,
        lambda mistake: [mistake.exercise],
        BatchOptions(jobs=2, run=RunSettings(call_s=CALL_S)),
        server,
    )

    print("\n".join(table(confusions)))
    assert sum(map(len, catalogue.values())) >= 120
    assert len(confusions) == len(handed_in) >= len(assignment.exercises)
    assert [
        f"{one.mistake.exercise}.{one.mistake.id}" for one in confusions if not one.is_right
    ] == []
    assert all((one.result.score or 0) < one.result.points for one in confusions)
