"""Verdicts do not depend on how a submission is run; upstream mistakes cost their own points."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from grader import wire
from grader.errors import GraderError, StudentError
from grader.model import CaseResult, Message, Verdict, to_json
from grader.sandbox import FakeTransport
from grader.scoring import score_exercise
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.reference import Reference

NOTHING = wire.Source(modules=())


class TestCarriedForward:
    """An exercise that uses a wrong one is judged on the right one as well."""

    def test_a_wrong_upstream_costs_only_its_own_points(self, course: Any) -> None:
        """The step itself is right and earns its points, marked as carried forward."""
        answer = course.answer("def double(x): return 3 * x")

        run = course.run(submission=answer)

        result = run.result("test_totals")
        assert result.verdict is Verdict.PASSED
        assert result.carried_forward
        assert run.result("test_doubles[2]").verdict is Verdict.FAILED
        total = score_exercise(course.assignment().exercise("total"), [result])
        assert (total.score, total.carried_forward) == (Fraction(6), Fraction(6))
        assert "6.00 carried forward" in run.text

    def test_a_wrong_step_on_a_wrong_upstream_is_told_apart_from_it(self, course: Any) -> None:
        """What is shown is the run on the right upstream: only the step's own mistake is in it."""
        answer = course.answer(
            "def double(x): return 3 * x\ndef total(x): return double(x).sum() + 100"
        )

        result = course.run(submission=answer).result("test_totals")

        assert result.verdict is Verdict.FAILED
        assert not result.carried_forward
        assert result.difference.error == pytest.approx(100)

    def test_a_step_is_judged_by_how_it_ends_on_the_right_upstream(self, course: Any) -> None:
        """An upstream that is not written hides what is wrong behind it."""
        answer = course.answer(
            "def double(x): raise NotImplementedError\ndef total(x): return {}[double(x).size]"
        )

        result = course.run(submission=answer).result("test_totals")

        assert result.verdict is Verdict.ERRORED_STUDENT
        assert result.message.fields["exception"] == "KeyError"

    def test_a_wrong_step_on_a_right_upstream_is_run_once(self, course: Any) -> None:
        """There is nothing to carry forward."""
        answer = course.answer(
            """
            def total(x):
                print("total runs")
                return double(x).sum() + 1
            """
        )

        run = course.run("-s", submission=answer)

        assert run.text.count("total runs\n") == 1

    @pytest.mark.parametrize(
        ("key", "wanted"),
        [
            ("raised", True),
            ("upstream_not_written", True),
            ("not_written", False),
            ("missing", False),
            ("missing_in_text", False),
            ("missing_left_out", False),
        ],
    )
    def test_what_is_not_there_is_not_tried_on_another_upstream(
        self, key: str, wanted: bool
    ) -> None:
        """No upstream changes that, however it is said."""
        case: Any = SimpleNamespace(exercise=SimpleNamespace(uses=("double",)))
        result: Any = SimpleNamespace(verdict=Verdict.ERRORED_STUDENT, message=Message(key))
        grading: Any = SimpleNamespace(
            reference=SimpleNamespace(can_supply=lambda: True),
            has_wrong_upstream=lambda _exercise: True,
        )

        assert Grading.wants_upstream(grading, case, result) is wanted

    def test_a_stub_upstream_carries_forward_too(self, course: Any) -> None:
        """Whoever skips an exercise can earn the next one."""
        answer = course.answer("def double(x): raise NotImplementedError")

        assert course.run(submission=answer).result("test_totals").carried_forward

    def test_it_works_in_workers_too(self, course: Any) -> None:
        """The upstream is asked for across the boundary."""
        answer = course.answer("def double(x): return 3 * x")

        assert course.run("--isolate", submission=answer).result("test_totals").carried_forward

    def test_a_class_is_never_put_in(self, course: Any) -> None:
        """Objects do not cross: what is built on a wrong class fails with it."""
        with_class = "class Twice:\n    def __call__(self, x):\n        return {} * x\n"
        total = "def total(x):\n    return Twice()(x).sum()\n"
        toml = course.folder / "exercises.toml"
        named = toml.read_text("utf-8").replace('id = "double"', 'id = "double"\nnames = ["Twice"]')
        toml.write_text(named, "utf-8")
        course.suite("def test_calls(check): check.Twice()(3)\n")
        suite = """
            import numpy as np, pytest
            @pytest.mark.exercise("total")
            def test_totals(check): check.total(np.ones(4))
        """
        course.write("assignments/tiny/test_total.py", suite)
        course.write("solutions/tiny/answers.py", with_class.format(2) + total)
        answer = course.write("submission/answers.py", with_class.format(3) + total)

        run = course.run(submission=answer)

        assert set(run.verdicts.values()) == {Verdict.FAILED}


def test_only_the_upstreams_that_were_put_in_are_answered(course: Any) -> None:
    """A worker that asks for the exercise it is graded on gets nothing."""
    assignment = course.assignment()
    reference = Reference(assignment, Golden(), live=True)
    supplies: list[Any] = []

    def open_transport(supply: Any) -> FakeTransport:
        supplies.append(supply)
        return FakeTransport()

    grading = Grading(assignment, NOTHING, NOTHING, reference, open_transport)
    grading.client(assignment.exercise("total"), upstream_put_in=True)
    args = wire.encode((5,))
    upstream = supplies[-1](wire.Asked(nonce=0, name="double", args_payload=args))

    assert wire.decode(upstream.result_payload) == 10
    with pytest.raises(GraderError):
        supplies[-1](wire.Asked(nonce=0, name="total", args_payload=wire.encode((np.ones(2),))))


THIEF = """
def double(x): return 3 * x
def total(x):
    import gc
    from grader import wire
    from grader.worker.host import Host
    host = next((h for h in gc.get_objects() if type(h) is Host and 'double' in str(double)), None)
    ask = next((h._ask for h in gc.get_objects() if type(h) is Host), None)
    try:
        answer = ask(wire.Asked(nonce=0, name='total', args_payload=wire.encode((x,))))
    except Exception:
        return 0.0
    return wire.decode(answer.result_payload)
"""


def test_a_submission_cannot_have_its_own_exercise_answered(course: Any) -> None:
    """Not even by failing an upstream on purpose and forging the question."""
    answer = course.answer(THIEF)

    result = course.run("--isolate", submission=answer).result("test_totals")

    assert result.verdict is not Verdict.PASSED


@pytest.mark.parametrize("kind", ["failed", "not_implemented", "errored_student", "passed"])
def test_workers_give_the_verdicts_of_a_run_at_home(
    course: Any, wrong: dict[str, str], kind: str
) -> None:
    """``--isolate`` changes where the code runs, and no verdict, message or place."""
    answer = course.answer(wrong[kind])

    home, apart = course.run(submission=answer), course.run("--isolate", submission=answer)

    assert home.result("test_doubles[2]").verdict == kind
    assert _comparable(apart) == _comparable(home)
    assert apart.code == home.code


def _comparable(run: Any) -> dict[str, CaseResult]:
    """Leave out what is measured, and what only a worker keeps."""
    return {
        case: msgspec.structs.replace(result, duration_s=0.0, output="")
        for case, result in run.results.items()
    }


@pytest.mark.parametrize("text", ["\ud800", "a\udc00"])
def test_a_text_that_no_report_can_hold_still_gets_a_verdict(course: Any, text: str) -> None:
    """A lone surrogate in a result must not end the grading of a submission."""
    course.suite(
        """
        def test_text(submission):
            value = submission.double("a")
            assert value == "aa", f"got {value}"
        """
    )
    answer = course.answer(f"def double(x): return {text!r}")

    result = course.run(submission=answer).result("test_text")

    assert result.verdict is Verdict.FAILED
    assert to_json(result)


def test_an_exception_of_any_kind_costs_the_student_at_home_too(course: Any) -> None:
    """Also one that is no ``Exception``."""
    answer = course.answer("class E(BaseException): pass\ndef double(x): raise E")

    run = course.run(submission=answer)

    assert run.result("test_doubles[2]").verdict is Verdict.ERRORED_STUDENT
    assert run.code == 1


def test_a_student_error_is_always_a_verdict() -> None:
    """Each class of the student's branch names a verdict that there is."""
    waiting = [StudentError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        assert Verdict(kind.verdict) not in {Verdict.PASSED, Verdict.ERRORED_GRADER}
