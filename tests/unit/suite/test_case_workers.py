"""Where a case's inputs come from, and which worker serves it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from grader import wire
from grader.errors import CrashedError, TimedOutError
from grader.model import Visibility
from grader.sandbox import FakeTransport
from grader.suite.case import Case, seed_of
from grader.suite.golden import Golden
from grader.suite.grading import Grading
from grader.suite.reference import Reference

NOTHING = wire.Source(modules=())


def case_of(assignment: Any, name: str = "test_a", **fields: Any) -> Case:
    """Make a case of the exercise ``double``."""
    return Case(
        **{
            "id": f"test_answers.py::{name}",
            "test": f"test_answers.py::{name}",
            "exercise": assignment.exercise("double"),
            "suite": "public",
            "visibility": Visibility.VISIBLE,
            "weight": Fraction(1),
            **fields,
        }
    )


class TestSeeds:
    """Where a case's inputs come from."""

    def test_cases_differ(self, course: Any) -> None:
        """Two cases never share their inputs."""
        assignment = course.assignment()
        seeds = {seed_of(assignment, case_of(assignment, name), "") for name in ("a", "b", "a[1]")}

        assert len(seeds) == 3

    def test_the_salt_moves_hidden_cases_alone(self, course: Any) -> None:
        """What is memorised from public cases earns nothing in hidden ones."""
        assignment = course.assignment()
        public, hidden = case_of(assignment), case_of(assignment, suite="hidden")

        assert seed_of(assignment, public, "x") == seed_of(assignment, public, "y")
        assert seed_of(assignment, hidden, "x") != seed_of(assignment, hidden, "y")
        assert seed_of(assignment, hidden, "x") != seed_of(assignment, public, "x")

    def test_the_assignments_seed_moves_all(self, course: Any) -> None:
        """A new term can have new inputs."""
        assignment = course.assignment()
        other = msgspec.structs.replace(assignment, seed=4)

        assert seed_of(assignment, case_of(assignment), "") != seed_of(other, case_of(other), "")

    def test_hidden_suites_are_known_by_their_folder(self, course: Any) -> None:
        """Their cases are hidden unless a mark says otherwise."""
        course.write(
            "solutions/tiny/hidden/test_hidden.py",
            """
            import pytest
            pytestmark = pytest.mark.exercise("double")
            def test_one(check): check.double(1)
            @pytest.mark.visibility("visible")
            def test_two(check): check.double(1)
            """,
        )

        run = course.run(
            submission=course.solution, paths=(course.folder, course.solution / "hidden")
        )

        one, two = run.result("test_one"), run.result("test_two")
        assert (one.suite, one.visibility) == ("hidden", Visibility.HIDDEN)
        assert (two.suite, two.visibility) == ("hidden", Visibility.VISIBLE)


class TestWorkers:
    """Which calls share a worker, and what a failing one costs."""

    def grading(self, course: Any, *scripts: Any) -> tuple[Grading, Any, list[FakeTransport]]:
        """Make a grading whose transports answer from scripts."""
        assignment = course.assignment()
        opened: list[FakeTransport] = []

        def open_transport(_supply: Any) -> FakeTransport:
            opened.append(FakeTransport(scripts[len(opened)]))
            return opened[-1]

        reference = Reference(assignment, Golden(), live=True)
        return Grading(assignment, NOTHING, NOTHING, reference, open_transport), assignment, opened

    def test_the_cases_of_an_exercise_share_one(self, course: Any) -> None:
        """It is loaded once."""
        returned = wire.Returned(nonce=0, value_payload=wire.encode(1))
        grading, assignment, opened = self.grading(course, [returned, returned])

        for name in ("a", "b"):
            context = grading.context(case_of(assignment, name), upstream_put_in=False)
            context.student.call("double", (1,))

        assert [type(request).__name__ for request in opened[0].requests] == [
            "Load",
            "Call",
            "Call",
        ]

    def test_each_exercise_has_a_fresh_one(self, course: Any) -> None:
        """Nothing that one exercise did can reach the next."""
        grading, assignment, opened = self.grading(course, [], [])
        double, total = assignment.exercises

        grading.client(double, upstream_put_in=False)
        grading.client(total, upstream_put_in=False)

        assert [transport.closed for transport in opened] == [True, False]

    def test_upstreams_are_put_into_a_worker_of_their_own(self, course: Any) -> None:
        """A worker with callbacks to the reference never serves a first run."""
        grading, assignment, opened = self.grading(course, [], [])
        total = assignment.exercise("total")

        first = grading.client(total, upstream_put_in=False)
        second = grading.client(total, upstream_put_in=True)

        assert [transport.requests[0].supplied for transport in opened] == [  # type: ignore[union-attr] # a Load
            {},
            {"double": "(x)"},
        ]
        assert grading.client(total, upstream_put_in=False) is first
        assert grading.client(total, upstream_put_in=True) is second

    def test_a_dead_one_is_replaced(self, course: Any) -> None:
        """A crash costs its own case."""
        returned = wire.Returned(nonce=0, value_payload=wire.encode(1))
        grading, assignment, opened = self.grading(
            course, [CrashedError("crashed", name="double", reason="")], [returned]
        )
        context = grading.context(case_of(assignment), upstream_put_in=False)
        with pytest.raises(CrashedError):
            context.student.call("double", (1,))
        opened[0].close()  # as a worker's transport does when it crashes

        assert context.student.call("double", (1,)).value == 1

    def test_after_two_time_outs_an_exercise_is_not_run(self, course: Any) -> None:
        """Each would cost the whole deadline again."""
        late = TimedOutError("timed_out", name="double", seconds="1")
        grading, assignment, opened = self.grading(course, [late, late])
        context = grading.context(case_of(assignment), upstream_put_in=False)
        for _ in range(2):
            with pytest.raises(TimedOutError, match="timed_out"):
                context.student.call("double", (1,))

        with pytest.raises(TimedOutError, match="not_run_after_timeouts"):
            context.student.call("double", (1,))

        assert len(opened) == 1

    def test_the_request_carries_the_cases_seed(self, course: Any) -> None:
        """So that code that forgets to seed is repeatable."""
        returned = wire.Returned(nonce=0, value_payload=wire.encode(1))
        grading, assignment, opened = self.grading(course, [returned])
        context = grading.context(case_of(assignment), upstream_put_in=False)

        context.student.call("double", (1,))

        assert opened[0].requests[-1].seed == context.seed  # type: ignore[union-attr] # a Call
