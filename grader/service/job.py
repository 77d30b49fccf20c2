"""What the process that serves and the one that grades tell each other."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader.course import Deadline, read_extensions, read_roster
from grader.service.people import People

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.course import Extension, Person

BEAT_S: Final = 5.0


class Job(msgspec.Struct, frozen=True):
    """What is to be graded, and how.

    Parameters
    ----------
    folder : str
        The assignment's.
    out : str
        Of the results.
    jobs : int
        Submissions at a time.
    isolation : str
        ``strict`` or ``best``; see `grader.sandbox.open_server`.
    timing : str
        See `grader.suite.timing.MODES`.
    lang : str
        Of the reports.
    salt : str or None
        What hidden suites' seeds are derived from.
    roster, extensions : str or None
        Paths of tables.
    kept : tuple of str
        What no submission may read, besides solutions and results.
    database : str or None
        With its password, where the gradebook is in one.
    """

    folder: str
    out: str
    jobs: int
    isolation: str
    timing: str
    lang: str
    salt: str | None = None
    roster: str | None = None
    extensions: str | None = None
    kept: tuple[str, ...] = ()
    database: str | None = None


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the process tells: ``ready``, ``refused`` or ``beat``.

    Parameters
    ----------
    event : str
        Which of them.
    tier : str
        In which confinement submissions run.
    reason : str
        Why nothing can be graded, or what is less than it could be.
    """

    event: str
    tier: str = ""
    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """What is known of the class.

    Parameters
    ----------
    people : People
        Whose an upload is.
    deadline : Deadline
        When it is due.
    roster : sequence of Person or None
        Who takes the course.
    extensions : sequence of Extension
        Who has more time.
    """

    people: People
    deadline: Deadline
    roster: Sequence[Person] | None = None
    extensions: Sequence[Extension] = ()


def course_of(assignment: Assignment, job: Job) -> Course:
    """Read what is known of the class."""
    deadline = Deadline.of(assignment.late)
    roster = None if job.roster is None else read_roster(Path(job.roster))
    extensions = [] if job.extensions is None else read_extensions(Path(job.extensions), deadline)
    return Course(People(roster), deadline, roster, extensions)
