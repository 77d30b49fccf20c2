"""Which parts of a value are right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.compare.slots import right_slots

STEPS = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("actual", "right"),
    [
        (STEPS, {("0",), ("1",)}),
        (np.array([[1.0, 2.0], [3.0, 5.0]]), {("0",)}),
        (STEPS * (1 + 1e-7), {("0",), ("1",)}),
        (STEPS.T, set()),
        (STEPS[0], set()),
        (np.full((2, 2), np.nan), set()),
        ([1.0, 2.0], set()),
        (None, set()),
    ],
)
def test_an_array_is_right_step_by_step(actual: Any, right: set[tuple[str, ...]]) -> None:
    """Along its first axis, up to rounding."""
    assert right_slots(actual, STEPS) == right


def test_a_container_is_right_item_by_item() -> None:
    """Of whatever kind the items are."""
    expected = {"a": (1.0, True, "x"), "b": [np.array([1, 2]), None]}
    actual = {"a": (1.0, False, "x"), "b": [np.array([1, 3]), 5]}

    assert right_slots(expected, expected) == {
        ("'a'", "0", "0"),
        ("'a'", "1", "0"),
        ("'a'", "2"),
        ("'b'", "0", "0"),
        ("'b'", "0", "1"),
    }
    assert right_slots(actual, expected) == {("'a'", "0", "0"), ("'a'", "2"), ("'b'", "0", "0")}


@pytest.mark.parametrize("empty", [np.zeros((0, 3)), np.zeros((3, 0)), [], {}, None])
def test_what_is_empty_has_no_parts(empty: Any) -> None:
    """And a number has one."""
    assert right_slots(empty, empty) == set()
    assert right_slots(np.float32(2), 2.0) == {("0",)}
