"""Tables for Canvas and Moodle, and names in their zips."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course import read_roster, read_table
from grader.errors import UsageError
from grader.model import Attempt, Lateness, Student
from grader.report.cells import cell, kept_cell
from grader.report.gradebooks import canvas_csv, moodle_csv
from grader.report.returning import name_in_zip

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Grade

CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,{column},Current Score\n"
MOODLE = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments\n"


def of(grade: Grade, platform: str, number: str, name: str = "Jane Doe", **more: object) -> Grade:
    """Say whose a grade is."""
    student = Student(grade.id, name, platform=platform, platform_number=number)
    return msgspec.structs.replace(grade, name=name, student=student, **more)


def rows(data: bytes) -> list[list[str]]:
    """Read a table."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("header", "column", "told"),
    [
        ("SIS Login ID,Section,x", "", "say --column with one of these: none"),
        ("Section,hw8 (1),hw8 late (2)", "", "hw8 \\(1\\); hw8 late \\(2\\)"),
        ("Section,hw8 (1)", "hw9", "which column is hw9's"),
        ("Login,hw8 (1)", "", "no gradebook of Canvas"),
        ("Section,x", "", "no gradebook of Canvas"),
    ],
)
def test_a_column_is_never_guessed(
    assignment: Assignment, perfect: Grade, tmp_path: Path, header: str, column: str, told: str
) -> None:
    """What is filled in by mistake overwrites somebody's marks."""
    path = tmp_path / "gradebook.csv"
    path.write_text(f"Student,ID,{header}\nA,1\n", "utf-8")

    with pytest.raises(UsageError, match=told):
        canvas_csv(assignment, [perfect], "en", read_table(path), column)


def test_a_column_can_be_named(assignment: Assignment, perfect: Grade, tmp_path: Path) -> None:
    """By its header or its title; the others stay as they are, numbers below zero included."""
    path = tmp_path / "gradebook.csv"
    text = CANVAS.format(column="hw8 (1),hw8 late (2)") + '"=J",104,s,l,A,-1.5,,\nK,105,,,,,,\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())

    for column in ("hw8 late", "hw8 late (2)"):
        grades = [of(perfect, "Canvas", "104")]
        filled = canvas_csv(assignment, grades, "en", read_table(path), column)

        assert rows(filled.data)[1:] == [
            ["'=J", "104", "s", "l", "A", "-1.5", "42.00", ""],
            ["K", "105", "", "", "", "", "", ""],
        ]  # fmt: skip
        assert filled.data.startswith(b"\xef\xbb\xbf")
        assert (filled.graded, filled.left_as_is, filled.not_listed) == (("dee",), (), ())


def test_who_is_not_in_the_table_is_told(
    assignment: Assignment, perfect: Grade, unreadable: Grade, tmp_path: Path
) -> None:
    """And whose cell stays, for there is no score."""
    path = tmp_path / "worksheet.csv"
    path.write_text(MOODLE + "Participant 1,Cy,7,42.00,-,\n", "utf-8")
    grades = [of(perfect, "Moodle", "2"), of(unreadable, "Moodle", "1", "Cy")]

    filled = moodle_csv(assignment, grades, "en", read_table(path))

    assert (filled.graded, filled.left_as_is, filled.not_listed) == ((), (unreadable.id,), ("dee",))
    assert rows(filled.data)[1] == ["Participant 1", "Cy", "7", "42.00", "", ""]


def test_who_is_excused_stays_so(assignment: Assignment, perfect: Grade, tmp_path: Path) -> None:
    """Canvas says EX and N/A in the column itself; it is told who was left out."""
    path = tmp_path / "gradebook.csv"
    path.write_text(
        CANVAS.format(column="hw8 (1)") + "J,104,s,l,A,EX,\nK,105,t,m,A,N/A,\n", "utf-8"
    )
    second = of(msgspec.structs.replace(perfect, id="k"), "Canvas", "105", "K")

    filled = canvas_csv(
        assignment, [of(perfect, "Canvas", "104"), second], "en", read_table(path), ""
    )

    assert [row[5] for row in rows(filled.data)[1:]] == ["EX", "N/A"]
    assert (filled.graded, filled.excused, filled.not_listed) == ((), ("dee", "k"), ())


@pytest.mark.parametrize(
    ("hidden", "read_only", "test"),
    [
        ("Manual Posting", "(read only)", "Student, Test"),
        ("手动发布", "（只读）", "学生, 测试"),  # noqa: RUF001 - as it stands there
        ("Manuelle Veröffentlichung", "(schreibgeschützt)", "Student, Test"),
    ],
)
def test_all_else_that_canvas_writes_stays_as_it_is(
    assignment: Assignment, perfect: Grade, tmp_path: Path, hidden: str, read_only: str, test: str
) -> None:
    """Lines about columns, its test student, what it computes, notes of the course's own."""
    header = [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notes", "-1 to +1 (3)",
        "hw8 (1)", "hw8 Current Score (2026)", "Current Score", "Override Score",
    ]  # fmt: skip
    before = [
        header,
        ["", "", "", "", "", "", "", hidden, "", "", ""],
        ["    Points Possible", "", "", "", "", read_only, "2", "42.00", read_only, read_only, ""],
        ["Doe, Jane", "104", "007", "jdoe", "A and B", "-1 for the\nlab", "", "", "88", "88", ""],
        [
            "\u2067Ro\u0308e\u2069, \uff32 👩\u200d💻",
            "105",
            "008",
            "rroe",
            "A",
            "- ",
            "-",
            "",
            "",
            "=1+1",
            "-0.5",
        ],
        [test, "106", "", "0123456789abcdef0123456789abcdef01234567", "A", "", "", "7", "", "", ""],
    ]
    path = tmp_path / "gradebook.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(before)

    filled = canvas_csv(
        assignment,
        [of(perfect, "Canvas", "104"), of(msgspec.structs.replace(perfect, id="t"), "", "", test)],
        "en",
        read_table(path),
    )

    before[3][7] = "42.00"
    assert rows(filled.data) == before
    assert (filled.graded, filled.not_listed) == (("dee",), ("t",))
    assert [one.label for one in read_roster(path)] == ["Doe, Jane", before[4][0]]


def test_a_gradebook_with_semicolons_and_decimal_commas(
    assignment: Assignment, perfect: Grade, tmp_path: Path
) -> None:
    """As Canvas writes it for whoever has set it so; it comes back alike."""
    path = tmp_path / "gradebook.csv"
    text = (
        CANVAS.format(column="hw8 (1)") + "    Points Possible,,,,,84!00,\nJ,0104,007,l,A,,80!50\n"
    )
    path.write_bytes(b"\xef\xbb\xbf" + text.replace(",", ";").replace("!", ",").encode())

    grades = [of(perfect, "Canvas", "0104")]
    filled = canvas_csv(assignment, grades, "en", read_table(path))

    lines = filled.data.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["    Points Possible;;;;;84,00;", "J;0104;007;l;A;84,00;80,50"]
    assert filled.scale == 2


def test_moodle_is_given_commas(assignment: Assignment, perfect: Grade, tmp_path: Path) -> None:
    """And UTF-8, though a spreadsheet has saved its table otherwise; headers stay as they are."""
    path = tmp_path / "worksheet.csv"
    header = "ID;Vollständiger Name;Bewertung;Bestwertung;Feedback als Kommentar"
    path.write_bytes(f"{header}\nTeilnehmer/in1;Zoë;;42,00;\n".encode("cp1252"))

    filled = moodle_csv(assignment, [of(perfect, "Moodle", "1", "Zoë")], "en", read_table(path))

    assert rows(filled.data) == [
        header.split(";"),
        ["Teilnehmer/in1", "Zoë", "42,00", "42,00", "42.00 / 42.00"],
    ]
    assert not filled.uncommented


def test_a_scale_takes_no_points(assignment: Assignment, perfect: Grade, tmp_path: Path) -> None:
    """It is told before anything is written."""
    path = tmp_path / "worksheet.csv"
    path.write_text("Identifier,Grade,Scale\nParticipant 1,,pass\n", "utf-8")

    with pytest.raises(UsageError, match="with a scale"):
        moodle_csv(assignment, [of(perfect, "Moodle", "1")], "en", read_table(path))


def test_what_is_no_worksheet_is_told_with_a_way_out(
    assignment: Assignment, perfect: Grade, tmp_path: Path
) -> None:
    """Columns can be named; where comments go is told if it is not known."""
    path = tmp_path / "worksheet.csv"
    path.write_text("Kto,Punkty,Uwagi\n7,,\n", "utf-8")
    told = {"moodle": "Kto", "grade": "Punkty"}

    with pytest.raises(UsageError, match=r"--columns moodle=\.\.\."):
        moodle_csv(assignment, [of(perfect, "Moodle", "7")], "en", read_table(path))

    filled = moodle_csv(assignment, [of(perfect, "Moodle", "7")], "en", read_table(path, told))
    assert rows(filled.data)[1] == ["7", "42.00", ""]
    assert filled.uncommented


@pytest.mark.parametrize(
    ("most", "written", "scale"),
    [
        ("42.00", "42.00", 1),
        ("100,00", "100,00", Fraction(50, 21)),
        ("-", "42.00", 1),
        ("0", "42.00", 1),
    ],
)
def test_points_are_the_platforms(
    assignment: Assignment,
    perfect: Grade,
    tmp_path: Path,
    most: str,
    written: str,
    scale: Fraction,
) -> None:
    """With its decimal sign; a scale that is no number changes nothing."""
    path = tmp_path / "worksheet.csv"
    path.write_text(MOODLE + f'Participant 1,J,,"{most}",-,\n', "utf-8")

    filled = moodle_csv(assignment, [of(perfect, "Moodle", "1")], "en", read_table(path))

    assert (rows(filled.data)[1][2], filled.scale) == (written, scale)


def test_what_being_late_takes_off_is_in_the_comment(
    assignment: Assignment, perfect: Grade, tmp_path: Path
) -> None:
    """Before and after; what an instructor has written stays."""
    path = tmp_path / "worksheet.csv"
    text = MOODLE + "Participant 1,J,,42.00,-,\nParticipant 2,K,,42.00,-,well done\n"
    path.write_text(text, "utf-8")
    late = Lateness("2026-03-01T23:59:00+01:00", False, 60, 1, Fraction(10))
    attempt = Attempt("dee", "2026-03-02T00:00:00+01:00", lateness=late)
    grades = [
        of(perfect, "Moodle", "1", attempt=attempt),
        of(msgspec.structs.replace(perfect, id="k"), "Moodle", "2", "K"),
    ]

    first, second = rows(moodle_csv(assignment, grades, "en", read_table(path)).data)[1:]

    assert (first[2], second[2]) == ("37.80", "42.00")
    assert first[5].startswith("37.80 / 42.00 Late: ")
    assert "Earned: 42.00; taken off: 4.20" in first[5]
    assert second[5] == "well done"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(alphabet="=+-@\t\r\n 1.,%aä\uff1d", max_size=8))
def test_no_cell_is_a_formula(text: str) -> None:
    """Neither of ours nor of what a platform wrote, but for plain numbers."""
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")

    assert not cell(text).startswith(starts)
    kept = kept_cell(text)
    number = kept.lstrip("+-").rstrip("%").replace(",", ".", 1)
    assert not kept.lstrip().startswith(starts) or number.replace(".", "", 1).isdigit()


@pytest.mark.parametrize(
    ("platform", "entries", "name"),
    [
        ("canvas", ("doejane_LATE_104_2231_hw8-2.ipynb",), "doejane_LATE_104_2231_hw8-2.html"),
        ("canvas", ("a_b_104_2231_x_y.z.py", "a_b_104_2230_a.py"), "a_b_104_2230_a.html"),
        ("canvas", ("LATE_anon_aB3xZ_2231_hw8.py",), "LATE_anon_aB3xZ_2231_hw8.html"),
        ("canvas", ("doejane_104_text.html",), ""),
        ("canvas", (), ""),
        ("moodle", ("J D_1_assignsubmission_file_",), "J D_1_assignsubmission_file_/feedback.html"),
        ("moodle", ("J D_1_assignsubmission_file",), "J D_1_assignsubmission_file_/feedback.html"),
        (
            "moodle",
            ("J D_1_assignsubmission_onlinetext_", "J D_1_assignsubmission_file_"),
            "J D_1_assignsubmission_file_/feedback.html",
        ),
        (
            "moodle",
            ("J D_1_assignsubmission_file_a.py",),
            "J D_1_assignsubmission_file_feedback.html",
        ),
        ("moodle", ("ada.py",), ""),
    ],
)
def test_names_in_a_zip(perfect: Grade, platform: str, entries: tuple[str, ...], name: str) -> None:
    """Each as its platform looks for it."""
    attempt = Attempt("dee", entries=entries)

    assert name_in_zip(platform, msgspec.structs.replace(perfect, attempt=attempt)) == name
