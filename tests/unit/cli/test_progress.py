"""What is told of a batch under way."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from grader.cli.progress import Bar, Events, Lines, Reporter, slowest_in_words, time_in_words
from grader.model import (
    CaseResult,
    Conditions,
    ExerciseResult,
    Grade,
    Status,
    Verdict,
    Visibility,
)

SCHEMA: Final = json.loads(
    (Path(__file__).parents[3] / "data" / "schemas" / "progress-v1.schema.json").read_bytes()
)


def grade(number: int, *verdicts: Verdict, status: Status = Status.GRADED) -> Grade:
    """Make up a grade that took so many seconds."""
    cases = tuple(
        CaseResult(f"c{at}", "clip", "t", "public", Visibility.VISIBLE, verdict)
        for at, verdict in enumerate(verdicts)
    )
    return Grade(
        id=f"s{number}", name=f"s{number}", assignment="hw8", status=status,
        score=Fraction(7, 3) if status is Status.GRADED else None, max_score=Fraction(5),
        conditions=Conditions("A", "salt", "suites"),
        exercises=(ExerciseResult("clip", Fraction(5), Fraction(1), Fraction(0), cases),),
        duration_s=float(number),
    )  # fmt: skip


def run(reporter: Reporter, count: int = 8) -> None:
    """Grade some submissions."""
    with reporter:
        reporter.begin("hw8", count, 2)
        for number in range(count):
            reporter.advance(grade(number, Verdict.PASSED, Verdict.FAILED))


def test_each_event_is_a_line_that_the_schema_allows() -> None:
    """From the beginning to the end, with what each says."""
    stream = io.StringIO()
    events = Events("en", stream)
    run(events)
    events.advance(grade(9, status=Status.NOT_GRADED))
    events.end(Path("out"), 3, kept=2, elapsed_s=1.5)

    told = [json.loads(line) for line in stream.getvalue().splitlines()]

    validator = Draft202012Validator(SCHEMA)
    assert [error.message for event in told for error in validator.iter_errors(event)] == []
    assert [event["event"] for event in told] == ["begun", *["graded"] * 9, "ended"]
    assert (told[0]["total"], told[0]["kept"]) == (8, 2)
    assert told[1]["verdicts"] == {"passed": 1, "failed": 1}
    assert (told[1]["score"], told[9]["score"]) == (2.33, None)
    assert told[-1]["verdicts"] == {"passed": 8, "failed": 8}
    assert [one["id"] for one in told[-1]["slowest"]] == ["s9", "s7", "s6", "s5", "s4"]


def test_an_event_with_a_field_of_another_is_refused() -> None:
    """So that the schema says what each kind has, not only what there is."""
    events = [{"event": "begun"}, {"event": "ended", "version": 1}, {"event": "other"}]

    assert not any(Draft202012Validator(SCHEMA).is_valid(event) for event in events)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["graded 1 of 2: ", " a minute, ", " left; cases: "]),
        ("zh", ["已评 1/2 份", "剩余 "]),
    ],
)
def test_lines_are_plain_where_there_is_no_terminal(lang: str, words: list[str]) -> None:
    """No code of a terminal; the last submission is told by what follows."""
    stream = io.StringIO()

    run(Lines(lang, stream, every_s=0.0), 2)

    (line,) = stream.getvalue().splitlines()
    assert all(word in line for word in words), line
    assert "\x1b" not in line


def test_a_line_comes_only_now_and_then() -> None:
    """A batch that is soon done says nothing."""
    stream = io.StringIO()

    run(Lines("en", stream, every_s=1000.0))

    assert stream.getvalue() == ""


def test_a_terminal_has_a_bar() -> None:
    """With how many, how fast, and who was last."""
    stream = io.StringIO()

    run(Bar("en", Console(file=stream, force_terminal=True, width=120)))

    assert "8/8" in stream.getvalue()
    assert " a minute" in stream.getvalue()
    assert "s7" in stream.getvalue()


def test_the_slowest_are_named_longest_first() -> None:
    """Five of them."""
    reporter = Reporter("en")
    run(reporter)

    told = slowest_in_words(reporter.pace.slowest, "en")
    assert told == "slowest: s7 7.0 s, s6 6.0 s, s5 5.0 s, s4 4.0 s, s3 3.0 s"


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0.4, "0 s", "0 秒"),
        (61, "1 min 01 s", "1 分 01 秒"),
        (7325, "2 h 02 min", "2 小时 02 分"),
        (3599.9, "1 h 00 min", "1 小时 00 分"),
    ],
)
def test_times_are_said_in_words(seconds: float, en: str, zh: str) -> None:
    """Seconds only where they matter."""
    assert (time_in_words(seconds, "en"), time_in_words(seconds, "zh")) == (en, zh)
