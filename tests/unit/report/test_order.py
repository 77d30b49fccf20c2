"""In which order a page, a summary and annotations tell of exercises."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.model import Message, Verdict
from grader.report import annotation_commands, feedback_html, step_summary

if TYPE_CHECKING:
    from grader.catalog import Assignment
    from grader.model import ExerciseResult, Grade

CLIP, SAMPLE, STEP, OPTIMIZE, GRU, SPEED = range(6)


def _anchors(page: str) -> list[int]:
    """Return the exercises of a page in its order, by their place in the assignment."""
    return [int(number) for number in re.findall(r'id="exercise-(\d+)"', page)]


def _section(page: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)\n</section>', page, re.DOTALL)
    assert found is not None
    # Sections of exercises are closed within.
    start = page.index(found[0])
    following = re.search(r'<section aria-labelledby="(?!' + name + ")", page[start:])
    return page[start : start + following.start()] if following else page[start:]


def _with(grade: Grade, **results: ExerciseResult) -> Grade:
    changed = tuple(results.get(one.id, one) for one in grade.exercises)
    return msgspec.structs.replace(grade, exercises=changed)


def _unwritten(result: ExerciseResult, message: Message, verdict: Verdict) -> ExerciseResult:
    case = msgspec.structs.replace(result.cases[0], verdict=verdict, message=message)
    return msgspec.structs.replace(result, score=Fraction(0), cases=(case,), diagnosis=None)


def test_what_to_do_comes_first(assignment: Assignment, grade: Grade) -> None:
    """Wrong, worst first; partial; not written; right; what does not count."""
    page = feedback_html(assignment, grade, "en")

    assert _anchors(page) == [SAMPLE + 1, GRU + 1, CLIP + 1, STEP + 1, OPTIMIZE + 1, SPEED + 1]


def test_what_is_right_is_folded_and_nothing_else(assignment: Assignment, grade: Grade) -> None:
    """By an element that needs no script, and whose anchor is seen while it is closed."""
    page = feedback_html(assignment, grade, "en")

    folded = re.findall(r'<details class="exercise \w+" id="exercise-(\d+)">', page)
    assert folded == [str(OPTIMIZE + 1), str(SPEED + 1)]
    assert "<details open" not in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_not_written_is_one_line_each(
    assignment: Assignment, grade: Grade, lang: str
) -> None:
    """In one list, with a title and what it is worth."""
    stub = grade.exercises[STEP]
    many = _with(
        grade,
        GRUCell=_unwritten(
            grade.exercises[GRU], Message("missing", {"name": "GRUCell"}), Verdict.MISSING
        ),
        rnn_step_forward=stub,
    )

    section = _section(feedback_html(assignment, many, lang), "unwritten")

    assert len(re.findall(r"<li id=\"exercise-\d+\">.*</li>", section)) == 2
    assert "<article" not in section
    assert "<h3" not in section


def test_a_name_that_is_near_is_still_told(assignment: Assignment, grade: Grade) -> None:
    """Of all that is not there, this one can be mended by a change of a name."""
    near = Message("missing", {"name": "GRUCell", "near": "GRU_<Cell>"})
    other = _with(grade, GRUCell=_unwritten(grade.exercises[GRU], near, Verdict.MISSING))

    for text in (feedback_html(assignment, other, "en"), step_summary(assignment, other, "en")):
        assert "you have GRU" in text
        assert "GRU_<Cell>" not in text


def test_what_we_failed_to_grade_stands_before_all(assignment: Assignment, grade: Grade) -> None:
    """In a section of its own, with an alert; it is not the student's to do anything about."""
    clip = grade.exercises[CLIP]
    case = msgspec.structs.replace(
        clip.cases[0], verdict=Verdict.ERRORED_GRADER, message=Message("errored_grader")
    )
    ours = _with(grade, clip=msgspec.structs.replace(clip, score=None, cases=(case,)))

    page = feedback_html(assignment, ours, "en")

    assert _anchors(page)[0] == CLIP + 1
    assert "note alert" in _section(page, "ungraded")
    assert "exercise-1" not in _section(page, "wrong")


def test_the_summary_has_the_same_order(assignment: Assignment, grade: Grade) -> None:
    """In its table, and below it."""
    text = step_summary(assignment, grade, "en")

    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert headings == [
        "Sample a word",
        "A GRU cell &lt;from scratch&gt;",
        "Clip gradients by value",
        "Not written yet",
    ]
    rows = [line.split(" | ")[0].strip("| ") for line in text.splitlines() if line[:2] == "| "]
    assert rows[2:5] == headings[:3]


def test_annotations_begin_with_what_is_worst(assignment: Assignment, grade: Grade) -> None:
    """What is not written shares one of the ten."""
    lines = annotation_commands(assignment, grade, "en").splitlines()

    titles = [re.search(r"title=(\w+)", line)[1] for line in lines]  # type: ignore[index]  # each has one
    assert titles == ["sample", "GRUCell", "clip", "Not"]
    assert lines[-1].endswith("::One step forward")


def test_the_same_grade_gives_the_same_bytes(assignment: Assignment, grade: Grade) -> None:
    """Nothing depends on when or how often a page is written."""
    assert feedback_html(assignment, grade, "zh") == feedback_html(assignment, grade, "zh")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "This builds on what is not right yet: Clip gradients by value, One step forward."),
        ("zh", "它用到的练习还不正确：按值裁剪梯度, 单步前向。"),  # noqa: RUF001 - Chinese
    ],
)
def test_what_is_to_be_mended_before_is_named(
    assignment: Assignment, grade: Grade, lang: str, said: str
) -> None:
    """Only where marks were lost, and where ours, put in for it, has not helped already."""
    optimize = grade.exercises[OPTIMIZE]
    case = msgspec.structs.replace(
        optimize.cases[0], verdict=Verdict.FAILED, message=Message("failed"), carried_forward=False
    )
    wrong = msgspec.structs.replace(
        optimize, score=Fraction(1), cases=(case,), carried_forward=Fraction(0)
    )
    helped = (optimize.cases[0], msgspec.structs.replace(case, id="another"))
    carried = msgspec.structs.replace(wrong, cases=helped, carried_forward=Fraction(1, 2))

    told = feedback_html(assignment, _with(grade, optimize=wrong), lang)

    assert told.count(said) == 1
    assert said not in feedback_html(assignment, grade, lang)
    assert said not in feedback_html(assignment, _with(grade, optimize=carried), lang)
