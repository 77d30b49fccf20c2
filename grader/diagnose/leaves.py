"""A wrong value and the right one, taken apart alike into arrays."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.compare import kinds
from grader.compare.leaves import item_path, key_path
from grader.compare.sequences import is_wrapped, shape_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    Array = np.ndarray[Any, Any]

CLOSE: Final = 1e-4  # relative to the largest element: far above rounding, far below a mistake
# Nearer than this a value is right beyond doubt: a mistake may be smaller than `CLOSE`.
SURE: Final = {True: 1e-10, False: 1e-5}  # by whether it is held in float64
MANY: Final = 2  # fewer steps have no first and rest


@dataclasses.dataclass(frozen=True)
class Leaf:
    """A part of a result on both sides.

    Parameters
    ----------
    path : str
        Where it lies in the right value, as Python would index it.
    actual, expected : ndarray
        Of float64 or complex128.
    precise : bool
        Whether both were held in float64.
    steps : bool
        Whether its first axis is declared to be time.
    """

    path: str
    actual: Array
    expected: Array
    precise: bool
    steps: bool

    @functools.cached_property
    def is_right(self) -> bool:
        """Whether no mistake shows; there may be one that is too small."""
        return near(self.actual, self.expected)

    @functools.cached_property
    def is_surely_right(self) -> bool:
        """Whether the values agree up to rounding."""
        return near(self.actual, self.expected, SURE[self.precise])


def near(actual: Array, expected: Array, bound: float = CLOSE) -> bool:
    """Tell whether values are the same but for little; only zeros are near zeros."""
    if actual.shape != expected.shape:
        return False
    if np.array_equal(actual, expected, equal_nan=True):
        return True
    scale = float(np.abs(expected).max(initial=0.0))
    return bool(scale and np.abs(actual - expected).max(initial=0.0) <= bound * scale)


def leaves(actual: object, expected: object, steps: Collection[str] = ()) -> list[Leaf]:
    """Pair the parts of two values.

    Parameters
    ----------
    actual, expected : object
        What the submission gave, and what is right; plain data.
    steps : collection of str
        Paths of the parts whose first axis is time.

    Returns
    -------
    list of Leaf
        In the order of the right value. Items of a list that are alike are one part, items of a
        tuple never: those are different things. What has no counterpart is left out.
    """
    return list(_leaves(actual, expected, "", frozenset(steps)))


def _leaves(actual: Any, expected: Any, path: str, steps: frozenset[str]) -> Iterator[Leaf]:
    if isinstance(expected, tuple) and len(expected) == 1:
        yield from _leaves(_only(actual, expected), expected[0], item_path(path, 0), steps)
    else:
        given = actual[0] if is_wrapped(actual, expected) else actual
        if isinstance(expected, tuple):
            yield from _items(given, expected, path, steps)
        elif isinstance(expected, dict):
            yield from _entries(given, expected, path, steps)
        else:
            yield from _arrays(given, expected, path, steps)


def _arrays(actual: Any, expected: Any, path: str, steps: frozenset[str]) -> Iterator[Leaf]:
    whole, given = _array(expected), _array(actual)
    if whole is not None and given is not None:
        given = _as_steps(given, whole, expected)
    apart = whole is None or given is None or given.shape != whole.shape
    if apart and isinstance(expected, list) and isinstance(actual, list | tuple):
        yield from _items(actual, expected, path, steps)
    elif whole is not None and given is not None and given.size and whole.size:
        yield _leaf(path, given, whole, (actual, expected), steps)


def _items(actual: Any, expected: Any, path: str, steps: frozenset[str]) -> Iterator[Leaf]:
    if isinstance(actual, list | tuple) and len(actual) == len(expected):
        for index, (got, wanted) in enumerate(zip(actual, expected, strict=True)):
            yield from _leaves(got, wanted, item_path(path, index), steps)


def _entries(
    actual: Any, expected: dict[Any, Any], path: str, steps: frozenset[str]
) -> Iterator[Leaf]:
    if not isinstance(actual, dict):
        return
    whole, given = _by_step(expected), _by_step(actual)
    if whole is not None and given is not None and whole.shape == given.shape:
        yield _leaf(path, given, whole, (list(actual.values()), list(expected.values())), steps)
        return
    for key, wanted in expected.items():
        if key in actual:
            yield from _leaves(actual[key], wanted, key_path(path, key), steps)


def _leaf(
    path: str, actual: Array, expected: Array, sides: tuple[Any, Any], steps: frozenset[str]
) -> Leaf:
    precise = all(_eps(side) <= kinds.EPS64 for side in sides)
    return Leaf(path, actual, expected, precise, path in steps)


def _only(actual: Any, expected: tuple[Any]) -> Any:
    """Return what stands for the item of a 1-tuple, which may have come bare."""
    if kinds.is_array(actual):
        return actual[0] if shape_of(actual) == shape_of(expected) else actual
    return actual[0] if isinstance(actual, list | tuple) and len(actual) == 1 else actual


def _as_steps(given: Array, whole: Array, expected: Any) -> Array:
    """Take the steps of a sequence apart again that came joined along their first axis."""
    if not isinstance(expected, list) or whole.ndim < MANY:
        return given
    joined = (whole.shape[0] * whole.shape[1], *whole.shape[2:])
    return given.reshape(whole.shape) if given.shape == joined else given


def _by_step(value: dict[Any, Any]) -> Array | None:
    """Stack the arrays of a dictionary that has one for each step."""
    keys = [key for key in value if isinstance(key, int) and not isinstance(key, bool)]
    if len(keys) != len(value) or len(keys) < MANY:
        return None
    return _array([value[key] for key in sorted(keys)])


def _array(value: Any) -> Array | None:
    """Make one float array of a number, an array, or a regular nesting of them."""
    shape = shape_of(value)
    if shape is None:
        return None
    parts = [kinds.numbers_of(part) for part in _flat(value)]
    if any(part is None or part.family == "bool" for part in parts):
        return None
    flat = [np.atleast_1d(part.values).reshape(-1) for part in parts if part is not None]
    joined = np.concatenate(flat) if flat else np.zeros(0)
    return (joined if np.iscomplexobj(joined) else joined.astype(np.float64)).reshape(shape)


def _eps(value: Any) -> float:
    parts = [kinds.numbers_of(part) for part in _flat(value)]
    return max((part.eps for part in parts if part is not None), default=0.0)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value
