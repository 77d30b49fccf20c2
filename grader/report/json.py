"""One grade as JSON; ``data/schemas/grade-v1.schema.json`` says what each field means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.model import (  # noqa: TC001 - msgspec reads the annotations
    Attempt,
    Difference,
    Fault,
    Place,
    Recipe,
    Status,
    Student,
    Verdict,
    Visibility,
)
from grader.report.amounts import rounded
from grader.report.audience import (
    Audience,
    as_told,
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
from grader.scoring import deduction, final_score
from grader.texts import render

if TYPE_CHECKING:
    from fractions import Fraction

    from grader.model import CaseResult, Comment, ExerciseResult, Grade, Override

SCHEMA: Final = "grader/grade/v1"


class _Case(msgspec.Struct):
    id: str
    suite: str
    visibility: Visibility
    verdict: Verdict
    message: str
    carried_forward: bool | msgspec.UnsetType = msgspec.UNSET
    weight: str | msgspec.UnsetType = msgspec.UNSET
    duration_s: float | msgspec.UnsetType = msgspec.UNSET
    test: str | msgspec.UnsetType = msgspec.UNSET
    message_key: str | msgspec.UnsetType = msgspec.UNSET
    difference: Difference | msgspec.UnsetType = msgspec.UNSET
    place: Place | msgspec.UnsetType = msgspec.UNSET
    recipe: Recipe | msgspec.UnsetType = msgspec.UNSET
    output: str | msgspec.UnsetType = msgspec.UNSET


class _Override(msgspec.Struct):
    points: float
    computed: float | None
    because: str
    who: str | msgspec.UnsetType = msgspec.UNSET
    at: str | msgspec.UnsetType = msgspec.UNSET


class _Comment(msgspec.Struct):
    exercise: str
    text: str
    who: str | msgspec.UnsetType = msgspec.UNSET
    at: str | msgspec.UnsetType = msgspec.UNSET


class _Diagnosis(msgspec.Struct):
    mistakes: list[str]
    findings: list[str]
    text: list[str]
    place: Place | msgspec.UnsetType = msgspec.UNSET
    fault: Fault | msgspec.UnsetType = msgspec.UNSET


class _Exercise(msgspec.Struct):
    id: str
    points: float
    score: float | None
    score_exact: str | None
    carried_forward: float
    cases: list[_Case]
    diagnosis: _Diagnosis | msgspec.UnsetType = msgspec.UNSET
    override: _Override | msgspec.UnsetType = msgspec.UNSET


class _Student(msgspec.Struct):
    number: str
    email: str
    login: str
    section: str
    group: str
    platform: str
    platform_number: str


class _Attempt(msgspec.Struct, frozen=True):
    submission: str
    handed_in_at: str
    counted: bool
    due_at: str | msgspec.UnsetType = msgspec.UNSET
    extended: bool | msgspec.UnsetType = msgspec.UNSET
    late_s: int | msgspec.UnsetType = msgspec.UNSET
    days_late: int | msgspec.UnsetType = msgspec.UNSET
    penalty_percent: float | msgspec.UnsetType = msgspec.UNSET
    deduction: float | msgspec.UnsetType = msgspec.UNSET


class _Document(msgspec.Struct):
    schema: str
    audience: Audience
    id: str
    name: str
    assignment: str
    status: Status
    score: float | None
    score_exact: str | None
    final_score: float | None
    final_score_exact: str | None
    max_score: float
    isolation: str
    salt_fingerprint: str
    suite_hash: str
    notes: list[str]
    exercises: list[_Exercise]
    student: _Student | msgspec.UnsetType = msgspec.UNSET
    attempts: list[_Attempt] | msgspec.UnsetType = msgspec.UNSET
    duration_s: float | msgspec.UnsetType = msgspec.UNSET
    override: _Override | msgspec.UnsetType = msgspec.UNSET
    comments: list[_Comment] | msgspec.UnsetType = msgspec.UNSET


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
        author may read, see `grader.report.audience`: of a withheld case whether it passed, and
        nothing of how long the whole took.

    Returns
    -------
    bytes
        UTF-8, indented, valid against ``grader/grade/v1``. Points are rounded to two decimals;
        ``score_exact`` holds the fraction. ``score`` is what was earned, ``final_score`` what is
        left of it once being late is taken off.
    """
    conditions = grade.conditions
    told = as_told(grade) if audience == "student" else grade
    document = _Document(
        schema=SCHEMA,
        audience=audience,
        id=clean(grade.id),
        name=clean(grade.name),
        assignment=grade.assignment,
        status=grade.status,
        score=_rounded(grade.score),
        score_exact=_exact(grade.score),
        final_score=_rounded(final_score(grade)),
        final_score_exact=_exact(final_score(grade)),
        max_score=rounded(grade.max_score),
        isolation=conditions.isolation,
        salt_fingerprint=conditions.salt_fingerprint,
        suite_hash=conditions.suite_hash,
        notes=[render(note, lang) for note in grade.notes],
        exercises=[_exercise(result, lang, audience) for result in told.exercises],
        student=_student(grade.student),
        attempts=_attempts(grade),
        duration_s=msgspec.UNSET if audience == "student" else round(grade.duration_s, 3),
        override=_override(grade.override, audience),
        comments=[_comment(one, audience) for one in grade.comments] or msgspec.UNSET,
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _student(student: Student | None) -> _Student | msgspec.UnsetType:
    if student is None:
        return msgspec.UNSET
    names = _Student.__struct_fields__
    return _Student(**{name: clean(getattr(student, name)) for name in names})


def _attempts(grade: Grade) -> list[_Attempt] | msgspec.UnsetType:
    if grade.student is None:
        return msgspec.UNSET
    return [_attempt(grade, one) for one in grade.student.attempts]


def _attempt(grade: Grade, attempt: Attempt) -> _Attempt:
    counted, late = attempt == grade.attempt, attempt.lateness
    unset = msgspec.UNSET
    return _Attempt(
        submission=clean(attempt.submission),
        handed_in_at=clean(attempt.handed_in_at),
        counted=counted,
        due_at=unset if late is None else late.due_at,
        extended=unset if late is None else late.extended,
        late_s=unset if late is None else late.late_s,
        days_late=unset if late is None else late.days,
        penalty_percent=unset if late is None else rounded(late.percent),
        deduction=rounded(deduction(grade)) if counted and grade.score is not None else unset,
    )


def _exercise(result: ExerciseResult, lang: str, audience: Audience) -> _Exercise:
    return _Exercise(
        id=result.id,
        points=rounded(result.points),
        score=_rounded(result.score),
        score_exact=_exact(result.score),
        carried_forward=rounded(result.carried_forward),
        cases=[_case(case, lang, audience) for case in result.cases],
        diagnosis=_diagnosis(result, lang, audience),
        override=_override(result.override, audience),
    )


def _override(given: Override | None, audience: Audience) -> _Override | msgspec.UnsetType:
    if given is None:
        return msgspec.UNSET
    return _Override(
        points=rounded(given.points),
        computed=_rounded(given.computed),
        because=clean(given.because),
        **_signed(given, audience),
    )


def _comment(given: Comment, audience: Audience) -> _Comment:
    return _Comment(exercise=given.exercise, text=clean(given.text), **_signed(given, audience))


def _signed(given: Override | Comment, audience: Audience) -> dict[str, str]:
    """Say who wrote it and when, which is for instructors."""
    return {} if audience == "student" else {"who": clean(given.who), "at": given.at}


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
        fault=found.fault or msgspec.UNSET,
    )


def _case(case: CaseResult, lang: str, audience: Audience) -> _Case:
    shown = is_open(case, audience)
    duration_s = duration_of(case, audience)
    return _Case(
        id=case.id,
        suite=case.suite,
        visibility=case.visibility,
        verdict=case.verdict,
        message=message_text(case, lang, audience),
        carried_forward=case.carried_forward if shown else msgspec.UNSET,
        weight=str(case.weight) if shown else msgspec.UNSET,
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
