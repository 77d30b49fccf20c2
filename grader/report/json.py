"""One grade as JSON; ``data/schemas/grade-v1.schema.json`` says what each field means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.diagnose import render
from grader.model import (  # noqa: TC001 - msgspec reads the annotations
    Difference,
    Place,
    Recipe,
    Status,
    Verdict,
    Visibility,
)
from grader.report.amounts import rounded
from grader.report.audience import (
    Audience,
    case_names,
    diagnosis_lines,
    difference_of,
    duration_of,
    is_open,
    message_text,
    output_of,
    place_of,
    recipe_of,
)
from grader.report.plain import clean

if TYPE_CHECKING:
    from fractions import Fraction

    from grader.model import CaseResult, ExerciseResult, Grade

SCHEMA: Final = "grader/grade/v1"


class _Case(msgspec.Struct):
    id: str
    suite: str
    visibility: Visibility
    verdict: Verdict
    message: str
    carried_forward: bool
    weight: str
    duration_s: float | msgspec.UnsetType = msgspec.UNSET
    test: str | msgspec.UnsetType = msgspec.UNSET
    message_key: str | msgspec.UnsetType = msgspec.UNSET
    difference: Difference | msgspec.UnsetType = msgspec.UNSET
    place: Place | msgspec.UnsetType = msgspec.UNSET
    recipe: Recipe | msgspec.UnsetType = msgspec.UNSET
    output: str | msgspec.UnsetType = msgspec.UNSET


class _Diagnosis(msgspec.Struct):
    mistakes: list[str]
    findings: list[str]
    text: list[str]
    place: Place | msgspec.UnsetType = msgspec.UNSET


class _Exercise(msgspec.Struct):
    id: str
    points: float
    score: float | None
    score_exact: str | None
    carried_forward: float
    cases: list[_Case]
    diagnosis: _Diagnosis | msgspec.UnsetType = msgspec.UNSET


class _Document(msgspec.Struct):
    schema: str
    audience: Audience
    id: str
    name: str
    assignment: str
    status: Status
    score: float | None
    score_exact: str | None
    max_score: float
    isolation: str
    salt_fingerprint: str
    suite_hash: str
    duration_s: float
    notes: list[str]
    exercises: list[_Exercise]


def grade_json(grade: Grade, lang: str, audience: Audience = "instructor") -> bytes:
    """Write a grade as JSON.

    Parameters
    ----------
    grade : Grade
        The grade.
    lang : str
        ``en`` or ``zh``, for messages and notes.
    audience : str
        ``instructor`` for all there is, as in results/json. ``student`` for what the submission's
        author may read: of a case that is not visible only verdict, weight, and file, cell and
        line; of a visible case of a hidden suite neither inputs nor printed text nor its duration.

    Returns
    -------
    bytes
        UTF-8, indented, valid against ``grader/grade/v1``. Points are rounded to two decimals;
        ``score_exact`` holds the fraction.
    """
    conditions = grade.conditions
    document = _Document(
        schema=SCHEMA,
        audience=audience,
        id=clean(grade.id),
        name=clean(grade.name),
        assignment=grade.assignment,
        status=grade.status,
        score=_rounded(grade.score),
        score_exact=_exact(grade.score),
        max_score=rounded(grade.max_score),
        isolation=conditions.isolation,
        salt_fingerprint=conditions.salt_fingerprint,
        suite_hash=conditions.suite_hash,
        duration_s=round(grade.duration_s, 3),
        notes=[render(note, lang) for note in grade.notes],
        exercises=[_exercise(result, lang, audience) for result in grade.exercises],
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _exercise(result: ExerciseResult, lang: str, audience: Audience) -> _Exercise:
    names = case_names(result, audience)
    return _Exercise(
        id=result.id,
        points=rounded(result.points),
        score=_rounded(result.score),
        score_exact=_exact(result.score),
        carried_forward=rounded(result.carried_forward),
        cases=[
            _case(case, name, lang, audience)
            for case, name in zip(result.cases, names, strict=True)
        ],
        diagnosis=_diagnosis(result, lang, audience),
    )


def _diagnosis(
    result: ExerciseResult, lang: str, audience: Audience
) -> _Diagnosis | msgspec.UnsetType:
    found = result.diagnosis
    if found is None:
        return msgspec.UNSET
    return _Diagnosis(
        mistakes=[mistake.id for mistake in found.mistakes],
        findings=[finding.message.key for finding in found.findings],
        text=list(diagnosis_lines(result, lang, audience)),
        place=found.place or msgspec.UNSET,
    )


def _case(case: CaseResult, name: str, lang: str, audience: Audience) -> _Case:
    shown = is_open(case, audience)
    duration_s = duration_of(case, audience)
    return _Case(
        id=name,
        suite=case.suite,
        visibility=case.visibility,
        verdict=case.verdict,
        message=message_text(case, lang, audience),
        carried_forward=case.carried_forward,
        weight=str(case.weight),
        duration_s=msgspec.UNSET if duration_s is None else round(duration_s, 3),
        test=case.test if shown else msgspec.UNSET,
        message_key=case.message.key if shown else msgspec.UNSET,
        difference=difference_of(case, audience) or msgspec.UNSET,
        place=place_of(case, audience) or msgspec.UNSET,
        recipe=recipe_of(case, audience) or msgspec.UNSET,
        output=output_of(case, audience) or msgspec.UNSET,
    )


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else rounded(value)


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
