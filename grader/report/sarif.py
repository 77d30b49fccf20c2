"""SARIF 2.1.0, the exchange format of code scanners: a rule an exercise, a result a remark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec

import grader
from grader.report.amounts import rounded
from grader.report.remarks import remarks
from grader.scoring import deduction, final_score

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade
    from grader.report.remarks import PathOf, Remark

FILE_NAME: Final = "grader.sarif"
VERSION: Final = "2.1.0"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"ungraded": "none", "zero": "error", "partial": "warning", "unwritten": "note"}


def sarif_json(assignment: Assignment, grade: Grade, lang: str, path_of: PathOf = str) -> bytes:
    """Write a log in SARIF.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade; one without a score is a run that was not successful, without results.
    lang : str
        ``en`` or ``zh``.
    path_of : callable
        See `grader.report.remarks.remarks`.

    Returns
    -------
    bytes
        UTF-8, valid against ``data/schemas/sarif.schema.json``. Paths are from the repository's
        root.
    """
    rules = [
        {"id": exercise.id, "shortDescription": {"text": exercise.title.in_language(lang)}}
        for exercise in assignment.exercises
    ]
    index = {exercise.id: number for number, exercise in enumerate(assignment.exercises)}
    driver = {"name": "grader", "version": grader.__version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"grader/{assignment.id}/"},
        "invocations": [{"executionSuccessful": grade.score is not None}],
        "columnKind": "utf16CodeUnits",
        "properties": _points(grade),
        "results": [
            _result(remark, index[remark.exercise])
            for remark in remarks(assignment, grade, lang, path_of)
        ],
    }
    document = {"$schema": _SCHEMA, "version": VERSION, "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _points(grade: Grade) -> dict[str, float]:
    """Write what was earned, taken off for being late, and counts; the format has no place."""
    final = final_score(grade)
    points = {"maxScore": rounded(grade.max_score)}
    if grade.score is not None and final is not None:
        points["score"] = rounded(grade.score)
        points["deduction"] = rounded(deduction(grade))
        points["finalScore"] = rounded(final)
    return points


def _result(remark: Remark, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": remark.exercise,
        "ruleIndex": index,
        "level": _LEVELS[remark.state],
        "message": {"text": remark.text or remark.title},
    }
    if remark.path is not None:
        place: dict[str, Any] = {
            "artifactLocation": {"uri": quote(remark.path), "uriBaseId": "%SRCROOT%"}
        }
        if remark.line is not None:
            place["region"] = {"startLine": remark.line}
        result["locations"] = [{"physicalLocation": place}]
    return result
