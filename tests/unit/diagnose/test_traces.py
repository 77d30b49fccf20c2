"""Which known mistakes answer as a submission does."""

from __future__ import annotations

from typing import Any

import pytest

from grader.diagnose import Answer, Trace, agree_on_case, answer, consistent, sketch
from grader.errors import CodeRaisedError, CrashedError, MissingNameError, TimedOutError
from grader.sandbox import Result

PASSED = Trace(passed=True)


def failed(*values: Any, what: str = "f") -> Trace:
    """Make the trace of a case that failed after some calls."""
    return Trace(passed=False, answers=tuple(answer(what, Result(value)) for value in values))


def raised(*errors: BaseException) -> Trace:
    """Make the trace of a case whose calls raised."""
    return Trace(passed=False, answers=tuple(answer("f", error) for error in errors))


def test_an_answer_is_all_that_came_back() -> None:
    """Result, arguments after the call, gradients and what was offered to random choices."""
    whole = Result(1.5, after=([1],), gradients={"0": 2.0}, offers=[{"p": 3.0}])

    assert answer("f", whole) == Answer(
        "f",
        value=sketch(
            {"value": 1.5, "after": [[1]], "gradients": {"0": 2.0}, "offers": [{"p": 3.0}]}
        ),
    )
    assert answer("f", Result(1.5)).value == sketch({"value": 1.5})


@pytest.mark.parametrize(
    "other",
    [
        Result(1.25, after=([1],), gradients={"0": 2.0}, offers=[{"p": 3.0}]),
        Result(1.5, after=([2],), gradients={"0": 2.0}, offers=[{"p": 3.0}]),
        Result(1.5, after=([1],), gradients={"0": 2.5}, offers=[{"p": 3.0}]),
        Result(1.5, after=([1],), gradients={"0": 2.0}, offers=[{"p": 3.5}]),
    ],
    ids=["value", "after", "gradients", "offers"],
)
def test_each_part_of_an_answer_counts(other: Result) -> None:
    """A mistake may show in what is not even looked at by the check."""
    whole = Result(1.5, after=([1],), gradients={"0": 2.0}, offers=[{"p": 3.0}])
    one, two = Trace(False, (answer("f", whole),)), Trace(False, (answer("f", other),))

    assert agree_on_case(one, Trace(False, (answer("f", whole),)), None)
    assert not agree_on_case(one, two, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            CodeRaisedError("raised", exception="KeyError", text="'b'"),
            "errored_student KeyError",
        ),
        (CodeRaisedError("too_much_written", mib=3, exception="OSError"), "errored_student"),
        (CrashedError("crashed", name="f"), "crashed"),
        (MissingNameError("missing", name="f"), "missing"),
        (TimedOutError("timed_out", name="f", seconds="1"), "timed_out"),
        (pytest.fail.Exception("Timeout (>1.0s) from pytest-timeout."), "timed_out"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_a_failure_is_known_by_verdict_and_exception(error: BaseException, said: str) -> None:
    """Not by its text, which may quote the inputs; a time-out is one wherever the code ran."""
    assert answer("f", error) == Answer("f", error=said)


def test_two_that_passed_agree_and_one_that_failed_does_not() -> None:
    """What a case that passed has answered is of no interest."""
    assert agree_on_case(PASSED, Trace(True, failed(1).answers), None)
    assert not agree_on_case(PASSED, failed(1), None)
    assert not agree_on_case(failed(1), PASSED, None)


@pytest.mark.parametrize(
    ("known", "same"),
    [
        (failed(1, 2.5), True),
        (failed(1, 3.5), False),
        (failed(2, 2.5), False),
        (failed(1), False),
        (failed(1, 2.5, 3), False),
        (failed(1, 2.5, what="g"), False),
        (raised(CrashedError("crashed")), False),
    ],
    ids=repr,
)
def test_every_call_of_a_case_counts(known: Trace, same: bool) -> None:
    """Those before the one that failed as well, in order and by name."""
    assert agree_on_case(failed(1, 2.5), known, None) == same


def test_failures_agree_by_their_kind() -> None:
    """A KeyError is no TypeError, and a crash neither."""
    key = raised(CodeRaisedError("raised", exception="KeyError", text="'a'"))
    same = raised(CodeRaisedError("raised", exception="KeyError", text="'b'"))
    other = raised(CodeRaisedError("raised", exception="TypeError", text="'a'"))

    assert agree_on_case(key, same, None)
    assert not agree_on_case(key, other, None)
    assert not agree_on_case(key, failed(1), None)


def test_keys_that_the_reference_lacks_are_of_no_account() -> None:
    """Position by position: the second call's right answer says what counts there."""
    known = failed({"a": 1}, {"b": 1})

    assert agree_on_case(failed({"a": 1, "x": 0}, {"b": 1}), known, failed({"a": 2}))
    assert not agree_on_case(failed({"a": 1, "x": 0}, {"b": 1}), known, failed({"x": 2}))
    assert not agree_on_case(failed({"a": 1}, {"b": 1, "x": 0}), known, failed(0, {"x": 2}))


def test_a_mistake_is_consistent_if_it_agrees_on_every_shared_case() -> None:
    """Cases that only one of both was run on say nothing; without a shared one nothing is known."""
    found = {"a": failed(1), "b": PASSED, "only here": failed(9)}

    assert consistent(found, {"a": failed(1), "b": PASSED, "only there": failed(8)}, {})
    assert not consistent(found, {"a": failed(1), "b": failed(2)}, {})
    assert not consistent(found, {"a": failed(2), "b": PASSED}, {})
    assert not consistent(found, {"only there": failed(8)}, {})
    assert not consistent({}, {}, {})


def test_the_right_answer_of_the_same_case_counts() -> None:
    """Extra keys are judged case by case."""
    found, known = {"a": failed({"k": 1, "x": 2})}, {"a": failed({"k": 1})}

    assert consistent(found, known, {"a": failed({"k": 3}), "b": failed({"x": 3})})
    assert not consistent(found, known, {"a": failed({"x": 3})})
