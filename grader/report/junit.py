"""JUnit XML, as CI servers read it: a suite for each exercise, a test case for each case.

Points stand in properties of the suite: ``points``, ``max_points``, ``carried_forward``. Students
read CI logs, so hidden cases are numbered, those that passed first, and tell only whether they did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from grader.model import Verdict
from grader.report.audience import as_told, duration_of
from grader.report.plain import clean, one_line, shorten
from grader.report.wording import by_hand_lines, case_text, late_text
from grader.scoring import two_decimals
from grader.texts import verdict_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.catalog import Assignment
    from grader.model import CaseResult, ExerciseResult, Grade

FILE_NAME: Final = "junit.xml"

# "failure" is a test that did not hold; "error" one that could not come to its end.
_ELEMENTS: Final = {
    Verdict.FAILED: "failure",
    Verdict.NOT_IMPLEMENTED: "failure",
    Verdict.MISSING: "failure",
    Verdict.REFUSED: "failure",
    Verdict.ERRORED_STUDENT: "error",
    Verdict.TIMED_OUT: "error",
    Verdict.CRASHED: "error",
    Verdict.ERRORED_GRADER: "error",
    Verdict.SKIPPED: "skipped",
}


def junit_xml(assignment: Assignment, grade: Grade, lang: str) -> bytes:
    """Write a grade as JUnit XML.

    Parameters
    ----------
    assignment : Assignment
        For titles.
    grade : Grade
        Any grade; one without exercises has one suite with one error.
    lang : str
        ``en`` or ``zh``.

    Returns
    -------
    bytes
        UTF-8 with an XML declaration; no time stamp and no host name.
    """
    grade = as_told(grade)
    cases = [case for result in grade.exercises for case in result.cases]
    root = ET.Element("testsuites", {"name": grade.assignment, **_counts(cases)})
    late = late_text(grade, lang)  # the format has no place for what is said of the whole
    for result in grade.exercises:
        _add_suite(root, assignment, result, lang, {"late": clean(late)} if late else {})
    if not grade.exercises:
        _add_ungraded(root, grade)
    ET.indent(root)
    text = ET.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add_suite(
    root: ET.Element,
    assignment: Assignment,
    result: ExerciseResult,
    lang: str,
    whole: Mapping[str, str],
) -> None:
    suite = ET.SubElement(root, "testsuite", {"name": result.id, **_counts(result.cases)})
    properties = ET.SubElement(suite, "properties")
    stated = {
        "title": assignment.exercise(result.id).title.in_language(lang),
        "points": "" if result.score is None else two_decimals(result.score),
        "max_points": two_decimals(result.points),
        "carried_forward": two_decimals(result.carried_forward),
    }
    if result.override is not None:
        stated["by_hand"] = clean("\n".join(by_hand_lines(result.override, lang)))
    for name, value in (stated | dict(whole)).items():
        ET.SubElement(properties, "property", {"name": name, "value": value})
    for case in result.cases:
        _add_case(suite, case, lang)


def _add_case(suite: ET.Element, case: CaseResult, lang: str) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        {"classname": case.exercise, "name": clean(case.id), "time": _time([case])},
    )
    kind = _ELEMENTS.get(case.verdict)
    if kind is not None:
        body = case_text(case, lang, "student")
        message = shorten(one_line(body.split("\n\n")[0]), 300)
        outcome = ET.SubElement(element, kind, {"type": case.verdict.value, "message": message})
        outcome.text = body if kind != "skipped" else verdict_title(case.verdict, lang)


def _time(cases: Iterable[CaseResult]) -> str:
    """Add up the seconds of cases, as far as the student may know them."""
    return f"{sum(duration_of(case, 'student') or 0.0 for case in cases):.3f}"


def _add_ungraded(root: ET.Element, grade: Grade) -> None:
    for name, value in (("tests", "1"), ("errors", "1")):
        root.set(name, value)
    suite = ET.SubElement(root, "testsuite", {**root.attrib, "name": grade.assignment})
    case = ET.SubElement(
        suite, "testcase", {"classname": grade.assignment, "name": "grade", "time": "0.000"}
    )
    status = grade.status.value
    ET.SubElement(case, "error", {"type": status, "message": status})


def _counts(cases: Iterable[CaseResult]) -> dict[str, str]:
    listed = list(cases)
    kinds = [_ELEMENTS.get(case.verdict) for case in listed]
    return {
        "tests": str(len(listed)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": _time(listed),
    }
