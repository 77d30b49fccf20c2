"""Messages and differences in words, and that no field can do harm in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.compare import compare
from grader.model import Difference, Message, Verdict
from grader.texts import describe, render, verdict_title
from grader.texts.catalogue import FIELD_LENGTH, clean, fill

if TYPE_CHECKING:
    from grader.errors import Field


def test_renders_a_message_in_both_languages() -> None:
    """The same message, two readers."""
    message = Message("not_written", {"name": "clip"})

    assert render(message, "en").startswith("clip is not written yet.")
    assert render(message, "zh").startswith("clip 还没有写。")


def test_unknown_key_shows_itself_with_its_fields() -> None:
    """A missing text is ugly, never a crash."""
    assert (
        render(Message("no_such_text", {"name": "x", "n": 3}), "en") == "no_such_text (name=x, n=3)"
    )
    assert render(Message("no_such_text"), "zh") == "no_such_text"


def test_placeholder_without_a_field_stays() -> None:
    """So one sees what was meant to stand there."""
    assert render(Message("not_written"), "en").startswith("{name} is not written")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_optional_parts_vanish_with_their_fields(lang: str) -> None:
    """No empty brackets where a place or text is unknown."""
    text = render(Message("raised", {"exception": "ValueError", "text": "", "where": ""}), lang)

    assert not set("()[]{}（）") & set(text)  # noqa: RUF001 - Chinese brackets
    assert "ValueError" in text
    full = render(
        Message("raised", {"exception": "KeyError", "text": "'b'", "where": "hw8.py:3"}), lang
    )
    assert "'b'" in full
    assert "hw8.py:3" in full


@pytest.mark.parametrize(
    "hostile",
    [
        "{name}",
        "{0.__class__}",
        "{text!r:>99}",
        "{",
        "}}",
        "%s %(x)s",
        "$name",
        r"\1 \g<0>",
        "[[{name}]]",
    ],
)
def test_fields_are_never_interpreted(hostile: str) -> None:
    """What a student's exception says is quoted, not formatted."""
    text = render(
        Message("raised", {"exception": "E", "text": hostile, "where": "", "name": "SECRET"}), "en"
    )

    assert hostile in text
    assert "SECRET" not in text


def test_fields_lose_control_characters_and_line_breaks() -> None:
    """Neither terminal codes nor reversed text get into a report."""
    assert clean("a\x1b[31m\x00b\r\n\tc\u202ed\u2028e\ud800") == "a[31mb cd e"
    assert clean(None) == ""
    assert clean(0.000123456) == "0.000123"
    assert len(clean("x" * 100_000)) == FIELD_LENGTH


@given(st.text(), st.dictionaries(st.text(max_size=5), st.text() | st.none() | st.integers()))
def test_filling_never_fails(template: str, fields: dict[str, Field]) -> None:
    """Any template takes any fields."""
    fill(template, fields)

    render(Message(template, fields), "en")


@given(st.text(), st.text())
def test_field_arrives_as_it_was_cleaned(before: str, field: str) -> None:
    """One pass: a field is not looked at again."""
    assert fill("<{x}>", {"x": field, "before": before}) == f"<{clean(field)}>"


def test_describes_a_wrong_value() -> None:
    """Where, expected, got, how far off, how many."""
    expected = {"dWax": np.ones((2, 3))}
    actual = {"dWax": np.array([[1, 1, 1.25], [1, 1, 1.5]])}
    difference = compare(actual, expected)
    assert difference is not None

    assert describe(difference, "en").splitlines() == [
        "result['dWax'][1, 2] is wrong: expected 1.0, got 1.5 (off by 0.5).",
        "2 of 6 elements are wrong; this one is furthest off.",
    ]
    assert describe(difference, "zh").splitlines() == [
        "result['dWax'][1, 2] 的值不对：应为 1.0，得到 1.5（相差 0.5）。",  # noqa: RUF001 - Chinese
        "共 6 个元素，其中 2 个错误；这里列出偏差最大的一个。",  # noqa: RUF001 - Chinese
    ]


@pytest.mark.parametrize(
    ("actual", "expected", "part"),
    [
        (None, 1.5, "of the wrong kind: expected 1.5, got None"),
        ({}, {"dba": 1}, "lacks entries: expected key 'dba', got dict of 0"),
        ([1], [1, 2], "wrong length: expected list of 2, got list of 1"),
        (np.ones(2), np.ones((2, 1)), "shape: expected float64 array of shape (2, 1)"),
        (np.ones(2, bool), np.ones(2, int), "wrong type of number"),
        (np.array([0.1, 0.3], "f2"), np.array([0.1, 0.3]), "lower precision"),
        (np.array([1, np.nan]), np.ones(2), "result[1] is not a finite number"),
        (2, 3, "result is wrong: expected 3, got 2 (off by 1)."),
        (True, False, "result is wrong: expected False, got True."),
        ("abx", "abc", "result[2] is wrong from this character on"),
        (np.array([np.inf, 1]), np.array([-np.inf, 2]), "result[0] is wrong: expected -inf"),
        (np.zeros(3), np.ones(3), "All 3 elements are wrong"),
    ],
    ids=repr,
)
def test_describes_every_kind(actual: object, expected: object, part: str) -> None:
    """One to three short lines, complete in both languages."""
    difference = compare(actual, expected)
    assert difference is not None

    english, chinese = describe(difference, "en"), describe(difference, "zh")

    assert part in english
    for text in (english, chinese):
        assert len(text.splitlines()) <= 3
        assert not set("{}") & set(text.replace("{}", ""))


def test_describes_an_unknown_kind() -> None:
    """A kind to come is shown in a plain form."""
    assert describe(Difference("colour", "[0]", "red", "blue"), "en") == "result[0]: red / blue"


def test_describing_quotes_hostile_values() -> None:
    """A returned text may hold anything."""
    difference = compare("{where}\x1b[2J\n", "x")
    assert difference is not None

    text = describe(difference, "en")

    assert r"'{where}\x1b[2J\n'" in text
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_title(verdict: Verdict) -> None:
    """In both languages, and not its bare name with underscores."""
    english, chinese = verdict_title(verdict, "en"), verdict_title(verdict, "zh")

    assert "_" not in english
    assert not chinese.isascii()


def test_unknown_language_is_english() -> None:
    """Rendering never fails over a language."""
    assert verdict_title(Verdict.NOT_IMPLEMENTED, "fr") == "not written yet"
