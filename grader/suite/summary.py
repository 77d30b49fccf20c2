"""The table that closes a student's run, and what is wrong with each exercise."""

from __future__ import annotations

import shlex
import textwrap
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from rich.cells import cell_len, set_cell_size

from grader.diagnose import explain, first_shown, unwritten_note
from grader.intake import shown
from grader.model import CaseResult, Message, Verdict
from grader.scoring import (
    by_need,
    holds_nothing,
    lost,
    score_exercise,
    state_of,
    two_decimals,
)
from grader.suite.outcome import notes_on_forms
from grader.texts import describe, render, value_text, verdict_title, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Diagnosis, ExerciseResult, Recipe
    from grader.scoring import Need, State

    Paint = Callable[[str, State], str]

NAME_WIDTH: Final = 22
POINTS_WIDTH: Final = 15
OUTPUT_CHARS: Final = 300
SCREEN_LINES: Final = 24
SCREEN_WIDTH: Final = 100


def seen_from(here: Path, folder: Path) -> str:
    """Return a path as one types it in a folder: relative if it lies below."""
    below = folder.is_relative_to(here.resolve())
    return str(folder.relative_to(here.resolve()) if below else folder)


class Again(Protocol):
    """How a student runs a case again."""

    def command(self, case: str) -> str:
        """Write what is to be typed."""


class Rerun(msgspec.Struct, frozen=True):
    """How a student runs a case again, in the folder where they have run pytest.

    Parameters
    ----------
    folder : str
        The assignment's, as seen from there.
    submission : str
        What they gave as ``--submission``; empty if they graded the stubs.
    """

    folder: str
    submission: str = ""

    def command(self, case: str) -> str:
        """Write the command line, to be pasted as it is."""
        words = ["pytest", f"{self.folder}/{case}"]
        if self.submission.startswith("-"):
            words.append(f"--submission={self.submission}")
        elif self.submission:
            words += ["--submission", self.submission]
        return shlex.join(words)


def summary_lines(
    assignment: Assignment,
    results: Sequence[CaseResult],
    submission: Submission,
    lang: str,
    rerun: Rerun,
    diagnoses: Mapping[str, Diagnosis],
    paint: Paint,
) -> list[str]:
    """Put a run into words.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    results : sequence of CaseResult
        The cases that were run.
    submission : Submission
        What they were run on.
    lang : str
        ``en`` or ``zh``.
    rerun : Rerun
        How one of them is run again.
    diagnoses : mapping of str to Diagnosis
        Why exercises lost points, by id.
    paint : callable
        Gives a line the colour of how an exercise went.

    Returns
    -------
    list of str
        A table of exercises, in the order of `grader.scoring.by_need`; what is not written in one
        list; then for each that lost points its first failing case, on a screen at most; and at the
        end where to begin.
    """
    words = words_of("table", lang)
    scored = [
        score_exercise(exercise, cases, diagnoses.get(exercise.id))
        for exercise in assignment.exercises
        if (cases := [result for result in results if result.exercise == exercise.id])
    ]
    need = by_need(assignment.exercises, scored)
    nothing = Message("no_exercise_file")
    found_none = holds_nothing(scored) and nothing not in submission.notes
    lines = [
        "",
        words("graded", path=shown(submission.path)),
        *([f"  {render(nothing, lang)}"] if found_none else []),
        *_notes((*submission.notes, *notes_on_forms(results)), lang),
        "",
    ]
    lines.append(_row(words("exercise"), words("points"), words("state")))
    lines += [
        paint(exercise_row(result, lang), state_of(result))
        for result in (*need.ungraded, *need.wrong, *need.partial, *need.right, *need.skipped)
    ]
    partial = len(scored) < len(assignment.exercises)
    lines += [_total_row(scored, lang, partial=partial), ""]
    lines += _unwritten(need.unwritten, lang)
    for result in (*need.ungraded, *need.wrong, *need.partial):
        lines += explained(rerun, result, lang, paint)
    return [*lines, *_next(need, lang)]


def _unwritten(results: Sequence[ExerciseResult], lang: str) -> list[str]:
    """List what is not written; with a line of its own where more is to be said of it."""
    if not results:
        return []
    words = words_of("table", lang)
    points = sum((result.points for result in results), Fraction(0))
    of: dict[str, list[str]] = {"": []}
    for result in results:
        case = next(case for case in result.cases if not case.verdict.is_fine)
        of.setdefault(unwritten_note(case, lang), []).append(result.id)
    absent = of.pop(verdict_title(Verdict.MISSING, lang), [])
    told = [(name, note) for note, names in of.items() if note for name in names]
    names = ", ".join([*of[""], *(name for name, _ in told)])
    text = words("unwritten", points=str(points)) + names
    if absent:
        text += ("; " if names else "") + words("absent") + ", ".join(absent)
    lines = textwrap.wrap(
        text,
        SCREEN_WIDTH,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [*lines, *(f"    {name}: {note}" for name, note in told), ""]


def _next(need: Need, lang: str) -> list[str]:
    """Say where to begin; nothing where there is nothing to do."""
    first = next(iter((*need.wrong, *need.partial, *need.unwritten)), None)
    if first is None:
        return []
    points = two_decimals(lost(first))
    lines = [words_of("table", lang)("next", exercise=first.id, points=points)]
    if state_of(first) == "unwritten":
        case = next(case for case in first.cases if not case.verdict.is_fine)
        if case.verdict is Verdict.NOT_IMPLEMENTED:
            lines.append(f"    {render(case.message, lang)}")
    return lines


def _notes(notes: Sequence[Message], lang: str) -> list[str]:
    return [f"  {render(note, lang)}" for note in notes]


def _row(name: str, points: str, state: str) -> str:
    return f"{set_cell_size(name, NAME_WIDTH)}{set_cell_size(points, POINTS_WIDTH)}{state}"


def exercise_row(result: ExerciseResult, lang: str) -> str:
    """Write an exercise's row of the table."""
    points = f"{_amount(result.score)} / {result.points}"
    return _row(result.id, points, _state(result, lang))


def _state(result: ExerciseResult, lang: str) -> str:
    words = words_of("table", lang)
    judged = [case for case in result.cases if case.verdict.counts]
    skipped = len(result.cases) - len(judged)
    bad = [case for case in judged if case.verdict is not Verdict.PASSED]
    verdicts = {case.verdict for case in bad}
    count = len(judged)
    if not judged:
        return verdict_title(Verdict.SKIPPED, lang)
    if not bad:
        state = words("all_passed", n=count)
    elif len(bad) == count and len(verdicts) == 1:
        state = verdict_title(verdicts.pop(), lang)
    else:
        state = words("some_passed", passed=count - len(bad), n=count)
        state += f"; {verdict_title(bad[0].verdict, lang)}"
    if skipped:
        state += "; " + words("skipped", n=skipped)
    if result.carried_forward:
        state += "; " + words("carried", points=two_decimals(result.carried_forward))
    return state


def _total_row(results: Sequence[ExerciseResult], lang: str, *, partial: bool) -> str:
    words = words_of("table", lang)
    known = [result for result in results if result.score is not None]
    score = sum((result.score for result in known if result.score is not None), Fraction(0))
    maximum = sum((result.points for result in known), Fraction(0))
    return _row(
        words("total"), f"{two_decimals(score)} / {maximum}", words("of_run") if partial else ""
    )


def explained(
    rerun: Again,
    result: ExerciseResult,
    lang: str,
    paint: Paint,
    *,
    rows: int = SCREEN_LINES,
) -> list[str]:
    """Explain an exercise's first failing case, on one screen.

    Parameters
    ----------
    rerun, lang, paint
        See `summary_lines`.
    result : ExerciseResult
        How it went.
    rows : int
        How many rows there are; inputs are told in as much detail as there is room for.

    Returns
    -------
    list of str
        Closed by an empty line; nothing where no case failed.
    """
    bad = [case for case in result.cases if not case.verdict.is_fine]
    if not bad:
        return []
    words = words_of("table", lang)
    first = first_shown(bad, result.diagnosis.findings if result.diagnosis else ()) or bad[0]
    lines = [paint(f"{result.id}: {render(first.message, lang)}", state_of(result))]
    if first.verdict is Verdict.NOT_IMPLEMENTED:
        return [*lines, ""]
    place = first.place
    if result.diagnosis is not None:
        lines += [f"    {line}" for line in explain(result.diagnosis, lang, to_student=True)]
        fault = result.diagnosis.fault
        place = fault.places[0] if fault is not None else place or result.diagnosis.place
    if first.difference is not None:
        lines += [f"    {line}" for line in describe(first.difference, lang).splitlines()]
    if place is not None:
        where = place.file + (f"[cell {place.cell}]" if place.cell else "")
        code = f"    {place.text}" if place.text else ""
        lines.append(f"    {words('at')}: {where}:{place.line}{code}")
    ending = []
    if first.output:
        ending.append(f"    {words('printed')}: {first.output[:OUTPUT_CHARS]!r}")
    ending += [f"    {words('case')}: {rerun.command(first.id)}", ""]
    if first.recipe is not None and first.suite == "public":
        lines += _recipe_lines(first.recipe, lang, rows - rows_of([*lines, *ending]))
    return [*lines, *ending]


def _recipe_lines(recipe: Recipe, lang: str, room: int) -> list[str]:
    """Show the inputs: as code to paste where there is room for that, else in a few words."""
    words = words_of("table", lang)
    seed = f"    {words('seed')}: {recipe.seed}"
    pasted = [f"        {line}".rstrip() for line in recipe.snippet.splitlines()]
    if pasted and rows_of(pasted) <= room - 2:
        return [f"    {words('paste')}:", *pasted, seed]
    lines = [f"    {words('inputs')}: {recipe.call}"]
    arguments = [f"        {value_text(argument, lang)}" for argument in recipe.arguments]
    kept = len(arguments)
    while kept > 1 and rows_of([*lines, *arguments[:kept], seed]) + (kept < len(arguments)) > room:
        kept -= 1
    more = len(arguments) - kept
    cut = [f"        {words('more_lines', n=more)}"] if more else []
    return [*lines, *arguments[:kept], *cut, seed]


def rows_of(lines: Sequence[str], width: int = SCREEN_WIDTH) -> int:
    """Count the rows of a terminal that lines take."""
    return sum(max(1, -(-cell_len(line) // width)) for line in lines)


def _amount(score: Fraction | None) -> str:
    return "?" if score is None else two_decimals(score)
