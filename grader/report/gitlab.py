"""GitLab's code quality report, which a merge request shows; beside its lines in Ultimate alone.

GitLab wants a path and a line of each entry. What has no place in the repository is left to the
JUnit report, which belongs beside this one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from grader.report.plain import one_line
from grader.report.remarks import remarks

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade
    from grader.report.remarks import PathOf

FILE_NAME: Final = "gl-code-quality-report.json"
_SEVERITIES: Final = {"ungraded": "info", "zero": "major", "partial": "minor", "unwritten": "info"}


def code_quality_json(
    assignment: Assignment, grade: Grade, lang: str, path_of: PathOf = str
) -> bytes:
    """Write a code quality report.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade.
    lang : str
        ``en`` or ``zh``.
    path_of : callable
        See `grader.report.remarks.remarks`.

    Returns
    -------
    bytes
        UTF-8, a JSON array, valid against ``data/schemas/gitlab-code-quality.schema.json``. A
        notebook's entries stand at its first line, for a cell's line is none of the file.
    """
    entries = [
        {
            "description": one_line(f"{remark.title}: {remark.text}"),
            "check_name": f"grader/{assignment.id}/{remark.exercise}",
            "fingerprint": _fingerprint(assignment.id, remark.exercise, remark.path),
            "severity": _SEVERITIES[remark.state],
            "location": {"path": remark.path, "lines": {"begin": remark.line or 1}},
        }
        for remark in remarks(assignment, grade, lang, path_of)
        if remark.path is not None
    ]
    return msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n"


def _fingerprint(assignment: str, exercise: str, path: str) -> str:
    """Tell one entry from another; it stays the same when lines move."""
    text = "\0".join((assignment, exercise, path))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
