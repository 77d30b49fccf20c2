"""What the class report shows, as plain values for its template."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader.model import Status, Verdict
from grader.report.amounts import percent, share
from grader.report.files import feedback_href
from grader.report.wording import holds_nothing, status_name
from grader.scoring import state_of, two_decimals
from grader.texts import render, verdict_title, words_of

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
    by_hand: bool


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One row of the table of submissions."""

    id: str
    name: str
    href: str
    status: str
    status_title: str
    score: str
    by_hand: bool
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


class Overview:
    """Gathers what the instructor reads about a class; of a grade no more is kept than is shown.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    lang : str
        ``en`` or ``zh``.
    """

    def __init__(self, assignment: Assignment, lang: str) -> None:
        self._assignment = assignment
        self._lang = lang
        self._statuses: Counter[Status] = Counter()
        self._scores: list[Fraction] = []
        self._max_score = Fraction(0)
        self._bins: Counter[int] = Counter()
        self._difficulty = [_Difficulty(each, lang) for each in assignment.exercises]
        self._alarms: list[tuple[str, AlarmView]] = []
        self._submissions: list[SubmissionView] = []
        self._conditions: dict[Conditions, str] = {}

    def add(self, grade: Grade) -> None:
        """Take in a grade; in any order."""
        self._statuses[grade.status] += 1
        self._max_score = max(self._max_score, grade.max_score)
        first = self._conditions.setdefault(grade.conditions, grade.id)
        self._conditions[grade.conditions] = min(first, grade.id)
        if grade.score is not None:
            self._scores.append(grade.score)
            self._bins[min(int(share(grade.score, grade.max_score) * BINS), BINS - 1)] += 1
        results = {result.id: result for result in grade.exercises}
        for each in self._difficulty:
            if each.id in results:
                each.add(results[each.id])
        marks = tuple(_mark(results.get(each.id), self._lang) for each in self._difficulty)
        self._submissions.append(_submission(grade, marks, self._lang))
        reasons = tuple(_reasons(self._assignment, grade, self._lang))
        if reasons:
            alarm = AlarmView(grade.name, feedback_href(grade.id), reasons)
            self._alarms.append((grade.id, alarm))

    def view(self) -> OverviewView:
        """Return what the report shows, in the order of ids."""
        words = words_of("reports", self._lang)
        scores, total = sorted(self._scores), len(self._submissions)
        return OverviewView(
            counts=tuple((s.value, words(s.value), self._statuses[s]) for s in Status),
            total=total,
            max_score=two_decimals(self._max_score),
            mean=two_decimals(sum(scores, Fraction(0)) / len(scores)) if scores else "",
            median=two_decimals(statistics.median(scores)) if scores else "",
            quartiles=_quartiles(scores),
            bars=_bars(self._bins),
            difficulty=tuple(each.view(total) for each in self._difficulty),
            alarms=tuple(alarm for _, alarm in sorted(self._alarms, key=lambda one: one[0])),
            submissions=tuple(sorted(self._submissions, key=lambda row: row.id)),
            conditions=tuple(sorted(self._conditions, key=self._conditions.__getitem__)),
        )


def _quartiles(scores: Sequence[Fraction]) -> tuple[str, str] | None:
    """Return the middle half's ends; they say little of fewer than four scores."""
    if len(scores) < 4:  # noqa: PLR2004 - a quarter of them is then one
        return None
    first, _, third = statistics.quantiles(scores, n=4, method="inclusive")
    return two_decimals(first), two_decimals(third)


def _bars(counts: Counter[int]) -> tuple[Bar, ...]:
    highest = max(counts.values(), default=1)
    width = 100 // BINS
    return tuple(
        Bar(number * width, (number + 1) * width, counts[number], 100 * counts[number] // highest)
        for number in range(BINS)
    )


class _Difficulty:
    """Gathers how a class did on one exercise."""

    def __init__(self, exercise: Exercise, lang: str) -> None:
        self.id = exercise.id
        self._exercise = exercise
        self._lang = lang
        self._states: Counter[State] = Counter()
        self._shares: Counter[Fraction] = Counter()
        self._problems: Counter[tuple[str, str]] = Counter()

    def add(self, result: ExerciseResult) -> None:
        """Take in a result."""
        self._states[state_of(result)] += 1
        if result.score is not None:
            self._shares[share(result.score, result.points)] += 1
        problem = _problem(result, self._lang)
        if problem is not None:
            self._problems[problem] += 1

    def view(self, total: int) -> DifficultyView:
        """Return what is shown of it, given how many submissions there are."""
        states, judged = self._states, self._shares.total()
        whole = sum((part * count for part, count in self._shares.items()), Fraction(0))
        zero = states["zero"] + states["unwritten"]
        ranked = sorted(self._problems.items(), key=lambda item: (-item[1], item[0]))
        return DifficultyView(
            id=self.id,
            title=self._exercise.title.in_language(self._lang),
            points=two_decimals(Fraction(self._exercise.points)),
            mean=percent(whole / judged) if judged else None,
            full=states["full"],
            partial=states["partial"],
            zero=zero,
            other=total - states["full"] - states["partial"] - zero,
            problems=tuple(
                ProblemView(title, text, count) for (title, text), count in ranked[:_COMMON]
            ),
        )


def _problem(result: ExerciseResult, lang: str) -> tuple[str, str] | None:
    """Return a submission's known mistake or first problem; later ones follow from it."""
    if result.diagnosis is not None and len(result.diagnosis.mistakes) == 1:
        (mistake,) = result.diagnosis.mistakes
        return words_of("reports", lang)("known_mistake"), mistake.did.in_language(lang)
    first = next((case for case in result.cases if not case.verdict.is_fine), None)
    if first is None:
        return None
    return verdict_title(first.verdict, lang), render(_without_place(first.message), lang)


def _without_place(message: Message) -> Message:
    """Drop the line number, in which the same mistake differs between students."""
    fields = {name: value for name, value in message.fields.items() if name != "where"}
    return msgspec.structs.replace(message, fields=fields)


def _reasons(assignment: Assignment, grade: Grade, lang: str) -> Iterable[str]:
    """Say why a submission is worth a look."""
    words = words_of("reports", lang)
    if grade.score is None or holds_nothing(grade):
        yield words(status_name(grade))
        yield from (render(note, lang) for note in grade.notes)
    for result in grade.exercises:
        title = assignment.exercise(result.id).title.in_language(lang)
        verdicts = {case.verdict for case in result.cases}
        for verdict in Verdict:
            if verdict.is_alarming and verdict in verdicts:
                yield f"{title}{words('colon')}{verdict_title(verdict, lang)}"


def _submission(grade: Grade, marks: tuple[MarkView | None, ...], lang: str) -> SubmissionView:
    return SubmissionView(
        id=grade.id,
        name=grade.name,
        href=feedback_href(grade.id),
        status=grade.status.value,
        status_title=words_of("reports", lang)(status_name(grade)),
        score="" if grade.score is None else two_decimals(grade.score),
        by_hand=grade.override is not None,
        marks=marks,
    )


def _mark(result: ExerciseResult | None, lang: str) -> MarkView | None:
    if result is None:
        return None
    state = state_of(result)
    score = "" if result.score is None else two_decimals(result.score)
    title = words_of("reports", lang)(state)
    return MarkView(score, state, title, by_hand=result.override is not None)
