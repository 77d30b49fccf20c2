"""Exercism's results.json, version 3: a task an exercise, a test a visible case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.model import Verdict
from grader.report.audience import as_told, output_of
from grader.report.plain import clean, shorten
from grader.report.remarks import first_problem, remarks
from grader.report.wording import case_text, score_text
from grader.texts import words_of

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import CaseResult, Grade

FILE_NAME: Final = "results.json"
VERSION: Final = 3
OUTPUT_CHARACTERS: Final = 500  # more is cut there
MESSAGE_CHARACTERS: Final = 65_535
MAX_BYTES: Final = 500_000  # a larger file fails the run there
_FAILED: Final = frozenset(
    {Verdict.FAILED, Verdict.NOT_IMPLEMENTED, Verdict.MISSING, Verdict.REFUSED}
)


def exercism_json(assignment: Assignment, grade: Grade, lang: str) -> bytes:
    """Write results.json for Exercism.

    Parameters
    ----------
    assignment : Assignment
        Its exercises are numbered as tasks, from 1.
    grade : Grade
        Any grade.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    bytes
        UTF-8, valid against ``data/schemas/exercism-results-v3.schema.json``. Hidden cases are
        tests under numbers that tell whether they passed. There are at most 500 kilobytes: longer
        messages are cut.
    """
    told = as_told(grade)
    tasks = {exercise.id: number for number, exercise in enumerate(assignment.exercises, start=1)}
    said = {remark.exercise: remark.text for remark in remarks(assignment, grade, lang)}
    tests = [
        _test(case, tasks[result.id], said.get(result.id) if case is first else None, lang)
        for result in told.exercises
        for first in [first_problem(result)]
        for case in result.cases
        if case.verdict.is_judged
    ]
    if grade.score is None or not tests:
        document: dict[str, Any] = {
            "version": VERSION,
            "status": "error",
            "message": clean(score_text(grade, lang)),
            "tests": [],
        }
    else:
        passed = all(test["status"] == "pass" for test in tests)
        document = {"version": VERSION, "status": "pass" if passed else "fail", "tests": tests}
    return _fitting(document)


def _fitting(document: dict[str, Any]) -> bytes:
    """Cut the longest messages until the whole is not more than is read there."""
    characters = MESSAGE_CHARACTERS
    while len(written := _json(document)) > MAX_BYTES and characters:
        for test in document["tests"]:
            if "message" in test:
                test["message"] = shorten(test["message"], characters)
        characters //= 2
    return written


def _json(document: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _test(case: CaseResult, task: int, said: str | None, lang: str) -> dict[str, Any]:
    """Write a test; of an exercise's first problem, what is said of the exercise."""
    test: dict[str, Any] = {
        "name": clean(case.id),
        "task_id": task,
        "status": _status(case.verdict),
        "test_code": clean(case.id),
    }
    if case.verdict is not Verdict.PASSED:
        told = said or case_text(case, lang, "student") or words_of("reports", lang)("zero")
        test["message"] = shorten(told, MESSAGE_CHARACTERS)
    printed = clean(output_of(case, "student")).strip()
    if printed:
        test["output"] = shorten(printed, OUTPUT_CHARACTERS)
    return test


def _status(verdict: Verdict) -> str:
    if verdict is Verdict.PASSED:
        return "pass"
    return "fail" if verdict in _FAILED else "error"
