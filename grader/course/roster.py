"""A table of students -> who they are, whether a course keeps it itself or a platform wrote it."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Final

from grader.course.columns import NAMES, NO_GROUP, place, worksheet_of
from grader.course.tables import read_table
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.course.tables import Table

_TELLING: Final = ("id", "name", "last", "email", "login")
# What a role is called that a row is for; Gradescope's roster lists who teaches, too.
_STUDENTS: Final = frozenset({"", "student", "学生"})
PLATFORMS: Final = ("Canvas", "Moodle", "Gradescope")
_ASSIGNMENT: Final = re.compile(r".+ \(\d+\)", re.DOTALL)
_PARTICIPANT: Final = re.compile(r"\D*(\d+)", re.DOTALL)
_HASH: Final = re.compile(r"[0-9a-f]{40}")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a roster; what is not there is empty.

    Parameters
    ----------
    line : int
        Of the table.
    number, name, email, login, section, group : str
        As they stand.
    handed_in_at : str
        When the platform says that the last attempt came in.
    numbers : mapping of str to str
        The person's numbers on platforms, by the platforms' names.
    """

    line: int
    number: str = ""
    name: str = ""
    email: str = ""
    login: str = ""
    section: str = ""
    group: str = ""
    handed_in_at: str = ""
    numbers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def label(self) -> str:
        """What messages call the person."""
        return self.name or self.number or self.email or self.login or self._participant

    @property
    def _participant(self) -> str:
        """What there is of somebody whose name a platform hides."""
        return next((f"{name} {number}" for name, number in self.numbers.items()), "")


def read_roster(path: Path) -> list[Person]:
    """Read who takes a course.

    Parameters
    ----------
    path : Path
        A CSV file: of one's own, with some of `NAMES`; or a gradebook of Canvas, a grading
        worksheet of Moodle, a roster of Gradescope or Classroom 50, as downloaded.

    Raises
    ------
    UsageError
        When it is no such table.
    """
    return people_of(read_table(path))


def people_of(table: Table) -> list[Person]:
    """Read who the lines of a table are about; a line that names nobody is about nobody."""
    at = {field: place(table, field) for field in NAMES}
    sheet = worksheet_of(table)
    if is_of_canvas(table):
        # Its ID is Canvas's own number; the school's is SIS User ID.
        at["canvas"], at["id"] = table.column("id"), table.column("sis user id")
    elif sheet is not None:
        at["moodle"] = sheet.identifier
        if at["id"] == sheet.identifier:  # called ID in German
            at["id"] = table.column(*(name for name in NAMES["id"] if name != "id"))
    if not any(at[field] is not None for field in (*_TELLING, *map(str.lower, PLATFORMS))):
        listed = ", ".join(table.header)
        raise UsageError(
            f"{table.path} names no students: one column has to be called id, name, email or "
            f"login; it has {listed}. If one of these is meant, say --columns name=..."
        )
    people = (
        _person(line, cells, at)
        for line, cells in table.rows
        if at["role"] is None or cells[at["role"]].strip().casefold() in _STUDENTS
    )
    found = [person for person in people if person.label and not is_heading(person.name)]
    return [one for one in found if not _is_nobody(one)] if is_of_canvas(table) else found


def is_of_canvas(table: Table) -> bool:
    """Tell whether a table is a gradebook as Canvas exports it."""
    named = table.column("student"), table.column("lastname")
    numbered = table.column("id"), table.column("section")
    # A table of one's own may have these, too; but no column with Canvas's number of an assignment.
    own = any(map(is_assignment, table.header))
    logins = table.column("sis login id") is not None
    return None not in numbered and named != (None, None) and (own or logins)


def is_assignment(header: str) -> bool:
    """Tell whether a column of Canvas's gradebook is an assignment's: a title, and a number."""
    return _ASSIGNMENT.fullmatch(header) is not None


def is_heading(name: str) -> bool:
    """Tell whether a line of Canvas's gradebook is about columns, not about a student."""
    return name.strip() == "Points Possible"


def _is_nobody(person: Person) -> bool:
    """Tell whether a line of Canvas's gradebook is the test student of its Student View.

    It is called so in English alone, but its login is a hash in any language.
    """
    hashed = not person.number and _HASH.fullmatch(person.login) is not None
    return hashed or person.name == "Student, Test"


def _person(line: int, cells: tuple[str, ...], at: Mapping[str, int | None]) -> Person:
    def cell(field: str) -> str:
        where = at[field]
        text = "" if where is None else " ".join(cells[where].split())
        return text.removeprefix("'") if text[1:2] in "=+-@" else text

    numbers = {name: cell(name.lower()) for name in PLATFORMS if cell(name.lower())}
    if "Moodle" in numbers:  # Participant 2231
        found = _PARTICIPANT.fullmatch(numbers["Moodle"])
        numbers["Moodle"] = found[1] if found else numbers["Moodle"]
    handed_in, group = cell("handed_in"), cell("group")
    return Person(
        line,
        number=cell("id"),
        name=cell("name") or _whole_name(cell("first"), cell("last")),
        email=cell("email"),
        login=cell("login"),
        section=cell("section"),
        group="" if group.casefold() in NO_GROUP else group,
        handed_in_at="" if handed_in == "-" else handed_in,
        numbers=numbers,
    )


def _whole_name(first: str, last: str) -> str:
    """Put a name together as its language does."""
    if _CHINESE.fullmatch(first) and _CHINESE.fullmatch(last):
        return last + first
    return f"{first} {last}".strip()
