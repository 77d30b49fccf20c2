"""What a notebook shows of a check: a part of a page, and the same as plain text."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from grader.report import check_html
from grader.scoring import by_need, state_of
from grader.study.messages import Page
from grader.suite.summary import exercise_row, explained
from grader.texts import render, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import ExerciseResult
    from grader.study.messages import Ask


def page_of(
    assignment: Assignment,
    ask: Ask,
    read: Submission,
    results: Mapping[str, ExerciseResult],
    *,
    looking: bool = False,
) -> Page | None:
    """Write the page that a question asks for.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    ask : Ask
        The question.
    read : Submission
        What was checked.
    results : mapping of str to ExerciseResult
        How exercises went, by id; nothing if none of them could be checked.
    looking : bool
        Whether it is still being found out why.

    Returns
    -------
    Page or None
        None if there is to be none. Without names in the question, a list of all exercises, those
        first that need most to be done.
    """
    if not ask.page:
        return None
    lang = ask.page
    if read.problem is not None:
        told = render(read.problem, lang)
        return Page(check_html(assignment, (), lang, problem=told), told)
    listed = not ask.exercises
    if listed:
        need = by_need(assignment.exercises, list(results.values()))
        chosen = [result for group in need for result in group]
    else:
        chosen = [results[name] for name in ask.exercises]
    notes = [render(note, lang) for note in read.notes] if listed else []
    if looking:
        notes.append(words_of("study", lang)("looking"))
    html = check_html(assignment, chosen, lang, listed=listed, notes=notes)
    return Page(html, "\n".join([*_lines(ask, chosen), *notes]).strip("\n"))


class _Again:
    """How an exercise is checked again in a notebook."""

    def __init__(self, exercise: str) -> None:
        self._exercise = exercise

    def command(self, _case: str) -> str:
        """Write the line to be run in a cell."""
        return f"%check {self._exercise}"


def about_unknown(assignment: Assignment, names: list[str], lang: str) -> Page:
    """Say that there are no such exercises, and which one may have been meant."""
    known = {name: one.id for one in assignment.exercises for name in (*one.names, one.id)}
    words = words_of("study", lang)
    lines = []
    for name in names:
        near = difflib.get_close_matches(name, known, n=1)
        near_id = known[near[0]] if near else ""
        lines.append(words("unknown", assignment=assignment.id, name=name, near=near_id))
    ids = ", ".join(exercise.id for exercise in assignment.exercises)
    text = "\n".join([*lines, words("there_are", names=ids)])
    return Page(check_html(assignment, (), lang, problem=text), text)


def _lines(ask: Ask, results: list[ExerciseResult]) -> list[str]:
    lines = []
    for result in results:
        if not ask.exercises or state_of(result) in {"full", "skipped"}:
            lines.append(exercise_row(result, ask.page))
        else:
            lines += explained(_Again(result.id), result, ask.page, lambda text, _state: text)
    return lines
