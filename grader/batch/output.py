"""A batch's folder: gradebook, table, one JSON and one feedback page a student, the class page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report import feedback_html, file_name, grade_json, grades_csv, index_html

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Grade


def write_reports(assignment: Assignment, grades: Sequence[Grade], folder: Path, lang: str) -> None:
    """Write every report of a batch.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    grades : sequence of Grade
        In the order of the table.
    folder : Path
        Gets grades.csv, index.html, json/ID.json and feedback/ID.html.
    lang : str
        ``en`` or ``zh``.
    """
    for name in ("json", "feedback"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for grade in grades:
        _write(folder / "json" / file_name(grade.id, ".json"), grade_json(grade, lang))
        page = feedback_html(assignment, grade, lang).encode()
        _write(folder / "feedback" / file_name(grade.id, ".html"), page)
    _write(folder / "grades.csv", grades_csv(assignment, grades).encode())
    _write(folder / "index.html", index_html(assignment, grades, lang).encode())


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a reader never sees half a report."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(data)
    partial.replace(path)
