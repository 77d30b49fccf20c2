"""The comparator on generated values: reflexive, exact about place, and never broadcasting."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.compare import compare, kinds
from grader.compare.tolerance import Tolerances

DTYPES = ["float32", "float64", "int64", "uint8", "bool", "complex128"]
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda name: arrays.arrays(name, SHAPES))


def tensor_of(array: Any) -> Any:
    """Make a tensor of a copy."""
    return torch.from_numpy(np.array(array))


SINGLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | st.binary(max_size=5)
)
KEYS = st.text(max_size=3) | st.integers(0, 3)
VALUES = st.recursive(
    SINGLE | ARRAYS | ARRAYS.map(tensor_of),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_accepts_every_value_as_itself(value: Any) -> None:
    """A value equals its copy, whatever is in it."""
    assert compare(copy.deepcopy(value), value) is None


@settings(max_examples=150, deadline=None)
@given(VALUES, VALUES)
def test_any_pair_of_values_gives_an_answer(one: Any, other: Any) -> None:
    """Nothing that a submission returns makes the comparator raise, or warn."""
    found = compare(one, other)

    assert found is None or found.kind in {
        "kind", "keys", "length", "shape", "dtype", "not_finite", "value",
    }  # fmt: skip


FLOATS = arrays.arrays(
    "float64",
    arrays.array_shapes(max_dims=3, max_side=4),
    elements=st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3),
)


@pytest.mark.parametrize("make", [np.asarray, tensor_of], ids=["numpy", "torch"])
@settings(max_examples=60, deadline=None)
@given(array=FLOATS, data=st.data())
def test_finds_exactly_the_element_that_moved(make: Any, array: Any, data: Any) -> None:
    """An element moved past the tolerance is named by its index; one moved by less is not."""
    index = tuple(data.draw(st.integers(0, length - 1)) for length in array.shape)
    numbers = kinds.expected_numbers(array)
    assert numbers is not None
    tolerance = Tolerances.default(numbers)
    moved, nudged = array.copy(), array.copy()
    moved[index] += 3 * tolerance
    nudged[index] += tolerance / 3

    difference = compare(make(moved), make(array))

    assert difference is not None
    assert (difference.index, difference.wrong) == (index, 1)
    assert difference.tolerance == tolerance
    assert compare(make(nudged), make(array)) is None


@settings(max_examples=100, deadline=None)
@given(FLOATS, FLOATS)
def test_failing_is_symmetric(one: Any, other: Any) -> None:
    """If one is not accepted for the other, neither is the other for the one."""
    # Scales of the two may part the verdicts on the very edge of the tolerance, not beyond.
    if one.shape == other.shape:
        assume(not 0 < np.abs(one - other).max() < 1e-9)

    assert (compare(one, other) is None) == (compare(other, one) is None)


@settings(max_examples=100, deadline=None)
@given(arrays.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_dims=3))
def test_broadcasting_never_makes_a_value_right(shapes: Any) -> None:
    """Shapes that numpy would reconcile are different shapes."""
    one, other = shapes.input_shapes
    assume(one != other)

    difference = compare(np.ones(one), np.ones(other))

    assert difference is not None
    assert difference.kind == "shape"
