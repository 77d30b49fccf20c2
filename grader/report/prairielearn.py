"""PrairieLearn's results.json of an external grader: a test with points for each exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.model import Status
from grader.report.amounts import rounded, share
from grader.report.audience import as_told
from grader.report.plain import clean, shorten
from grader.report.remarks import remarks
from grader.report.scored import score_of, scored_exercises
from grader.report.wording import comment_lines, exercise_text, late_text, score_text
from grader.scoring import final_score
from grader.texts import render

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import Grade

FILE_NAME: Final = "results.json"
MAX_BYTES: Final = 1_000_000  # a larger file is refused there
LONGEST: Final = 1 << 18


class _Test(msgspec.Struct, frozen=True):
    name: str
    points: float
    max_points: float
    message: str
    output: str


class _Results(msgspec.Struct, frozen=True, omit_defaults=True):
    gradable: bool
    message: str
    score: float | None = None
    tests: list[_Test] = []
    format_errors: list[str] = []


def prairielearn_json(assignment: Assignment, grade: Grade, lang: str) -> bytes:
    """Write results.json for PrairieLearn.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade of which the grader has not failed. What cannot be read is ``gradable = false``,
        which costs no attempt there.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    bytes
        UTF-8, valid against ``data/schemas/prairielearn-results.schema.json``. The score is a part
        of 1, and there is at most a megabyte: longer texts are cut.

    Raises
    ------
    HarnessError
        When the grader failed: without results.json, PrairieLearn shows that the job failed.
    """
    if grade.status is Status.UNREADABLE:
        why = [clean(render(note, lang)) for note in grade.notes]
        told = clean(score_text(grade, lang))
        return _fitting(_Results(gradable=False, message=told, format_errors=why or [told]))
    score_of(grade)  # refuses a grade without one
    shown = as_told(grade)
    said = {remark.exercise: remark.text for remark in remarks(assignment, grade, lang)}
    lines = [
        score_text(grade, lang),
        *filter(None, [late_text(grade, lang)]),
        *comment_lines(grade, lang),
        *(render(note, lang) for note in grade.notes),
    ]
    final = final_score(grade)
    tests = [
        _Test(
            name=f"{result.id}: {assignment.exercise(result.id).title.in_language(lang)}",
            points=rounded(score),
            max_points=rounded(result.points),
            message=clean(exercise_text(result, lang)),
            output=said.get(result.id, ""),
        )
        for result, score in scored_exercises(shown)
    ]
    results = _Results(
        gradable=True,
        message=clean("\n".join(lines)),
        score=0.0 if final is None else float(share(final, grade.max_score)),
        tests=tests,
    )
    return _fitting(results)


def _fitting(results: _Results) -> bytes:
    """Cut the longest texts until the whole is not more than is read there."""
    characters = LONGEST
    while len(written := _json(results)) > MAX_BYTES and characters:
        results = _cut(results, characters)
        characters //= 2
    return written


def _cut(results: _Results, characters: int) -> _Results:
    """Cut each text to so many characters."""
    tests = [
        msgspec.structs.replace(
            test,
            output=shorten(test.output, characters),
            message=shorten(test.message, characters),
        )
        for test in results.tests
    ]
    return msgspec.structs.replace(
        results, message=shorten(results.message, characters), tests=tests
    )


def _json(results: _Results) -> bytes:
    return msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n"
