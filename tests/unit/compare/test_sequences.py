"""Policy for sequences and dictionaries, and the forms in which they may come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from grader.compare import Tolerances, compare

if TYPE_CHECKING:
    from grader.model import Difference


def differ(actual: object, expected: object) -> Difference:
    """Compare two values that must not be accepted."""
    difference = compare(actual, expected)
    assert difference is not None, "accepted"
    return difference


@pytest.mark.parametrize("sort", [list, tuple])
def test_lists_and_tuples_are_interchangeable(sort: Any) -> None:
    """How a sequence is held says nothing; how long it is does."""
    items = [1, "a", np.ones(2)]

    assert compare(sort(items), items) is None
    assert compare(items, sort(items)) is None
    assert differ(sort(items[:2]), items).kind == "length"
    assert differ(sort([*items, None]), items).kind == "length"
    assert differ(sort([1, "a", np.zeros(2)]), items).path == "[2]"


STEPS = [np.arange(6.0).reshape(3, 2), np.arange(6.0).reshape(3, 2) * 2, np.ones((3, 2))]


@pytest.mark.parametrize("join", [np.stack, np.concatenate])
def test_steps_may_come_as_one_array(join: Any) -> None:
    """A list of steps may be stacked, or joined along the first axis as d2l does."""
    assert compare(join(STEPS), STEPS) is None
    assert compare(join(STEPS), tuple(STEPS)) is None
    tensors = [torch.from_numpy(step) for step in STEPS]
    assert compare(torch.from_numpy(join(STEPS)), tensors) is None
    assert differ(join(STEPS), tensors).kind == "kind"
    assert differ(torch.from_numpy(join(STEPS)), STEPS).kind == "kind"
    assert differ(join(STEPS[:2]), STEPS).kind == "shape"


def test_difference_in_a_joined_array_points_into_it() -> None:
    """Path and index are those of the student's value."""
    stacked, joined = np.stack(STEPS), np.concatenate(STEPS)
    stacked[1, 2, 0] += 1
    joined[5, 0] += 1

    assert (differ(stacked, STEPS).path, differ(stacked, STEPS).index) == ("[1]", (2, 0))
    assert (differ(joined, STEPS).path, differ(joined, STEPS).index) == ("", (5, 0))


def test_tolerances_hold_for_joined_arrays_as_well() -> None:
    """They belong to the expected value's paths, however the actual one is put together."""
    tolerances = Tolerances.from_dict({"[0]": 0.5, "[1]": 0.5, "[2]": 0.5})
    shifted = [step + 0.4 for step in STEPS]

    for actual in (shifted, np.stack(shifted), np.concatenate(shifted)):
        assert compare(actual, STEPS, tolerances) is None
        assert compare(actual, STEPS) is not None


def test_indices_may_come_as_one_array() -> None:
    """A list of ints may be an integer array, or one of floats that equal them."""
    assert compare(np.array([3, 0, 1]), [3, 0, 1]) is None
    assert compare(torch.tensor([3, 0, 1]), [3, 0, 1]) is None
    assert compare(np.array([[0, 1], [2, 3]]), [[0, 1], [2, 3]]) is None
    assert compare(np.array([3.0, 0.0, 1.0]), [3, 0, 1]) is None
    assert differ(np.array([3.0, 0.0, 1.5]), [3, 0, 1]).path == "[2]"
    assert differ(np.array([3, 0]), [3, 0, 1]).kind == "shape"
    assert differ(np.array([3, 0, 2]), [3, 0, 1]).path == "[2]"


def test_a_bare_state_may_stand_for_a_1_tuple() -> None:
    """And a 1-tuple for a bare value; differences are found inside."""
    state = np.arange(6.0).reshape(2, 3)
    wrong = state.copy()
    wrong[1, 1] = 9

    for expected in ((state,), (torch.from_numpy(state),), (0.5,), ({"h": state},), ("a",)):
        assert compare(expected[0], expected) is None
        assert compare(expected, expected[0]) is None
    assert differ(wrong, (state,)).path == ""
    assert differ((wrong,), state).path == "[0]"
    assert differ((wrong,), state).index == (1, 1)
    assert compare(((state, 1),), (state, 1)) is None
    assert differ((wrong, wrong), state).kind == "kind" or compare(wrong, state) is not None


def test_wrapping_never_hides_an_item() -> None:
    """Only what holds exactly the expected items is unwrapped."""
    assert differ((1.0, 2.0), 1.0).kind == "kind"
    assert differ(((0.5,), 1.0), [0.5, 2.0]).kind == "kind"
    assert differ(([],), []).kind == "length"
    assert differ((), (1.0,)).kind == "length"


def test_extra_keys_are_fine_missing_ones_are_named() -> None:
    """A dictionary may hold more than asked for."""
    expected = {"dWax": np.ones(2), "dba": np.ones(1), 3: 1}

    assert compare({**expected, "more": object()}, expected) is None
    assert compare({"dWax": np.ones(2), "dba": np.ones(1), np.int64(3): 1}, expected) is None
    difference = differ({"dWax": np.ones(2)}, expected)
    assert (difference.kind, difference.wrong, difference.total) == ("keys", 2, 3)
    assert difference.expected == "keys 'dba', 3"
    assert "'dWax'" in difference.actual
    assert differ({}, expected).actual == "dict of 0"
    assert differ([], expected).kind == "kind"
    assert differ({**expected, 3: 2}, {"dWax": np.ones(2), np.int64(3): 1}).path == "[3]"


def test_floats_of_a_list_share_a_scale() -> None:
    """A loss that cancels to nothing is judged beside the others; those of a tuple stand alone."""
    expected = [1.1, 0.0]

    assert compare([1.1, 1e-17], expected) is None
    assert compare(np.array([1.1, 1e-17]), expected) is None
    assert compare((1.1, torch.tensor([0.0])), expected) is None
    assert differ((1.1, 1e-17), tuple(expected)).path == "[1]"
    difference = differ([1.1, 0.5], expected)
    assert (difference.path, difference.index, difference.total) == ("", (1,), 2)


@pytest.mark.parametrize(
    ("actual", "kind", "path"),
    [
        ([1.1], "length", ""),
        ([1.1, None], "kind", "[1]"),
        ([1.1, [0.2, 0.3]], "kind", "[1]"),
        (np.array([1.1]), "shape", ""),
        (np.array([[1.1, 0.2]]), "shape", ""),
        (np.array([True, True]), "kind", ""),
        (1.1, "kind", ""),
    ],
    ids=repr,
)
def test_a_list_of_floats_is_checked_item_by_item(actual: object, kind: str, path: str) -> None:
    """Something that is no number among them is pointed at."""
    difference = differ(actual, [1.1, 0.2])

    assert (difference.kind, difference.path) == (kind, path)
