"""A diagnosis in words, for both readers and in both languages."""

from __future__ import annotations

import pytest

from grader.diagnose import explain, first_shown
from grader.model import (
    CaseResult,
    Diagnosis,
    Explanation,
    Finding,
    Message,
    Recipe,
    Text,
    Verdict,
    Visibility,
)

UPPER = Explanation(
    "upper_only",
    Text("You clip from above alone.", "你只裁剪了上界。"),
    Text("And below?", "下界呢?"),
)
LOWER = Explanation(
    "lower_only", Text("You clip from below alone.", "你只裁剪了下界。"), Text("Above?", "上界呢?")
)
FACTOR = Message("finding_factor", {"where": "result['dWax']", "factor": 31.4})
PUBLIC = Diagnosis(findings=(Finding(FACTOR, "test_a", "public"),))
HIDDEN = Diagnosis(findings=(Finding(FACTOR, "test_h[s3cret]", "hidden"),))


def test_a_case_with_a_call_is_shown_before_one_that_was_only_known() -> None:
    """Inputs and values lead further than what was learnt by heart; a finding, furthest."""
    heart, other, called = (
        CaseResult(name, "clip", name, "public", Visibility.VISIBLE, Verdict.FAILED, recipe=recipe)
        for name, recipe in (("a", None), ("b", None), ("c", Recipe("clip()", (), 1, "c")))
    )
    finding = Finding(FACTOR, "b", "public")

    assert first_shown([heart, other, called], ()) is called
    assert first_shown([heart, other, called], [finding]) is other
    assert first_shown([heart, other], ()) is heart


def test_a_known_mistake_is_told_with_its_question() -> None:
    """What the code does, then what leads on; each in the reader's language."""
    one = Diagnosis((UPPER,))

    assert explain(one, "en", to_student=True) == [
        "What happened: You clip from above alone.",
        "Ask yourself: And below?",
    ]
    assert explain(one, "zh", to_student=True) == [
        "问题所在：你只裁剪了上界。",  # noqa: RUF001 - Chinese
        "想一想：下界呢?",  # noqa: RUF001 - Chinese
    ]


@pytest.mark.parametrize(
    ("lang", "said", "did"),
    [
        ("en", "A known mistake would explain it", "You clip from above alone."),
        ("zh", "有一种已知错误可以解释它", "你只裁剪了上界。"),
    ],
)
def test_of_a_mistake_that_is_not_certain_a_student_reads_the_question(
    lang: str, said: str, did: str
) -> None:
    """What the code does would be false of another mistake that looks the same."""
    perhaps = Diagnosis((UPPER,), certain=False)

    student, instructor = (explain(perhaps, lang, to_student=one) for one in (True, False))

    assert said in student[0]
    assert student[1:] == instructor[1:] == explain(Diagnosis((UPPER,)), lang, to_student=True)[1:]
    assert did not in "".join(student)
    assert did in instructor[0]


def test_several_that_remain_are_listed_without_questions() -> None:
    """None of them is claimed; each question would give the others away as wrong."""
    two = Diagnosis((UPPER, LOWER))

    lines = explain(two, "en", to_student=True)

    assert "2 known mistakes" in lines[0]
    assert lines[1:] == ["- You clip from above alone.", "- You clip from below alone."]
    assert explain(two, "zh", to_student=True)[1:] == ["- 你只裁剪了上界。", "- 你只裁剪了下界。"]
    assert "2 种已知错误" in explain(two, "zh", to_student=True)[0]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "another one that looks the same"), ("zh", "表现相同的别的错误")]
)
def test_of_several_that_are_not_certain_it_may_be_none(lang: str, said: str) -> None:
    """Errors and zeros come about in many ways."""
    certain, perhaps = (
        explain(Diagnosis((UPPER, LOWER), certain=one), lang, to_student=True)
        for one in (True, False)
    )

    assert said in perhaps[0]
    assert said not in certain[0]
    assert perhaps[1:] == certain[1:]


def test_two_that_were_made_at_once_are_both_claimed() -> None:
    """Unlike two of which one was made; and without questions, which would be two at a time."""
    both = Diagnosis((UPPER, LOWER), together=True)

    assert explain(both, "en", to_student=True) == [
        "Two things happened at once:",
        "- You clip from above alone.",
        "- You clip from below alone.",
    ]
    assert explain(both, "zh", to_student=True)[0] == "同时出了两个问题："  # noqa: RUF001 - Chinese


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_known_gives_no_line(lang: str) -> None:
    """Silence, in place of a guess."""
    assert explain(Diagnosis(), lang, to_student=True) == []


@pytest.mark.parametrize("to_student", [True, False])
def test_a_public_finding_is_told_with_its_numbers(to_student: bool) -> None:
    """The student has the inputs anyway."""
    (line,) = explain(PUBLIC, "en", to_student=to_student)

    assert line == "The numbers show: result['dWax']: the right result times a constant, 31.4."


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_hidden_finding_shows_a_student_no_number(lang: str) -> None:
    """Nor a place, nor the case; the instructor reads them."""
    (bare,) = explain(HIDDEN, lang, to_student=True)
    (full,) = explain(HIDDEN, lang, to_student=False)

    assert not set("0123456789") & set(bare)
    assert "dWax" not in bare
    assert "31.4" in full
    assert "dWax" in full
    assert "s3cret" not in bare + full
