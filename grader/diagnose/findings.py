"""What the numbers of a wrong value show, without any knowledge of the code behind them.

Each finding is proven on the two values: `find` names nothing that it has not computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.compare import kinds
from grader.compare.leaves import item_path, key_path
from grader.compare.sequences import is_wrapped, shape_of
from grader.model import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    Array = np.ndarray[Any, Any]

CLOSE: Final = 1e-4  # relative to the largest element: far above rounding, far below a mistake
STEPS: Final = 2  # fewer steps have no first and rest


class _Leaf:
    """A wrong part of a value: two arrays at a path."""

    def __init__(self, path: str, actual: Array, expected: Array) -> None:
        self.path = path
        self.actual = actual
        self.expected = expected


def find(actual: object, expected: object) -> list[Message]:
    """Look for structure in a wrong value.

    Parameters
    ----------
    actual : object
        What the submission gave; plain data.
    expected : object
        What is right.

    Returns
    -------
    list of Message
        What is true of the first wrong part; most telling first. Empty if nothing is.
    """
    with np.errstate(all="ignore"):  # wrong values may be of any size
        for leaf in _leaves(actual, expected, ""):
            if leaf.actual.shape != leaf.expected.shape:
                return _of_shapes(leaf)
            if not np.isfinite(leaf.actual).all() and np.isfinite(leaf.expected).all():
                return _of_non_finite(leaf)
            if not _right(leaf.actual, leaf.expected):
                return _of_values(leaf)
    return []


def _of_shapes(leaf: _Leaf) -> list[Message]:
    actual, expected = leaf.actual, leaf.expected
    if actual.T.shape == expected.shape and _close(actual.T, expected):
        return [_message("finding_transposed", leaf)]
    if actual.size == expected.size and _close(actual.reshape(expected.shape), expected):
        return [_message("finding_shape_only", leaf, shape=str(expected.shape))]
    try:
        spread = np.broadcast_to(expected, actual.shape)
    except ValueError:
        spread = None
    if (spread is not None and _close(actual, spread)) or _is_outer(actual, expected):
        sizes = {"shape": str(actual.shape), "wanted": str(expected.shape)}
        return [_message("finding_broadcast", leaf, **sizes)]
    for axis in range(expected.ndim):
        for keepdims in (False, True):
            total = expected.sum(axis=axis, keepdims=keepdims)
            if total.shape == actual.shape and _close(actual, total):
                return [_message("finding_summed", leaf, axis=axis)]
    return []


def _of_non_finite(leaf: _Leaf) -> list[Message]:
    if leaf.actual.ndim == 0 or leaf.actual.shape[0] < STEPS:
        return [_message("finding_not_finite", leaf)]
    bad = ~np.isfinite(leaf.actual.reshape(leaf.actual.shape[0], -1)).all(axis=1)
    step = int(np.argmax(bad))
    if step == 0:
        return [_message("finding_not_finite", leaf)]
    return [_message("finding_not_finite_from", leaf, step=step)]


def _of_values(leaf: _Leaf) -> list[Message]:
    actual, expected = leaf.actual, leaf.expected
    if not actual.any():
        return [_message("finding_all_zero", leaf)]
    if _close(actual, -expected):
        return [_message("finding_sign", leaf)]
    factor = _factor(actual, expected)
    if factor is not None:
        return [_message("finding_factor", leaf, factor=factor)]
    square = actual.ndim >= STEPS and actual.shape[0] == actual.shape[1]
    if square and _close(np.swapaxes(actual, 0, 1), expected):
        return [_message("finding_transposed", leaf)]
    offset = actual - expected
    if (
        actual.size > 1
        and not np.iscomplexobj(offset)
        and _close(offset, np.full_like(offset, offset.flat[0]))
    ):
        return [_message("finding_offset", leaf, offset=float(offset.flat[0]))]
    return _of_steps(leaf)


def _of_steps(leaf: _Leaf) -> list[Message]:
    """Look along the first axis, which is time for sequences and rows for matrices."""
    actual, expected = leaf.actual, leaf.expected
    count = actual.shape[0] if actual.ndim else 0
    if count < STEPS:
        return []
    right = [_right(actual[step], expected[step]) for step in range(count)]
    seen = {
        "finding_late": count > STEPS and _close(actual[1:], expected[:-1]),
        "finding_early": count > STEPS and _close(actual[:-1], expected[1:]),
        "finding_reversed": _close(actual[::-1], expected),
        "finding_first_only": right[0] and not any(right[1:]),
        "finding_last_only": right[-1] and not any(right[:-1]),
    }
    return [_message(key, leaf) for key, true in seen.items() if true][:1]


def _factor(actual: Array, expected: Array) -> float | None:
    """Return the constant by which the values are off; None if there is none."""
    if actual.size < STEPS or np.iscomplexobj(actual) or np.iscomplexobj(expected):
        return None
    weight = float(np.vdot(expected, expected))
    if not weight:
        return None
    factor = float(np.vdot(expected, actual)) / weight
    known = abs(factor) > CLOSE and abs(factor - 1) > CLOSE
    return factor if known and _close(actual, factor * expected) else None


def _is_outer(actual: Array, expected: Array) -> bool:
    """Tell whether a column met a row: a vector was to come, a square came."""
    longest = max(expected.shape, default=0)
    return (
        expected.size == longest > 1 and actual.ndim == STEPS and actual.shape == (longest, longest)
    )


def _right(actual: Array, expected: Array) -> bool:
    return _close(actual, expected) or np.array_equal(actual, expected, equal_nan=True)


def _close(actual: Array, expected: Array) -> bool:
    """Tell whether values are the same but for little; nothing is close to zeros."""
    if actual.shape != expected.shape:
        return False
    scale = float(np.abs(expected).max(initial=0.0))
    return bool(scale and np.abs(actual - expected).max(initial=0.0) <= CLOSE * scale)


def _message(key: str, leaf: _Leaf, **fields: str | float | int) -> Message:
    return Message(key, {"where": f"result{leaf.path}", **fields})


def _leaves(actual: Any, expected: Any, path: str) -> Iterator[_Leaf]:
    """Pair the parts of two values; equally shaped steps in a row are one part."""
    if isinstance(expected, tuple) and len(expected) == 1:
        yield from _leaves(_only(actual, expected), expected[0], item_path(path, 0))
    else:
        given = actual[0] if is_wrapped(actual, expected) else actual
        yield from _unwrapped_leaves(given, expected, path)


def _unwrapped_leaves(actual: Any, expected: Any, path: str) -> Iterator[_Leaf]:
    whole = _array(expected)
    if whole is not None:
        given = _array(actual)
        given = None if given is None else _as_steps(given, whole, expected)
        apart = given is None or given.shape != whole.shape
        if not apart or not _are_items(actual, expected):
            if given is not None and given.size and whole.size:
                yield _Leaf(path, given, whole)
            return
    if isinstance(expected, dict) and isinstance(actual, dict):
        steps = _by_step(expected)
        other = _by_step(actual)
        if steps is not None and other is not None and steps.shape == other.shape:
            yield _Leaf(path, other, steps)
            return
        for key, wanted in expected.items():
            if key in actual:
                yield from _leaves(actual[key], wanted, key_path(path, key))
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        for index, (got, wanted) in enumerate(zip(actual, expected, strict=False)):
            yield from _leaves(got, wanted, item_path(path, index))


def _only(actual: Any, expected: tuple[Any]) -> Any:
    """Return what stands for the item of a 1-tuple, which may have come bare."""
    if kinds.is_array(actual):
        return actual[0] if shape_of(actual) == shape_of(expected) else actual
    return actual[0] if isinstance(actual, list | tuple) and len(actual) == 1 else actual


def _as_steps(given: Array, whole: Array, expected: Any) -> Array:
    """Take the steps of a sequence apart again that came joined along their first axis."""
    if not isinstance(expected, list | tuple) or whole.ndim < STEPS:
        return given
    joined = (whole.shape[0] * whole.shape[1], *whole.shape[2:])
    return given.reshape(whole.shape) if given.shape == joined else given


def _are_items(actual: object, expected: object) -> bool:
    return (
        isinstance(actual, list | tuple)
        and isinstance(expected, list | tuple)
        and len(actual) == len(expected)
    )


def _by_step(value: dict[Any, Any]) -> Array | None:
    """Stack the arrays of a dictionary that has one for each step."""
    keys = [key for key in value if isinstance(key, int) and not isinstance(key, bool)]
    if len(keys) != len(value) or len(keys) < STEPS:
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


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value
