"""One case in plain text, for formats that show a block of text for each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from grader.model import Verdict
from grader.report.audience import (
    Audience,
    cannot_be_called,
    diagnosis_lines,
    difference_of,
    is_open,
    message_text,
    output_of,
    place_of,
    recipe_of,
)
from grader.report.plain import clean, shorten
from grader.scoring import deduction, final_score, is_skipped, lateness_of, two_decimals
from grader.texts import describe, render, value_text, words_of

if TYPE_CHECKING:
    from grader.model import CaseResult, ExerciseResult, Grade, Override, Place

MESSAGE_CHARACTERS: Final = 4000
ARGUMENT_CHARACTERS: Final = 400
OUTPUT_CHARACTERS: Final = 4000


def place_text(place: Place, lang: str) -> str:
    """Say where: file, cell and line."""
    words = words_of("reports", lang)
    line = words("line", number=place.line)
    return file_text(place.file, place.cell, lang) + clean(words("comma") + line)


def file_text(file: str, cell: int | None, lang: str) -> str:
    """Say in which file, and in which cell of it."""
    words = words_of("reports", lang)
    parts = [file] if cell is None else [file, words("cell", number=cell)]
    return clean(words("comma").join(parts))


def case_text(case: CaseResult, lang: str, audience: Audience) -> str:
    """Say in plain text what happened in a case: message, difference, place, inputs, output."""
    words = words_of("reports", lang)
    blocks = [shorten(message_text(case, lang, audience), MESSAGE_CHARACTERS)]
    difference = difference_of(case, audience)
    if difference is not None:
        blocks.append(describe(difference, lang))
    place = place_of(case, audience)
    if place is not None:
        source = f"\n    {place.text.strip()}" if place.text.strip() else ""
        blocks.append(f"{words('where')}{words('colon')}{place_text(place, lang)}{source}")
    recipe = recipe_of(case, audience)
    if recipe is not None:
        arguments = [
            shorten(value_text(line, lang), ARGUMENT_CHARACTERS) for line in recipe.arguments
        ]
        listed = "".join(f"\n    {line}" for line in (recipe.call, *arguments))
        blocks.append(f"{words('inputs')}{words('colon').rstrip()}{listed}")
    printed = output_of(case, audience)
    if printed.strip():
        blocks.append(
            f"{words('printed')}{words('colon').rstrip()}\n{shorten(printed, OUTPUT_CHARACTERS)}"
        )
    return clean("\n\n".join(blocks))


def exercise_text(result: ExerciseResult, lang: str) -> str:
    """Say in a few lines how an exercise went, hidden cases as counts."""
    words = words_of("reports", lang)
    lines: list[str] = []
    if is_skipped(result):
        lines.append(words("exercise_skipped"))
    elif result.score is None:
        lines.append(words("exercise_not_graded"))
    if result.override is not None:
        lines += by_hand_lines(result.override, lang)
    if result.carried_forward:
        lines.append(carried_text(result, lang))
    lines += diagnosis_lines(result, lang, "student")
    for title, cases in (
        (words("visible_cases"), [case for case in result.cases if is_open(case, "student")]),
        (words("hidden_cases"), [case for case in result.cases if not is_open(case, "student")]),
    ):
        passed, total = passed_of(cases)
        if total:
            counts = words("passed_of", passed=passed, total=total)
            lines.append(f"{title}{words('colon')}{counts}")
    return "\n".join(lines)


def carried_text(result: ExerciseResult, lang: str) -> str:
    """Say that points were carried forward; that the step is right only if nothing was lost."""
    words = words_of("reports", lang)
    text = words("carried_whole") if result.score == result.points else words("carried_words")
    return text.format(points=two_decimals(result.carried_forward))


def by_hand_lines(override: Override, lang: str) -> tuple[str, str]:
    """Say that a mark was set by hand and what it was before, and why."""
    words = words_of("reports", lang)
    points, computed = two_decimals(override.points), override.computed
    if computed is None:
        told = words("by_hand_no_score", points=points)
    else:
        told = words("by_hand_computed", points=points, computed=two_decimals(computed))
    return told, f"{words('reason')}{words('colon')}{clean(override.because)}"


def comment_lines(grade: Grade, lang: str) -> list[str]:
    """Return what was said by hand of a grade as a whole: its mark, if set, and each comment.

    Comments on an exercise name it.
    """
    lines = [] if grade.override is None else list(by_hand_lines(grade.override, lang))
    colon = words_of("reports", lang)("colon")
    for comment in grade.comments:
        about = f"{comment.exercise}{colon}" if comment.exercise else ""
        lines.append(about + clean(comment.text))
    return lines


def passed_of(cases: list[CaseResult]) -> tuple[int, int]:
    """Count cases that passed, and those that were run."""
    verdicts = [case.verdict for case in cases if case.verdict.counts]
    return verdicts.count(Verdict.PASSED), len(verdicts)


def problem_counts(cases: list[CaseResult], lang: str) -> list[tuple[str, int]]:
    """Count what students read of cases that are not fine, in the order of first appearance."""
    problems = [case for case in cases if not case.verdict.is_fine]
    # What cannot be called at all is told in a grade as it is told: see `as_told`.
    messages = (
        render(case.message, lang)
        if cannot_be_called(case)
        else message_text(case, lang, "student")
        for case in problems
    )
    return list(Counter(messages).items())


def score_text(grade: Grade, lang: str) -> str:
    """Return ``7.50 / 10.00``, what counts of a score, or in words that there is none."""
    final = final_score(grade)
    if final is not None:
        return f"{two_decimals(final)} / {two_decimals(grade.max_score)}"
    return words_of("reports", lang)(grade.status.value)


def late_text(grade: Grade, lang: str) -> str:
    """Say what was earned, what being late takes off, and why; empty where that is nothing."""
    late = lateness_of(grade)
    if late is None or grade.score is None or not deduction(grade):
        return ""
    words = words_of("reports", lang)
    return words(
        "late_words",
        score=two_decimals(grade.score),
        deduction=two_decimals(deduction(grade)),
        final=two_decimals(grade.score - deduction(grade)),
        days=late.days,
        due=late.due_at.replace("T", " "),
        handed_in=grade.attempt.handed_in_at.replace("T", " ") if grade.attempt else "",
    )


def holds_nothing(grade: Grade) -> bool:
    """Tell whether a submission was read and has none of the exercises."""
    noted = any(note.key == "no_exercise_file" for note in grade.notes)
    return noted and grade.score is not None


def status_name(grade: Grade) -> str:
    """Name a status as reports.toml does: a zero for nothing is not one for trying."""
    return "no_exercise" if holds_nothing(grade) else grade.status.value


def conditions_text(grade: Grade, lang: str) -> str:
    """Name the conditions under which a grade was made."""
    words = words_of("reports", lang)
    found = grade.conditions
    return " · ".join(
        f"{name}{words('colon')}{value}"
        for name, value in (
            (words("isolation"), found.isolation),
            (words("suite_hash"), found.suite_hash),
            (words("salt_fingerprint"), found.salt_fingerprint),
        )
    )
