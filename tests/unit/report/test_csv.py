"""grades.csv."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.report import grades_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade


def test_matches_the_golden_file(
    assignment: Assignment, grades: list[Grade], golden: Callable[[str, str], None]
) -> None:
    """The whole file, byte for byte."""
    golden("grades.csv", grades_csv(assignment, grades))


def test_the_order_of_grading_does_not_show(assignment: Assignment, grades: list[Grade]) -> None:
    """The same grades give the same bytes, however the pool finished them."""
    slower = [msgspec.structs.replace(grade, duration_s=99.0) for grade in reversed(grades)]

    assert grades_csv(assignment, slower) == grades_csv(assignment, grades)


def test_what_was_not_graded_has_no_score(
    assignment: Assignment, not_graded: Grade, unreadable: Grade
) -> None:
    """An empty cell, not 0: a spreadsheet's mean leaves it out."""
    for row in csv.DictReader(io.StringIO(grades_csv(assignment, [not_graded, unreadable]))):
        assert row["status"] in {"not_graded", "unreadable"}
        assert (row["score"], row["carried_forward"], row["clip"]) == ("", "", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_a_name_is_no_formula(assignment: Assignment, perfect: Grade, name: str) -> None:
    """A spreadsheet shows what a student calls themselves, and does not run it."""
    text = grades_csv(assignment, [msgspec.structs.replace(perfect, name=name)])

    (row,) = csv.DictReader(io.StringIO(text))
    assert row["name"].startswith("'")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters()))
def test_any_name_is_one_row(assignment: Assignment, perfect: Grade, name: str) -> None:
    """Quotes, commas, line ends and lone surrogates neither add rows nor break the encoding."""
    text = grades_csv(assignment, [msgspec.structs.replace(perfect, name=name)])

    rows = list(csv.reader(io.StringIO(text.encode().decode())))
    assert [len(row) for row in rows] == [21, 21]
    assert text.count("\n") == 2
