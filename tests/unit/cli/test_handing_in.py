"""When a submission was handed in, by whoever can be trusted with that."""

from __future__ import annotations

import datetime
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader.cli.handing_in import METADATA, HandedIn, corrected, dated, handed_in
from grader.course import Deadline
from grader.errors import UsageError
from grader.model import Conditions, Grade, Late, Status
from grader.scoring import deduction, final_score

if TYPE_CHECKING:
    from pathlib import Path

DUE = Deadline.of(
    Late(due=datetime.datetime.fromisoformat("2026-03-01T23:59:00+01:00"), penalty_percent=10)
)
NONE = Deadline.of(Late())
GRADE = Grade(
    "ada", "Ada", "hw", Status.GRADED, Fraction(20), Fraction(40), Conditions("A", "s", "h")
)


def gradescope(folder: Path, created_at: str | None, *own: str | None, whole: str | None) -> Path:
    """Lay out what Gradescope knows, and return where the submission lies."""
    told: dict[str, Any] = {
        "id": 1,
        "assignment": {"due_date": whole, "title": "hw", "total_points": "20.0"},
        "users": [
            {"email": "a@x.org", "name": "A"} | ({"assignment": {"due_date": due}} if due else {})
            for due in own or (None,)
        ],
        "previous_submissions": [],
    }
    if created_at is not None:
        told["created_at"] = created_at
    (folder / METADATA).write_text(json.dumps(told))
    return folder / "submission"


def found(
    path: Path, environ: dict[str, str] | None = None, formats: tuple[str, ...] = ()
) -> HandedIn | None:
    """Ask."""
    return handed_in(path, environ or {}, formats, DUE)


def event(folder: Path, pushed_at: object) -> Path:
    """Write GitHub's event, with a commit that claims to be old."""
    path = folder / "event.json"
    told = {
        "head_commit": {"timestamp": "2020-01-01T00:00:00Z"},
        "repository": {"pushed_at": pushed_at, "name": "hw"},
    }
    path.write_text(json.dumps(told))
    return path


def test_gradescope_tells_by_its_metadata(tmp_path: Path) -> None:
    """Beside the submission, and where its own format is written."""
    path = gradescope(tmp_path, "2026-03-02T10:00:00.123456+01:00", whole=None)

    told = found(path, formats=("gradescope",))

    assert told is not None
    assert (told.at, told.due) == ("2026-03-02T10:00:00.123456+01:00", "")
    assert found(path, formats=("json",)) is None


@pytest.mark.parametrize(
    ("whole", "own", "due"),
    [
        ("2026-03-01T23:59:00+01:00", ("2026-03-05T23:59:00+01:00",), "2026-03-05T23:59:00+01:00"),
        ("2026-03-01T23:59:00+01:00", ("2026-03-01T23:59:00+01:00",), ""),
        ("2026-03-01T23:59:00+01:00", (None, "2026-03-05T22:59:00Z"), "2026-03-05T22:59:00+00:00"),
        (None, ("2026-03-05T23:59:00+01:00",), ""),
        ("2026-03-09T23:59:00+01:00", (None,), ""),
    ],
)
def test_an_extension_on_gradescope_is_one(
    tmp_path: Path, whole: str | None, own: tuple[str | None, ...], due: str
) -> None:
    """What a student has more than the class there; of partners, the longest."""
    told = found(
        gradescope(tmp_path, "2026-03-02T10:00:00Z", *own, whole=whole), formats=("gradescope",)
    )

    assert told is not None
    assert told.due == due


@pytest.mark.parametrize("text", ["", "{", "[]", '{"created_at": 5}', '{"created_at": "soon"}'])
def test_metadata_that_says_nothing_is_no_time(tmp_path: Path, text: str) -> None:
    """Then nothing is taken off, and that is said."""
    (tmp_path / METADATA).write_text(text)

    assert found(tmp_path / "submission", formats=("gradescope",)) is None
    assert found(tmp_path / "none" / "submission", formats=("gradescope",)) is None


def test_github_tells_when_it_was_pushed_to(tmp_path: Path) -> None:
    """Not what a commit says of itself, and not of a run that somebody has asked for."""
    path = str(event(tmp_path, 1772409600))
    push = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": path}

    told = found(tmp_path, push)

    assert told is not None
    assert told.at == "2026-03-02T00:00:00+00:00"
    assert found(tmp_path, {**push, "GITHUB_EVENT_NAME": "workflow_dispatch"}) is None
    assert found(tmp_path, {**push, "GITHUB_EVENT_PATH": ""}) is None
    assert found(tmp_path, {**push, "GITHUB_ACTIONS": ""}) is None


@pytest.mark.parametrize("pushed_at", ["2026-03-02T00:00:00Z", None, 10**40, 10**15])
def test_another_event_than_github_promises_is_no_time(tmp_path: Path, pushed_at: object) -> None:
    """It ends no run."""
    path = str(event(tmp_path, pushed_at))

    environ = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": path}
    assert found(tmp_path, environ) is None


@pytest.mark.parametrize(
    ("source", "created_at", "known"),
    [
        ("push", "2026-03-02T10:00:00Z", True),
        ("merge_request_event", "2026-03-02T10:00:00Z", True),
        ("web", "2026-03-02T10:00:00Z", False),  # somebody has pressed the button
        ("schedule", "2026-03-02T10:00:00Z", False),
        ("push", "", False),
        ("push", "yesterday", False),
    ],
)
def test_gitlab_tells_when_it_made_the_pipeline(
    tmp_path: Path, source: str, created_at: str, *, known: bool
) -> None:
    """Of a push; the commit's own time is its author's to choose."""
    told = found(
        tmp_path,
        {
            "GITLAB_CI": "true",
            "CI_PIPELINE_SOURCE": source,
            "CI_PIPELINE_CREATED_AT": created_at,
            "CI_COMMIT_TIMESTAMP": "2020-01-01T00:00:00Z",
        },
    )

    assert (told is not None and told.at == created_at) == known


def test_what_is_said_on_the_command_line_counts() -> None:
    """Before what was found; what is no time is refused."""
    told = HandedIn("2026-03-02T10:00:00Z", "2026-03-05T00:00:00Z", "x")

    assert corrected(told, None, None, DUE) is told
    assert corrected(None, None, "2026-03-09 10:00", DUE) is None
    by_hand = corrected(told, "2026-03-03 10:00", None, DUE)
    assert by_hand == ("2026-03-03 10:00", "2026-03-05T00:00:00Z", "--handed-in")
    due = corrected(told, None, "2026-03-09 10:00", DUE)
    assert due == ("2026-03-02T10:00:00Z", "2026-03-09 10:00", "x")
    for at, until in (("soon", None), (None, "later")):
        with pytest.raises(UsageError, match="is no time; write one"):
            corrected(told, at, until, DUE)


@pytest.mark.parametrize(
    ("at", "due", "left"),
    [
        ("2026-03-01T22:59:00Z", "", 20),
        ("2026-03-01T22:59:01Z", "", 18),
        ("2026-03-03T22:59:00Z", "", 16),
        ("2026-03-03T22:59:00Z", "2026-03-03T22:59:00+00:00", 20),
    ],
)
def test_being_late_costs_what_it_costs_in_a_batch(at: str, due: str, left: int) -> None:
    """With the time and the due date on the grade."""
    made = dated(GRADE, DUE, HandedIn(at, due, "x"))

    assert final_score(made) == left
    assert final_score(GRADE) == 20
    assert made.score == 20
    assert made.attempt is not None
    assert (made.attempt.lateness is not None, made.notes) == (True, ())


def test_nothing_is_taken_off_in_silence() -> None:
    """Where no time is known that is said; where being late costs nothing there is no word."""
    unknown = dated(GRADE, DUE, None)
    free = Deadline.of(msgspec.structs.replace(DUE.rules, penalty_percent=0))

    assert [note.key for note in unknown.notes] == ["course_no_time_here"]
    assert deduction(unknown) == 0
    assert dated(GRADE, NONE, None) is GRADE
    assert dated(GRADE, free, None) is GRADE
