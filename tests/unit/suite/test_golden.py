"""Recorded answers stand for the reference, or are told to be stale."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec
import pytest

from grader import wire
from grader.batch.golden import golden_bytes
from grader.errors import GraderError
from grader.model import Verdict
from grader.suite.golden import Golden


def test_replayed_answers_give_the_verdicts_of_live_ones(
    course: Any, wrong: dict[str, str]
) -> None:
    """A copy without solutions grades as the instructor's does."""
    live = {kind: course.run(submission=course.answer(text)) for kind, text in wrong.items()}
    golden = golden_bytes(course.assignment())
    course.forget()
    course.write("data/golden/tiny.bin", "").write_bytes(golden)
    course.solution.rename(course.root / "elsewhere")

    for kind, text in wrong.items():
        replayed = course.run(submission=course.answer(text))
        assert replayed.result("test_doubles[2]").verdict == kind
        assert replayed.result("test_doubles[2]") == msgspec.structs.replace(
            live[kind].result("test_doubles[2]"),
            duration_s=replayed.result("test_doubles[2]").duration_s,
        )


def test_the_same_suites_give_the_same_bytes(course: Any) -> None:
    """A stored file changes only where an answer does."""
    one = golden_bytes(course.assignment())
    course.forget()

    assert golden_bytes(course.assignment()) == one


def test_a_stale_record_is_the_graders_fault(course: Any) -> None:
    """A suite newer than the values costs nobody marks."""
    golden = golden_bytes(course.assignment())
    course.forget()
    course.write("data/golden/tiny.bin", "").write_bytes(golden)
    course.suite(
        """
        def test_doubles(check): check.double(1)
        def test_new(check): check.double(2)
        """
    )

    run = course.run("--replay", submission=course.answer(""))

    assert set(run.verdicts.values()) == {Verdict.ERRORED_GRADER}
    assert run.code == 3


def test_a_case_that_asks_for_more_than_was_recorded_is_the_graders_fault(course: Any) -> None:
    """The message names the remedy."""
    golden = golden_bytes(course.assignment())
    course.forget()
    course.write("data/golden/tiny.bin", "").write_bytes(golden)
    course.write(
        "assignments/tiny/test_answers.py",
        """
        import pytest
        @pytest.mark.exercise("total")
        def test_totals(check, rng):
            check.total(rng.standard_normal(4))
            check.total(rng.standard_normal(4))
        """,
    )

    run = course.run("--replay", submission=course.answer(""))

    assert run.verdicts == {"test_totals": Verdict.ERRORED_GRADER}
    assert "older than the suite" in run.result("test_totals").message.fields["text"]


@pytest.mark.parametrize("data", [None, b"", b"garbage"], ids=["missing", "empty", "garbage"])
def test_a_copy_without_solutions_or_usable_values_says_what_to_do(
    course: Any, data: bytes | None
) -> None:
    """It is incomplete; a usage error, and no internal one."""
    course.solution.rename(course.root / "elsewhere")
    if data is not None:
        course.write("data/golden/tiny.bin", "").write_bytes(data)

    assert course.run().code == int(pytest.ExitCode.USAGE_ERROR)


def test_a_record_survives_its_file() -> None:
    """Answers keep order, labels and values."""
    golden = Golden()
    golden.begin("b")
    golden.add("b", "f", [1, 2.0])
    golden.add("b", "tolerances", {"x": 1})
    golden.begin("a")

    back = Golden.from_bytes(golden.to_bytes())

    assert back.cases() == ["a", "b"]
    assert back.answers("b") == [("f", [1, 2.0]), ("tolerances", {"x": 1})]
    assert back.to_bytes() == golden.to_bytes()


@pytest.mark.parametrize("value", [{"format": "other"}, [], {"format": "grader/golden/v1"}])
def test_a_file_of_another_format_is_damaged(value: Any) -> None:
    """Whatever it holds, the error is of the one kind that callers expect."""
    with pytest.raises(GraderError):
        Golden.from_bytes(zlib.compress(wire.encode(value)))
