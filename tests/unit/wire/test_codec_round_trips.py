"""What `encode` writes, `decode` reads back, and nothing that a subclass claims gets across."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import wire

NUMPY_DTYPES = [
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip
TORCH_DTYPES = [
    torch.bool, torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64, torch.float16,
    torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
]  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs"]))
atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | texts
    | st.binary()
)
keys = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.binary(),
    lambda inner: st.tuples(inner, inner),
    max_leaves=3,
)
arrays = st.sampled_from(NUMPY_DTYPES).flatmap(
    lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=0, min_side=0, max_dims=4, max_side=4))
)
values = st.recursive(
    atoms | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Tell whether two decoded values agree in type, shape, dtype and every bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        alike = (one.dtype, np.shape(one)) == (other.dtype, np.shape(other))
        return alike and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float | complex):
        return repr(one) == repr(other)
    return bool(one == other)


def through(value: Any) -> Any:
    """Send a value across."""
    return wire.decode(wire.encode(value))


@given(values)
def test_every_supported_value_comes_back_as_it_was(value: Any) -> None:
    """Type, order, shape, dtype and every bit survive the crossing."""
    back = through(value)

    assert same(back, value)


@given(values)
def test_equal_values_give_equal_bytes(value: Any) -> None:
    """An encoding is canonical: what was decoded encodes to the same bytes again."""
    encoded = wire.encode(value)

    assert wire.encode(wire.decode(encoded)) == encoded


@pytest.mark.parametrize("name", NUMPY_DTYPES)
def test_numpy_scalars_keep_their_dtype(name: str) -> None:
    """A numpy scalar comes back as a scalar of the same dtype."""
    scalar = np.dtype(name).type(1)

    assert same(through(scalar), scalar)


@pytest.mark.parametrize("name", [name for name in NUMPY_DTYPES if np.dtype(name).itemsize > 1])
def test_big_endian_arrays_arrive_in_native_order(name: str) -> None:
    """Byte order is a matter of storage: values stay, the order becomes the machine's."""
    array = np.arange(6).reshape(2, 3).astype(np.dtype(name).newbyteorder(">"))

    back = through(array)

    assert back.dtype == np.dtype(name)
    assert np.array_equal(back, array)


@pytest.mark.parametrize(
    "view",
    [
        lambda a: a.T,
        lambda a: a[::2, ::-1],
        lambda a: np.broadcast_to(a[0], (5, 6)),
        np.asfortranarray,
        lambda a: a[:, :0],
        lambda a: a[1, 2, None][0],
    ],
    ids=["transposed", "strided", "stretched", "fortran", "empty", "scalar"],
)
def test_non_contiguous_arrays_arrive_contiguous_and_writable(view: Any) -> None:
    """Strides do not cross; what arrives belongs to the receiver."""
    array = np.asarray(view(np.arange(24.0).reshape(4, 6)))

    back = through(array)

    assert np.array_equal(back, array)
    assert back.flags.c_contiguous
    assert back.flags.writeable


def test_arrays_of_the_other_64_bit_integer_type_are_taken() -> None:
    """``longlong`` is ``int64`` under another name on this platform."""
    back = through(np.arange(3, dtype=np.longlong))

    assert back.dtype == np.int64


@pytest.mark.parametrize("texts", [["a", "春"], [["a"], [""]], []], ids=["flat", "nested", "none"])
def test_arrays_of_texts_arrive_as_lists(texts: list[Any]) -> None:
    """As np.unique makes them."""
    assert through(np.array(texts, dtype=str)) == texts


@pytest.mark.parametrize("dtype", TORCH_DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (5,), (2, 3, 4)])
def test_tensors_keep_dtype_and_shape(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    """Each dtype, bfloat16 among them, and each shape, 0-d and empty too."""
    tensor = torch.arange(math.prod(shape)).reshape(shape).to(dtype)

    back = through(tensor)

    assert back.dtype is dtype
    assert torch.equal(back, tensor)
    assert not back.requires_grad


@pytest.mark.parametrize(
    "view",
    [
        lambda t: t.T,
        lambda t: t[::2, 1],
        lambda t: t.conj(),
        lambda t: t.conj().imag,
        lambda t: t[0].expand(3, 3),
    ],
    ids=["transposed", "strided", "conjugate", "negative", "expanded"],
)
def test_lazy_views_of_tensors_arrive_resolved(view: Any) -> None:
    """Conjugate and negative bits are carried out before the bytes are read."""
    tensor = view(torch.complex(torch.arange(9.0), torch.arange(9.0, 18.0)).reshape(3, 3))

    assert torch.equal(through(tensor), tensor)


def test_tensors_keep_whether_they_require_a_gradient() -> None:
    """What arrives is a leaf of its own, whatever graph the original hung in."""
    tensor = torch.ones(2, requires_grad=True) * 3

    back = through(tensor)

    assert back.requires_grad
    assert back.is_leaf


@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3)])
def test_tensors_are_views_of_nothing(shape: tuple[int, ...]) -> None:
    """Autograd refuses to detach a view in place, as many training loops do with a state."""
    back = through(torch.ones(shape, requires_grad=True))

    back.detach_()

    assert not back.requires_grad


@pytest.mark.parametrize("trained", [True, False])
def test_parameters_stay_parameters(trained: bool) -> None:
    """A Parameter arrives as one, frozen or not."""
    back = through(torch.nn.Parameter(torch.ones(2, 2), requires_grad=trained))

    assert type(back) is torch.nn.Parameter
    assert back.requires_grad is trained


def test_handles_cross_as_numbers() -> None:
    """An object stays where it is; its number crosses."""
    assert through([wire.Handle(7)]) == [wire.Handle(7)]
