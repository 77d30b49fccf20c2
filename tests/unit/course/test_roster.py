"""Tables of students, by whoever wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course import read_extensions, read_roster, read_table
from grader.course.late import Deadline
from grader.errors import UsageError
from grader.model import Late
from tests.unit.course.test_late import deadline

if TYPE_CHECKING:
    from pathlib import Path

OWN = "id,name,email,login,section,group,moodle\n7,Ada L,ada@x.org,ada,A,G1,2231\n"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 8 (3001),Current Score\n"
    ",,,,,Manual Posting,\n"
    "    Points Possible,,,,,100.00,(read only)\n"
    '"Doe, Jane",104,s7,jane@x.org,A,,\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    "Participant 2231,Jane Doe,jane@x.org,Submitted,,100.00,Yes,"
    '"Sunday, 1 March 2026, 10:15 PM",-,\n'
    "Participant 2232,=Max,max@x.org,No submission,,100.00,Yes,-,-,\n"
)


def written(folder: Path, text: str | bytes) -> Path:
    """Write a table."""
    path = folder / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_columns_of_ones_own(tmp_path: Path) -> None:
    """Each is read."""
    (ada,) = read_roster(written(tmp_path, OWN))

    assert (ada.number, ada.name, ada.email, ada.login) == ("7", "Ada L", "ada@x.org", "ada")
    assert (ada.section, ada.group, ada.numbers) == ("A", "G1", {"Moodle": "2231"})


def test_a_gradebook_of_canvas(tmp_path: Path) -> None:
    """Its ID is its own number; its two lines above the students are nobody."""
    (jane,) = read_roster(written(tmp_path, CANVAS))

    assert (jane.name, jane.number, jane.login) == ("Doe, Jane", "s7", "jane@x.org")
    assert jane.numbers == {"Canvas": "104"}


def test_a_table_of_ones_own_is_not_taken_for_canvas(tmp_path: Path) -> None:
    """Though its columns are called alike: the number is the school's then."""
    (jane,) = read_roster(written(tmp_path, "student,id,section\nJane Doe,7,A\n"))

    assert (jane.number, jane.numbers) == ("7", {})


def test_a_worksheet_of_moodle(tmp_path: Path) -> None:
    """With the participant's number and the time, where there is one."""
    jane, other = read_roster(written(tmp_path, MOODLE))

    assert (jane.numbers, jane.email) == ({"Moodle": "2231"}, "jane@x.org")
    assert jane.handed_in_at == "Sunday, 1 March 2026, 10:15 PM"
    assert (other.name, other.handed_in_at) == ("=Max", "")


def test_a_roster_of_classroom_50(tmp_path: Path) -> None:
    """Two columns for a name, and the account."""
    text = "username,first_name,last_name,email,section,github_id\nada,Ada,L,,A,99\n"

    (ada,) = read_roster(written(tmp_path, text))

    assert (ada.login, ada.name, ada.number) == ("ada", "Ada L", "")


def test_a_worksheet_without_names(tmp_path: Path) -> None:
    """Where Moodle hides them from who grades."""
    text = "Identifier,Status,Grade,Maximum Grade\nParticipant 2231,Submitted,,100.00\n"

    (one,) = read_roster(written(tmp_path, text))

    assert (one.numbers, one.label) == ({"Moodle": "2231"}, "Moodle 2231")


def test_who_teaches_has_no_row(tmp_path: Path) -> None:
    """Gradescope's roster lists everybody, with a role."""
    text = (
        "First Name,Last Name,SID,Email,Role,Section\n"
        "Ada,L,7,ada@x.org,Student,A\nProf,P,,p@x.org,Instructor,\nTom,T,9,t@x.org,TA,\n"
    )

    (ada,) = read_roster(written(tmp_path, text))

    assert (ada.name, ada.number, ada.section) == ("Ada L", "7", "A")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_as_spreadsheets_write_them(tmp_path: Path, mark: str, encoding: str) -> None:
    """Whatever parts cells, in each encoding that says which it is."""
    text = f"ID{mark}Name\r\n1{mark}张三\r\n\r\n".encode(encoding)

    (one,) = read_roster(written(tmp_path, text))

    assert (one.number, one.name, one.line) == ("1", "张三", 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("colour,shape\nred,round\n", "names no students"),
        (b"name\n\x81\n", "no text in UTF-8"),
        ("name\nA,B\n", "line 2: more cells than there are columns"),
        ('name\n"A\n', "no table"),
        ("name\n\0\n", "null bytes"),
    ],
)
def test_what_is_no_roster_is_refused(tmp_path: Path, text: str | bytes, told: str) -> None:
    """With the file's name, and what is wrong."""
    with pytest.raises(UsageError, match=told) as caught:
        read_roster(written(tmp_path, text))

    assert "roster.csv" in str(caught.value)


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """It is told."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


@settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.binary(max_size=80) | st.text(alphabet='id,;"\n\tä =name', max_size=60))
def test_any_file_is_read_or_refused(tmp_path: Path, data: bytes | str) -> None:
    """By the one error that is promised."""
    path = written(tmp_path, data)
    try:
        table = read_table(path)
        read_roster(path)
    except UsageError:
        return
    assert all(len(cells) == len(table.header) for _, cells in table.rows)


def test_extensions(tmp_path: Path) -> None:
    """By a date, days or hours, whichever the line has."""
    text = "id,due,days,hours\n1,2026-03-04 12:00,,\n2,,3,\n3,,1,2\n"

    found = read_extensions(written(tmp_path, text), deadline())

    assert [one.due.isoformat() for one in found] == [
        "2026-03-04T12:00:00+01:00", "2026-03-04T23:59:00+01:00", "2026-03-03T01:59:00+01:00",
    ]  # fmt: skip
    assert [one.person.number for one in found] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,due\n1,soon\n", "line 2: 1, soon tells no time"),
        ("id,days\n1,-1\n", "tells no time"),
        ("id,days\n1,\n", "tells no time"),
        ("id,days\n1,99999\n", "tells no time"),
        ("id,reason\n1,ill\n", "has no column due, days or hours"),
        ("id,days\n,3\n", "line 2: it names nobody"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """It would be missed only when somebody complains."""
    with pytest.raises(UsageError, match=told):
        read_extensions(written(tmp_path, text), deadline())


def test_without_a_due_date_there_is_nothing_to_extend(tmp_path: Path) -> None:
    """It is told where to write one."""
    with pytest.raises(UsageError, match=r"no due date in \[late\]"):
        read_extensions(written(tmp_path, "id,days\n1,2\n"), Deadline.of(Late()))
