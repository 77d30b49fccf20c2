"""Sketches of equal values agree, whatever their form; those of different values do not."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.diagnose import Answer, agree, sketch
from grader.wire import Handle

DTYPES = ["float32", "float64", "int64", "bool", "complex128"]
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda name: arrays.arrays(name, SHAPES))
NUMBERS = st.floats(-1e3, 1e3, width=32).filter(lambda x: abs(x) > 1e-3)


def tensor_of(array: Any) -> Any:
    """Make a tensor of a copy."""
    return torch.from_numpy(np.array(array))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | ARRAYS
    | ARRAYS.map(tensor_of),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=6,
)


def steps(min_dims: int = 1) -> st.SearchStrategy[list[Any]]:
    """Draw a few arrays of one shape and of distinct numbers."""
    shapes = arrays.array_shapes(min_dims=min_dims, max_dims=3, min_side=1, max_side=3)
    whole = st.tuples(st.integers(1, 4), shapes).flatmap(
        lambda drawn: arrays.arrays("float64", (drawn[0], *drawn[1]), elements=NUMBERS)
    )
    return whole.map(list)


def alike(one: object, other: object) -> bool:
    """Sketch two values and compare, both ways."""
    forth, back = agree(sketch(one), sketch(other)), agree(sketch(other), sketch(one))
    assert forth == back
    return forth


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_value_agrees_with_its_copy(value: Any) -> None:
    """Whatever is in it: NaN, infinities, numbers of any size, nothing at all."""
    assert alike(value, copy.deepcopy(value))


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_a_stored_sketch_is_as_good_as_a_fresh_one(value: Any) -> None:
    """The file of known mistakes turns tuples into lists."""
    fresh = Answer("f", value=sketch(value))
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(fresh), type=Answer)

    assert agree(fresh.value, stored.value)
    assert agree(stored.value, fresh.value)


@settings(max_examples=60, deadline=None)
@given(steps())
def test_steps_agree_in_every_form(several: list[Any]) -> None:
    """A list, a tuple, one stacked array; matrices also joined along their rows."""
    forms = [several, np.stack(several)]
    forms += [tuple(several)] if len(several) > 1 else []
    forms += [np.concatenate(several)] if several[0].ndim > 1 else []

    for form in forms:
        assert alike(form, forms[0]), forms
        assert alike(form, np.stack(several))
        assert alike((form,), form)


@settings(max_examples=60, deadline=None)
@given(steps(), st.sampled_from([list, dict]))
def test_forms_agree_inside_of_values_too(several: list[Any], kind: type) -> None:
    """What is in a list or a dictionary may come in any form as well."""
    makes: list[Any] = [lambda x: ["y", x, (2.5,)], lambda x: [("y",), np.stack(x), 2.5]]
    if kind is dict:
        makes = [lambda x: {"b": x, 0: (1,)}, lambda x: {np.int64(0): 1, "b": (np.stack(x),)}]

    assert alike(makes[0](several), makes[1](several))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, np.int64(1)),
        (True, np.bool_(True)),
        (1.5, np.float64(1.5)),
        (1.5, np.array(1.5)),
        ([1, 2], np.array([1, 2])),
        (np.ones(2, "f4"), torch.ones(2)),
        ({1: "a"}, {np.int64(1): "a"}),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (((((3,),),),), 3),
    ],
    ids=repr,
)
def test_the_same_in_other_types_agrees(one: object, other: object) -> None:
    """A Python number, one of numpy, an array of no dimension; keys in any order."""
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, 0),
        (None, "None"),
        (True, 1),
        ("a", "b"),
        ("a", b"a"),
        ([], {}),
        ([], None),
        ([1, "a"], [1, "a", "a"]),
        ([1, "a"], [2, "a"]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"1": 0}, {1: 0}),
        (np.ones(3), np.ones(4)),
        (np.ones(3), np.ones((1, 3))),
        (np.ones(3), np.ones((3, 1))),
        (np.ones((2, 3)), np.ones((3, 2))),
        (np.arange(24.0).reshape(2, 3, 4), np.arange(24.0).reshape(3, 2, 4)),
        (np.arange(24.0).reshape(2, 3, 4), np.arange(24.0).reshape(2, 12)),
        (np.zeros((0, 3)), np.zeros((0, 4))),
        (np.ones(3), np.ones(3, "f4")),
        (np.ones(3), np.ones(3, "c16")),
        (torch.ones(3), torch.ones(3, dtype=torch.float64)),
        (np.array([1, np.nan]), np.array([np.nan, 1])),
        (np.array([1, np.nan]), np.array([1, np.inf])),
        (np.array([1, np.inf]), np.array([1, -np.inf])),
        (np.array([1, np.inf]), np.array([2, np.inf])),
        (np.array([1e200]), np.array([-1e200])),
        (np.array([1e-200]), np.array([2e-200])),
        (Handle(1), 1),
        ({1, 2}, [1, 2]),
    ],
    ids=repr,
)
def test_different_values_do_not_agree(one: object, other: object) -> None:
    """Kind, length, keys, shape, precision, or what is not finite."""
    assert not alike(one, other)


FLOATS = arrays.arrays(
    "float64", arrays.array_shapes(max_dims=3, min_side=1, max_side=4), elements=NUMBERS
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=60, deadline=None)
@given(array=FLOATS, data=st.data())
def test_one_changed_element_does_not_agree(dtype: str, array: Any, data: Any) -> None:
    """A tenth of the array's own size more, in any place."""
    before = array.astype(dtype)
    after = before.copy()
    index = tuple(data.draw(st.integers(0, length - 1)) for length in array.shape)
    after[index] += 0.1 * np.linalg.norm(before)

    assert not alike(before, after)


@settings(max_examples=60, deadline=None)
@given(FLOATS)
def test_the_opposite_sign_does_not_agree(array: Any) -> None:
    """The norms are equal; the projections are not."""
    assert not alike(array, -array)


@settings(max_examples=60, deadline=None)
@given(FLOATS)
def test_another_order_of_rows_does_not_agree(array: Any) -> None:
    """The same numbers in other places."""
    assume(np.linalg.norm(array - array[::-1]) > 0.1 * np.linalg.norm(array))

    assert not alike(array, array[::-1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=60, deadline=None)
@given(array=FLOATS)
def test_rounding_is_of_no_account(dtype: str, array: Any) -> None:
    """Two ways to compute one thing part by a few units in the last place of the largest term."""
    before = array.astype(dtype)
    noise = 8 * np.finfo(dtype).eps * np.abs(before).max()
    signs = np.where(np.arange(before.size).reshape(before.shape) % 2, 1, -1)

    assert alike(before, (before + noise * signs).astype(dtype))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(4, 6), min_size=1, max_size=3),
)
def test_extra_keys_are_of_no_account(common: dict[str, int], extra: dict[str, int]) -> None:
    """A submission may return more than was asked for; the comparator lets it."""
    more = {**extra, **common}
    known, right = sketch(common), sketch(common)

    assert agree(sketch(more), known, right)
    assert agree(sketch([more, "x"]), sketch([common, "x"]), sketch([common, "x"]))
    assert agree(sketch({"in": more}), sketch({"in": common}), sketch({"in": common}))


def test_extra_keys_count_where_the_reference_has_them() -> None:
    """What a mistake leaves out, a submission that has it does not leave out."""
    known, right = sketch({"a": 1}), sketch({"a": 1, "b": 2})

    assert not agree(sketch({"a": 1, "b": 2}), known, right)
    assert not agree(sketch([{"a": 1, "b": 2}, 0]), sketch([{"a": 1}, 0]), sketch([{"b": 1}, 0]))
    assert agree(sketch({"a": 1, "c": 2}), known, right)


@pytest.mark.parametrize("right", [None, 1, [], [{"c": 1}], "text"], ids=repr)
def test_a_reference_of_another_kind_asks_for_no_keys(right: Any) -> None:
    """The right value may be anything at all."""
    given_right = None if right is None else sketch(right)

    assert agree(sketch({"a": 1, "c": 2}), sketch({"a": 1}), given_right)
    assert agree(sketch([0, {"a": 1}]), sketch([0, {"a": 1}]), given_right)


def test_a_nesting_past_all_bounds_is_cut() -> None:
    """No submission can exhaust the stack."""
    deep: Any = {}
    for _ in range(200):
        deep = {"in": deep}

    assert alike(deep, copy.deepcopy(deep))
    assert "too deeply" in repr(sketch(deep))


def losses(rounding: float) -> list[float]:
    """Make losses as a training in float32 gives them, read with item()."""
    exact = np.array([6.8, 6.71, 6.66, 6.6]) * (1 + rounding)
    return [float(number) for number in exact.astype(np.float32)]


@pytest.mark.parametrize("rounding", [2.0**-23, -(2.0**-22)])
def test_losses_that_were_computed_in_float32_agree(rounding: float) -> None:
    """A number of Python does not tell in what precision it was computed."""
    assert losses(0.0) != losses(rounding)
    assert agree(sketch(losses(0.0)), sketch(losses(rounding)))


@pytest.mark.parametrize("change", [1e-3, -1e-4])
def test_losses_of_another_training_differ(change: float) -> None:
    """What one small step of learning changes is far more than rounding."""
    assert not agree(sketch(losses(0.0)), sketch(losses(change)))


def _gradients(cancelled: float, other: float = 0.05) -> dict[str, Any]:
    return {"value": {"bias": cancelled, "weight": np.array([other, -0.02], np.float32)}}


@pytest.mark.parametrize("elsewhere", [1.9e-8, 0.0, -2.2e-8])
def test_what_cancels_to_rounding_agrees_on_every_processor(elsewhere: float) -> None:
    """A gradient of a softmax over the wrong axis is nought, and no two processors round alike."""
    assert agree(sketch(_gradients(2.2e-8)), sketch(_gradients(elsewhere)))


@pytest.mark.parametrize("elsewhere", [2.2e-6, 0.01])
def test_a_small_part_that_is_no_rounding_counts(elsewhere: float) -> None:
    """It is told from nought where it is above what rounding may leave."""
    assert not agree(sketch(_gradients(2.2e-8)), sketch(_gradients(elsewhere)))


def test_small_numbers_that_stand_alone_count() -> None:
    """There is nothing beside them that they could be the rounding of."""
    assert not agree(sketch({"value": 2.2e-8}), sketch({"value": 1.9e-8}))
