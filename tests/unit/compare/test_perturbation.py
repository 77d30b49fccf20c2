"""Perturbed copies: floats move a little, everything else stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.compare import perturb


def test_moves_every_float_within_delta() -> None:
    """Each element moves on its own, by less than delta times itself."""
    values = np.linspace(1, 2, 1000)

    moved = perturb(values, np.random.default_rng(0), 1e-3)

    relative = moved / values - 1
    assert np.abs(relative).max() <= 1e-3
    assert len(set(relative)) > 990
    assert abs(relative.mean()) < 1e-4


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        "abc",
        b"abc",
        np.int64(3),
        np.arange(4),
        np.array([True]),
        torch.arange(3),
        0.0,
        np.zeros(3),
    ],
    ids=repr,
)
def test_leaves_everything_else_alone(value: Any) -> None:
    """Indices and texts mean something else when they move; zero has no relative change."""
    same = perturb(value, np.random.default_rng(0), 0.1)

    assert type(same) is type(value)
    assert np.array_equal(np.asarray(same), np.asarray(value))


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        np.float32(1.5),
        np.float64(1.5),
        1.5 + 2j,
        np.ones((2, 3), "f4"),
        np.ones(()),
        np.ones(0),
        np.ones(2, "c8"),
        torch.ones(2, 3),
        torch.ones(2, dtype=torch.bfloat16),
        torch.ones(()),
        torch.ones(2, dtype=torch.complex64),
    ],
    ids=repr,
)
def test_keeps_type_dtype_and_shape(value: Any) -> None:
    """The reference must compute in the same precision as before."""
    moved = perturb(value, np.random.default_rng(1), 0.1)

    assert type(moved) is type(value)
    assert getattr(moved, "dtype", None) == getattr(value, "dtype", None)
    assert getattr(moved, "shape", None) == getattr(value, "shape", None)
    assert np.size(value) == 0 or not bool((moved == value) if np.ndim(value) == 0 else False)


def test_copies_deeply() -> None:
    """What the reference changes in place stays in its copy."""
    value = {"a": [np.arange(3), torch.arange(3), (1.5, None)], 2: np.ones(2)}

    moved = perturb(value, np.random.default_rng(0), 1e-6)
    moved["a"][0][:] = 9  # type: ignore[index]  # a list, as in `value`
    moved["a"][1][:] = 9  # type: ignore[index]

    assert value["a"][0].tolist() == [0, 1, 2]  # type: ignore[index]
    assert value["a"][1].tolist() == [0, 1, 2]  # type: ignore[index]
    assert list(moved) == ["a", 2]
    assert isinstance(moved["a"][2], tuple)  # type: ignore[index]


def test_tensors_keep_their_standing() -> None:
    """A parameter stays a parameter, a leaf that wants a gradient gets one."""
    values = [
        torch.nn.Parameter(torch.ones(2)),
        torch.nn.Parameter(torch.ones(2), requires_grad=False),
        torch.ones(2, requires_grad=True),
        torch.ones(2),
    ]

    moved = perturb(values, np.random.default_rng(0), 1e-3)

    assert [type(tensor) for tensor in moved] == [type(tensor) for tensor in values]
    assert [tensor.requires_grad for tensor in moved] == [True, False, True, False]
    assert all(tensor.is_leaf for tensor in moved)


def test_equal_seeds_give_equal_copies() -> None:
    """Tolerances are the same on every machine."""
    value = [1.5, np.ones(3), torch.ones(3)]

    one = perturb(value, np.random.default_rng(5), 1e-3)
    other = perturb(value, np.random.default_rng(5), 1e-3)

    assert repr(one) == repr(other)
