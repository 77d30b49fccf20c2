"""What a submission may cost in all, and what finding out about it may cost besides."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grader import wire
from grader.errors import OutOfTimeError, TimedOutError
from grader.model import Limits
from grader.sandbox import Client, FakeTransport
from grader.suite.account import Account

LIMITS = Limits(call_s=50.0, submission_s=1000.0, diagnosis_s=300.0)
RETURNED = wire.Returned(nonce=0, value_payload=b"N")


def asked(account: Account, each_s: float, times: int, **options: Any) -> Client:
    """Charge some calls to an account."""
    transport = FakeTransport([RETURNED] * times, each_s=each_s)
    account.opened(transport)
    client = Client(transport, LIMITS, **options)
    for _ in range(times):
        client.call("f", ())
    return client


def test_a_submission_ends_when_its_calls_have_used_up_its_time() -> None:
    """Whatever workers they were made in, and however long that took on the wall."""
    account = Account(LIMITS)
    for _ in range(5):
        asked(account, 40.0, 4)
        account.check()

    asked(account, 40.0, 6)

    with pytest.raises(TimedOutError) as caught:
        account.check()
    assert (caught.value.key, caught.value.fields) == ("submission_timed_out", {"seconds": "1000"})


def test_a_diagnosis_brings_the_end_of_a_submission_no_nearer() -> None:
    """Verdicts do not depend on what was asked to explain others."""
    account = Account(LIMITS)
    asked(account, 40.0, 20)
    for _ in range(9):
        with account.diagnosis():
            asked(account, 45.0, 2)

    account.check()


def test_no_exercise_takes_the_others_share_and_all_together_end() -> None:
    """A third for one; then what is left; then nothing."""
    account = Account(LIMITS)
    left = []
    for _ in range(5):
        with account.diagnosis():
            left.append(account.left_s())
            asked(account, 40.0, 2)

    assert left[:3] == pytest.approx([100.0, 100.0, 100.0], abs=5)
    assert left[3] == pytest.approx(60.0, abs=5)
    assert left[4] <= 0


def test_outside_of_a_diagnosis_nothing_is_bounded() -> None:
    """Catalogues of mistakes are recorded by the same means."""
    assert Account(LIMITS).left_s() == math.inf


def test_calls_of_a_diagnosis_end_with_what_is_left() -> None:
    """Two calls of forty seconds fit into a hundred; of the third nothing follows."""
    account = Account(LIMITS)

    with account.diagnosis():
        client = asked(account, 40.0, 2, left_s=account.left_s)
        client.transport._replies = iter([RETURNED])  # type: ignore[attr-defined] # noqa: SLF001
        with pytest.raises(OutOfTimeError):
            client.call("f", ())
        with pytest.raises(OutOfTimeError):
            client.call("f", ())


def test_a_diagnosis_never_finds_a_time_out() -> None:
    """A call that was in time before, and is not now, says nothing about the code."""
    account = Account(LIMITS)

    with account.diagnosis(), pytest.raises(OutOfTimeError):
        asked(account, 60.0, 1, left_s=account.left_s)
