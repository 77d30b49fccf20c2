"""Sequences and dictionaries, and the forms in which a sequence may come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from grader.compare import kinds
from grader.compare.arrays import compare_series
from grader.compare.summaries import SHOWN, TEXT_LENGTH, brief, key_text
from grader.model import Difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.compare.spots import Comparer, Spot

Shape = tuple[int, ...]


def compare_sequence(
    actual: object, expected: Sequence[object], spot: Spot, compare: Comparer
) -> Difference | None:
    """Accept a list or tuple with equal items, one array of them all, or for (x,) a bare x."""
    if isinstance(expected, list) and kinds.is_series(expected):
        return compare_series(actual, expected, spot)
    if isinstance(actual, list | tuple):
        if len(actual) != len(expected):
            return spot.differ("length", expected, actual)
        return _compare_items(actual, expected, spot, compare)
    if kinds.is_array(actual):
        return _compare_joined(actual, expected, spot, compare)
    if _is_single(expected):
        return _compare_bare(actual, expected, spot, compare)
    return spot.differ("kind", expected, actual)


def compare_dict(
    actual: object, expected: Mapping[object, object], spot: Spot, compare: Comparer
) -> Difference | None:
    """Accept a dictionary that has at least the expected keys, with equal values."""
    if not isinstance(actual, dict):
        return spot.differ("kind", expected, actual)
    missing = [key for key in expected if key not in actual]
    if missing:
        return Difference(
            "keys",
            spot.path,
            _listed(missing),
            f"{brief(actual)} with {_listed(list(actual))}" if actual else brief(actual),
            wrong=len(missing),
            total=len(expected),
        )
    found = (compare(actual[key], value, spot.key(key)) for key, value in expected.items())
    return next((difference for difference in found if difference is not None), None)


def is_wrapped(actual: object, expected: object) -> bool:
    """Tell whether a 1-tuple came for a bare value, so that its only item is to be compared."""
    if not isinstance(actual, tuple) or len(actual) != 1:
        return False
    if isinstance(expected, list | tuple):
        inner = actual[0]
        return len(expected) > 1 and (isinstance(inner, list | tuple) or kinds.is_array(inner))
    # An array of shape (1, ...) may be meant by the tuple itself.
    return not isinstance(expected, np.ndarray) or shape_of(actual) != expected.shape


def compare_wrapped(
    actual: Any, expected: object, spot: Spot, compare: Comparer
) -> Difference | None:
    """Compare the item of a 1-tuple that `is_wrapped`."""
    return _relocated(compare(actual[0], expected, spot), spot.path, spot.item(0).path)


def _relocated(difference: Difference | None, old: str, new: str) -> Difference | None:
    """Move a difference that was found below one path to where the student's value has it."""
    if difference is None:
        return None
    return msgspec.structs.replace(difference, path=new + difference.path[len(old) :])


def shape_of(value: object) -> Shape | None:
    """Return the shape of a number, array, or regular nesting of them; None for anything else."""
    if kinds.is_array(value):
        return _array_shape(value)
    if isinstance(value, list | tuple) and value:
        common = shape_of(value[0])
        same = common is not None and all(shape_of(item) == common for item in value[1:])
        return (len(value), *common) if same and common is not None else None
    return () if kinds.is_number(value) else None


def _compare_items(
    actual: Sequence[object], expected: Sequence[object], spot: Spot, compare: Comparer
) -> Difference | None:
    pairs = enumerate(zip(actual, expected, strict=True))
    found = (compare(got, wanted, spot.item(index)) for index, (got, wanted) in pairs)
    return next((difference for difference in found if difference is not None), None)


def _compare_joined(
    actual: Any, expected: Sequence[object], spot: Spot, compare: Comparer
) -> Difference | None:
    """Compare one array with the equally shaped items that it may have been stacked from."""
    count, shape = len(expected), shape_of(expected)
    joined = _array_shape(actual)
    if shape is not None and joined == shape and _same_sort(actual, expected):
        return _compare_items([actual[i] for i in range(count)], expected, spot, compare)
    if _is_single(expected):
        return _compare_bare(actual, expected, spot, compare)
    if shape is None or not _same_sort(actual, expected):
        return spot.differ("kind", expected, actual)
    rows = shape[1] if len(shape) > 1 else 0
    if len(shape) > 1 and joined == (count * rows, *shape[2:]):
        return _compare_concatenated(actual, expected, rows, spot, compare)
    wanted = f"{brief(expected)}, each of shape {shape[1:]}"
    return Difference("shape", spot.path, wanted, brief(actual))


def _compare_concatenated(
    actual: Any, expected: Sequence[object], rows: int, spot: Spot, compare: Comparer
) -> Difference | None:
    for number, wanted in enumerate(expected):
        start = number * rows
        inner = spot.item(number)
        difference = _relocated(
            compare(actual[start : start + rows], wanted, inner), inner.path, spot.path
        )
        if difference is not None and difference.index:
            index = (difference.index[0] + start, *difference.index[1:])
            return msgspec.structs.replace(difference, index=index)
        if difference is not None:
            return difference
    return None


def _compare_bare(
    actual: object, expected: Sequence[object], spot: Spot, compare: Comparer
) -> Difference | None:
    inner = spot.item(0)
    return _relocated(compare(actual, expected[0], inner), inner.path, spot.path)


def _is_single(expected: Sequence[object]) -> bool:
    return isinstance(expected, tuple) and len(expected) == 1


def _same_sort(actual: object, expected: object) -> bool:
    """Tell whether an array is made of what the items are: tensors of tensors alone."""
    if isinstance(expected, list | tuple):
        return all(_same_sort(actual, item) for item in expected)
    return not kinds.is_array(expected) or kinds.is_tensor(expected) == kinds.is_tensor(actual)


def _array_shape(value: Any) -> Shape:
    return tuple(value.shape)


def _listed(keys: Sequence[object]) -> str:
    shown = ", ".join(key_text(key)[:TEXT_LENGTH] for key in keys[:SHOWN])
    more = ", ..." if len(keys) > SHOWN else ""
    return f"{'key' if len(keys) == 1 else 'keys'} {shown}{more}"
