"""GitHub Actions: annotations for the log, and a step summary in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.diagnose import unwritten_note
from grader.report.amounts import percent, share
from grader.report.audience import as_told
from grader.report.plain import clean, one_line, shorten
from grader.report.remarks import first_problem, remarks
from grader.report.wording import (
    case_text,
    comment_lines,
    conditions_text,
    exercise_text,
    late_text,
    score_text,
)
from grader.scoring import by_need, is_skipped, two_decimals
from grader.texts import render, verdict_title, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.model import ExerciseResult, Grade
    from grader.report.remarks import PathOf, Remark

FILE_NAME: Final = "summary.md"
MOST_ANNOTATIONS: Final = 10
MESSAGE_CHARACTERS: Final = 4000  # GitHub cuts at 4096, of which some signs take two
SUMMARY_BYTES: Final = 1024 * 1024
_NAMED: Final = 10
_LEFT_OUT_BYTES: Final = 4000  # of what is said of these, escaped; a field of a text has an end
_DETAIL_CHARACTERS: Final = 6000

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~@:])")


def annotation_commands(
    assignment: Assignment, grade: Grade, lang: str, path_of: PathOf = str
) -> str:
    """Write workflow commands, one for each exercise without full marks, as `by_need` sorts them.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade.
    lang : str
        ``en`` or ``zh``.
    path_of : callable
        Takes the name of a file of the submission; returns its path from the repository's root,
        or None where that is not known.

    Returns
    -------
    str
        At most ten lines of 4000 characters, as GitHub shows no more, to be printed on standard
        output as they are; if there would be more, the tenth says how many. Exercises that are not
        written share the last one. Each points at the file and line where the
        exercise's first visible failing case went wrong, as far as that is known; a line within a
        notebook's cell is no line of its file and stands in the text.
    """
    if grade.score is None:
        return _command({"title": grade.assignment}, score_text(grade, lang))
    said = remarks(assignment, grade, lang, path_of)
    lines = [_annotation(remark) for remark in said if remark.state != "unwritten"]
    need = by_need(assignment.exercises, as_told(grade).exercises)
    if need.unwritten:
        title, text = (
            words_of("reports", lang)("unwritten_exercises"),
            _names(assignment, need.unwritten, lang),
        )
        lines.append(_command({"title": title}, text))
    if len(lines) > MOST_ANNOTATIONS:
        left = len(lines) - MOST_ANNOTATIONS + 1
        more = words_of("reports", lang)("more_annotations", count=left)
        lines[MOST_ANNOTATIONS - 1 :] = [_command({"title": grade.assignment}, more)]
    return "".join(lines)


def step_summary(assignment: Assignment, grade: Grade, lang: str, most: int = SUMMARY_BYTES) -> str:
    """Write the step summary.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade.
    lang : str
        ``en`` or ``zh``.
    most : int
        Bytes that there is room for; less where a file holds other summaries.

    Returns
    -------
    str
        Markdown of at most `most` bytes in UTF-8. Exercises that do not fit are left out as a
        whole, and it is said which; without room for even that it is empty. What there is to do
        comes first, as `by_need` sorts it: in the table, and below it.
    """
    grade = as_told(grade)
    words = words_of("reports", lang)
    title = _text(assignment.title.in_language(lang))
    head = [f"## {title}\n\n**{words('score')}{words('colon')}{_text(score_text(grade, lang))}**\n"]
    late = filter(None, [late_text(grade, lang)])
    head += [f"\n> {_text(line)}\n" for line in (*late, *comment_lines(grade, lang))]
    head += [f"\n> {_text(render(note, lang))}\n" for note in grade.notes]
    need = by_need(assignment.exercises, grade.exercises)
    told = (*need.ungraded, *need.wrong, *need.partial)
    rest = (*need.right, *need.skipped)
    if grade.exercises:
        head.append(_table(assignment, (*told, *need.unwritten, *rest), lang))
    blocks = [("", block) for block in head]
    blocks += [(result.id, _details(assignment, result, lang)) for result in told]
    if need.unwritten:
        listed = _unwritten(assignment, need.unwritten, lang)
        blocks.append((words("unwritten_exercises"), listed))
    ending = f"\n<sub>{_text(conditions_text(grade, lang))}</sub>\n"
    return _fit(blocks, ending, lang, most)


def _names(assignment: Assignment, results: Sequence[ExerciseResult], lang: str) -> str:
    """List exercises by their titles, with what else there is to say of each."""
    return "\n".join(
        assignment.exercise(result.id).title.in_language(lang) + (f" · {note}" if note else "")
        for result in results
        for note in [_note(result, lang)]
    )


def _unwritten(assignment: Assignment, results: Sequence[ExerciseResult], lang: str) -> str:
    heading = _text(words_of("reports", lang)("unwritten_exercises"))
    listed = _names(assignment, results, lang).splitlines()
    return f"\n### {heading}\n\n" + "".join(f"- {_text(line)}\n" for line in listed)


def _note(result: ExerciseResult, lang: str) -> str:
    case = first_problem(result)
    return "" if case is None else one_line(unwritten_note(case, lang))


def _annotation(remark: Remark) -> str:
    where = {} if remark.path is None else {"file": remark.path}
    if remark.line is not None:
        where["line"] = str(remark.line)
    return _command({**where, "title": f"{remark.exercise}: {remark.title}"}, remark.text)


def _command(properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::error {listed}::{_data(shorten(message, MESSAGE_CHARACTERS))}\n"


def _data(text: str) -> str:
    """Escape a command's message; the percent sign first, as it begins every escape."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _table(assignment: Assignment, results: Sequence[ExerciseResult], lang: str) -> str:
    words = words_of("reports", lang)
    heading = f"\n| {words('exercise')} | {words('score')} | {words('points')} | % |\n"
    rows = [heading, "| --- | ---: | ---: | ---: |\n"]
    for result in results:
        title = _text(assignment.exercise(result.id).title.in_language(lang))
        missing = words("skipped") if is_skipped(result) else words("ungraded")
        score = missing if result.score is None else two_decimals(result.score)
        part = "" if result.score is None else str(percent(share(result.score, result.points)))
        rows.append(f"| {title} | {score} | {two_decimals(result.points)} | {part} |\n")
    return "".join(rows)


def _details(assignment: Assignment, result: ExerciseResult, lang: str) -> str:
    title = _text(assignment.exercise(result.id).title.in_language(lang))
    counts = _text(exercise_text(result, lang), line_break="<br>")
    case = first_problem(result)
    if case is None:
        return f"\n### {title}\n\n{counts}\n"
    body = shorten(case_text(case, lang, "student"), _DETAIL_CHARACTERS)
    heading = _text(f"{verdict_title(case.verdict, lang)} · {case.id}")
    return f"\n### {title}\n\n{counts}\n\n{heading}\n\n{_fenced(body)}\n"


def _fenced(text: str) -> str:
    """Quote text in a fence that it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _text(text: str, line_break: str = " ") -> str:
    """Escape what Markdown or HTML would read as more than text."""
    lines = [one_line(line) for line in clean(text).splitlines()]
    safe = (line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)
    return line_break.join(_MARKDOWN.sub(r"\\\1", line) for line in safe)


def _fit(blocks: Sequence[tuple[str, str]], ending: str, lang: str, most: int) -> str:
    """Put named blocks together, and name those that there is no room for."""
    whole = "".join([*(block for _, block in blocks), ending])
    if len(whole.encode()) <= most:
        return whole
    left = most - len(ending.encode()) - _LEFT_OUT_BYTES
    if left < 0:
        return ""
    kept = 0
    while (left := left - len(blocks[kept][1].encode())) >= 0:
        kept += 1
    named = [name for name, _ in blocks[kept:] if name]
    listed = named if len(named) <= _NAMED else [*named[:_NAMED], "…"]
    cut = words_of("reports", lang)("cut", count=len(named), names=", ".join(listed))
    return "".join([*(block for _, block in blocks[:kept]), f"\n{_text(cut)}\n", ending])
