"""Reports written again when something was done by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.batch.output import with_present_texts, write_reports
from grader.gradebook import ResultsLock, at_work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Grade


def renew_reports(
    assignment: Assignment, grades: Iterable[Grade], out: Path, lang: str, students: Collection[str]
) -> str:
    """Write again what tells of students whose marks or comments have changed.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    grades : iterable of Grade
        Everybody's, as they count now; taken only where reports are written.
    out : Path
        The folder of results.
    lang : str
        ``en`` or ``zh``.
    students : collection of str
        Whose pages are written; the table and the page of the class are in any case.

    Returns
    -------
    str
        Which run is at work, in its own words, where one is: then nothing is written, for that run
        writes all reports when it ends. Else empty.

    Raises
    ------
    UsageError
        When another run has begun meanwhile.
    """
    running = at_work(out)
    if running is not None:
        return running
    with ResultsLock(out):
        texts = with_present_texts(assignment, grades)
        write_reports(assignment, texts, out, lang, only=students)
    return ""
