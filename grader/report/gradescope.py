"""Gradescope's results.json.

The score stands at the top. Below it come a row with points for each exercise, and a row without
points for each case, which has the case's own visibility: Gradescope does the hiding, and rows
marked ``hidden`` never reach a student. Even so, all that such a row holds is whether a hidden case
passed, and nothing says how long the whole took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from grader.model import Verdict, Visibility
from grader.report.amounts import rounded
from grader.report.audience import as_told
from grader.report.plain import clean
from grader.report.scored import score_of
from grader.report.wording import (
    case_text,
    comment_lines,
    conditions_text,
    exercise_text,
    late_text,
    score_text,
)
from grader.scoring import deduction
from grader.texts import render, verdict_title

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import CaseResult, ExerciseResult, Grade

FILE_NAME: Final = "results.json"


class _Test(msgspec.Struct, omit_defaults=True, kw_only=True):
    name: str
    number: str
    output: str
    tags: list[str]
    visibility: str
    score: float | None = None
    max_score: float | None = None
    status: Literal["passed", "failed"] | None = None


class _Results(msgspec.Struct):
    score: float
    output: str
    output_format: str
    test_output_format: str
    test_name_format: str
    visibility: str
    stdout_visibility: str
    extra_data: dict[str, str | float]
    tests: list[_Test]


def gradescope_json(assignment: Assignment, grade: Grade, lang: str) -> bytes:
    """Write results.json for Gradescope.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        A grade with a score.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    bytes
        UTF-8, valid against ``data/schemas/gradescope-results.schema.json``.

    Raises
    ------
    HarnessError, IntakeError
        When there is no score: Gradescope shows a run that leaves no results.json as a failure of
        the autograder, which is the truth, and would show anything else as a zero.
    """
    score = score_of(grade)
    grade = as_told(grade, later=True)
    conditions = grade.conditions
    notes = [render(note, lang) for note in grade.notes]
    document = _Results(
        score=rounded(score),
        output=clean(
            "\n".join(
                [
                    score_text(grade, lang),
                    *filter(None, [late_text(grade, lang)]),
                    *comment_lines(grade, lang),
                    *notes,
                    conditions_text(grade, lang),
                ]
            )
        ),
        output_format="text",
        test_output_format="text",
        test_name_format="text",
        visibility=Visibility.VISIBLE.value,
        stdout_visibility=Visibility.HIDDEN.value,
        extra_data={
            "status": grade.status.value,
            "max_score": rounded(grade.max_score),
            "score_before_deduction": rounded(score + deduction(grade)),
            "isolation": conditions.isolation,
            "suite_hash": conditions.suite_hash,
            "salt_fingerprint": conditions.salt_fingerprint,
        },
        tests=[
            row
            for number, result in enumerate(grade.exercises, start=1)
            for row in _rows(assignment, result, str(number), lang)
        ],
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _rows(assignment: Assignment, result: ExerciseResult, number: str, lang: str) -> list[_Test]:
    score = result.score
    exercise = _Test(
        name=assignment.exercise(result.id).title.in_language(lang),
        number=number,
        output=clean(exercise_text(result, lang)),
        tags=[result.id],
        visibility=Visibility.VISIBLE.value,
        score=None if score is None else rounded(score),
        max_score=None if score is None else rounded(result.points),
        status=None if score is None else _status(passed=score >= result.points),
    )
    cases = (
        _case_row(case, f"{number}.{position}", lang)
        for position, case in enumerate(result.cases, start=1)
    )
    return [exercise, *cases]


def _case_row(case: CaseResult, number: str, lang: str) -> _Test:
    # After the due date or publication Gradescope may show all that a visible case shows.
    released = case.visibility is not Visibility.HIDDEN
    told = msgspec.structs.replace(case, visibility=Visibility.VISIBLE) if released else case
    judged = case.verdict.is_judged
    return _Test(
        name=clean(f"{verdict_title(case.verdict, lang)} · {case.id}"),
        number=number,
        output=case_text(told, lang, "student"),
        tags=[case.exercise, case.verdict.value],
        visibility=case.visibility.value,
        status=_status(passed=case.verdict is Verdict.PASSED) if judged else None,
    )


def _status(*, passed: bool) -> Literal["passed", "failed"]:
    return "passed" if passed else "failed"
