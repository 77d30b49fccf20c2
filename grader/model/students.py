"""Whose submissions are, when they were handed in, and how late that was."""

from __future__ import annotations

from fractions import Fraction  # noqa: TC003 - msgspec reads the annotations
from typing import Literal

import msgspec


class Owner(msgspec.Struct, frozen=True):
    """Somebody whose submission it is, as the platform that it came from says; unknown is empty.

    Parameters
    ----------
    name : str
        For people.
    number : str
        What tells people of one name apart: the platform's number, a student number.
    email : str
        The address.
    """

    name: str = ""
    number: str = ""
    email: str = ""


class Lateness(msgspec.Struct, frozen=True):
    """How late an attempt is, and what that costs.

    Parameters
    ----------
    due_at : str
        When it was due, extensions included, with the offset from UTC.
    extended : bool
        Whether that is later than for the class.
    late_s : int
        Seconds after that; not above zero for what was in time.
    days : int
        Begun days that are counted; none within the grace.
    percent : Fraction
        What is taken off for them.
    of : str
        Of what: the ``score`` that was earned, or the ``points`` that the assignment is worth.
    """

    due_at: str
    extended: bool
    late_s: int
    days: int
    percent: Fraction
    of: Literal["score", "points"] = "score"


class Attempt(msgspec.Struct, frozen=True):
    """One of the times that a student has handed in.

    Parameters
    ----------
    submission : str
        Id of the submission.
    handed_in_at : str
        When: ISO 8601; empty where nobody tells.
    entries : tuple of str
        What the entries of a platform's download are called that it was read from.
    marked_late : bool
        Whether the platform calls it late.
    lateness : Lateness or None
        By the course's own rules; None without a due date, or where nobody tells when it was.
    counts : bool
        Whether it may be the one that counts; of several of these, the best does.
    """

    submission: str
    handed_in_at: str = ""
    entries: tuple[str, ...] = ()
    marked_late: bool = False
    lateness: Lateness | None = None
    counts: bool = True


class Student(msgspec.Struct, frozen=True):
    """Somebody who has a row in the results; what is not known is empty.

    Parameters
    ----------
    id : str
        Unique in its batch, and safe as the name of a file.
    name : str
        For people.
    number, email, login, section, group : str
        What a roster, or else the platform, tells.
    platform : str
        Where the submission was downloaded: ``Canvas``, ``Moodle``, ...
    platform_number : str
        That platform's number of the student.
    attempts : tuple of Attempt
        In the order in which they were handed in; empty where there is nothing.
    """

    id: str
    name: str
    number: str = ""
    email: str = ""
    login: str = ""
    section: str = ""
    group: str = ""
    platform: str = ""
    platform_number: str = ""
    attempts: tuple[Attempt, ...] = ()

    @classmethod
    def of_submission(cls, submission: str, name: str = "") -> Student:
        """Make the row of whoever handed in a submission, when nothing else is known."""
        return cls(submission, name or submission, attempts=(Attempt(submission),))

    @property
    def candidates(self) -> tuple[Attempt, ...]:
        """The attempts that may count."""
        return tuple(attempt for attempt in self.attempts if attempt.counts)
