"""Arrays and tensors: kind, shape, dtype, then the elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.compare import kinds
from grader.compare.elements import judge
from grader.compare.scalars import single_float
from grader.compare.summaries import brief
from grader.errors import HarnessError
from grader.model import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.compare.spots import Spot


def compare_array(actual: object, expected: object, spot: Spot) -> Difference | None:
    """Accept an array of the same shape and family, or a nesting of numbers that makes one."""
    if kinds.is_tensor(actual):
        return spot.differ("kind", expected, actual)
    array = as_array(actual)
    if array is None:
        return spot.differ("kind", expected, actual)
    return _compare_numbers(array, actual, expected, spot)


def compare_tensor(actual: object, expected: object, spot: Spot) -> Difference | None:
    """Accept a tensor of the same shape and family, whether or not it requires a gradient."""
    if not kinds.is_tensor(actual):
        return spot.differ("kind", expected, actual)
    return _compare_numbers(actual, actual, expected, spot)


def compare_series(actual: object, expected: list[object], spot: Spot) -> Difference | None:
    """Accept as many floats, in a sequence or a one-dimensional array; they share a scale."""
    if kinds.is_array(actual):
        return _compare_series_array(actual, expected, spot)
    if not isinstance(actual, list | tuple):
        return spot.differ("kind", expected, actual)
    if len(actual) != len(expected):
        return spot.differ("length", expected, actual)
    singles: list[kinds.Numbers] = []
    for index, (got, wanted) in enumerate(zip(actual, expected, strict=True)):
        single = single_float(got, wanted)
        if single is None:
            return spot.item(index).differ("kind", wanted, got)
        singles.append(single)
    values = np.array([float(single.values[()]) for single in singles])
    eps = max(single.eps for single in singles)
    return judge(kinds.Numbers(values, "float", eps), _leaf(expected), spot)


def as_array(value: object) -> kinds.Array | None:
    """Return an array, or the one that a number or a nesting of numbers makes; None if none."""
    if isinstance(value, np.ndarray):
        return value
    families = set(_families(value))
    if None in families or ("bool" in families and len(families) > 1):
        return None
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # ragged, or an int past every dtype
        return None
    return array if kinds.family_of(array) is not None else None


def _compare_series_array(actual: Any, expected: list[object], spot: Spot) -> Difference | None:
    numbers, leaf = kinds.numbers_of(actual), _leaf(expected)
    if numbers is None or numbers.family not in kinds.ACCEPTED[leaf.family]:
        return spot.differ("kind", expected, actual)
    if numbers.values.shape != leaf.values.shape:
        return spot.differ("shape", expected, actual)
    return judge(numbers, leaf, spot)


def _compare_numbers(array: Any, actual: object, expected: Any, spot: Spot) -> Difference | None:
    """Compare an array, as it came or as it was made of what came, with one of the same sort."""
    wanted = _leaf(expected)
    made = array is not actual
    if tuple(array.shape) != tuple(expected.shape):
        text = f"{brief(actual)}, of shape {array.shape}" if made else brief(actual)
        return Difference("shape", spot.path, brief(expected), text)
    if made and array.size == 0:  # an empty list has no dtype to speak of
        return None
    numbers = kinds.numbers_of(array)
    tensor = kinds.is_tensor(expected)
    if numbers is None or not kinds.accepts(wanted.family, numbers.family, tensor=tensor):
        return Difference("dtype", spot.path, brief(expected), brief(actual))
    return judge(numbers, wanted, spot)


def _leaf(expected: object) -> kinds.Numbers:
    numbers = kinds.expected_numbers(expected)
    if numbers is None:
        raise HarnessError(f"the expected value is {brief(expected)}, which cannot be compared")
    return numbers


def _families(value: object) -> Iterator[kinds.Family | None]:
    """Yield the family of each part of a nesting; None for a part that is no number."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _families(item)
    elif kinds.is_tensor(value):
        yield None
    else:
        yield kinds.family_of(value)
