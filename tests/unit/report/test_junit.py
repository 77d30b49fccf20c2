"""JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import junitparser
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import Verdict
from grader.report import junit_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.model import Grade

COUNTS = {"name", "tests", "failures", "errors", "skipped", "time"}
ATTRIBUTES = {
    "testsuites": COUNTS,
    "testsuite": COUNTS,
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "skipped"},
}


def _read(document: bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own output


def _check_structure(element: ET.Element) -> None:
    assert set(element.attrib) == ATTRIBUTES[element.tag]
    for child in element:
        assert child.tag in CHILDREN[element.tag]
        _check_structure(child)


def test_has_the_elements_that_ci_servers_know(assignment: Assignment, grades: list[Grade]) -> None:
    """Element and attribute names are those of the common JUnit format."""
    for grade in grades:
        _check_structure(_read(junit_xml(assignment, grade, "en")))


def test_a_reader_of_its_own_finds_the_same(assignment: Assignment, grades: list[Grade]) -> None:
    """junitparser, which others read reports with: counts, results and points."""
    for grade in grades:
        document = junitparser.JUnitXml.fromstring(junit_xml(assignment, grade, "en"))
        suites = list(document)
        results = [[kind for case in suite for kind in case.result] for suite in suites]

        assert document.tests == sum(suite.tests for suite in suites)
        for suite, found in zip(suites, results, strict=True):
            assert len(list(suite)) == suite.tests
            kinds = [type(kind).__name__ for kind in found]
            assert kinds.count("Failure") == suite.failures
            assert kinds.count("Error") == suite.errors
            assert kinds.count("Skipped") == suite.skipped
        points = [
            one.value for suite in suites for one in suite.properties() if one.name == "points"
        ]
        assert len(points) == len(grade.exercises)


def test_matches_the_golden_file(
    assignment: Assignment, grade: Grade, golden: Callable[[str, bytes], None]
) -> None:
    """The whole file, byte for byte."""
    golden("junit.xml", junit_xml(assignment, grade, "en"))


def test_counts_agree_with_the_cases(assignment: Assignment, grade: Grade) -> None:
    """A server that trusts the counts and one that counts see the same."""
    root = _read(junit_xml(assignment, grade, "en"))

    for element in (root, *root.iter("testsuite")):
        for count, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(element.attrib[count]) == len(list(element.iter(tag)))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_but_passed_has_an_element(
    assignment: Assignment, grade: Grade, verdict: Verdict
) -> None:
    """What did not pass never looks as if it had."""
    case = msgspec.structs.replace(grade.exercises[0].cases[0], verdict=verdict)
    exercise = msgspec.structs.replace(grade.exercises[0], cases=(case,))

    root = _read(junit_xml(assignment, msgspec.structs.replace(grade, exercises=(exercise,)), "en"))

    (element,) = root.iter("testcase")
    assert [each.attrib["type"] for each in element] == [verdict] * (verdict != "passed")


def test_points_are_properties(assignment: Assignment, grade: Grade) -> None:
    """Of each suite, which is an exercise."""
    suite = _read(junit_xml(assignment, grade, "en"))[0]

    stated = {each.attrib["name"]: each.attrib["value"] for each in suite.iter("property")}
    assert stated == {
        "title": "Clip gradients by value",
        "points": "3.67",
        "max_points": "6.00",
        "carried_forward": "0.00",
    }


def test_an_ungraded_submission_is_an_error(assignment: Assignment, unreadable: Grade) -> None:
    """A file without any test would pass."""
    root = _read(junit_xml(assignment, unreadable, "en"))

    (error,) = root.iter("error")
    assert error.attrib["type"] == "unreadable"
    assert root.attrib["errors"] == "1"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(printed=st.text(st.characters()))
def test_any_printed_text_is_valid_xml(assignment: Assignment, grade: Grade, printed: str) -> None:
    """Control characters and half characters do not break the file."""
    result = grade.exercises[0]
    case = msgspec.structs.replace(result.cases[1], output=printed)
    exercise = msgspec.structs.replace(result, cases=(case,))

    _read(junit_xml(assignment, msgspec.structs.replace(grade, exercises=(exercise,)), "en"))
