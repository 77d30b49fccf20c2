"""Copies of plain data whose floating numbers are off by a small relative amount."""

from __future__ import annotations

import copy
import sys
from typing import Any, TypeVar

import numpy as np

from grader.compare import kinds

Value = TypeVar("Value")


def perturb(value: Value, generator: np.random.Generator, delta: float) -> Value:
    """Copy plain data and multiply each of its floating numbers by ``1 + delta * u``.

    Parameters
    ----------
    value : object
        Plain data; ints, bools, strings and None stay as they are, zeros stay zero.
    generator : numpy.random.Generator
        Draws each `u`, uniform in [-1, 1].
    delta : float
        Largest relative change.

    Returns
    -------
    object
        A deep copy of the same structure and dtypes; tensors keep ``requires_grad`` and parameters
        stay parameters.
    """
    result: Any = _perturb(value, generator, delta)
    return result  # type: ignore[no-any-return]  # the structure is kept, which no type can say


def _perturb(value: Any, generator: np.random.Generator, delta: float) -> Any:
    if isinstance(value, dict):
        return {key: _perturb(item, generator, delta) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_perturb(item, generator, delta) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if kinds.family_of(value) not in {"float", "complex"}:
        return _copy(value)
    if kinds.is_tensor(value):
        return _perturb_tensor(value, generator, delta)
    if isinstance(value, np.ndarray):
        return np.asarray(value * _factors(value.shape, generator, delta)).astype(value.dtype)
    return type(value)(value * _factors((), generator, delta).item())


def _factors(shape: tuple[int, ...], generator: np.random.Generator, delta: float) -> kinds.Array:
    return np.asarray(1.0 + delta * generator.uniform(-1.0, 1.0, shape))


def _perturb_tensor(tensor: Any, generator: np.random.Generator, delta: float) -> Any:
    torch = sys.modules["torch"]
    factors = torch.from_numpy(_factors(tuple(tensor.shape), generator, delta))
    moved = (tensor.detach().cpu() * factors).to(tensor.dtype)  # product in float64, as factors are
    return _like(tensor, moved)


def _copy(value: Any) -> Any:
    return _like(value, value.detach().clone()) if kinds.is_tensor(value) else copy.deepcopy(value)


def _like(tensor: Any, values: Any) -> Any:
    """Give new values the standing of a tensor: parameter or not, gradient wanted or not."""
    torch = sys.modules["torch"]
    if isinstance(tensor, torch.nn.Parameter):
        return torch.nn.Parameter(values, requires_grad=tensor.requires_grad)
    return values.requires_grad_(tensor.requires_grad)
