"""Submissions, a roster and due dates -> everybody's row, with all attempts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from grader.course.matching import Directory, Finder, each_once
from grader.intake import called, safe_id, shown
from grader.model import Attempt, Message, Owner, Student

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from grader.course.extensions import Extension
    from grader.course.late import Deadline
    from grader.course.roster import Person
    from grader.intake import Delivery

NAMED: Final = 10  # in one sentence


class HandedIn(Protocol):
    """What is asked of a submission; see `grader.intake.Submission`."""

    @property
    def id(self) -> str:
        """Unique among all."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def delivery(self) -> Delivery:
        """What a platform tells about it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Joined:
    """Everybody who has a row.

    Parameters
    ----------
    students : tuple of Student
        By id.
    graded : frozenset of str
        The submissions that may count.
    notes : tuple of Message
        Who is unknown, missing, or there twice; what is not known of times.
    """

    students: tuple[Student, ...]
    graded: frozenset[str]
    notes: tuple[Message, ...] = ()


@dataclasses.dataclass(slots=True)
class _Row:
    """Somebody, with what was handed in."""

    person: Person | None
    owner: Owner
    submissions: list[HandedIn] = dataclasses.field(default_factory=list)

    def add(self, owner: Owner, one: HandedIn) -> None:
        """Take in a submission, and what its owner is called there."""
        self.owner = owner
        self.submissions.append(one)

    def share(self, submissions: Mapping[str, HandedIn]) -> None:
        """Have all that a group has handed in, by id."""
        self.submissions = list(submissions.values())

    @property
    def name(self) -> str:
        return (self.person and self.person.label) or self.owner.name or self.owner.email

    @property
    def number(self) -> str:
        found = self.person
        own = found and (found.number or found.login or next(iter(found.numbers.values()), ""))
        return own or self.owner.number or self.owner.email


def join(
    submissions: Sequence[HandedIn],
    deadline: Deadline,
    roster: Sequence[Person] | None = None,
    extensions: Sequence[Extension] = (),
    *,
    by_number: bool = False,
) -> Joined:
    """Make a row for everybody.

    Parameters
    ----------
    submissions : sequence of Submission
        All that was handed in.
    deadline : Deadline
        When it is due for the class.
    roster : sequence of Person or None
        Who takes the course; None where nobody tells, and then nobody is unknown or missing.
    extensions : sequence of Extension
        Who has more time.
    by_number : bool
        Whether everybody is called after a number, which stays the same when more is handed in,
        and not after a submission.

    Returns
    -------
    Joined
        Each submission is somebody's attempt, each person of the roster has a row.
    """
    people, again = each_once(roster or ())
    rows = _rows(submissions, people)
    _share_in_groups(rows)
    students = _students(rows, submissions, by_number=by_number)
    due, lost = _due(students, extensions)
    dated = tuple(_dated(one, row, deadline, due) for one, row in zip(students, rows, strict=True))
    notes = [] if roster is None else _on_roster(rows, again)
    notes += [
        Message("course_extension_unknown", {"line": one.person.line, "name": one.person.label})
        for one in lost
    ]
    notes += _on_times(dated, deadline)
    graded = frozenset(one.submission for who in dated for one in who.candidates)
    return Joined(tuple(sorted(dated, key=lambda student: student.id)), graded, tuple(notes))


def _rows(submissions: Sequence[HandedIn], people: Sequence[Person]) -> list[_Row]:
    """List everybody on the roster, then whoever else has handed in."""
    directory = Directory(people)
    known = [_Row(person, Owner()) for person in people]
    others: dict[tuple[str, ...], _Row] = {}
    # The newest last, for it has the name that counts.
    for one in sorted(submissions, key=lambda one: one.delivery.handed_in_at):
        for owner in one.delivery.owners or (Owner(name=one.name),):
            found = _found(directory, one, owner)
            if found is None:
                # Without a number, one name in two submissions may well be two people.
                number = owner.number or owner.email
                key = (one.delivery.platform, number) if number else (one.id, owner.name)
                row = others.setdefault(key, _Row(None, owner))
            else:
                row = known[found]
            row.add(owner, one)
    return [*known, *others.values()]


def _found(directory: Directory, one: HandedIn, owner: Owner) -> int | None:
    """Find whose a submission is: by what a platform tells, or by what the entry is called."""
    if not one.delivery.owners:
        return directory.find_entry(one.name)
    return directory.find(
        number=owner.number,
        email=owner.email,
        name=owner.name,
        platform=one.delivery.platform,
    )


def _share_in_groups(rows: Sequence[_Row]) -> None:
    """Let what one member of a group has handed in be everybody's."""
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        if row.person is not None and row.person.group:
            groups.setdefault(row.person.group, []).append(row)
    for members in groups.values():
        shared = {one.id: one for row in members for one in row.submissions}
        for row in members:
            row.share(shared)


def _students(
    rows: Sequence[_Row], submissions: Sequence[HandedIn], *, by_number: bool
) -> list[Student]:
    """Give everybody an id: that of the submission, where it is one person's alone."""
    owners: dict[str, int] = {one.id: 0 for one in submissions}
    for row in rows:
        for one in row.submissions:
            owners[one.id] += 1
    alone = [
        row.submissions[0].id
        if not by_number and len(row.submissions) == 1 and owners[row.submissions[0].id] == 1
        else ""
        for row in rows
    ]
    taken = {one.casefold() for one in alone}
    students = []
    for row, own in zip(rows, alone, strict=True):
        parts = (row.number or row.name,) if by_number else (row.name, row.number)
        key = "_".join(part for part in parts if part)
        chosen = own or safe_id(key, taken)
        taken.add(chosen.casefold())
        students.append(_student(chosen, row))
    return students


def _student(chosen: str, row: _Row) -> Student:
    person, owner = row.person, row.owner
    platform = next((one.delivery.platform for one in row.submissions if one.delivery.platform), "")
    numbers = person.numbers if person else {}
    return Student(
        id=chosen,
        name=called(row.name or chosen),
        number=person.number if person else "" if platform else owner.number,
        email=(person.email if person else "") or owner.email,
        login=person.login if person else "",
        section=person.section if person else "",
        group=person.group if person else "",
        platform=platform or next(iter(numbers), ""),
        platform_number=(owner.number if platform else "") or next(iter(numbers.values()), ""),
        attempts=tuple(
            Attempt(one.id, from_.handed_in_at, from_.entries, from_.marked_late)
            for one in row.submissions
            for from_ in [one.delivery]
        ),
    )


def _due(
    students: Sequence[Student], extensions: Sequence[Extension]
) -> tuple[Mapping[str, datetime.datetime], list[Extension]]:
    """Tell until when single students have time, and which extensions are nobody's."""
    if not extensions:
        return {}, []
    finder = Finder(students)
    due: dict[str, datetime.datetime] = {}
    lost = []
    for one in extensions:
        found = finder.find(one.person)
        if found is None:
            lost.append(one)
        else:
            due[students[found].id] = one.due
    return due, lost


def _dated(
    student: Student, row: _Row, deadline: Deadline, due: Mapping[str, datetime.datetime]
) -> Student:
    """Say of each attempt how late it is, and whether it may count."""
    told = row.person.handed_in_at if row.person else ""
    attempts = tuple(
        msgspec.structs.replace(
            attempt, handed_in_at=at, lateness=deadline.lateness(at, due.get(student.id))
        )
        for attempt in student.attempts
        for raw in [attempt.handed_in_at or (told if len(student.attempts) == 1 else "")]
        for at in [deadline.written(raw)]
    )
    return msgspec.structs.replace(student, attempts=deadline.chosen(attempts))


def _on_roster(rows: Sequence[_Row], again: Sequence[tuple[Person, Person]]) -> list[Message]:
    """Say who is not on the roster, who has handed in nothing, and who stands there twice."""
    notes = [
        Message(
            "course_listed_twice",
            {"name": second.label, "line": second.line, "first": first.line},
        )
        for first, second in again
    ]
    unknown = [row.name for row in rows if row.person is None]
    missing = [row.name for row in rows if not row.submissions]
    notes += [Message("course_unknown", {"names": names}) for names in _listed(unknown)]
    notes += [Message("course_missing", {"names": names}) for names in _listed(missing)]
    return notes


def _on_times(students: Collection[Student], deadline: Deadline) -> list[Message]:
    """Say where times would matter and are not known."""
    notes = [
        Message(
            "course_handed_in_twice",
            {
                "name": student.name,
                "submissions": ", ".join(one.submission for one in student.attempts),
            },
        )
        for student in students
        if len(student.attempts) > 1 and any(not one.handed_in_at for one in student.attempts)
    ]
    timeless = [
        student
        for student in students
        if student.attempts and not any(one.handed_in_at for one in student.attempts)
    ]
    handed_in = [student for student in students if student.attempts]
    if deadline.due is not None and timeless and len(timeless) == len(handed_in):
        notes.append(Message("course_no_times_at_all"))
    elif deadline.due is not None:
        names = [student.name for student in timeless]
        notes += [Message("course_no_times", {"names": some}) for some in _listed(names)]
    return notes


def _listed(names: Iterable[str]) -> list[str]:
    """Write names in order, as many at a time as a sentence holds."""
    ordered = sorted(shown(name) for name in names)
    return ["; ".join(ordered[at : at + NAMED]) for at in range(0, len(ordered), NAMED)]
