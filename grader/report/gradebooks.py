"""Tables that Canvas and Moodle import as they are: their own, filled in, or made anew."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grader.course import Finder, Table, is_of_canvas, people_of, worksheet_of
from grader.course.roster import is_assignment, is_heading
from grader.errors import UsageError
from grader.model import Student
from grader.report.cells import cell, kept_cell
from grader.report.wording import late_text, score_text
from grader.scoring import final_score, two_decimals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.catalog import Assignment
    from grader.model import Grade

PLATFORMS: Final = {"canvas": "Canvas", "moodle": "Moodle"}
_CANVAS_HEADER: Final = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_MOODLE_HEADER: Final = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip
# Canvas's words for who is excused, and for whom it was not assigned.
_WANTS_NONE: Final = frozenset({"EX", "N/A"})
_AMOUNT: Final = re.compile(r"\s*(\d+)(?:([.,])(\d+))?\s*")


@dataclasses.dataclass(frozen=True, slots=True)
class Filled:
    """A table for a platform.

    Parameters
    ----------
    data : bytes
        CSV in UTF-8, with a mark at its beginning where the platform's own table has one.
    graded : tuple of str
        Whose score is in it, by id.
    left_as_is : tuple of str
        Who is in it and has no score, by id; such a cell stays as it was.
    excused : tuple of str
        Who has a score here, and of whom Canvas says that it wants none, by id: ``EX``, ``N/A``.
    not_listed : tuple of str
        Who has a score here and no line there, by id.
    scale : Fraction
        What scores were multiplied with, where the platform gives the assignment other points.
    uncommented : bool
        Whether no column for comments could be told.
    """

    data: bytes
    graded: tuple[str, ...]
    left_as_is: tuple[str, ...]
    not_listed: tuple[str, ...]
    scale: Fraction = Fraction(1)
    excused: tuple[str, ...] = ()
    uncommented: bool = False


def canvas_csv(
    assignment: Assignment,
    grades: Sequence[Grade],
    lang: str,
    table: Table | None = None,
    column: str = "",
) -> Filled:
    """Write grades for Canvas's gradebook.

    Parameters
    ----------
    assignment : Assignment
        Its title names the column of a new table, and finds it in one that is there.
    grades : sequence of Grade
        Everybody's.
    lang : str
        ``en`` or ``zh``, for the title.
    table : Table or None
        Canvas's own export, all of whose columns and lines are kept; without one, a table of
        whoever handed in through Canvas is made, which Canvas takes for a new assignment.
    column : str
        The column to fill in, as its header or its title; found by the assignment's if empty.

    Raises
    ------
    UsageError
        When that is not Canvas's table, or has no such column.
    """
    if table is None:
        return _new_canvas(assignment, grades, lang)
    if not is_of_canvas(table):
        raise UsageError(f"{table.path} is no gradebook of Canvas: it lacks Student, ID or Section")
    heading = next((cells for _, cells in table.rows if is_heading(cells[0])), None)
    at = _canvas_column(assignment, table, column, heading)
    points = "" if heading is None else heading[at]
    # What students choose stands up to their section. The rest is the course's own: Canvas would
    # take a note or a title that is written otherwise for a new one.
    own = 1 + (table.column("section") or 0)
    return _filled(table, grades, at, points, own=own)


def moodle_csv(
    assignment: Assignment,  # noqa: ARG001 - as Canvas's
    grades: Sequence[Grade],
    lang: str,
    table: Table | None = None,
    column: str = "",
) -> Filled:
    """Write grades for Moodle's offline grading worksheet.

    Parameters
    ----------
    assignment : Assignment
        Not asked: a worksheet is of one assignment.
    grades : sequence of Grade
        Everybody's.
    lang : str
        ``en`` or ``zh``, for comments.
    table : Table or None
        The worksheet as downloaded, all of whose columns and lines are kept; without one, a
        worksheet of whoever handed in through Moodle is made.
    column : str
        Where grades go; ``Grade``, in the table's language, if empty.

    Raises
    ------
    UsageError
        When that is no worksheet, has no such column, or is of a scale.
    """
    if table is None:
        return _new_moodle(grades, lang)
    sheet = worksheet_of(table)
    if sheet is None:
        raise UsageError(
            f"{table.path} is no grading worksheet of Moodle: it lacks Identifier or Grade, in any "
            f"language that is known; it has {', '.join(table.header)}. Say which these are: "
            "--columns moodle=... --columns grade=... --columns comments=..."
        )
    at = table.column(column) if column else sheet.grade
    if at is None:
        raise UsageError(f"{table.path} has no column {column}")
    if sheet.maximum is None and sheet.scale is not None:
        raise UsageError(
            f"{table.path}: Moodle grades this assignment with a scale "
            f"({table.header[sheet.scale]}), and takes no points; set its grade to points there, "
            "and download the worksheet again"
        )
    most = sheet.maximum
    points = "" if most is None else next((cells[most] for _, cells in table.rows), "")
    # Moodle reads commas and UTF-8, whatever a spreadsheet has made of its table meanwhile.
    plain = dataclasses.replace(table, delimiter=",")
    filled = _filled(plain, grades, at, points, comments=sheet.comments, lang=lang)
    return dataclasses.replace(filled, uncommented=sheet.comments is None)


def _filled(
    table: Table,
    grades: Sequence[Grade],
    at: int,
    points: str,
    *,
    comments: int | None = None,
    own: int | None = None,
    lang: str = "en",
) -> Filled:
    """Put scores into a column, and keep all else as it is, but for formulas before `own`."""
    finder = Finder([grade.student or Student(grade.id, grade.name) for grade in grades])
    whose: dict[int, int] = {}
    for person in people_of(table):
        found = finder.find(person)
        if found is not None and found not in whose.values():
            whose[person.line] = found
    found_points = _AMOUNT.fullmatch(points)
    scale = _scale(found_points, grades)
    comma = found_points is not None and found_points[2] == ","
    rows = [_kept(table.header, own)]
    graded: list[str] = []
    left: list[str] = []
    excused: list[str] = []
    for line, cells in table.rows:
        row = _kept(cells, own)
        if line in whose:
            grade = grades[whose[line]]
            final = final_score(grade)
            if final is not None and row[at].strip() in _WANTS_NONE:
                excused.append(grade.id)
                rows.append(row)
                continue
            (left if final is None else graded).append(grade.id)
            if final is not None:
                text = two_decimals(final * scale)
                row[at] = text.replace(".", ",") if comma else text
            if comments is not None and final is not None and not row[comments].strip():
                told = (score_text(grade, lang), late_text(grade, lang))
                row[comments] = cell(" ".join(one for one in told if one))
        rows.append(row)
    listed = {*graded, *left, *excused}
    missed = [one.id for one in grades if one.id not in listed and final_score(one) is not None]
    data = _written(rows, table.delimiter, marked=table.marked)
    return Filled(data, tuple(graded), tuple(left), tuple(missed), scale, tuple(excused))


def _kept(cells: Sequence[str], own: int | None) -> list[str]:
    """Keep cells as they are; of those before `own`, or all, none is a formula."""
    return [kept_cell(one) for one in cells[:own]] + ([] if own is None else [*cells[own:]])


def _scale(points: re.Match[str] | None, grades: Sequence[Grade]) -> Fraction:
    """Return what our points are worth there."""
    most = max((grade.max_score for grade in grades), default=Fraction(0))
    if points is None or not most:
        return Fraction(1)
    theirs = Fraction(f"{points[1]}.{points[3] or 0}")
    return theirs / most if theirs else Fraction(1)


def _canvas_column(
    assignment: Assignment, table: Table, column: str, heading: Sequence[str] | None
) -> int:
    """Find the column of an assignment; one that Canvas computes has words in place of points."""
    first = 1 + (table.column("section") or 0)
    there = [
        at
        for at in range(first, len(table.header))
        if is_assignment(table.header[at])
        and (heading is None or not heading[at].strip() or _AMOUNT.fullmatch(heading[at]))
    ]
    if column:
        found = [at for at in there if column in {table.header[at], _title(table.header[at])}]
    else:
        wanted = {assignment.title.en.casefold(), assignment.title.zh.casefold()}
        found = [at for at in there if _title(table.header[at]).casefold() in wanted]
        found = found or [
            at
            for at in there
            if re.search(rf"\b{re.escape(assignment.id)}\b", table.header[at], re.IGNORECASE)
        ]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(table.header[at] for at in there) or "none"
    raise UsageError(
        f"{table.path}: which column is {column or assignment.id}'s cannot be told; say --column "
        f"with one of these: {listed}"
    )


def _title(header: str) -> str:
    return header.rpartition(" (")[0].strip()


def _new_canvas(assignment: Assignment, grades: Sequence[Grade], lang: str) -> Filled:
    known = [one for one in grades if one.student and one.student.platform == "Canvas"]
    points = two_decimals(max((one.max_score for one in grades), default=Fraction(0)))
    rows = [
        [*_CANVAS_HEADER, cell(assignment.title.in_language(lang))],
        ["    Points Possible", "", "", "", "", points],
    ]
    rows += [
        [
            *map(cell, (one.name, _number(one), _student(one).number, _student(one).login)),
            cell(_student(one).section),
            _score(one),
        ]
        for one in known
    ]
    return _made(rows, known, grades)


def _new_moodle(grades: Sequence[Grade], lang: str) -> Filled:
    known = [one for one in grades if one.student and one.student.platform == "Moodle"]
    rows = [list(_MOODLE_HEADER)]
    for one in known:
        told = " ".join(part for part in (score_text(one, lang), late_text(one, lang)) if part)
        rows.append([
            f"Participant {_number(one)}", cell(one.name), cell(_student(one).email), "",
            _score(one), two_decimals(one.max_score), "Yes", "", "", cell(told),
        ])  # fmt: skip
    return _made(rows, known, grades)


def _made(rows: Sequence[Sequence[str]], known: Sequence[Grade], grades: Sequence[Grade]) -> Filled:
    graded = tuple(one.id for one in known if final_score(one) is not None)
    left = tuple(one.id for one in known if final_score(one) is None)
    listed = {one.id for one in known}
    missed = [one.id for one in grades if one.id not in listed and final_score(one) is not None]
    return Filled(_written(rows), graded, left, tuple(missed))


def _student(grade: Grade) -> Student:
    return grade.student or Student(grade.id, grade.name)


def _number(grade: Grade) -> str:
    return _student(grade).platform_number


def _score(grade: Grade) -> str:
    final = final_score(grade)
    return "" if final is None else two_decimals(final)


def _written(rows: Sequence[Sequence[str]], delimiter: str = ",", *, marked: bool = False) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig" if marked else "utf-8")
