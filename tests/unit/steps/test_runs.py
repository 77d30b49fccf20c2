"""What a worker tells is read with suspicion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.steps import Run


def test_values_are_read_by_what_they_are() -> None:
    """Numbers and arrays are arrays; containers hold some; the rest is opaque, or says nothing."""
    run = Run.read(
        [(0, np.ones(2, np.float32)), (0, 3), (1, [1.5, np.zeros(2)]), (2, None), (3, "?")]
    )

    assert run is not None
    assert [one.kind for one in run.told] == ["array", "array", "many", "plain", "opaque"]
    assert [one.at for one in run.told] == [0, 1, 0, 0, 0]
    assert run.told[0].eps > run.told[1].eps
    assert {leaf.dtype for one in run.told for leaf in one.leaves} == {np.dtype(float)}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        "text",
        [1],
        [(1,)],
        [(1, 2, 3)],
        [[1, 2]],
        [("1", 2)],
        [(True, 2)],
        [(1.0, 2)],
        [(0, 1)] * 30_001,
    ],
)
def test_what_does_not_keep_to_the_form_is_nothing(sent: Any) -> None:
    """A hostile worker only loses its diagnosis."""
    assert Run.read(sent) is None


@pytest.mark.parametrize(
    "value",
    [{"a": 1}, (1, 2), 1j, np.array([1j]), np.array(["a"]), np.zeros((1,) * 9), [[1]], [None]],
)
def test_odd_values_are_opaque(value: Any) -> None:
    """Of such a value nothing follows."""
    run = Run.read([(0, value)])

    assert run is not None
    assert [one.kind for one in run.told] == ["opaque"]


def test_turns_count_from_the_latest_beginning() -> None:
    """A loop that is run again begins at one."""
    run = Run.read([(9, False), (9, True), (1, 5), (9, True), (9, False), (9, True), (1, 6)])

    assert run is not None
    assert [run.turn(9, one.order) for one in run.by_number[1]] == [1, 1]
    assert run.turn(9, 3) == 2
    assert run.turn(8, 3) == 0
