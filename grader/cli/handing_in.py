"""When a submission was handed in, by what the platform says on which ``grader ci`` runs.

A commit's own time is its author's to choose and is not asked for; nor is the time of the run,
which may be a second one, long after. What counts is when the platform was given the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from grader import clock
from grader.errors import UsageError
from grader.model import Attempt, Message, Student

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.course import Deadline
    from grader.model import Grade

METADATA: Final = "submission_metadata.json"
MAX_BYTES: Final = 64 << 20
_OF_A_PUSH: Final = frozenset({"push", "merge_request_event"})


class HandedIn(NamedTuple):
    """When something was handed in, and when it was due for its student.

    Parameters
    ----------
    at : str
        A time, with its offset if the platform tells one.
    due : str
        Another time than the class's; empty for that.
    by : str
        Who says so.
    """

    at: str
    due: str
    by: str


class _Due(msgspec.Struct, frozen=True):
    due_date: str | None = None


class _User(msgspec.Struct, frozen=True):
    assignment: _Due | None = None


class _Metadata(msgspec.Struct, frozen=True):
    created_at: str
    assignment: _Due = _Due()
    users: tuple[_User, ...] = ()


class _Repository(msgspec.Struct, frozen=True):
    pushed_at: int


class _Push(msgspec.Struct, frozen=True):
    repository: _Repository


_Read = TypeVar("_Read", _Metadata, _Push)


def handed_in(
    path: Path, environ: Mapping[str, str], formats: Collection[str], deadline: Deadline
) -> HandedIn | None:
    """Find out when a submission was handed in; None where nothing tells that can be trusted.

    Parameters
    ----------
    path : Path
        The submission; Gradescope lays what it knows beside it.
    environ : mapping of str to str
        Variables of the platform.
    formats : collection of str
        What is written; Gradescope's file is looked for where Gradescope's format is.
    deadline : Deadline
        The class's.
    """
    if "gradescope" in formats:
        return _from_gradescope(path.absolute().parent / METADATA, deadline)
    if environ.get("GITHUB_ACTIONS") and environ.get("GITHUB_EVENT_NAME") == "push":
        return _from_github(Path(environ.get("GITHUB_EVENT_PATH", "")))
    at = environ.get("CI_PIPELINE_CREATED_AT", "")
    pushed = environ.get("CI_PIPELINE_SOURCE") in _OF_A_PUSH and deadline.moment(at) is not None
    if environ.get("GITLAB_CI") and pushed:
        return HandedIn(at, "", "GitLab, which made the pipeline on a push then")
    return None


def corrected(
    found: HandedIn | None, at: str | None, due: str | None, deadline: Deadline
) -> HandedIn | None:
    """Let what somebody says on the command line go before what was found.

    Raises
    ------
    UsageError
        When that is no time.
    """
    for option, text in (("--handed-in", at), ("--due", due)):
        if text and deadline.moment(text) is None:
            raise UsageError(
                f"{option} {text!r} is no time; write one such as 2026-03-04T23:59:00+01:00"
            )
    if at:
        found = HandedIn(at, found.due if found else "", "--handed-in")
    return found if found is None or not due else found._replace(due=due)


def dated(made: Grade, deadline: Deadline, told: HandedIn | None) -> Grade:
    """Take off a grade what being late costs, or say that nothing was, for want of a time.

    Parameters
    ----------
    made : Grade
        As the suites made it.
    deadline : Deadline
        The class's; where nothing is due or being late costs nothing, the grade stays as it is.
    told : HandedIn or None
        When it was handed in.

    """
    if deadline.due is None or not deadline.rules.penalty_percent:
        return made
    if told is None:
        return msgspec.structs.replace(made, notes=(*made.notes, Message("course_no_time_here")))
    at = deadline.written(told.at)
    lateness = deadline.lateness(at, deadline.moment(told.due))
    attempt = Attempt(made.id, at, lateness=lateness)
    student = Student(made.id, made.name, attempts=(attempt,))
    return msgspec.structs.replace(made, student=student, attempt=attempt)


def _from_gradescope(path: Path, deadline: Deadline) -> HandedIn | None:
    """Read when, and until when its students have time where that is more than the class has."""
    found = _read(path, _Metadata)
    if found is None or deadline.moment(found.created_at) is None:
        return None
    whole = deadline.moment(found.assignment.due_date or "")
    own = [one.assignment.due_date or "" for one in found.users if one.assignment is not None]
    moments = [moment for text in own if (moment := deadline.moment(text)) is not None]
    due = max(moments, default=None)
    extended = due is not None and whole is not None and due > whole
    return HandedIn(
        found.created_at, due.isoformat() if due and extended else "", f"Gradescope's {METADATA}"
    )


def _from_github(path: Path) -> HandedIn | None:
    found = _read(path, _Push)
    at = clock.utc_text(found.repository.pushed_at) if found else ""
    return HandedIn(at, "", "GitHub's event, the push") if at else None


def _read(path: Path, wanted: type[_Read]) -> _Read | None:
    """Read a platform's file; None where it is not there, or another than is promised."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(MAX_BYTES), type=wanted)
    except (OSError, msgspec.DecodeError):
        return None
