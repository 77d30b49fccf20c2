"""What is queued is graded; what goes wrong with one upload is that one's alone."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from grader.errors import HarnessError
from grader.gradebook import ResultsLock
from grader.model import Visibility
from grader.service.shift import AnotherBatchError, Shifts
from grader.suite.case import Case
from grader.suite.session import Suites
from tests.unit.service.conftest import CONDITIONS, Counter, graded, hand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.engine import Task
    from grader.intake import Submission
    from grader.model import Conditions, Grade


class FakeCrew:
    """Grades at once, two at a time."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.seen: list[list[str]] = []

    @property
    def has_room(self) -> bool:
        """Whether there is room for another."""
        return len(self.tasks) < 2

    @property
    def is_idle(self) -> bool:
        """Whether nothing is at work."""
        return not self.tasks

    def begin(self, task: Task) -> None:
        """Take a task."""
        self.tasks.append(task)

    def finished(self) -> Iterator[tuple[Submission, Grade]]:
        """Grade all at once."""
        self.seen.append([task.submission.id for task in self.tasks])
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            yield task.submission, graded(task.submission, 4)


class Shop:
    """A counter with shifts on it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        counter.bench.begin(CONDITIONS)
        cases = tuple(
            Case(one.id, one.id, one, "public", Visibility.VISIBLE, Fraction(1))
            for one in counter.assignment.exercises
        )
        suites = Suites(counter.assignment, cases, {})
        self.told, self._ending = os.pipe()
        self.crew = FakeCrew()
        self.beats = 0
        self.shifts = Shifts(counter.bench, counter.book, suites, CONDITIONS, self.told, self._beat)

    def _beat(self) -> None:
        self.beats += 1
        if not {"queued", "running"} & self.counter.reception.tally().keys():
            self.end()

    def end(self) -> None:
        """Be gone."""
        if self._ending >= 0:
            os.close(self._ending)
            self._ending = -1

    def work(self) -> None:
        """Work until nothing is left."""
        try:
            self.shifts.work(self.crew, self.counter.out)  # type: ignore[arg-type]  # a fake
        finally:
            self.end()
            os.close(self.told)

    def statuses(self) -> dict[str, str | None]:
        """Return how each upload ended, by its student."""
        return {one.student: one.status for one in self.counter.book.uploads.done()}


@pytest.fixture
def shop(counter: Counter) -> Shop:
    """Return a counter with shifts on it."""
    return Shop(counter)


def test_what_waits_is_graded_and_reported(shop: Shop) -> None:
    """Two at a time; then the pages are written."""
    client = shop.counter.client()
    for student in ("ada", "bob", "cy"):
        hand_in(client, student)

    shop.work()

    assert [len(seen) for seen in shop.crew.seen] == [2, 1]
    assert set(shop.statuses().values()) == {"graded"}
    out = shop.counter.out
    assert sorted(path.name for path in (out / "feedback").iterdir()) == [
        "101.html", "102.html", "103.html",
    ]  # fmt: skip
    assert "Ada Lovelace" in (out / "grades.csv").read_text()
    assert shop.beats > 0


def test_what_cannot_be_read_is_told_to_its_student(shop: Shop) -> None:
    """A row without a score, and the others are graded."""
    client = shop.counter.client()
    hand_in(client, "bob", b"\xff\xfe\0")
    hand_in(client, "cy")

    shop.work()

    assert shop.statuses() == {"102": "unreadable", "103": "graded"}


def test_what_ends_its_grading_again_and_again_is_given_up(shop: Shop) -> None:
    """As our fault, without a score; it was alone when it was tried again."""
    client = shop.counter.client()
    bad = hand_in(client, "ada")
    for _ in range(3):
        shop.counter.book.uploads.claim(alone=True)
        shop.counter.book.uploads.requeue(forgive=False)
    hand_in(client, "bob")

    shop.work()

    assert shop.statuses() == {"101": "not_graded", "102": "graded"}
    told = client.get(f"/v1/tiny/submissions/{bad}").json()
    assert (told["state"], told["score"]) == ("not_graded", None)


def test_what_was_lost_once_has_no_company(shop: Shop) -> None:
    """So that one that is lost again is known to be the one."""
    client = shop.counter.client()
    hand_in(client, "ada")
    shop.counter.book.uploads.claim(alone=True)
    shop.counter.book.uploads.requeue(forgive=False)
    for student in ("bob", "cy"):
        hand_in(client, student)

    shop.work()

    assert [len(seen) for seen in shop.crew.seen] == [1, 2]


def test_an_error_of_ours_in_reading_costs_nobody_else(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told on stderr, and ends without a score."""
    client = shop.counter.client()
    for student in ("ada", "bob"):
        hand_in(client, student)
    read = shop.counter.bench.read

    def broken(upload: Any) -> Submission:
        if upload.student == "101":
            raise RecursionError("by a slip of ours")
        return read(upload)

    monkeypatch.setattr(shop.counter.bench, "read", broken)

    shop.work()

    assert shop.statuses() == {"101": "not_graded", "102": "graded"}
    assert "by a slip of ours" in capsys.readouterr().err


def test_a_grade_that_cannot_be_stored_costs_nobody_else(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in its place has nothing of what was handed in."""
    client = shop.counter.client()
    for student in ("ada", "bob"):
        hand_in(client, student)
    finish = shop.counter.bench.finish

    def broken(upload: Any, submission: Submission, grade: Grade, *, again: bool) -> None:
        if upload.student == "101" and grade.score is not None:
            raise HarnessError("too long for the file")
        finish(upload, submission, grade, again=again)

    monkeypatch.setattr(shop.counter.bench, "finish", broken)

    shop.work()

    assert shop.statuses() == {"101": "not_graded", "102": "graded"}


def test_where_another_batch_was_begun_the_process_begins_anew(shop: Shop) -> None:
    """Grades in one that nobody looks at would be lost; nothing is claimed."""
    hand_in(shop.counter.client())
    other: Conditions = CONDITIONS.__class__("B", "x", "y")
    shop.counter.book.begin("tiny", other, [])

    with pytest.raises(AnotherBatchError):
        shop.work()

    assert shop.counter.book.uploads.tally() == {"queued": 1}


def test_while_another_run_is_at_work_it_waits(shop: Shop) -> None:
    """The folder of results is that one's; what waits goes on waiting."""
    hand_in(shop.counter.client())
    reading, writing = os.pipe()
    ended, ending = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ending)
        shop.end()  # this end of the pipe was inherited
        with ResultsLock(shop.counter.out):
            os.write(writing, b".")
            os.read(ended, 1)  # until the test is over
        os._exit(0)
    os.read(reading, 1)
    shop.end()

    shop.work()
    os.close(ending)
    os.waitpid(pid, 0)

    assert shop.counter.book.uploads.tally() == {"queued": 1}
    for descriptor in (reading, writing, ended):
        os.close(descriptor)


def test_who_is_gone_is_not_waited_for(shop: Shop) -> None:
    """An end of the pipe ends the work, with nothing claimed that is not begun."""
    shop.end()

    shop.work()

    assert shop.crew.seen == []
