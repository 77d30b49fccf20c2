"""Grades to text; pure, and the same bytes for the same grades.

`FORMATS` is what ``grader ci --format`` offers. Whatever it writes may be read by the student whose
submission was graded.
"""

from __future__ import annotations

from grader.report.classroom50 import Push, classroom50_json
from grader.report.csv import GradesTable, grades_csv
from grader.report.files import feedback_href, file_name
from grader.report.formats import (
    ELSEWHERE,
    FORMATS,
    Around,
    Format,
    Platform,
    check_formats,
    platform_of,
)
from grader.report.github import SUMMARY_BYTES, annotation_commands, step_summary
from grader.report.gradescope import gradescope_json
from grader.report.html import check_html, feedback_html, index_html, overview_html
from grader.report.json import grade_json
from grader.report.junit import junit_xml
from grader.report.moves import diff_json
from grader.report.overview import Overview

__all__ = [
    "ELSEWHERE",
    "FORMATS",
    "SUMMARY_BYTES",
    "Around",
    "Format",
    "GradesTable",
    "Overview",
    "Platform",
    "Push",
    "annotation_commands",
    "check_formats",
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
    "platform_of",
    "step_summary",
]
