"""A small assignment that is handed in over HTTP, and grades for what comes in."""

from __future__ import annotations

import datetime
import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from starlette.testclient import TestClient

from grader.course import Deadline, Person
from grader.gradebook import Gradebook, settle
from grader.model import (
    CaseResult,
    Conditions,
    ExerciseResult,
    Grade,
    Late,
    Message,
    Status,
    Verdict,
    Visibility,
)
from grader.service import Keys, People, Quota, Reception, make_app
from grader.service.bench import Bench
from grader.service.job import Course
from tests.tiny import write_tiny, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.gradebook import Upload
    from grader.intake import Submission

SCHEMAS: Final = itertools.count()
COURSE: Final = "token-of-the-course-itself"
OF_ADA: Final = "token-of-ada-and-no-other"
OF_BOB: Final = "token-of-bob-and-no-other"
OF_CY: Final = "token-of-cy-and-no-other!"
CONDITIONS: Final = Conditions("A", "5f3a", "9c1e")
ROSTER: Final = (
    Person(2, "101", "Ada Lovelace", "ada@x.org", "ada"),
    Person(3, "102", "Bob Stone", "bob@x.org", "bob", group="G"),
    Person(4, "103", "Cy Young", "cy@x.org", "cy", group="G"),
)
QUOTA: Final = Quota(a_day=4, waiting=2, size_bytes=20_000, body_s=5.0, quiet_s=2.0)
HOSTILE: Final = "<script>alert(1)</script>"


class Counter:
    """A reception with a bench behind it, and clients in front.

    Parameters
    ----------
    assignment : Assignment
        What is handed in.
    out : Path
        An empty folder for its results.
    roster : sequence of Person or None
        Who may hand in.
    quota : Quota
        How much.
    due : str
        When it is due; empty for never.
    database : str or None
        Where its gradebook is; None for a file.
    """

    def __init__(
        self,
        assignment: Assignment,
        out: Path,
        roster: tuple[Person, ...] | None = ROSTER,
        quota: Quota = QUOTA,
        due: str = "",
        database: str | None = None,
    ) -> None:
        self.out = out
        self.woken = 0
        self.people = People(roster)
        if database is not None:
            settle(out, database, f"counter_{next(SCHEMAS)}")
        self.reception = Reception(assignment, out, self.people, quota, self._wake)
        self.book = Gradebook.of(out)
        late = Late()
        if due:
            late = Late(
                due=datetime.datetime.fromisoformat(due), penalty_percent=10, cap_percent=50
            )
        course = Course(self.people, Deadline.of(late), roster)
        self.bench = Bench(assignment, self.book, out, course, "en")
        self.assignment = assignment
        key = self.people.key
        students = {OF_ADA: key("ada"), OF_BOB: key("bob"), OF_CY: key("cy")}
        self.keys = Keys(COURSE, {token: who for token, who in students.items() if who})
        self.quota = quota

    def _wake(self) -> None:
        self.woken += 1

    def client(self, token: str = COURSE, hosts: frozenset[str] = frozenset()) -> TestClient:
        """Return a client that has a token."""
        app = make_app(
            {self.assignment.id: self.reception},
            self.keys,
            self.quota,
            hosts=hosts,
            lang="en",
            health=lambda: {"tiny": {"ready": True}},
        )
        return TestClient(app, headers={"authorization": f"Bearer {token}"} if token else {})

    def finish(self, score: int = 4) -> Upload:
        """Have the next upload graded, in a batch."""
        if not self.book.batches():
            self.bench.begin(CONDITIONS)
        upload = self.book.uploads.claim(alone=True)
        assert upload is not None
        submission = self.bench.read(upload)
        self.bench.finish(upload, submission, graded(submission, score))
        return upload

    def kept(self) -> list[str]:
        """List the names of everything that lies in the folder of what was received."""
        folder = self.out / "received"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))

    def close(self) -> None:
        """Let go of the gradebook."""
        self.reception.close()
        self.book.close()


def graded(submission: Submission, score: int) -> Grade:
    """Return a grade with a case that may be read and one that may not."""
    cases = [
        CaseResult(
            id=f"test_answers.py::test_{name}",
            exercise="double",
            test=f"test_answers.py::test_{name}",
            suite=suite,
            visibility=visibility,
            verdict=Verdict.PASSED if score else Verdict.FAILED,
            message=Message(
                "raised", {"exception": "E", "text": f"{HOSTILE} {name}", "where": "x.py:1"}
            ),
            output=f"{HOSTILE} printed in {name}",
        )
        for name, suite, visibility in (
            ("open", "public", Visibility.VISIBLE),
            ("secret", "hidden", Visibility.HIDDEN),
        )
    ]
    result = ExerciseResult("double", Fraction(4), Fraction(score), Fraction(0), tuple(cases))
    return Grade(
        id=submission.id,
        name=submission.name,
        assignment="tiny",
        status=Status.GRADED,
        score=Fraction(score),
        max_score=Fraction(4),
        conditions=CONDITIONS,
        exercises=(result,),
        notes=(Message("unreadable", {"file": HOSTILE, "reason": "x"}),),
    )


@pytest.fixture(scope="session")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Return a small assignment."""
    made = write_tiny(tmp_path_factory.mktemp("course"))
    return msgspec.structs.replace(made, late=Late())


@pytest.fixture
def make_counter(assignment: Assignment, tmp_path: Path) -> Iterator[Callable[..., Counter]]:
    """Return a maker of counters, which are closed in the end."""
    made: list[Counter] = []

    def make(**options: object) -> Counter:
        out = tmp_path / f"out-{len(made)}"
        out.mkdir()
        made.append(Counter(assignment, out, **options))  # type: ignore[arg-type]  # a bag
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    """Return a counter with a roster."""
    return make_counter()


CODE: Final = written(double="return 2 * x").encode()
WHERE: Final = "/v1/tiny/submissions"


def hand_in(client: TestClient, student: str = "ada", code: bytes = CODE, **headers: str) -> str:
    """Hand something in; return its id."""
    answer = client.post(
        WHERE,
        params={"student": student, "file": "answers.py"},
        content=code,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    assert answer.status_code == 202, answer.text
    told: str = answer.json()["id"]
    return told
