"""Why an exercise lost points, in every report: for both readers, in both languages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import pytest

from grader.model import Diagnosis, Grade, Place
from grader.report import (
    FORMATS,
    Around,
    annotation_commands,
    feedback_html,
    grade_json,
    gradescope_json,
    index_html,
)
from grader.report.audience import diagnosis_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment

CLIP, SAMPLE, GRU = 0, 1, 4
DID = {"en": "Only entries above max_value", "zh": "只有大于 max_value 的元素"}
SUMMED = {"en": "summed up over an axis", "zh": "沿着本应保留的轴"}


def _with_diagnosis(grade: Grade, diagnosis: Diagnosis | None) -> Grade:
    first, *rest = grade.exercises
    changed = msgspec.structs.replace(first, diagnosis=diagnosis)
    return msgspec.structs.replace(grade, exercises=(changed, *rest))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_a_hidden_case_alone_shows_is_for_the_instructor(
    grade: Grade, secret: str, lang: str
) -> None:
    """Which of many findings its numbers show is up to code that has seen the inputs."""
    student = diagnosis_lines(grade.exercises[SAMPLE], lang, "student")
    instructor = diagnosis_lines(grade.exercises[SAMPLE], lang, "instructor")

    assert student == instructor[:1]
    assert "-2.5" in student[0]
    assert SUMMED[lang] in instructor[1]
    assert secret in instructor[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"autolab", "classroom50", "junit"}))
def test_every_format_with_room_for_words_names_the_mistake(
    name: str, lang: str, assignment: Assignment, grade: Grade
) -> None:
    """And says what several that remain are."""
    written = FORMATS[name].write(assignment, grade, lang, Around()).decode()
    plain = written.replace("\\_", "_")

    assert DID[lang] in plain
    assert {"en": "fit 2 known mistakes", "zh": "与 2 种已知错误吻合"}[lang] in plain
    assert SUMMED[lang] not in plain


def test_the_feedback_page_shows_it_as_text(assignment: Assignment, grade: Grade) -> None:
    """A catalogue is written by people, and so is what it quotes."""
    page = feedback_html(assignment, grade, "en")

    assert "max_value &lt;are clipped&gt;" in page
    assert page.count('<section class="diagnosis"') == 3
    assert "Your code: hw8.ipynb, cell 4<" in page
    without = feedback_html(assignment, _with_diagnosis(grade, None), "en")
    assert without.count('<section class="diagnosis"') == 2


@pytest.mark.parametrize("audience", ["student", "instructor"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_json_holds_names_texts_and_place(
    grade: Grade, lang: str, audience: Literal["student", "instructor"]
) -> None:
    """Names are the same in every language; exercises without a diagnosis have no such field."""
    exercises = json.loads(grade_json(grade, lang, audience))["exercises"]

    found = [each.get("diagnosis") for each in exercises]
    assert [each is None for each in found] == [False, False, True, True, False, True]
    assert found[CLIP]["mistakes"] == ["upper_only"]
    assert DID[lang] in found[CLIP]["text"][0]
    assert (found[CLIP]["place"]["cell"], found[CLIP]["place"]["line"]) == (4, 2)
    both = ["finding_factor", "finding_summed"]
    assert found[SAMPLE]["findings"] == both[: 2 if audience == "instructor" else 1]
    assert "place" not in found[SAMPLE]
    assert found[GRU]["mistakes"] == ["reset_after", "reset_unused"]


@pytest.mark.parametrize("field", ["mistakes", "findings", "text"])
def test_the_schema_asks_for_every_part(
    grade: Grade, schema_errors: Callable[[str, bytes], list[str]], field: str
) -> None:
    """Empty lists are written out; an unknown field is refused."""
    document: Any = json.loads(grade_json(_with_diagnosis(grade, Diagnosis()), "en"))
    assert schema_errors("grade-v1.schema.json", json.dumps(document).encode()) == []

    diagnosis = document["exercises"][CLIP]["diagnosis"]
    assert diagnosis.pop(field) == []
    diagnosis["case"] = "test_clip.py::test_secret[3]"

    errors = schema_errors("grade-v1.schema.json", json.dumps(document).encode())
    assert len(errors) == 2
    assert any(f"'{field}' is a required property" in error for error in errors)


def test_an_annotation_points_at_the_definition(assignment: Assignment, grade: Grade) -> None:
    """Where no line is known to have raised; the mistake comes first."""
    script = Diagnosis(
        grade.exercises[CLIP].diagnosis.mistakes,  # type: ignore[union-attr]  # it has one
        (),
        Place("answers.py", 7, None, "", "def clip(g, m):"),
    )

    sample, _, clip, _ = annotation_commands(
        assignment, _with_diagnosis(grade, script), "en"
    ).splitlines()

    assert clip.startswith("::error file=answers.py,line=7,title=clip")
    assert "::What happened: Only entries above max_value" in clip
    # An exception has a place of its own.
    assert "cell 5, line 3" in sample


def test_gradescope_shows_it_in_the_row_of_the_exercise(
    assignment: Assignment, grade: Grade
) -> None:
    """Cases have rows of their own, and nothing of it."""
    rows = json.loads(gradescope_json(assignment, grade, "zh"))["tests"]

    told = [row["number"] for row in rows if DID["zh"] in row["output"]]
    assert told == ["1"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_class_report_counts_known_mistakes(
    assignment: Assignment, grade: Grade, lang: str
) -> None:
    """One sentence for all who made it; several that remain are not counted as one."""
    other = msgspec.structs.replace(grade, id="eve")
    page = index_html(assignment, [grade, other], lang)

    told = [found.end() for found in re.finditer(re.escape(DID[lang]), page)]
    assert len(told) == 2  # of the same mistake, and of the most common problems
    assert all('<td class="amount">2</td>' in page[at : at + 120] for at in told)
    assert "r acts after the product" not in page
    assert "r 在乘积之后" not in page
