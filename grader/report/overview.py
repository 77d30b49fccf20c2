"""What the class report shows, as plain values for its template."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader.diagnose import render, verdict_title
from grader.model import Status, Verdict
from grader.report.amounts import percent, share
from grader.report.files import feedback_href
from grader.report.labels import labels
from grader.report.wording import holds_nothing, status_name
from grader.scoring import state_of, two_decimals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.catalog import Assignment
    from grader.model import Conditions, Exercise, ExerciseResult, Grade, Message
    from grader.scoring import State

BINS: Final = 10
_COMMON: Final = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the distribution: from and to in per cent, how many, height in per cent."""

    start: int
    stop: int
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Something that went wrong for a number of students."""

    title: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class DifficultyView:
    """How the class did on one exercise; counts are of graded submissions."""

    id: str
    title: str
    points: str
    mean: int | None
    full: int
    partial: int
    zero: int
    other: int
    problems: tuple[ProblemView, ...]


@dataclass(frozen=True, slots=True)
class MarkView:
    """One exercise of one submission."""

    score: str
    state: State
    state_title: str


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One row of the table of submissions."""

    id: str
    name: str
    href: str
    status: str
    status_title: str
    score: str
    marks: tuple[MarkView | None, ...]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """A submission worth a look, and why."""

    name: str
    href: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The whole class report."""

    counts: tuple[tuple[str, str, int], ...]
    total: int
    max_score: str
    mean: str
    median: str
    quartiles: tuple[str, str] | None
    bars: tuple[Bar, ...]
    difficulty: tuple[DifficultyView, ...]
    alarms: tuple[AlarmView, ...]
    submissions: tuple[SubmissionView, ...]
    conditions: tuple[Conditions, ...]


def overview_view(assignment: Assignment, grades: Iterable[Grade], lang: str) -> OverviewView:
    """Gather what the instructor reads about a class."""
    ordered = sorted(grades, key=lambda grade: grade.id)
    scores = sorted(grade.score for grade in ordered if grade.score is not None)
    words = labels(lang)
    statuses = Counter(grade.status for grade in ordered)
    return OverviewView(
        counts=tuple((s.value, getattr(words, s.value), statuses[s]) for s in Status),
        total=len(ordered),
        max_score=two_decimals(max((grade.max_score for grade in ordered), default=Fraction(0))),
        mean=two_decimals(sum(scores, Fraction(0)) / len(scores)) if scores else "",
        median=two_decimals(statistics.median(scores)) if scores else "",
        quartiles=_quartiles(scores),
        bars=_bars(ordered),
        difficulty=tuple(_difficulty(each, ordered, lang) for each in assignment.exercises),
        alarms=tuple(_alarms(assignment, ordered, lang)),
        submissions=tuple(_submission(assignment, grade, lang) for grade in ordered),
        conditions=tuple(dict.fromkeys(grade.conditions for grade in ordered)),
    )


def _quartiles(scores: Sequence[Fraction]) -> tuple[str, str] | None:
    """Return the middle half's ends; they say little of fewer than four scores."""
    if len(scores) < 4:  # noqa: PLR2004 - a quarter of them is then one
        return None
    first, _, third = statistics.quantiles(scores, n=4, method="inclusive")
    return two_decimals(first), two_decimals(third)


def _bars(grades: Sequence[Grade]) -> tuple[Bar, ...]:
    counts = Counter(
        min(int(share(grade.score, grade.max_score) * BINS), BINS - 1)
        for grade in grades
        if grade.score is not None
    )
    highest = max(counts.values(), default=1)
    width = 100 // BINS
    return tuple(
        Bar(number * width, (number + 1) * width, counts[number], 100 * counts[number] // highest)
        for number in range(BINS)
    )


def _difficulty(exercise: Exercise, grades: Sequence[Grade], lang: str) -> DifficultyView:
    results = [found for grade in grades if (found := _result(grade, exercise.id)) is not None]
    states = Counter(state_of(result) for result in results)
    shares = [share(result.score, result.points) for result in results if result.score is not None]
    zero = states["zero"] + states["unwritten"]
    return DifficultyView(
        id=exercise.id,
        title=exercise.title.in_language(lang),
        points=two_decimals(Fraction(exercise.points)),
        mean=percent(sum(shares, Fraction(0)) / len(shares)) if shares else None,
        full=states["full"],
        partial=states["partial"],
        zero=zero,
        other=len(grades) - states["full"] - states["partial"] - zero,
        problems=_problems(results, lang),
    )


def _problems(results: Sequence[ExerciseResult], lang: str) -> tuple[ProblemView, ...]:
    """Count each submission's known mistake or first problem; later ones follow from it."""
    counts: Counter[tuple[str, str]] = Counter()
    for result in results:
        first = next((case for case in result.cases if not case.verdict.is_fine), None)
        if result.diagnosis is not None and len(result.diagnosis.mistakes) == 1:
            (mistake,) = result.diagnosis.mistakes
            counts[labels(lang).known_mistake, mistake.did.in_language(lang)] += 1
        elif first is not None:
            text = render(_without_place(first.message), lang)
            counts[verdict_title(first.verdict, lang), text] += 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ProblemView(title, text, count) for (title, text), count in ranked[:_COMMON])


def _without_place(message: Message) -> Message:
    """Drop the line number, in which the same mistake differs between students."""
    fields = {name: value for name, value in message.fields.items() if name != "where"}
    return msgspec.structs.replace(message, fields=fields)


def _alarms(assignment: Assignment, grades: Sequence[Grade], lang: str) -> Iterable[AlarmView]:
    words = labels(lang)
    for grade in grades:
        nothing = grade.score is None or holds_nothing(grade)
        reasons = [render(note, lang) for note in grade.notes if nothing]
        if nothing:
            reasons.insert(0, getattr(words, status_name(grade)))
        for result in grade.exercises:
            title = assignment.exercise(result.id).title.in_language(lang)
            verdicts = {case.verdict for case in result.cases}
            reasons += [
                f"{title}{words.colon}{verdict_title(verdict, lang)}"
                for verdict in Verdict
                if verdict.is_alarming and verdict in verdicts
            ]
        if reasons:
            yield AlarmView(grade.name, feedback_href(grade.id), tuple(reasons))


def _submission(assignment: Assignment, grade: Grade, lang: str) -> SubmissionView:
    return SubmissionView(
        id=grade.id,
        name=grade.name,
        href=feedback_href(grade.id),
        status=grade.status.value,
        status_title=getattr(labels(lang), status_name(grade)),
        score="" if grade.score is None else two_decimals(grade.score),
        marks=tuple(_mark(_result(grade, each.id), lang) for each in assignment.exercises),
    )


def _mark(result: ExerciseResult | None, lang: str) -> MarkView | None:
    if result is None:
        return None
    state = state_of(result)
    score = "" if result.score is None else two_decimals(result.score)
    return MarkView(score, state, getattr(labels(lang), state))


def _result(grade: Grade, exercise: str) -> ExerciseResult | None:
    return next((result for result in grade.exercises if result.id == exercise), None)
