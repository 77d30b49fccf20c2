"""A table of students -> who they are, whether a course keeps it itself or a platform wrote it."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Final

from grader.course.tables import read_table
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.course.tables import Table

# What columns are called, by whoever keeps the table; letter case and underscores aside.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        "id", "student id", "student number", "matriculation number", "number", "sid",
        "sis user id", "id number", "学号",
    ),
    "name": ("name", "full name", "student", "student name", "姓名"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "email": ("email", "email address", "e-mail", "mail", "邮箱"),
    "login": ("login", "username", "user name", "sis login id", "github username", "github"),
    "section": ("section", "sections", "班级"),
    "group": ("group", "team", "小组"),
    "role": ("role",),
    "handed_in": ("handed in", "submission time", "last modified (submission)"),
    "Canvas": ("canvas", "canvas id"),
    "Moodle": ("moodle", "moodle id", "identifier"),
    "Gradescope": ("gradescope", "gradescope id"),
}  # fmt: skip
_TELLING: Final = ("number", "name", "last", "email", "login")
# What a role is called that a row is for; Gradescope's roster lists who teaches, too.
_STUDENTS: Final = frozenset({"", "student", "学生"})
PLATFORMS: Final = ("Canvas", "Moodle", "Gradescope")
_ASSIGNMENT: Final = re.compile(r".+ \(\d+\)", re.DOTALL)
_PARTICIPANT: Final = re.compile(r"\D*(\d+)", re.DOTALL)


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
        A CSV file: of one's own, with some of `COLUMNS`; or a gradebook of Canvas, a grading
        worksheet of Moodle, a roster of Gradescope or Classroom 50, as downloaded.

    Raises
    ------
    UsageError
        When it is no such table.
    """
    return people_of(read_table(path))


def people_of(table: Table) -> list[Person]:
    """Read who the lines of a table are about; a line that names nobody is about nobody."""
    at = {field: table.column(*names) for field, names in COLUMNS.items()}
    if is_of_canvas(table):
        # Its ID is Canvas's own number; the school's is SIS User ID.
        at["Canvas"], at["number"] = table.column("id"), table.column("sis user id")
    if not any(at[field] is not None for field in (*_TELLING, *PLATFORMS)):
        listed = ", ".join(table.header)
        raise UsageError(
            f"{table.path} names no students: one column has to be called id, name, email or "
            f"login; it has {listed}"
        )
    people = (
        _person(line, cells, at)
        for line, cells in table.rows
        if at["role"] is None or cells[at["role"]].strip().casefold() in _STUDENTS
    )
    return [person for person in people if person.label and not is_heading(person.name)]


def is_of_canvas(table: Table) -> bool:
    """Tell whether a table is a gradebook as Canvas exports it."""
    named = table.column("student"), table.column("lastname")
    numbered = table.column("id"), table.column("section")
    # A table of one's own may have these, too; but no column with Canvas's number of an assignment.
    own = any(map(is_assignment, table.header))
    logins = table.column("sis login id") is not None
    return None not in numbered and named != (None, None) and (own or logins)


def is_of_moodle(table: Table) -> bool:
    """Tell whether a table is a grading worksheet as Moodle exports it."""
    return all(table.column(name) is not None for name in ("identifier", "grade"))


def is_assignment(header: str) -> bool:
    """Tell whether a column of Canvas's gradebook is an assignment's: a title, and a number."""
    return _ASSIGNMENT.fullmatch(header) is not None


def is_heading(name: str) -> bool:
    """Tell whether a line of Canvas's gradebook is about columns, not about a student."""
    return name.strip() == "Points Possible"


def _person(line: int, cells: tuple[str, ...], at: Mapping[str, int | None]) -> Person:
    def cell(field: str) -> str:
        where = at[field]
        text = "" if where is None else " ".join(cells[where].split())
        return text.removeprefix("'") if text[1:2] in "=+-@" else text

    numbers = {name: cell(name) for name in PLATFORMS if cell(name)}
    if "Moodle" in numbers:  # Participant 2231
        found = _PARTICIPANT.fullmatch(numbers["Moodle"])
        numbers["Moodle"] = found[1] if found else numbers["Moodle"]
    handed_in = cell("handed_in")
    return Person(
        line,
        number=cell("number"),
        name=cell("name") or f"{cell('first')} {cell('last')}".strip(),
        email=cell("email"),
        login=cell("login"),
        section=cell("section"),
        group=cell("group"),
        handed_in_at="" if handed_in == "-" else handed_in,
        numbers=numbers,
    )
