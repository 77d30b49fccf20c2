"""What there is to say of exercises that lost points, each with its place in the repository.

CI systems show such remarks beside the lines of a change: GitHub as annotations, GitLab as its code
quality report, and others by way of SARIF.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grader.diagnose import first_shown
from grader.report.audience import as_told, diagnosis_lines, is_open, place_of
from grader.report.plain import clean, shorten
from grader.report.wording import case_text, exercise_text
from grader.scoring import by_need, is_skipped
from grader.texts import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.catalog import Assignment
    from grader.model import CaseResult, ExerciseResult, Grade
    from grader.scoring import State

    PathOf = Callable[[str], str | None]

DETAIL_CHARACTERS: Final = 6000


@dataclass(frozen=True, slots=True)
class Remark:
    """What a student reads of an exercise that lost points.

    Parameters
    ----------
    exercise, title : str
        Its id and its title.
    text : str
        A few lines.
    path : str or None
        The file from the repository's root, where it is known.
    line : int or None
        The line of it; None where that is not known, or is a line of a notebook's cell.
    state : str
        How the exercise went: ``ungraded``, ``zero``, ``partial`` or ``unwritten``.
    """

    exercise: str
    title: str
    text: str
    path: str | None
    line: int | None
    state: State


def remarks(assignment: Assignment, grade: Grade, lang: str, path_of: PathOf = str) -> list[Remark]:
    """List what there is to say of a grade, as `by_need` sorts it, exercises not written last.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade; without a score there is nothing to say of its exercises.
    lang : str
        ``en`` or ``zh``.
    path_of : callable
        Takes the name of a file of the submission; returns its path from the repository's root,
        or None where that is not known.
    """
    if grade.score is None:
        return []
    told = as_told(grade)
    need = by_need(assignment.exercises, told.exercises)
    groups: Sequence[tuple[State, Sequence[ExerciseResult]]] = (
        ("ungraded", need.ungraded),
        ("zero", need.wrong),
        ("partial", need.partial),
        ("unwritten", need.unwritten),
    )
    return [
        _remark(assignment, result, lang, path_of, state)
        for state, results in groups
        for result in results
        if not is_skipped(result)
    ]


def first_problem(result: ExerciseResult) -> CaseResult | None:
    """Return the case that is shown of an exercise, of those that a student may see."""
    problems = [case for case in result.cases if not case.verdict.is_fine]
    visible = [case for case in problems if is_open(case, "student")]
    return first_shown(visible, result.diagnosis.findings if result.diagnosis else ())


def _remark(
    assignment: Assignment, result: ExerciseResult, lang: str, path_of: PathOf, state: State
) -> Remark:
    case = first_problem(result)
    title = assignment.exercise(result.id).title.in_language(lang)
    if case is None:
        text = exercise_text(result, lang) or words_of("reports", lang)("zero")
        return Remark(result.id, title, clean(text), None, None, state)
    place = place_of(case, "student")
    if result.diagnosis is not None:
        fault = result.diagnosis.fault
        place = fault.places[0] if fault is not None else place or result.diagnosis.place
    path = None if place is None else path_of(place.file)
    line = place.line if place is not None and path is not None and place.cell is None else None
    told = "\n".join([*diagnosis_lines(result, lang, "student"), case_text(case, lang, "student")])
    return Remark(result.id, title, clean(shorten(told, DETAIL_CHARACTERS)), path, line, state)
