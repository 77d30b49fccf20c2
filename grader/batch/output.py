"""A batch's folder: gradebook, table, one JSON and one feedback page a student, the class page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.mistakes import load_mistakes
from grader.report import GradesTable, Overview, feedback_html, file_name, grade_json, overview_html
from grader.suite.known import Known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import ExerciseResult, Explanation, Grade

KINDS = {"json": ".json", "feedback": ".html"}


def write_reports(
    assignment: Assignment,
    grades: Iterable[Grade],
    folder: Path,
    lang: str,
    *,
    ever: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[str]:
    """Write every report of a batch, and take away the pages of who is not in it any more.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    grades : iterable of Grade
        Taken one by one; none is held for longer than its own pages take.
    folder : Path
        Gets grades.csv, index.html, json/ID.json and feedback/ID.html.
    lang : str
        ``en`` or ``zh``.
    ever : collection of str
        Ids of submissions whose reports an earlier run may have written. A page that is handed out
        must not be of somebody who has withdrawn, or of a name that is not in use any more; it can
        be made again from the gradebook. No other file in the folder is touched.
    only : collection of str or None
        Whose pages are written, where nothing has changed for the others; None for everybody's.

    Returns
    -------
    list of str
        The files that were taken away, relative to the folder.
    """
    for name in KINDS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    table, overview, written = GradesTable(assignment), Overview(assignment, lang), set()
    for grade in grades:
        if only is None or grade.id in only:
            _write(folder / "json" / file_name(grade.id, ".json"), grade_json(grade, lang))
            page = feedback_html(assignment, grade, lang).encode()
            _write(folder / "feedback" / file_name(grade.id, ".html"), page)
        table.add(grade)
        overview.add(grade)
        written.add(grade.id)
    _write(folder / "grades.csv", table.text().encode())
    _write(folder / "index.html", overview_html(assignment, overview, lang).encode())
    return _remove(folder, written, [one for one in ever if one not in written])


def with_present_texts(assignment: Assignment, grades: Iterable[Grade]) -> Iterator[Grade]:
    """Let diagnoses say what the catalogue of mistakes says now.

    A better text needs no regrade: a grade holds which mistake it is, and what was said of it then,
    which counts only if the catalogue does not know the mistake any more.

    Parameters
    ----------
    assignment : Assignment
        The assignment; its solutions, or else what is stored of them, have the texts.
    grades : iterable of Grade
        As they were kept.

    Yields
    ------
    Grade
        The same grades, in the same order.

    Raises
    ------
    CatalogError
        When the catalogue is broken.
    """
    texts = {
        (exercise, one.explanation.id): one.explanation
        for exercise, known in Known.read(assignment.known_mistakes).exercises.items()
        for one in known.mistakes
    }
    for exercise, mistakes in load_mistakes(assignment).items():
        texts |= {(exercise, one.id): one.explanation for one in mistakes}
    for grade in grades:
        results = tuple(_renewed(result, texts) for result in grade.exercises)
        yield msgspec.structs.replace(grade, exercises=results)


def _renewed(
    result: ExerciseResult, texts: Mapping[tuple[str, str], Explanation]
) -> ExerciseResult:
    if result.diagnosis is None:
        return result
    mistakes = tuple(
        texts.get((result.id, mistake.id), mistake) for mistake in result.diagnosis.mistakes
    )
    renewed = msgspec.structs.replace(result.diagnosis, mistakes=mistakes)
    return msgspec.structs.replace(result, diagnosis=renewed)


def _remove(folder: Path, written: Collection[str], gone: Sequence[str]) -> list[str]:
    removed = []
    for kind, suffix in KINDS.items():
        kept = {file_name(one, suffix).casefold() for one in written}
        for name in sorted({file_name(one, suffix) for one in gone}):
            path = folder / kind / name
            # Where case does not count, the file of a renamed submission is that of its new name.
            if name.casefold() not in kept and path.is_file():
                path.unlink()
                removed.append(f"{kind}/{name}")
    return removed


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a reader never sees half a report."""
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        error.filename = error.filename or str(path)  # a write tells none
        raise
