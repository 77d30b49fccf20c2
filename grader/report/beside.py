"""Code beside code on the desk: a student's beside the reference, and what two students share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.report.audience import message_text
from grader.report.highlight import highlighted
from grader.report.plain import shorten
from grader.report.wording import MESSAGE_CHARACTERS
from grader.scoring import two_decimals
from grader.texts import verdict_title

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import ExerciseResult
    from grader.report.highlight import Part as Token
    from grader.similarity import Part


@dataclass(frozen=True, slots=True)
class Code:
    """A part of somebody's code: where it stands, and its lines from a number on."""

    place: str
    first: int
    text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The code of one exercise on both sides."""

    exercise: str
    theirs: tuple[Code, ...]
    ours: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    id: str
    suite: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Code:
    place: str
    lines: tuple[tuple[int, bool, tuple[Token, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Beside:
    id: str
    title: str
    score: str
    open: bool
    theirs: tuple[_Code, ...]
    ours: tuple[_Code, ...]
    cases: tuple[_Case, ...]


def beside_view(assignment: Assignment, result: ExerciseResult, code: Beside, lang: str) -> _Beside:
    """Show both sides of an exercise, with the cases that failed; open where one can be seen."""
    failing = [case for case in result.cases if not case.verdict.is_fine]
    score = "?" if result.score is None else two_decimals(result.score)
    return _Beside(
        id=result.id,
        title=assignment.exercise(result.id).title.in_language(lang),
        score=f"{score} / {two_decimals(result.points)}",
        open=bool(failing) and any(case.verdict.was_called for case in failing),
        theirs=tuple(map(_code, code.theirs)),
        ours=tuple(map(_code, code.ours)),
        cases=tuple(
            _Case(
                case.id,
                case.suite,
                verdict_title(case.verdict, lang),
                shorten(message_text(case, lang, "instructor"), MESSAGE_CHARACTERS),
            )
            for case in failing
        ),
    )


def _code(part: Code) -> _Code:
    lines = highlighted(part.text.splitlines())
    return _Code(
        part.place, tuple((number, False, line) for number, line in enumerate(lines, part.first))
    )


def shared_view(part: Part) -> _Code:
    """Show a part of somebody's code, with what another has as well marked."""
    lines = enumerate(highlighted(part.text.split("\n")), part.first)
    return _Code(part.place, tuple((number, number in part.shared, line) for number, line in lines))
