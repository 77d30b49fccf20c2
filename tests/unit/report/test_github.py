"""Annotations and the step summary."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.cli.ci import add_step_summary
from grader.model import Grade, Message, Place, Text, Verdict
from grader.report import annotation_commands, step_summary
from grader.report.github import MOST_ANNOTATIONS, SUMMARY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.catalog import Assignment

COMMAND = re.compile(r"::error (?:file=[^:,]*,(?:line=\d+,)?)?title=[^:,]*::[^\r\n]+")


def _with_case(grade: Grade, **changes: object) -> Grade:
    result = grade.exercises[0]
    case = msgspec.structs.replace(result.cases[1], **changes)
    exercise = msgspec.structs.replace(result, cases=(case,))
    return msgspec.structs.replace(grade, exercises=(exercise,))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_annotations_match_the_golden_file(
    assignment: Assignment, grade: Grade, golden: Callable[[str, str], None], lang: str
) -> None:
    """The whole text, byte for byte."""
    golden(f"annotations-{lang}.txt", annotation_commands(assignment, grade, lang))


def test_the_summary_matches_the_golden_file(
    assignment: Assignment, grade: Grade, golden: Callable[[str, str], None]
) -> None:
    """The whole text, byte for byte."""
    golden("summary.md", step_summary(assignment, grade, "en"))


def test_every_annotation_is_one_command(assignment: Assignment, grades: list[Grade]) -> None:
    """A colon or line end in a message starts no other command."""
    for grade in grades:
        for line in annotation_commands(assignment, grade, "en").splitlines():
            assert COMMAND.fullmatch(line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters()), file=st.text(st.characters(), min_size=1))
def test_nothing_printed_or_raised_escapes_its_annotation(
    assignment: Assignment, grade: Grade, text: str, file: str
) -> None:
    """Whatever the submission says, there is one line, and it is our command."""
    hostile = _with_case(
        grade, output=text, message=Message("raised", {"text": text}), place=Place(file, 3)
    )

    (line,) = annotation_commands(assignment, hostile, "en").rstrip("\n").split("\n")
    assert COMMAND.fullmatch(line)


def test_a_file_has_a_line_and_a_cell_has_none(assignment: Assignment, grade: Grade) -> None:
    """A line of a cell is no line of the notebook's file."""
    script = annotation_commands(assignment, _with_case(grade, place=Place("a.py", 3)), "en")
    cell = annotation_commands(assignment, _with_case(grade, place=Place("a.ipynb", 3, 5)), "en")

    assert script.startswith("::error file=a.py,line=3,title=")
    assert cell.startswith("::error file=a.ipynb,title=")
    assert "cell 5, line 3" in cell


def test_a_path_begins_at_the_repository(assignment: Assignment, grade: Grade) -> None:
    """GitHub shows an annotation in a file only under that path; without one, it names no file."""
    failing = _with_case(grade, place=Place("a.py", 3))

    found = annotation_commands(assignment, failing, "en", lambda name: f"week 8/{name}")
    lost = annotation_commands(assignment, failing, "en", lambda _name: None)

    assert found.startswith("::error file=week 8/a.py,line=3,title=")
    assert lost.startswith("::error title=")


def test_there_are_ten_annotations_at_most(assignment: Assignment, grade: Grade) -> None:
    """GitHub shows ten, so the tenth says how many exercises are left."""
    many = msgspec.structs.replace(grade, exercises=(grade.exercises[0],) * 25)

    lines = annotation_commands(assignment, many, "en").splitlines()

    assert len(lines) == MOST_ANNOTATIONS
    assert "16 more exercises" in lines[-1]


def test_a_skipped_exercise_loses_no_marks(assignment: Assignment, grade: Grade) -> None:
    """It is no error, and is called skipped in the summary."""
    skipped = msgspec.structs.replace(grade, exercises=grade.exercises[5:])

    assert annotation_commands(assignment, skipped, "en") == ""
    assert "| Fast enough on a GPU | Skipped | 2.00 |  |" in step_summary(assignment, skipped, "en")


def test_full_marks_need_no_annotation(assignment: Assignment, perfect: Grade) -> None:
    """Silence is success."""
    assert annotation_commands(assignment, perfect, "en") == ""


def test_the_summary_stays_below_githubs_limit(assignment: Assignment, grade: Grade) -> None:
    """Whole exercises are left out, which is said; multi-byte text counts as bytes."""
    long = _with_case(grade, output="汉" * 5000).exercises[0]
    many = msgspec.structs.replace(grade, exercises=(long,) * 400)

    text = step_summary(assignment, many, "en")

    assert SUMMARY_BYTES - 20_000 < len(text.encode()) <= SUMMARY_BYTES
    assert "The rest was cut" in text
    assert text.count("```") % 2 == 0
    left = 400 - text.count("```text")
    assert f"It lacks the details of {left}: clip, clip" in text.replace("\\", "")
    assert text.endswith("</sub>\n")


def _of_many(assignment: Assignment, grade: Grade, count: int) -> tuple[Assignment, Grade]:
    """Repeat an exercise under other ids, with long titles, every third one not written."""
    first = _with_case(grade, output="汉" * 5000).exercises[0]
    known = assignment.exercise(first.id)
    unwritten = msgspec.structs.replace(first.cases[0], verdict=Verdict.NOT_IMPLEMENTED)
    exercises, results = [], []
    for at in range(count):
        name = f"part_{at:03}"
        title = Text(f"Part {at} of the whole, 汉 " * 4, "题" * 60)
        exercises.append(msgspec.structs.replace(known, id=name, title=title, uses=()))
        cases = first.cases if at % 3 else (unwritten,)
        results.append(msgspec.structs.replace(first, id=name, score=Fraction(0), cases=cases))
    return (
        msgspec.structs.replace(assignment, exercises=tuple(exercises)),
        msgspec.structs.replace(grade, exercises=tuple(results)),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_three_hundred_exercises_stay_within_githubs_limits(
    assignment: Assignment, grade: Grade, lang: str
) -> None:
    """Of a summary and of annotations; the table has all of them, and what is left out is named."""
    many = _of_many(assignment, grade, 300)

    text = step_summary(*many, lang)
    lines = annotation_commands(*many, lang).splitlines()

    assert len(text.encode()) <= SUMMARY_BYTES
    assert len(re.findall(r"^\| .* \| 0\.00 \|", text, re.MULTILINE)) == 300
    left = 200 - text.count("```text") + 1
    assert re.search(rf"\b{left}\b.*part\\_\d\d\d, .*…", text)
    assert len(lines) == MOST_ANNOTATIONS
    messages = [line.split("::")[2].replace("%0A", "\n") for line in lines]
    assert max(len(message.encode("utf-16-le")) // 2 for message in messages) in range(3990, 4096)
    assert "192" in lines[-1]  # of 200 exercises and a line for 100 that are not written


def test_what_others_have_written_counts(
    assignment: Assignment, grade: Grade, tmp_path: Path
) -> None:
    """Two commands of a step share a file, of which GitHub shows nothing once it is too large."""
    path = tmp_path / "summary"
    many = _of_many(assignment, grade, 30)
    path.write_text("x" * (SUMMARY_BYTES - 50_000))

    for _ in range(3):
        add_step_summary(partial(step_summary, *many, "en"), {"GITHUB_STEP_SUMMARY": str(path)})

    assert SUMMARY_BYTES - 20_000 < path.stat().st_size <= SUMMARY_BYTES
    assert "It lacks the details of" in path.read_text("utf-8")


def test_nothing_closes_the_fence_early(assignment: Assignment, grade: Grade) -> None:
    """Text with a fence of its own is quoted by a longer one."""
    text = step_summary(assignment, _with_case(grade, output="````\n<img src=x>\n````"), "en")

    assert re.findall(r"^`{3,}(?:text)?$", text, re.MULTILINE) == [
        "`````text",
        "````",
        "````",
        "`````",
    ]
