"""Who may read what of a grade.

The code under test has seen the inputs of hidden cases, so whatever it can steer there may carry
them out: what it returns, prints and raises, at which line, of which type, how long it takes, which
cases of many it fails, and in which way. A student is told one thing about the hidden cases of an
exercise, how many of them passed; everything else is the instructor's. `as_told` makes the grade
that a student may read, and every format for students writes that one and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from grader.diagnose import explain
from grader.model import CaseResult, Diagnosis, Message, Verdict, Visibility
from grader.scoring import carried_by
from grader.texts import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Difference, ExerciseResult, Grade, Place, Recipe

Audience = Literal["student", "instructor"]

# In this order, so that the place of a withheld case in a list tells nothing.
_TOLD: Final = {
    Verdict.PASSED: Message("passed"),
    Verdict.SKIPPED: Message("hidden"),
    Verdict.ERRORED_GRADER: Message("hidden"),
    Verdict.FAILED: Message("hidden_not_passed"),
}


def as_told(grade: Grade, *, later: bool = False) -> Grade:
    """Return what a student may know of a grade, as a grade.

    Parameters
    ----------
    grade : Grade
        Any grade.
    later : bool
        Whether what becomes visible at a later date is told too, because the platform hides it
        until then.

    Returns
    -------
    Grade
        With the same points. Withheld cases come last, those that passed first, under numbers for
        names; all that is left of them is whether they passed. It depends on nothing else that
        happened in them.
    """
    exercises = tuple(_exercise_as_told(result, later=later) for result in grade.exercises)
    return msgspec.structs.replace(grade, exercises=exercises, duration_s=0.0)


def is_open(case: CaseResult, audience: Audience, *, later: bool = False) -> bool:
    """Tell whether the audience may see what happened in a case.

    A student may in visible cases of public suites. What a submission does in a hidden suite can
    hold inputs, even where the instructor shows the case; a student then reads its name.
    """
    if audience == "instructor":
        return True
    return case.suite == "public" and _is_shown(case, later=later)


def message_text(case: CaseResult, lang: str, audience: Audience) -> str:
    """Return what is wrong; of a withheld case only whether something is."""
    return render(case.message if is_open(case, audience) else _as_told(case).message, lang)


def difference_of(case: CaseResult, audience: Audience) -> Difference | None:
    """Return how the values differ, if the audience may know."""
    return case.difference if is_open(case, audience) else None


def recipe_of(case: CaseResult, audience: Audience) -> Recipe | None:
    """Return how to make the inputs again, if the audience may know."""
    return case.recipe if is_open(case, audience) else None


def output_of(case: CaseResult, audience: Audience) -> str:
    """Return what was printed, if the audience may know."""
    return case.output if is_open(case, audience) else ""


def duration_of(case: CaseResult, audience: Audience) -> float | None:
    """Return how long a case took, in seconds, if the audience may know."""
    return case.duration_s if is_open(case, audience) else None


def place_of(case: CaseResult, audience: Audience) -> Place | None:
    """Return where it happened, if the audience may know."""
    return case.place if is_open(case, audience) else None


def diagnosis_lines(result: ExerciseResult, lang: str, audience: Audience) -> tuple[str, ...]:
    """Say why an exercise lost points; what hidden cases alone show is for instructors."""
    found = result.diagnosis
    if found is None:
        return ()
    if audience == "student":
        found = _diagnosis_as_told(found, result.cases) or Diagnosis()
    return tuple(explain(found, lang, to_student=audience == "student"))


def _is_shown(case: CaseResult, *, later: bool) -> bool:
    return case.visibility is Visibility.VISIBLE or (
        later and case.visibility is not Visibility.HIDDEN
    )


def _exercise_as_told(result: ExerciseResult, *, later: bool) -> ExerciseResult:
    opened = [case for case in result.cases if is_open(case, "student", later=later)]
    # Nothing is there that could be called: that was seen in the open cases and is no news.
    judged = [case for case in opened if case.verdict.counts]
    unwritten = judged[0] if judged and all(map(cannot_be_called, judged)) else None
    told = [_as_told(case, unwritten) for case in result.cases if case not in opened]
    named = [case for case in told if _is_shown(case, later=later)]
    order = [*_TOLD, *Verdict]
    unnamed = sorted(
        (case for case in told if not _is_shown(case, later=later)),
        key=lambda case: order.index(case.verdict),
    )
    numbered = [
        msgspec.structs.replace(case, id=f"{result.id}::hidden-{number}")
        for number, case in enumerate(unnamed, start=1)
    ]
    diagnosis = result.diagnosis
    return msgspec.structs.replace(
        result,
        cases=(*opened, *named, *numbered),
        carried_forward=carried_by(result, lambda case: is_open(case, "student")),
        diagnosis=diagnosis and _diagnosis_as_told(diagnosis, result.cases),
    )


def cannot_be_called(case: CaseResult) -> bool:
    """Tell whether a function is not there, not written, or takes other arguments."""
    return case.verdict.is_unwritten or case.message.key == "wrong_arguments"


def _as_told(case: CaseResult, unwritten: CaseResult | None = None) -> CaseResult:
    """Leave of a withheld case its name and whether it passed."""
    verdict = case.verdict if case.verdict in _TOLD else Verdict.FAILED
    message = _TOLD[verdict]
    if unwritten is not None and verdict is Verdict.FAILED:
        verdict, message = unwritten.verdict, unwritten.message
    return CaseResult(
        id=case.id,
        exercise=case.exercise,
        test=case.test,
        suite=case.suite,
        visibility=case.visibility,
        verdict=verdict,
        message=message,
    )


def _diagnosis_as_told(diagnosis: Diagnosis, cases: Sequence[CaseResult]) -> Diagnosis | None:
    """Leave out what only a withheld case shows; a known mistake agrees on the open ones too."""
    opened = {case.id: case for case in cases if is_open(case, "student")}
    findings = tuple(
        one for one in diagnosis.findings if one.suite == "public" and one.case in opened
    )
    told = msgspec.structs.replace(diagnosis, findings=findings)
    # With such an open case there is a diagnosis, whatever the hidden ones do.
    telling = any(case.verdict.is_telling for case in opened.values())
    # That there is one at all would say in which way hidden cases failed.
    return told if told.mistakes or findings or telling else None
