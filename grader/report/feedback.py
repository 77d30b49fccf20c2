"""What a feedback page shows, as plain values for its template."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.diagnose import first_shown, unwritten_note
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
from grader.report.listing import CodeView, code_view
from grader.report.pictures import picture_of
from grader.report.plain import shorten
from grader.report.wording import (
    ARGUMENT_CHARACTERS,
    MESSAGE_CHARACTERS,
    OUTPUT_CHARACTERS,
    by_hand_lines,
    carried_text,
    late_text,
    passed_of,
    place_text,
    problem_counts,
    status_name,
)
from grader.scoring import by_need, final_score, lost, state_of, two_decimals
from grader.texts import describe, render, value_text, verdict_title, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from grader.catalog import Assignment
    from grader.model import (
        CaseResult,
        Diagnosis,
        Difference,
        Exercise,
        ExerciseResult,
        Grade,
        Place,
    )
    from grader.report.pictures import PictureView
    from grader.scoring import State

_MORE_PROBLEMS = 12


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """How a value differs, taken apart for a table."""

    text: str
    expected: str
    actual: str
    element: str
    error: str
    picture: PictureView | None


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
    """One exercise of a feedback page.

    `number` is its place in the assignment, which anchors are made of; `note` is what there is to
    say of an exercise that is not written, besides that; `upstream` what is to be mended before it.
    """

    number: int
    id: str
    title: str
    has_hints: bool
    points: str
    score: str
    lost: str
    state: State
    state_title: str
    carried: str
    carried_text: str
    upstream: str
    by_hand: tuple[str, ...]
    diagnosis: tuple[str, ...]
    defined: str
    code: CodeView | None
    note: str
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
    """A whole feedback page: all exercises in the assignment's order, and again as in `Need`."""

    name: str
    id: str
    status: str
    score: str
    late: str
    max_score: str
    percent: int
    by_hand: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    exercises: tuple[ExerciseView, ...]
    ungraded: tuple[ExerciseView, ...]
    wrong: tuple[ExerciseView, ...]
    partial: tuple[ExerciseView, ...]
    unwritten: tuple[ExerciseView, ...]
    right: tuple[ExerciseView, ...]
    skipped: tuple[ExerciseView, ...]


def feedback_view(assignment: Assignment, grade: Grade, lang: str) -> FeedbackView:
    """Gather what a student reads about a grade."""
    grade = as_told(grade)
    behind = {one.id for one in grade.exercises if lost(one)}
    views = {
        result.id: exercise_view(
            assignment.exercise(result.id),
            number,
            result,
            lang,
            upstream=_upstream(assignment, result, behind, lang),
        )
        for number, result in enumerate(grade.exercises, start=1)
    }

    def of(results: Sequence[ExerciseResult]) -> tuple[ExerciseView, ...]:
        return tuple(views[result.id] for result in results)

    final = final_score(grade)
    need = by_need(assignment.exercises, grade.exercises)
    return FeedbackView(
        name=grade.name,
        id=grade.id,
        status=status_name(grade),
        score="" if final is None else two_decimals(final),
        late=late_text(grade, lang),
        max_score=two_decimals(grade.max_score),
        percent=0 if final is None else percent(share(final, grade.max_score)),
        by_hand=() if grade.override is None else by_hand_lines(grade.override, lang),
        comments=tuple(_comments(assignment, grade, lang)),
        notes=tuple(render(note, lang) for note in grade.notes),
        exercises=of(grade.exercises),
        ungraded=of(need.ungraded),
        wrong=of(need.wrong),
        partial=of(need.partial),
        unwritten=of(need.unwritten),
        right=of(need.right),
        skipped=of(need.skipped),
    )


def _comments(assignment: Assignment, grade: Grade, lang: str) -> Iterator[tuple[str, str]]:
    """Yield about what each comment is, which may be nothing special, and the comment."""
    titles = {exercise.id: exercise.title.in_language(lang) for exercise in assignment.marked}
    for comment in grade.comments:
        yield titles.get(comment.exercise, comment.exercise), comment.text


def _upstream(
    assignment: Assignment, result: ExerciseResult, behind: Collection[str], lang: str
) -> str:
    """Name what an exercise uses and is not right yet, where nothing could be put in for it."""
    titles = [
        assignment.exercise(name).title.in_language(lang)
        for name in assignment.exercise(result.id).uses
        if name in behind
    ]
    if not titles or not lost(result) or result.carried_forward:
        return ""
    return words_of("reports", lang)("upstream_first", titles=", ".join(titles))


def exercise_view(
    exercise: Exercise, number: int, result: ExerciseResult, lang: str, *, upstream: str = ""
) -> ExerciseView:
    """Gather what a student reads about one exercise, the assignment's first, second and so on."""
    visible = [case for case in result.cases if is_open(case, "student")]
    hidden = [case for case in result.cases if not is_open(case, "student")]
    problems = [case for case in visible if not case.verdict.is_fine]
    first = first_shown(problems, result.diagnosis.findings if result.diagnosis else ())
    more = [case for case in problems if case is not first]
    state = state_of(result)
    return ExerciseView(
        number=number,
        id=result.id,
        title=exercise.title.in_language(lang),
        has_hints=bool(exercise.hints),
        points=two_decimals(result.points),
        score="" if result.score is None else two_decimals(result.score),
        lost=two_decimals(lost(result)) if lost(result) else "",
        state=state,
        state_title=words_of("reports", lang)(state),
        carried=two_decimals(result.carried_forward) if result.carried_forward else "",
        carried_text=carried_text(result, lang),
        upstream="" if state == "unwritten" else upstream,
        by_hand=() if result.override is None else by_hand_lines(result.override, lang),
        diagnosis=diagnosis_lines(result, lang, "student"),
        defined=_defined(result, lang),
        code=code_view(result, lang),
        note=unwritten_note(first, lang) if first is not None and state == "unwritten" else "",
        first=None if first is None else _case_view(first, result.diagnosis, lang),
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


def _defined(result: ExerciseResult, lang: str) -> str:
    """Say where the submission defines an exercise that lost points."""
    place = result.diagnosis.place if result.diagnosis is not None else None
    return "" if place is None else place_text(place, lang)


def _case_view(case: CaseResult, diagnosis: Diagnosis | None, lang: str) -> CaseView:
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
        source="" if place is None or _marks(diagnosis, place) else place.text.strip(),
        call="" if recipe is None else recipe.call,
        arguments=()
        if recipe is None
        else tuple(
            shorten(value_text(line, lang), ARGUMENT_CHARACTERS) for line in recipe.arguments
        ),
        snippet="" if recipe is None else recipe.snippet,
        again="" if recipe is None else f"{shlex.join(['pytest', recipe.case])} --submission FILE",
        seed="" if recipe is None else str(recipe.seed),
        output=shorten(output_of(case, "student").strip("\n"), OUTPUT_CHARACTERS),
    )


def _marks(diagnosis: Diagnosis | None, place: Place) -> bool:
    """Tell whether the code that is shown has the place marked."""
    code = diagnosis.code if diagnosis is not None else None
    return code is not None and place.line in code.marked


def _difference_view(difference: Difference, lang: str) -> DifferenceView:
    index = ", ".join(map(str, difference.index))
    error = ""
    if difference.error is not None and difference.tolerance is not None:
        error = words_of("reports", lang)(
            "error_of", error=f"{difference.error:.3g}", tolerance=f"{difference.tolerance:.1e}"
        )
    return DifferenceView(
        text=describe(difference, lang),
        expected=value_text(difference.expected, lang),
        actual=value_text(difference.actual, lang),
        element=difference.path + (f"[{index}]" if index else ""),
        error=error,
        picture=picture_of(difference, lang),
    )
