"""What pytest shows of a run: a letter for each case, and the lines that close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.model import Verdict
from grader.suite.summary import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

    from grader.scoring import State
    from grader.suite.homework import Homework

    Markup = Callable[..., str]

LETTERS: Final = {
    Verdict.NOT_IMPLEMENTED: "-",
    Verdict.MISSING: "?",
    Verdict.TIMED_OUT: "T",
    Verdict.CRASHED: "C",
    Verdict.REFUSED: "R",
    Verdict.ERRORED_STUDENT: "E",
    Verdict.ERRORED_GRADER: "!",
}

COLOURS: Final[Mapping[State, dict[str, bool]]] = {
    "full": {"green": True},
    "partial": {"yellow": True},
    "zero": {"red": True},
    "ungraded": {"red": True, "bold": True},
}


def status_letter(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Return category, letter and word for a failed report of a case; None for the rest."""
    verdict = dict(report.user_properties).get("verdict")
    if report.when != "call" or report.outcome != "failed" or verdict is None:
        return None
    letter = LETTERS.get(Verdict(str(verdict)), "F")
    return "failed", letter, str(verdict).upper()


def closing_lines(homework: Homework, markup: Markup) -> list[str]:
    """Return the lines of the closing table and of what is wrong.

    `markup` is that of pytest's terminal writer, which knows whether there are colours.
    """

    def paint(text: str, state: State) -> str:
        return markup(text, **COLOURS[state]) if state in COLOURS else text

    lines: list[str] = []
    for assignment in homework.cases.assignments:
        grading = homework.runs[assignment.id].grading
        if grading.results:
            lines += summary_lines(
                assignment,
                list(grading.results.values()),
                homework.submissions[assignment.id],
                homework.lang,
                homework.reruns[assignment.id],
                grading.diagnoses,
                paint,
            )
    return lines
