"""An assignment -> the notebook that a student fills in.

The same assignment gives the same bytes: cell ids are derived, and nothing was run.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grader.author.cells import CodeCells, cut_cells
from grader.author.handout import read_handout
from grader.author.stubs import module_stub
from grader.author.words import words_about
from grader.errors import CatalogError
from grader.intake import Cleaner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.catalog import Assignment

_METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


# Brings `%check`, where the package is installed. Nothing else of a notebook needs it: "run all"
# goes on without it.
_LOAD: Final = """\
try:
    %load_ext grader
except ModuleNotFoundError:
    print("%check: pip install ./grader-*.whl (README.md)")"""

# A formula as GitHub wants it: within dollars it would take each backslash before a sign away.
_FORMULA: Final = re.compile(r"^```math\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell; `role` is unique in the notebook and the same in every language."""

    role: str
    source: str
    is_code: bool = False
    exercise: str = ""

    def as_json(self, assignment: str) -> dict[str, object]:
        """Return the cell as format 4.5 has it, with an id derived from its role."""
        cell: dict[str, object] = {
            "cell_type": "code" if self.is_code else "markdown",
            "id": hashlib.sha256(f"{assignment}/{self.role}".encode()).hexdigest()[:12],
            "metadata": {"grader": {"exercise": self.exercise}} if self.exercise else {},
            "source": self._text().splitlines(keepends=True),
        }
        return cell | {"execution_count": None, "outputs": []} if self.is_code else cell

    def _text(self) -> str:
        """Return the source with formulas as Jupyter wants them."""
        return self.source if self.is_code else _FORMULA.sub(r"$$\n\1\n$$", self.source)


def notebook_bytes(assignment: Assignment, lang: str = "en") -> bytes:
    """Write the student's notebook.

    Parameters
    ----------
    assignment : Assignment
        Its references, exercises.toml and handouts are the source.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    bytes
        A notebook of format 4.5 in UTF-8 without outputs. The code cell of an exercise carries its
        id in the metadata, under ``grader.exercise``.

    Raises
    ------
    CatalogError
        When a reference, exercises.toml and a handout do not fit together.
    """
    stubs = {module: module_stub(assignment, module) for module in assignment.modules}
    code = cut_cells(stubs, assignment.exercises)
    cells = list(_cells(assignment, lang, code))
    _check_together(cells, assignment.id)
    notebook = {
        "cells": [cell.as_json(assignment.id) for cell in cells],
        "metadata": _METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _cells(assignment: Assignment, lang: str, code: CodeCells) -> Iterator[_Cell]:
    handout, words = read_handout(assignment, lang), words_about(assignment, lang)
    title = f"# {assignment.title.in_language(lang)}"
    # The handout may open with a title of its own.
    intro = handout.intro if handout.intro.startswith("# ") else f"{title}\n\n{handout.intro}"
    yield _Cell("title", intro.strip())
    for at, section in enumerate(handout.opening):
        yield _Cell(f"opening {at}", section)
    yield _Cell("how-to", words.how_to)
    if code.future:
        yield _Cell("future", code.future, is_code=True)
    yield _Cell("load", _LOAD, is_code=True)
    for module in assignment.modules:
        if module in code.given:
            yield _Cell(f"given {module}", code.given[module], is_code=True)
        for exercise in assignment.exercises:
            if exercise.module == module:
                for at, section in enumerate(handout.sections[exercise.id]):
                    yield _Cell(f"text {exercise.id} {at}", section)
                stub = code.exercises[exercise.id]
                yield _Cell(f"code {exercise.id}", stub, is_code=True, exercise=exercise.id)
    for at, section in enumerate(handout.closing):
        yield _Cell(f"closing {at}", section)
    yield _Cell("check", words.check)


def _check_together(cells: Sequence[_Cell], name: str) -> None:
    """Compile the cells as one text, as an export to a script would have them."""
    cleaner = Cleaner()
    text = "\n".join(str(cleaner.clean(cell.source)) for cell in cells if cell.is_code)
    try:
        compile(text, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CatalogError(
            f"{name}: the notebook's cells do not compile one after the other: {error.msg}: {line}"
        ) from error
