"""Marks set by hand, comments, and the log of both."""

from __future__ import annotations

import sqlite3
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from grader.errors import UsageError
from grader.gradebook.engine import open_engine
from grader.model import Status, Student

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.gradebook import Database, Gradebook
    from grader.model import Conditions, Grade

    MakeGrade = Callable[..., Grade]

WHY = "the statement was ambiguous"


def found(book: Gradebook, name: str = "ada") -> Grade:
    """Return a grade that is there."""
    grade = book.row(name)
    assert grade is not None
    return grade


@pytest.fixture
def graded(book: Gradebook, make_grade: MakeGrade) -> Gradebook:
    """Return a gradebook with two grades; one is of a submission that nobody can read."""
    book.record(make_grade(), "d1")
    book.record(make_grade("bob", status=Status.UNREADABLE, score=None, exercises=()), "d1")
    return book


def test_nothing_is_changed_that_nobody_has_touched(graded: Gradebook) -> None:
    """A grade without entries is what was recorded."""
    graded.by_hand.override("ada", "clip", Fraction(5), WHY, "prof")

    assert found(graded, "bob").override is None
    assert found(graded, "bob").comments == ()


def test_a_gradebook_that_nobody_may_write_to_is_no_fault_of_ours(graded: Gradebook) -> None:
    """On a disk that can only be read, say; the log stays as it was."""

    def read_only(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.read_only = True

    graded.close()  # what is connected already
    event.listen(Engine, "connect", read_only)
    try:
        with pytest.raises(UsageError, match="cannot be written to"):
            graded.by_hand.override("ada", "clip", Fraction(5), WHY, "prof")
    finally:
        event.remove(Engine, "connect", read_only)

    assert graded.by_hand.log() == []


def test_a_mark_set_by_hand_counts_and_keeps_what_was_computed(graded: Gradebook) -> None:
    """The total is made of marks that count; verdicts stay as they are."""
    graded.by_hand.override("ada", "sample", Fraction(4), WHY, "prof")

    grade = found(graded)
    sample, clip = grade.exercises
    assert sample.override is not None
    assert (sample.score, sample.override.computed) == (Fraction(4), None)
    assert (sample.override.because, sample.override.who) == (WHY, "prof")
    assert (grade.status, grade.score) == (Status.GRADED, Fraction(4) + Fraction(7, 3))
    assert (clip.override, clip.carried_forward) == (None, Fraction(1, 3))


def test_the_whole_may_be_set_where_nothing_could_be_read(graded: Gradebook) -> None:
    """As for a submission that was handed in on paper."""
    graded.by_hand.override("bob", "", Fraction(13, 2), WHY, "prof")

    grade = found(graded, "bob")
    assert (grade.status, grade.score) == (Status.GRADED, Fraction(13, 2))
    assert grade.override is not None
    assert grade.override.computed is None


def test_both_outlive_a_regrade_and_a_new_batch(
    graded: Gradebook, make_grade: MakeGrade, everybody: list[str], conditions: Conditions
) -> None:
    """They belong to the student, not to a batch."""
    graded.by_hand.override("ada", "clip", Fraction(1), WHY, "prof")
    graded.by_hand.comment(["ada"], "clip", "See me.", "prof")
    other = msgspec.structs.replace(conditions, suite_hash="other")

    graded.begin("hw8", other, [Student.of_submission(one) for one in everybody])
    graded.record(make_grade(score=Fraction(5), conditions=other), "d1")

    grade = found(graded)
    assert grade.exercises[1].score == 1
    assert grade.exercises[1].override is not None
    assert grade.exercises[1].override.computed == 5
    assert [(one.exercise, one.text) for one in grade.comments] == [("clip", "See me.")]


def test_the_last_override_counts_until_it_is_undone(graded: Gradebook) -> None:
    """Then the one before it counts again, and at last what was computed."""
    first = graded.by_hand.override("ada", "clip", Fraction(1), WHY, "prof")
    second = graded.by_hand.override("ada", "clip", Fraction(2), WHY, "assistant")
    scores = [found(graded).exercises[1].score]

    for entry in (second, first):
        graded.by_hand.undo([entry], "prof", "a slip")
        scores.append(found(graded).exercises[1].score)

    assert scores == [2, 1, Fraction(7, 3)]
    log = graded.by_hand.log("ada")
    assert [(one.kind, one.undoes, one.undone) for one in log] == [
        ("override", None, True),
        ("override", None, True),
        ("undo", second, False),
        ("undo", first, False),
    ]


def test_a_comment_to_many_is_said_to_all_or_to_none(graded: Gradebook) -> None:
    """Bob has no such exercise."""
    with pytest.raises(UsageError, match="bob has no mark for an exercise 'clip'"):
        graded.by_hand.comment(["ada", "bob"], "clip", "See me.", "prof")

    assert graded.by_hand.log() == []
    assert len(graded.by_hand.comment(["ada", "bob"], "", "See me.", "prof")) == 2


@pytest.mark.parametrize(
    ("student", "exercise", "points", "why", "told"),
    [
        ("eve", "clip", 1, WHY, "nobody called 'eve'"),
        ("ada", "clap", 1, WHY, "no mark for an exercise 'clap'"),
        ("ada", "clip", 6, WHY, "0 to 5 points"),
        ("ada", "clip", -1, WHY, "0 to 5 points"),
        ("ada", "clip", 1, "  ", "the text is empty"),
        ("ada", "clip", 1, "x" * 10_001, "longer than 10000"),
    ],
)
def test_what_makes_no_sense_is_refused(
    graded: Gradebook, student: str, exercise: str, points: int, why: str, told: str
) -> None:
    """And leaves no trace."""
    with pytest.raises(UsageError, match=told):
        graded.by_hand.override(student, exercise, Fraction(points), why, "prof")

    assert graded.by_hand.log() == []


def test_only_what_is_in_force_can_be_undone(graded: Gradebook) -> None:
    """Neither twice, nor an undoing, nor what is not there."""
    entry = graded.by_hand.override("ada", "clip", Fraction(1), WHY, "prof")
    graded.by_hand.undo([entry], "prof")

    for number, told in ((entry, "undone already"), (entry + 1, "is a undo"), (99, "no entry 99")):
        with pytest.raises(UsageError, match=told):
            graded.by_hand.undo([number], "prof")


@pytest.mark.parametrize("change", ["UPDATE journal SET who = 'eve'", "DELETE FROM journal"])
def test_the_log_is_only_added_to(graded: Gradebook, place: Path | Database, change: str) -> None:
    """Whoever else opens the database cannot rewrite it by mistake."""
    graded.by_hand.note_regrade("verdict=timed_out", "prof")

    with (
        pytest.raises(DBAPIError, match="only added to"),
        open_engine(place).begin() as connection,
    ):
        connection.execute(text(change))
    assert [one.text for one in graded.by_hand.log()] == ["verdict=timed_out"]


def test_grades_that_are_carried_over_keep_their_conditions(
    book: Gradebook, make_grade: MakeGrade, everybody: list[str], conditions: Conditions
) -> None:
    """Only what was graded under the present conditions is done."""
    first = book.batches()[0].id
    book.record(make_grade("ada"), "d1")
    book.record(make_grade("bob"), "d1")
    book.record(make_grade("eve"), "d1")  # not handed in any more
    other = msgspec.structs.replace(conditions, suite_hash="other")

    book.begin("hw8", other, [Student.of_submission(one) for one in everybody])
    book.carry_over(first, {"bob"})
    book.record(make_grade("bob", conditions=other), "d1")

    assert [(one.id, one.conditions) for one in book.grades()] == [
        ("ada", conditions),
        ("bob", other),
    ]
    assert book.grade("ada") == make_grade("ada")
    assert book.look("hw8", other, {"ada": "d1", "bob": "d1"}).done == {"bob"}
