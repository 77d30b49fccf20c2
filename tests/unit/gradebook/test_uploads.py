"""The queue of what was handed in over HTTP."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.errors import HarnessError, UsageError
from grader.gradebook import Gradebook, Upload
from grader.intake import Submission
from grader.model import Attempt, Student

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.gradebook import Counts
    from grader.model import Grade

NEVER = "0000"


def new(name: str, student: str = "ada", key: str | None = None, at: str = "2026-03-01") -> Upload:
    """Return an upload that is not in any gradebook yet."""
    return Upload(0, name, student, at, "hw8.py", 10, "aa", key)


def fine(_counts: Counts) -> None:
    """Find nothing too much."""


def add(book: Gradebook, name: str, student: str = "ada", key: str | None = None) -> Upload:
    """Queue an upload."""
    return book.uploads.add(new(name, student, key), NEVER, fine)


def submission(upload: Upload) -> Submission:
    """Return what is made of an upload."""
    return Submission(upload.submission, upload.student, Path("x"), None)


def test_what_is_queued_first_is_claimed_first(book: Gradebook) -> None:
    """Once, whoever asks."""
    added = [add(book, name) for name in "abc"]

    claimed = [book.uploads.claim(alone=True) for _ in range(4)]

    assert [one and one.id for one in claimed] == ["a", "b", "c", None]
    assert [one.number for one in added] == [1, 2, 3]
    assert book.uploads.tally() == {"running": 3}


def test_what_was_left_running_is_queued_again_and_counted(book: Gradebook) -> None:
    """Unless its grading ended of its own accord."""
    add(book, "a")

    tries = []
    for forgive in (False, True, False):
        claimed = book.uploads.claim(alone=True)
        assert claimed is not None
        tries.append(claimed.tries)
        (again,) = book.uploads.requeue(forgive=forgive)
        assert again.id == "a"

    assert tries == [1, 2, 2]
    assert book.uploads.requeue(forgive=False) == []


def test_what_was_lost_before_is_claimed_only_alone(book: Gradebook) -> None:
    """And nothing overtakes it."""
    add(book, "a")
    add(book, "b")
    book.uploads.claim(alone=True)
    book.uploads.requeue(forgive=False)

    assert book.uploads.claim(alone=False) is None
    claimed = book.uploads.claim(alone=True)

    assert claimed is not None
    assert (claimed.id, claimed.tries) == ("a", 2)


def test_a_grade_and_the_end_of_an_upload_are_one(
    book: Gradebook, make_grade: Callable[..., Grade]
) -> None:
    """With the row of its student."""
    add(book, "a")
    claimed = book.uploads.claim(alone=True)
    assert claimed is not None
    grade = make_grade(claimed.submission)
    row = Student("ada", "Ada", attempts=(Attempt(claimed.submission),))

    book.uploads.finish(claimed, grade, "d", submission(claimed), book.present().id, [row])

    (done,) = book.uploads.done()
    assert (done.state, done.status, done.batch_id) == ("done", "graded", book.present().id)
    found = book.row("ada")
    assert found is not None
    assert (found.score, found.name) == (Fraction(7, 3), "Ada")


def test_an_upload_has_one_grade(book: Gradebook, make_grade: Callable[..., Grade]) -> None:
    """A second one, or one of what nobody has claimed, is refused, and nothing of it stays."""
    add(book, "a")
    claimed = book.uploads.claim(alone=True)
    assert claimed is not None
    batch = book.present().id
    first = make_grade(claimed.submission, Fraction(1))
    book.uploads.finish(claimed, first, "d", submission(claimed), batch, [])
    second = make_grade(claimed.submission, Fraction(2))
    waiting = add(book, "b")

    for one, grade in ((claimed, second), (waiting, make_grade(waiting.submission))):
        with pytest.raises(HarnessError, match="is not running"):
            book.uploads.finish(one, grade, "d", submission(one), batch, [])

    kept = book.grade(claimed.submission)
    assert kept is not None
    assert kept.score == 1
    assert book.grade(waiting.submission) is None


def test_a_key_is_a_students_own(book: Gradebook) -> None:
    """The same one again is the same upload; without one, each is new."""
    first = add(book, "a", key="k")

    assert add(book, "b", key="k") == first
    assert add(book, "c", "bob", key="k").id == "c"
    assert add(book, "d").id == "d"
    assert add(book, "e").id == "e"


def test_counts_are_a_students_own(book: Gradebook) -> None:
    """What waits, what came in of late, and what waits of everybody."""
    book.uploads.add(new("a", at="2026-01-01"), NEVER, fine)
    book.uploads.add(new("b", at="2026-02-01"), NEVER, fine)
    add(book, "c", "bob")
    claimed = book.uploads.claim(alone=True)
    assert claimed is not None

    counts = book.uploads.counts("ada", "2026-01-01")

    assert (counts.open, counts.since, counts.everybody) == (2, ("2026-02-01",), 3)


def test_a_check_that_raises_leaves_nothing(book: Gradebook) -> None:
    """Nobody slips in between what is counted and what is added."""

    def check(counts: Counts) -> None:
        if counts.open >= 3:
            raise UsageError("too much")

    refused = []

    def one(name: str) -> None:
        try:
            book.uploads.add(new(name), NEVER, check)
        except UsageError:
            refused.append(name)

    threads = [threading.Thread(target=one, args=(f"u{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 9
    assert book.uploads.tally() == {"queued": 3}


def test_what_is_before_an_upload_is_counted(book: Gradebook) -> None:
    """Running or queued."""
    one, two, three = (add(book, name) for name in "abc")
    book.uploads.claim(alone=True)

    assert [book.uploads.ahead_of(upload) for upload in (one, two, three)] == [0, 1, 2]


def test_carried_grades_take_the_place_of_those_there(
    book: Gradebook, make_grade: Callable[..., Grade]
) -> None:
    """Where it is asked for, and only those that the other batch has."""
    first = book.present()
    book.record(make_grade("ada", Fraction(1)), "d")
    book.record(make_grade("bob", Fraction(1)), "d")
    other = make_grade().conditions.__class__("B", "x", "y")
    students = book.students()
    second = book.begin("hw8", other, students)
    book.record(make_grade("ada", Fraction(2), conditions=other), "d")

    book.begin("hw8", first.conditions, students)
    book.carry_over(second.id, (), replace=True)

    scores = {name: grade.score for name in ("ada", "bob") if (grade := book.grade(name))}
    assert scores == {"ada": Fraction(2), "bob": Fraction(1)}
