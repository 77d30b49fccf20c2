"""Feedback in plain text, for mail, for a terminal, and for platforms that show nothing else."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from grader.report.audience import as_told
from grader.report.plain import clean
from grader.report.remarks import remarks
from grader.report.wording import (
    comment_lines,
    conditions_text,
    exercise_text,
    late_text,
    score_text,
)
from grader.scoring import by_need, is_skipped, two_decimals
from grader.texts import render, words_of

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import ExerciseResult, Grade

FILE_NAME: Final = "feedback.txt"
_INDENT: Final = "    "


def feedback_text(assignment: Assignment, grade: Grade, lang: str) -> str:
    """Write what a student reads about a grade, in the order of `by_need`.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    str
        Text that ends in a line feed, without control characters.
    """
    words = words_of("reports", lang)
    title = clean(assignment.title.in_language(lang))
    blocks = [
        f"{title}\n{'=' * len(title)}\n\n{words('score')}{words('colon')}{score_text(grade, lang)}"
    ]
    late = filter(None, [late_text(grade, lang)])
    notes = (render(note, lang) for note in grade.notes)
    said = [*late, *comment_lines(grade, lang), *notes]
    if said:
        blocks.append("\n".join(f"* {line}" for line in said))
    told = {remark.exercise: remark.text for remark in remarks(assignment, grade, lang)}
    shown = as_told(grade)
    need = by_need(assignment.exercises, shown.exercises)
    for results in need:
        blocks += [
            _exercise(assignment, result, told.get(result.id, ""), lang) for result in results
        ]
    blocks.append(conditions_text(grade, lang))
    return clean("\n\n".join(blocks)) + "\n"


def _exercise(assignment: Assignment, result: ExerciseResult, told: str, lang: str) -> str:
    words = words_of("reports", lang)
    missing = words("skipped") if is_skipped(result) else words("ungraded")
    score = missing if result.score is None else two_decimals(result.score)
    title = assignment.exercise(result.id).title.in_language(lang)
    heading = f"{title} ({result.id}){words('colon')}{score} / {two_decimals(result.points)}"
    lines = [line for line in (told, exercise_text(result, lang)) if line]
    return "\n".join([heading, *(textwrap.indent(line, _INDENT) for line in lines)])
