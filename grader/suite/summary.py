"""The table that closes a student's run, and what is wrong with each exercise."""

from __future__ import annotations

import dataclasses
import shlex
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from rich.cells import set_cell_size

from grader.diagnose import explain, first_shown
from grader.intake import shown
from grader.model import CaseResult, Message, Verdict
from grader.scoring import holds_nothing, score_exercise, two_decimals
from grader.suite.outcome import notes_on_forms
from grader.texts import describe, render, verdict_title, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Diagnosis, Exercise, ExerciseResult, Recipe

NAME_WIDTH: Final = 22
POINTS_WIDTH: Final = 15
OUTPUT_CHARS: Final = 300
SNIPPET_LINES: Final = 24


@dataclasses.dataclass(frozen=True, slots=True)
class Rerun:
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
    diagnoses: Mapping[str, Diagnosis] | None = None,
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
    diagnoses : mapping of str to Diagnosis, optional
        Why exercises lost points, by id.

    Returns
    -------
    list of str
        A table of exercises, then for each that lost points its first failing case.
    """
    words = words_of("table", lang)
    scored = [
        (exercise, score_exercise(exercise, cases, (diagnoses or {}).get(exercise.id)))
        for exercise in assignment.exercises
        if (cases := [result for result in results if result.exercise == exercise.id])
    ]
    nothing = Message("no_exercise_file")
    found_none = holds_nothing([result for _, result in scored]) and nothing not in submission.notes
    lines = [
        "",
        words("graded", path=shown(submission.path)),
        *([f"  {render(nothing, lang)}"] if found_none else []),
        *_notes((*submission.notes, *notes_on_forms(results)), lang),
        "",
    ]
    lines.append(_row(words("exercise"), words("points"), words("state")))
    lines += [_exercise_row(exercise, result, lang) for exercise, result in scored]
    partial = len(scored) < len(assignment.exercises)
    lines += [_total_row([result for _, result in scored], lang, partial=partial), ""]
    for exercise, result in scored:
        lines += _explained(rerun, exercise, result, lang)
    return lines


def _notes(notes: Sequence[Message], lang: str) -> list[str]:
    return [f"  {render(note, lang)}" for note in notes]


def _row(name: str, points: str, state: str) -> str:
    return f"{set_cell_size(name, NAME_WIDTH)}{set_cell_size(points, POINTS_WIDTH)}{state}"


def _exercise_row(exercise: Exercise, result: ExerciseResult, lang: str) -> str:
    points = f"{_amount(result.score)} / {exercise.points}"
    return _row(exercise.id, points, _state(result, lang))


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


def _explained(rerun: Rerun, exercise: Exercise, result: ExerciseResult, lang: str) -> list[str]:
    """Explain an exercise's first failing case; one line where the stub is still a stub."""
    bad = [case for case in result.cases if not case.verdict.is_fine]
    if not bad:
        return []
    words = words_of("table", lang)
    first = first_shown(bad, result.diagnosis.findings if result.diagnosis else ()) or bad[0]
    lines = [f"{exercise.id}: {render(first.message, lang)}"]
    if first.verdict is Verdict.NOT_IMPLEMENTED:
        return lines
    place = first.place
    if result.diagnosis is not None:
        lines += [f"    {line}" for line in explain(result.diagnosis, lang, to_student=True)]
        place = place or result.diagnosis.place
    if first.difference is not None:
        lines += [f"    {line}" for line in describe(first.difference, lang).splitlines()]
    if place is not None:
        where = place.file + (f"[cell {place.cell}]" if place.cell else "")
        code = f"    {place.text}" if place.text else ""
        lines.append(f"    {words('at')}: {where}:{place.line}{code}")
    if first.recipe is not None and first.suite == "public":
        lines += _recipe_lines(first.recipe, lang)
    if first.output:
        lines.append(f"    {words('printed')}: {first.output[:OUTPUT_CHARS]!r}")
    lines.append(f"    {words('case')}: {rerun.command(first.id)}")
    lines.append("")
    return lines


def _recipe_lines(recipe: Recipe, lang: str) -> list[str]:
    """Show the inputs: as code to paste where that is short, else in a few words."""
    words = words_of("table", lang)
    code = recipe.snippet.splitlines()
    seed = f"    {words('seed')}: {recipe.seed}"
    if code and len(code) <= SNIPPET_LINES:
        pasted = [f"        {line}".rstrip() for line in code]
        return [f"    {words('paste')}:", *pasted, seed]
    lines = [f"    {words('inputs')}: {recipe.call}"]
    return [*lines, *(f"        {argument}" for argument in recipe.arguments), seed]


def _amount(score: Fraction | None) -> str:
    return "?" if score is None else two_decimals(score)
