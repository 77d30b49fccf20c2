"""What a student may not read reaches no report that a student reads."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import (
    CaseResult,
    Diagnosis,
    Difference,
    Finding,
    Grade,
    Message,
    Place,
    Recipe,
    Verdict,
    Visibility,
)
from grader.report import FORMATS, Around, Push, annotation_commands
from grader.report.audience import as_told, duration_of, is_open, message_text, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment

FORMATS_AND_LOG: Final = [*sorted(FORMATS), "annotations"]
PUSH: Final = Push("c", "a", "individual", "o", "s", "u", "u", "u", "2026-09-01T12:00:00Z")
# How a case may end that has not passed, by the submission's doing.
LOST: Final = sorted(set(Verdict) - {Verdict.PASSED, Verdict.SKIPPED, Verdict.ERRORED_GRADER})


def _withheld(grade: Grade) -> CaseResult:
    return grade.exercises[0].cases[3]


def _written(name: str, assignment: Assignment, grade: Grade, lang: str) -> bytes:
    if name == "annotations":
        return annotation_commands(assignment, grade, lang).encode()
    return FORMATS[name].write(assignment, grade, lang, Around(PUSH))


def _with_cases(
    grade: Grade, change: Callable[[CaseResult], CaseResult], **changes: object
) -> Grade:
    """Change every withheld case, and the grade itself."""
    exercises = tuple(
        msgspec.structs.replace(
            result,
            cases=tuple(
                case if is_open(case, "student") else change(case) for case in result.cases
            ),
        )
        for result in grade.exercises
    )
    return msgspec.structs.replace(grade, exercises=exercises, **changes)


TEXTS: Final = st.text(max_size=20)
PLACES: Final = st.builds(
    Place, TEXTS, st.integers(1, 9000), st.none() | st.integers(1, 99), TEXTS, TEXTS
)
MESSAGES: Final = st.builds(
    Message,
    st.sampled_from(
        ["raised", "wrong_value", "timed_out", "crashed", "not_written", "refused", "by_heart",
         "not_run_after_timeouts", "submission_timed_out", "too_slow", "carried_forward"]
    ),
    st.dictionaries(st.sampled_from(["exception", "text", "name", "seconds", "count"]), TEXTS),
)  # fmt: skip
DIFFERENCES: Final = st.builds(
    Difference, st.sampled_from(["value", "shape", "dtype"]), TEXTS, TEXTS, TEXTS,
    wrong=st.integers(0, 9), total=st.integers(0, 9),
)  # fmt: skip
FINDINGS: Final = st.builds(
    Finding,
    st.builds(Message, st.sampled_from(["finding_factor", "finding_summed"])),
    TEXTS,
    st.just("hidden"),
)


@st.composite
def _steered(draw: st.DrawFn, case: CaseResult) -> CaseResult:
    """Draw all that a submission can steer in a hidden case that passes, or fails, all the same."""
    passed = case.verdict is Verdict.PASSED
    return msgspec.structs.replace(
        case,
        verdict=Verdict.PASSED if passed else draw(st.sampled_from(LOST)),
        message=draw(MESSAGES),
        difference=draw(st.none() | DIFFERENCES),
        recipe=draw(st.none() | st.builds(Recipe, TEXTS, st.tuples(TEXTS), st.integers(0), TEXTS)),
        place=draw(st.none() | PLACES),
        output=draw(TEXTS),
        carried_forward=passed and draw(st.booleans()),
        duration_s=draw(st.floats(0, 1e6)),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", FORMATS_AND_LOG)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_nothing_that_can_be_steered_in_a_hidden_case_changes_a_byte(
    name: str, lang: str, assignment: Assignment, grade: Grade, data: st.DataObject
) -> None:
    """Place, type, text, time, output, finding, verdict: of hidden cases only passed is told."""
    lost_in_hidden_ones = msgspec.structs.replace(
        grade.exercises[3], score=Fraction(1), cases=(*grade.exercises[3].cases, _withheld(grade))
    )
    grade = msgspec.structs.replace(
        grade, exercises=(*grade.exercises[:3], lost_in_hidden_ones, *grade.exercises[4:])
    )
    result = grade.exercises[0]
    found = tuple(data.draw(st.lists(FINDINGS, max_size=3)))
    diagnosis = msgspec.structs.replace(result.diagnosis or Diagnosis(), findings=found)
    steered = _with_cases(
        grade,
        lambda case: data.draw(_steered(case)),
        duration_s=data.draw(st.floats(0, 1e6)),
    )
    first = msgspec.structs.replace(
        steered.exercises[0],
        diagnosis=diagnosis,
        carried_forward=data.draw(st.sampled_from([Fraction(0), Fraction(1, 3)])),
    )
    fourth = msgspec.structs.replace(
        steered.exercises[3],
        diagnosis=data.draw(st.none() | st.builds(Diagnosis, place=PLACES)),
    )
    exercises = (first, *steered.exercises[1:3], fourth, *steered.exercises[4:])
    steered = msgspec.structs.replace(steered, exercises=exercises)

    assert _written(name, assignment, steered, lang) == _written(name, assignment, grade, lang)


@pytest.mark.parametrize("name", FORMATS_AND_LOG)
def test_no_format_tells_which_hidden_case_passed(
    name: str, assignment: Assignment, grade: Grade
) -> None:
    """Their order, and what they weigh, would be a bit for each."""
    turned = {Verdict.PASSED: Verdict.FAILED, Verdict.FAILED: Verdict.PASSED}

    def turn(case: CaseResult) -> CaseResult:
        return msgspec.structs.replace(case, verdict=turned.get(case.verdict, case.verdict))

    # One of the two hidden cases of the first exercise has passed; now it is the other.
    other = _with_cases(grade, turn)

    assert other != grade
    assert _written(name, assignment, other, "en") == _written(name, assignment, grade, "en")


def test_what_is_not_there_at_all_is_told_as_such(grade: Grade) -> None:
    """If no open case has found it, a hidden one has not either; what it raised itself is lost."""
    step = grade.exercises[2]
    lost = [
        msgspec.structs.replace(_withheld(grade), verdict=verdict, exercise=step.id)
        for verdict in (Verdict.NOT_IMPLEMENTED, Verdict.CRASHED)
    ]
    unwritten = msgspec.structs.replace(step, cases=(*step.cases, *lost))
    written = msgspec.structs.replace(
        grade.exercises[0], cases=(grade.exercises[0].cases[0], *lost)
    )
    told = as_told(msgspec.structs.replace(grade, exercises=(unwritten, written)))

    by_exercise = [[case.verdict for case in result.cases[1:]] for result in told.exercises]

    assert by_exercise == [[Verdict.NOT_IMPLEMENTED] * 2, [Verdict.FAILED] * 2]


def test_points_carried_forward_are_told_of_visible_cases(grade: Grade) -> None:
    """Whether a hidden case passes at once or by our upstream is up to the submission."""
    optimize = grade.exercises[3]
    hidden = msgspec.structs.replace(
        _withheld(grade), exercise=optimize.id, verdict=Verdict.PASSED, carried_forward=True
    )
    result = msgspec.structs.replace(
        optimize, cases=(*optimize.cases, hidden), carried_forward=Fraction(20, 3)
    )

    (told,) = as_told(msgspec.structs.replace(grade, exercises=(result,))).exercises

    assert (told.score, told.carried_forward) == (optimize.score, Fraction(10, 3))


@pytest.mark.parametrize("later", [False, True])
def test_what_a_platform_shows_later_is_told_to_it_alone(grade: Grade, later: bool) -> None:
    """Public cases after the due date; of a hidden suite then only the name."""
    public, hidden = (
        msgspec.structs.replace(case, visibility=Visibility.AFTER_DUE_DATE)
        for case in (grade.exercises[0].cases[1], _withheld(grade))
    )
    result = msgspec.structs.replace(grade.exercises[0], cases=(public, hidden))

    (told,) = as_told(msgspec.structs.replace(grade, exercises=(result,)), later=later).exercises

    assert (public in told.cases) is later
    assert all(case.difference is None for case in told.cases if case.suite == "hidden")
    assert (hidden.id in {case.id for case in told.cases}) is later


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"classroom50"}))
def test_no_format_tells_a_hidden_case(
    name: str, lang: str, assignment: Assignment, grade: Grade, secret: str
) -> None:
    """Every text of a hidden case holds a secret, its parameters too; no file holds it."""
    written = FORMATS[name].write(assignment, grade, lang, Around()).decode()

    assert secret not in written


def test_annotations_do_not_tell_a_hidden_case(
    assignment: Assignment, grade: Grade, secret: str
) -> None:
    """A CI log is read by the student."""
    assert secret not in annotation_commands(assignment, grade, "en")


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.VISIBLE}))
def test_what_is_visible_later_is_not_visible_now(grade: Grade, visibility: Visibility) -> None:
    """A page cannot know the due date, so only ``visible`` counts as visible."""
    case = msgspec.structs.replace(_withheld(grade), visibility=visibility)

    assert not is_open(case, "student")
    assert is_open(case, "instructor")


def test_an_instructor_reads_how_long_every_case_took(grade: Grade) -> None:
    """And a student how long the public ones did."""
    cases = [case for exercise in grade.exercises for case in exercise.cases]

    known = [duration_of(case, "student") is not None for case in cases]

    assert all(duration_of(case, "instructor") is not None for case in cases)
    assert known == [is_open(case, "student") for case in cases]
    assert {True, False} == set(known)


def test_hidden_cases_are_numbered_and_those_that_passed_come_first(grade: Grade) -> None:
    """A pytest id holds parameters, and an order would tell which one failed."""
    told = as_told(grade).exercises[0].cases[3:]

    assert [(case.id, case.verdict) for case in told] == [
        ("clip::hidden-1", Verdict.PASSED),
        ("clip::hidden-2", Verdict.FAILED),
    ]


def test_a_visible_case_of_a_hidden_suite_shows_its_name_and_no_more(grade: Grade) -> None:
    """An instructor may show a hidden suite's verdicts; its inputs stay secret."""
    case = msgspec.structs.replace(_withheld(grade), visibility=Visibility.VISIBLE)
    result = msgspec.structs.replace(grade.exercises[0], cases=(case,))

    (told,) = as_told(msgspec.structs.replace(grade, exercises=(result,))).exercises

    assert not is_open(case, "student")
    assert told.cases[0] == CaseResult(
        id=case.id, exercise="clip", test=case.test, suite="hidden",
        visibility=Visibility.VISIBLE, verdict=Verdict.FAILED, message=Message("hidden_not_passed"),
    )  # fmt: skip


def test_an_instructor_reads_everything(grade: Grade, secret: str) -> None:
    """Messages, places and inputs come as they are."""
    case = _withheld(grade)

    assert secret in message_text(case, "en", "instructor")
    assert place_of(case, "instructor") == case.place
