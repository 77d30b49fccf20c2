"""What pytest shows of a run: a letter for each case, and the lines that close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.model import Verdict
from grader.suite.summary import summary_lines

if TYPE_CHECKING:
    import pytest

    from grader.suite.homework import Homework

LETTERS: Final = {
    Verdict.NOT_IMPLEMENTED: "-",
    Verdict.MISSING: "?",
    Verdict.TIMED_OUT: "T",
    Verdict.CRASHED: "C",
    Verdict.REFUSED: "R",
    Verdict.ERRORED_STUDENT: "E",
    Verdict.ERRORED_GRADER: "!",
}


def status_letter(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Return category, letter and word for a failed report of a case; None for the rest."""
    verdict = dict(report.user_properties).get("verdict")
    if report.when != "call" or report.outcome != "failed" or verdict is None:
        return None
    letter = LETTERS.get(Verdict(str(verdict)), "F")
    return "failed", letter, str(verdict).upper()


def closing_lines(homework: Homework) -> list[str]:
    """Return the lines of the closing table and of what is wrong."""
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
            )
    return lines
