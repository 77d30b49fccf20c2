"""What the class report shows, as plain values for its template."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grader.analysis import Groups, ItemAnalysis
from grader.model import Explanation, Fault, Message, Status, Verdict
from grader.report.amounts import share
from grader.report.difficulty import Difficulty
from grader.report.files import feedback_href
from grader.report.heat import Heat
from grader.report.wording import holds_nothing, status_name
from grader.scoring import deduction, final_score, state_of, two_decimals
from grader.texts import render, verdict_title, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.analysis import Group
    from grader.catalog import Assignment
    from grader.model import Conditions, ExerciseResult, Grade
    from grader.report.difficulty import DifficultyView
    from grader.report.heat import HeatBlock
    from grader.scoring import State

BINS: Final = 10
# Rows that a browser lays out at once: of ten thousand by thirty it would be minutes until the page
# is there. The others are in the page, and come when somebody filters, sorts or asks for all.
ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the distribution: from and to in per cent, how many, height in per cent."""

    start: int
    stop: int
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class GroupView:
    """Students whose diagnoses say the same: what, who, and how `grader regrade` means them."""

    exercise: str
    kind: str
    text: str
    words: tuple[str, ...]
    students: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MarkView:
    """One exercise of one submission."""

    score: str
    state: State
    state_title: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One row of the table of submissions; `earned` is the score before late days are charged."""

    id: str
    name: str
    href: str
    status: str
    status_title: str
    score: str
    earned: str
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
    groups: tuple[GroupView, ...]
    heat: tuple[HeatBlock, ...]
    alarms: tuple[AlarmView, ...]
    submissions: tuple[SubmissionView, ...]
    conditions: tuple[Conditions, ...]

    @property
    def rows(self) -> int:
        """How many of the submissions are shown at first."""
        return ROWS


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
        self._difficulty = [Difficulty(each, lang) for each in assignment.marked]
        self._items = ItemAnalysis()
        self._groups = Groups()
        self._heat = Heat([each.id for each in assignment.marked])
        self._alarms: list[tuple[str, AlarmView]] = []
        self._submissions: list[SubmissionView] = []
        self._conditions: dict[Conditions, str] = {}

    def add(self, grade: Grade) -> None:
        """Take in a grade; in any order."""
        self._statuses[grade.status] += 1
        self._max_score = max(self._max_score, grade.max_score)
        first = self._conditions.setdefault(grade.conditions, grade.id)
        self._conditions[grade.conditions] = min(first, grade.id)
        final = final_score(grade)
        if final is not None:
            self._scores.append(final)
            self._bins[min(int(share(final, grade.max_score) * BINS), BINS - 1)] += 1
        self._items.add(grade)
        self._groups.add(grade)
        self._heat.add(grade)
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
            difficulty=tuple(each.view(total, self._items) for each in self._difficulty),
            groups=tuple(self._group_views()),
            heat=self._heat.blocks(),
            alarms=tuple(alarm for _, alarm in sorted(self._alarms, key=lambda one: one[0])),
            submissions=tuple(sorted(self._submissions, key=lambda row: row.id)),
            conditions=tuple(sorted(self._conditions, key=self._conditions.__getitem__)),
        )

    def _group_views(self) -> Iterator[GroupView]:
        titles = {each.id: each.title.in_language(self._lang) for each in self._assignment.marked}
        for group in self._groups.of([each.id for each in self._assignment.marked]):
            yield GroupView(
                titles.get(group.exercise, group.exercise),
                group.kind,
                group_text(group, self._lang),
                group.words,
                tuple((name, feedback_href(whose)) for whose, name in group.students),
            )


def group_text(group: Group, lang: str) -> str:
    """Say what students of a group have in common."""
    if isinstance(group.said, Explanation):
        return group.said.did.in_language(lang)
    if isinstance(group.said, Fault):
        words = words_of("reports", lang)
        steps = group.said.formulas or [render(Message(kind), lang) for kind in group.said.kinds]
        return words("wrong_step", step=words("comma").join(steps))
    return render(Message(group.said.message.key), lang)


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


def _reasons(assignment: Assignment, grade: Grade, lang: str) -> Iterable[str]:
    """Say why a submission is worth a look."""
    words = words_of("reports", lang)
    if grade.status is Status.MISSING:
        return  # there is nothing to look at
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
    final = final_score(grade)
    return SubmissionView(
        id=grade.id,
        name=grade.name,
        href=feedback_href(grade.id),
        status=grade.status.value,
        status_title=words_of("reports", lang)(status_name(grade)),
        score="" if final is None else two_decimals(final),
        earned=two_decimals(final + deduction(grade)) if final is not None else "",
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
