"""What a feedback page shows, as plain values for its template."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from grader.diagnose import first_shown
from grader.model import Verdict
from grader.report.amounts import percent, share
from grader.report.audience import (
    as_told,
    diagnosis_lines,
    difference_of,
    is_open,
    message_text,
    output_of,
    place_of,
    recipe_of,
)
from grader.report.plain import shorten
from grader.report.wording import (
    ARGUMENT_CHARACTERS,
    MESSAGE_CHARACTERS,
    OUTPUT_CHARACTERS,
    carried_text,
    passed_of,
    place_text,
    problem_counts,
    status_name,
)
from grader.scoring import is_skipped, two_decimals
from grader.texts import describe, render, verdict_title, words_of

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import CaseResult, Difference, Exercise, ExerciseResult, Grade

State = Literal["full", "partial", "zero", "unwritten", "ungraded", "skipped"]

_MORE_PROBLEMS = 12


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """How a value differs, taken apart for a table."""

    text: str
    expected: str
    actual: str
    element: str
    error: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """One failing case, as far as a student may see it."""

    name: str
    verdict: str
    title: str
    message: str
    difference: DifferenceView | None
    place: str
    source: str
    call: str
    arguments: tuple[str, ...]
    snippet: str
    again: str
    seed: str
    output: str


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """One exercise of a feedback page."""

    id: str
    title: str
    points: str
    score: str
    percent: int
    state: State
    state_title: str
    carried: str
    carried_text: str
    diagnosis: tuple[str, ...]
    defined: str
    first: CaseView | None
    more: tuple[tuple[str, str], ...]
    more_left: int
    passed: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    visible: tuple[int, int]
    hidden: tuple[int, int]
    hidden_problems: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """A whole feedback page."""

    name: str
    id: str
    status: str
    score: str
    max_score: str
    percent: int
    notes: tuple[str, ...]
    exercises: tuple[ExerciseView, ...]


def feedback_view(assignment: Assignment, grade: Grade, lang: str) -> FeedbackView:
    """Gather what a student reads about a grade."""
    grade = as_told(grade)
    return FeedbackView(
        name=grade.name,
        id=grade.id,
        status=status_name(grade),
        score="" if grade.score is None else two_decimals(grade.score),
        max_score=two_decimals(grade.max_score),
        percent=0 if grade.score is None else percent(share(grade.score, grade.max_score)),
        notes=tuple(render(note, lang) for note in grade.notes),
        exercises=tuple(
            exercise_view(assignment.exercise(result.id), result, lang)
            for result in grade.exercises
        ),
    )


def exercise_view(exercise: Exercise, result: ExerciseResult, lang: str) -> ExerciseView:
    """Gather what a student reads about one exercise."""
    visible = [case for case in result.cases if is_open(case, "student")]
    hidden = [case for case in result.cases if not is_open(case, "student")]
    problems = [case for case in visible if not case.verdict.is_fine]
    first = first_shown(problems, result.diagnosis.findings if result.diagnosis else ())
    more = [case for case in problems if case is not first]
    state = state_of(result)
    return ExerciseView(
        id=result.id,
        title=exercise.title.in_language(lang),
        points=two_decimals(result.points),
        score="" if result.score is None else two_decimals(result.score),
        percent=0 if result.score is None else percent(share(result.score, result.points)),
        state=state,
        state_title=words_of("reports", lang)(state),
        carried=two_decimals(result.carried_forward) if result.carried_forward else "",
        carried_text=carried_text(result, lang),
        diagnosis=diagnosis_lines(result, lang, "student"),
        defined=_defined(result, lang),
        first=None if first is None else _case_view(first, lang),
        more=tuple((case.id, verdict_title(case.verdict, lang)) for case in more[:_MORE_PROBLEMS]),
        more_left=max(0, len(more) - _MORE_PROBLEMS),
        passed=tuple(case.id for case in visible if case.verdict is Verdict.PASSED),
        skipped=tuple(
            (case.id, message_text(case, lang, "student"))
            for case in visible
            if case.verdict is Verdict.SKIPPED
        ),
        visible=passed_of(visible),
        hidden=passed_of(hidden),
        hidden_problems=tuple(problem_counts(hidden, lang)),
    )


def state_of(result: ExerciseResult) -> State:
    """Name how an exercise went, in one word of reports.toml."""
    if is_skipped(result):
        return "skipped"
    if result.score is None:
        return "ungraded"
    if result.score >= result.points:
        return "full"
    if result.score > 0:
        return "partial"
    bad = [case for case in result.cases if not case.verdict.is_fine]
    return "unwritten" if bad and all(case.verdict.is_unwritten for case in bad) else "zero"


def _defined(result: ExerciseResult, lang: str) -> str:
    """Say where the submission defines an exercise that lost points."""
    place = result.diagnosis.place if result.diagnosis is not None else None
    return "" if place is None else place_text(place, lang)


def _case_view(case: CaseResult, lang: str) -> CaseView:
    words = words_of("reports", lang)
    difference = difference_of(case, "student")
    place = place_of(case, "student")
    recipe = recipe_of(case, "student")
    function = ""
    if place is not None and place.function:
        function = words("comma") + words("function", name=place.function)
    return CaseView(
        name=case.id,
        verdict=case.verdict.value,
        title=verdict_title(case.verdict, lang),
        message=shorten(message_text(case, lang, "student"), MESSAGE_CHARACTERS),
        difference=None if difference is None else _difference_view(difference, lang),
        place="" if place is None else place_text(place, lang) + function,
        source="" if place is None else place.text.strip(),
        call="" if recipe is None else recipe.call,
        arguments=()
        if recipe is None
        else tuple(shorten(line, ARGUMENT_CHARACTERS) for line in recipe.arguments),
        snippet="" if recipe is None else recipe.snippet,
        again="" if recipe is None else f"{shlex.join(['pytest', recipe.case])} --submission FILE",
        seed="" if recipe is None else str(recipe.seed),
        output=shorten(output_of(case, "student").strip("\n"), OUTPUT_CHARACTERS),
    )


def _difference_view(difference: Difference, lang: str) -> DifferenceView:
    index = ", ".join(map(str, difference.index))
    error = ""
    if difference.error is not None and difference.tolerance is not None:
        error = words_of("reports", lang)(
            "error_of", error=f"{difference.error:.3g}", tolerance=f"{difference.tolerance:.1e}"
        )
    return DifferenceView(
        text=describe(difference, lang),
        expected=difference.expected,
        actual=difference.actual,
        element=difference.path + (f"[{index}]" if index else ""),
        error=error,
    )
