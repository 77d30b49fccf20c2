"""However much a submission asks for, it is its own affair: bounded, judged, and never ours."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader import wire
from grader.errors import UnusableValueError
from grader.model import Verdict, Visibility
from grader.sandbox import FakeTransport
from grader.suite.case import Case
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.observed import KEPT_BYTES, KEPT_IN_ALL, TOO_LARGE
from grader.suite.outcome import judged
from grader.suite.pair import MismatchError
from grader.suite.reference import Reference

NOTHING = wire.Source(modules=())


def returned(value: Any) -> wire.Returned:
    """Write what a worker sends back."""
    return wire.Returned(nonce=0, value_payload=wire.encode(value))


@pytest.fixture
def case(course: Any) -> Case:
    """A case of ``double``."""
    exercise = course.assignment().exercise("double")
    return Case("test_answers.py::t", "t", exercise, "public", Visibility.VISIBLE, Fraction(1))


@pytest.fixture
def grading(course: Any) -> Any:
    """Grade a submission that gives prepared answers."""

    def prepare(*values: Any) -> Grading:
        assignment = course.assignment()
        reference = Reference(assignment, Golden(), live=True)
        replies = [returned(value) for value in values]
        return Grading(assignment, NOTHING, NOTHING, reference, lambda _: FakeTransport(replies))

    return prepare


def ask(grading: Grading, case: Case) -> None:
    """Make the call of a case that fails, and keep what it has shown."""
    context = grading.context(case, upstream_put_in=False)
    value = context.student.call("double", (1,)).value
    error = MismatchError("wrong_value", None)
    assert value is not None
    grading.keep_trace(case, context, error)


def test_a_value_that_nobody_could_look_through_is_not_kept(grading: Any, case: Case) -> None:
    """Neither its sketch: it resembles no known mistake."""
    large = grading(np.zeros(KEPT_BYTES // 8 + 1))
    ask(large, case)

    assert large.traces[case.id].answers == (TOO_LARGE,)
    assert case.id not in large.calls


def test_a_value_of_an_ordinary_size_is_kept(grading: Any, case: Case) -> None:
    """A diagnosis is made from it."""
    small = grading(np.zeros(12))
    ask(small, case)

    assert small.traces[case.id].answers[0].value
    assert case.id in small.calls


def test_what_all_cases_give_is_bounded_too(grading: Any, case: Case) -> None:
    """Each just below the bound of one; the last ones are not kept any more."""
    values = [np.zeros(KEPT_BYTES // 8 - 100)] * 20
    many = grading(*values)
    cases = [Case(f"{case.id}[{n}]", *_rest(case)) for n in range(20)]

    for one in cases:
        ask(many, one)

    kept = [one.id for one in cases if one.id in many.calls]
    assert kept == [one.id for one in cases[: KEPT_IN_ALL // KEPT_BYTES]]
    assert len(many.traces) == 20


def _rest(case: Case) -> tuple[Any, ...]:
    return case.test, case.exercise, case.suite, case.visibility, case.weight


@pytest.mark.parametrize("error", [MemoryError(), RecursionError("too deep")])
def test_memory_that_a_value_takes_while_it_is_compared_is_no_fault_of_the_grader(
    case: Case, error: Exception
) -> None:
    """The reference has passed the same case."""
    verdict, message = judged(error, case)

    assert (verdict, message.key) == (Verdict.FAILED, "unusable_in_test")


def test_an_argument_that_is_too_large_was_a_result(grading: Any, case: Case) -> None:
    """Where a suite passes one result on, the value is refused and not the suite."""
    context = grading().context(case, upstream_put_in=False)
    result = np.zeros((5 << 20,))

    with pytest.raises(UnusableValueError) as caught:
        context.student.call("double", (result, result))

    assert caught.value.key == "unusable_size"


SLOW = """
import time
def double(x):
    time.sleep(0.4)
    with open({path!r}, "a") as file:
        file.write("called\\n")
    return 3 * x
"""


def test_a_call_just_below_its_deadline_is_not_made_again_and_again(course: Any) -> None:
    """Asking again is bounded; verdicts stay what they were."""
    toml = course.folder / "exercises.toml"
    limits = "call_s = 1.0\ndiagnosis_s = 2.0"
    toml.write_text(toml.read_text("utf-8").replace("call_s = 1.0", limits), "utf-8")
    course.mistakes("def minus(x): return -x")
    course.release()
    log = course.root / "calls.txt"
    answer = course.answer(SLOW.format(path=str(log)))

    run = course.run("-k", "doubles", submission=answer)

    assert set(run.verdicts.values()) == {Verdict.FAILED}
    assert 2 <= len(log.read_text("utf-8").splitlines()) <= 4


@pytest.mark.proof
def test_a_file_that_loads_forever_is_told_apart_from_a_call_that_does(course: Any) -> None:
    """Its line is named, and none of its functions is blamed; with workers and without."""
    toml = course.folder / "exercises.toml"
    limits = "call_s = 30.0\nload_s = 1.2"
    toml.write_text(toml.read_text("utf-8").replace("call_s = 1.0", limits), "utf-8")
    answer = course.write(
        "submission/answers.py",
        "class Table:\n    while True: pass\n\ndef double(x): return 2 * x\n",
    )

    for options in ((), ("--isolate",)):
        run = course.run("-k", "doubles", *options, submission=answer)
        for result in run.results.values():
            assert (result.verdict, result.message.key) == (Verdict.TIMED_OUT, "timed_out_loading")
            assert result.place.line == 2
        # It is tried once: the second case is told at once.
        assert run.result("test_doubles[5]").duration_s < run.result("test_doubles[2]").duration_s
