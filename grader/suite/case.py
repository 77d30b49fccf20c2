"""A case: what a suite says about one pytest item, and what its inputs are drawn from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from grader.model import Exercise, Visibility  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from fractions import Fraction

    from grader.catalog import Assignment


class Case(msgspec.Struct, frozen=True):
    """What a suite's marks say about one pytest item.

    Parameters
    ----------
    id : str
        File and item, as in ``test_char_rnn.py::test_clips[5.0]``.
    test : str
        The same without the parameters.
    exercise : Exercise
        What it examines.
    suite : str
        ``public`` or ``hidden``.
    visibility : Visibility
        Who may see it.
    weight : Fraction
        Weight of its test.
    timeout_s : float or None
        Deadline of each call; None for the assignment's.
    timed : bool
        Whether it measures speed, as one does that asks for the stopwatch.
    """

    id: str
    test: str
    exercise: Exercise
    suite: str
    visibility: Visibility
    weight: Fraction
    timeout_s: float | None = None
    timed: bool = False


def seed_of(assignment: Assignment, case: Case, salt: str, *, again: bool = False) -> int:
    """Derive the seed of a case's generator; hidden suites, and cases drawn again, add the salt."""
    salted = salt if case.suite == "hidden" else f"again/{salt}" if again else ""
    text = f"{assignment.id}/{assignment.seed}/{case.id}/{salted}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
