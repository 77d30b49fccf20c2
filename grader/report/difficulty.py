"""How the class did on one exercise, and on each of its cases, as plain values for a template."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from grader.report.amounts import percent, share
from grader.scoring import state_of, two_decimals
from grader.texts import render, verdict_title, words_of

if TYPE_CHECKING:
    from grader.analysis import Item, ItemAnalysis
    from grader.model import Exercise, ExerciseResult, Message
    from grader.scoring import State

_COMMON: Final = 3


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Something that went wrong for a number of students."""

    title: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """How the class did on one case."""

    id: str
    suite: str
    count: int
    passed: int | None
    discrimination: str


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
    discrimination: str
    cases: tuple[CaseView, ...]
    problems: tuple[ProblemView, ...]


class Difficulty:
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

    def view(self, total: int, items: ItemAnalysis) -> DifficultyView:
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
            discrimination=two_digits(items.exercise(self.id).discrimination),
            cases=tuple(map(_case_view, items.cases(self.id))),
            problems=tuple(
                ProblemView(title, text, count) for (title, text), count in ranked[:_COMMON]
            ),
        )


def _case_view(item: Item) -> CaseView:
    return CaseView(
        item.id,
        item.suite,
        item.count,
        None if item.mean is None else percent(item.mean),
        two_digits(item.discrimination),
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
    """Drop line and file, in which the same mistake differs between students."""
    left = {"where", "file"} if message.key == "missing" else {"where"}
    fields = {name: value for name, value in message.fields.items() if name not in left}
    return msgspec.structs.replace(message, fields=fields)


def two_digits(value: float | None) -> str:
    """Write a discrimination; empty where there is none."""
    return "" if value is None else f"{value:+.2f}"
