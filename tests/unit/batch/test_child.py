"""A trusted grader that must be given up: whose fault that is depends on what it used up."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

import pytest

from grader import clock
from grader.batch.child import GRACE_S, OUT_OF_MEMORY, Child
from grader.model import CaseResult, Exercise, Limits, Text, Verdict, Visibility
from grader.suite.case import Case

LIMITS = Limits(submission_s=300.0, diagnosis_s=60.0)
EXERCISE = Exercise("double", "answers", 4, Text("Double", "加倍"), ())
CASE = Case("test_answers.py::t", "t", EXERCISE, "public", Visibility.VISIBLE, Fraction(1))


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A grader that has used so much processor time, and so much on the wall."""

    def make(cpu_s: float, wall_s: float) -> Child:
        submission: Any = None
        began_s = clock.monotonic() - wall_s
        made = Child(submission, (), os.getpid(), 0, LIMITS, began_s)
        monkeypatch.setattr(clock, "process_cpu_s", lambda _pid: cpu_s)
        return made

    return make


def test_a_starved_grader_is_left_in_peace(child: Any) -> None:
    """On a busy machine an hour may pass before a submission has had its minutes."""
    assert not child(200.0, 3600.0).is_overdue()


def test_what_a_submission_used_up_is_its_own(child: Any) -> None:
    """Only its values can keep a grader busy for so long: timed out, so nothing is tried again."""
    overdue = child(300.0 + 60.0 + GRACE_S + 1, 700.0)

    assert overdue.is_overdue()
    lost = _lost(overdue, -9)
    assert (lost.verdict, lost.message.key) == (Verdict.TIMED_OUT, "submission_timed_out")
    assert lost.message.fields == {"seconds": "300"}


def test_a_grader_that_hangs_is_ours(child: Any) -> None:
    """It used nothing and came to no end."""
    overdue = child(1.0, clock.patience_s(300.0 + 60.0 + GRACE_S) + 1)

    assert overdue.is_overdue()
    assert _lost(overdue, -9).verdict is Verdict.ERRORED_GRADER


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(OUT_OF_MEMORY, Verdict.CRASHED), (1, Verdict.ERRORED_GRADER), (-9, Verdict.ERRORED_GRADER)],
)
def test_memory_is_the_submissions_and_any_other_end_is_ours(
    child: Any, code: int, verdict: Verdict
) -> None:
    """The suites have run on the reference within far less."""
    assert _lost(child(1.0, 1.0), code).verdict is verdict


def _lost(child: Child, code: int) -> CaseResult:
    """Return what becomes of a case that a grader did not report before it ended with a code."""
    ((lost,), diagnoses) = child.results([CASE], code)
    assert diagnoses == {}
    return lost
