"""A table of extensions: who has until when, or how many days more."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from grader.course.roster import people_of
from grader.course.tables import read_table
from grader.errors import UsageError

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from grader.course.late import Deadline
    from grader.course.roster import Person
    from grader.course.tables import Table

MOST_DAYS: Final = 3650


@dataclasses.dataclass(frozen=True, slots=True)
class Extension:
    """One line: a person, as far as the table tells, and when it is due for that one."""

    person: Person
    due: datetime.datetime


def read_extensions(path: Path, deadline: Deadline) -> list[Extension]:
    """Read who has more time; see `extensions_of`."""
    return extensions_of(read_table(path), deadline)


def extensions_of(table: Table, deadline: Deadline) -> list[Extension]:
    """Tell who has more time.

    Parameters
    ----------
    table : Table
        With the columns of a roster, and ``due`` (a date and time, in the assignment's zone unless
        it has an offset), ``days`` or ``hours``.
    deadline : Deadline
        The class's.

    Raises
    ------
    UsageError
        When it is no such table, a line of it makes no sense, or nothing is due.
    """
    if deadline.due is None:
        raise UsageError(
            f"{table.path}: there is nothing to extend; exercises.toml has no due date in [late]"
        )
    if all(table.column(name) is None for name in ("due", "days", "hours")):
        raise UsageError(f"{table.path} has no column due, days or hours")
    people = {person.line: person for person in people_of(table)}
    found = []
    for line, cells in table.rows:
        if line not in people:
            raise UsageError(f"{table.path}, line {line}: it names nobody")
        found.append(Extension(people[line], _due(table, line, cells, deadline)))
    return found


def _due(table: Table, line: int, cells: tuple[str, ...], deadline: Deadline) -> datetime.datetime:
    def cell(name: str) -> str:
        at = table.column(name)
        return "" if at is None else cells[at].strip()

    due = deadline.moment(cell("due")) if cell("due") else None
    if due is None and not cell("due"):
        days, hours = _whole(cell("days")), _whole(cell("hours"))
        if days is not None and hours is not None and days + hours:
            due = deadline.later(days, hours)
    if due is None:
        raise UsageError(
            f"{table.path}, line {line}: {', '.join(cells)} tells no time; write a date and time "
            "such as 2026-03-04 23:59 under due, or a whole number under days or hours"
        )
    return due


def _whole(text: str) -> int | None:
    """Return a number of days or hours; 0 for nothing, None for what is none."""
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST_DAYS else None
