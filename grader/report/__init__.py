"""Grades to text; pure, and the same bytes for the same grades.

`FORMATS` is what ``grader ci --format`` offers. Whatever it writes may be read by the student whose
submission was graded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from grader.errors import HarnessError, UsageError
from grader.report import classroom50, github, gradescope, junit
from grader.report.classroom50 import Push, classroom50_json
from grader.report.csv import GradesTable, grades_csv
from grader.report.files import feedback_href, file_name
from grader.report.github import annotation_commands, step_summary
from grader.report.gradescope import gradescope_json
from grader.report.html import check_html, feedback_html, index_html, overview_html
from grader.report.json import grade_json
from grader.report.junit import junit_xml
from grader.report.moves import diff_json
from grader.report.overview import Overview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.catalog import Assignment
    from grader.model import Grade

__all__ = [
    "FORMATS",
    "Format",
    "GradesTable",
    "Overview",
    "Push",
    "annotation_commands",
    "check_format",
    "check_html",
    "classroom50_json",
    "diff_json",
    "feedback_href",
    "feedback_html",
    "file_name",
    "grade_json",
    "grades_csv",
    "gradescope_json",
    "index_html",
    "junit_xml",
    "overview_html",
    "step_summary",
]

Write = Callable[["Assignment", "Grade", str, "Push | None"], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One of ``grader ci``'s formats.

    Parameters
    ----------
    file_name : str
        What its readers expect the file to be called.
    write : callable
        Takes assignment, grade, language, and what Classroom 50 says of the push (or None), and
        returns the file's bytes. For ``gradescope`` and ``classroom50`` it raises `HarnessError` or
        `IntakeError` when there is no score.
    """

    file_name: str
    write: Write


def check_format(name: str, push: Push | None) -> None:
    """Tell before anything is graded that a format cannot be written.

    Raises
    ------
    UsageError
        When Classroom 50's is asked for elsewhere.
    """
    if name == "classroom50" and push is None:
        raise UsageError(
            "the classroom50 format needs what Classroom 50 sets for its autograder (CLASSROOM, "
            "ASSIGNMENT, SUBMISSION_TAG, COMMIT_URL, ...): run it there, or choose --format json"
        )


def _classroom50(assignment: Assignment, grade: Grade, lang: str, push: Push | None) -> bytes:
    if push is None:
        raise HarnessError("a format was not checked before it was to be written")
    return classroom50_json(assignment, grade, lang, push)


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "gradescope": Format(
            gradescope.FILE_NAME,
            lambda assignment, grade, lang, _: gradescope_json(assignment, grade, lang),
        ),
        "classroom50": Format(classroom50.FILE_NAME, _classroom50),
        "junit": Format(
            junit.FILE_NAME, lambda assignment, grade, lang, _: junit_xml(assignment, grade, lang)
        ),
        "github": Format(
            github.FILE_NAME,
            lambda assignment, grade, lang, _: step_summary(assignment, grade, lang).encode(),
        ),
        "json": Format(
            "grade.json", lambda _a, grade, lang, _p: grade_json(grade, lang, "student")
        ),
        "html": Format(
            "feedback.html",
            lambda assignment, grade, lang, _: feedback_html(assignment, grade, lang).encode(),
        ),
    }
)
