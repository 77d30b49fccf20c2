"""Which parts of a value are about as they should be: to see whether one is nearer than another."""

from __future__ import annotations

from typing import Final

import numpy as np

from grader.compare import kinds

CLOSE: Final = 1e-4  # nobody's verdict: float32 after a few hundred operations
MOST_SLOTS: Final = 64

Slot = tuple[str, ...]


def right_slots(actual: object, expected: object, place: Slot = ()) -> frozenset[Slot]:
    """List the parts of a value that are close to what is expected.

    Parameters
    ----------
    actual, expected : object
        Plain data.
    place : tuple of str
        What the names of the parts begin with.

    Returns
    -------
    frozenset of tuple of str
        Of containers each item's, of arrays each step's along the first axis.
    """
    if isinstance(expected, dict):
        others = actual if isinstance(actual, dict) else {}
        pairs = [(repr(key), others.get(key), item) for key, item in expected.items()]
    elif isinstance(expected, list | tuple):
        items = actual if isinstance(actual, list | tuple) else ()
        both = zip(items, expected, strict=False)
        pairs = [(str(at), one, other) for at, (one, other) in enumerate(both)]
    else:
        return frozenset(_of_leaf(actual, expected, place))
    found: set[Slot] = set()
    for name, one, other in pairs[:MOST_SLOTS]:
        found |= right_slots(one, other, (*place, name))
    return frozenset(found)


def _of_leaf(actual: object, expected: object, place: Slot) -> set[Slot]:
    one, other = kinds.numbers_of(actual), kinds.numbers_of(expected)
    if one is None or other is None:
        same = type(actual) is type(expected) and not kinds.is_array(actual) and actual == expected
        return {place} if same and actual is not None else set()
    if one.values.shape != other.values.shape or not other.values.size:
        return set()
    wide, right = one.values.astype(np.complex128), other.values.astype(np.complex128)
    with np.errstate(all="ignore"):
        size = np.max(np.abs(right), initial=0.0, where=np.isfinite(right))
        near = np.abs(wide - right) <= CLOSE * size
    steps = near.reshape(len(near), -1).all(axis=1) if near.ndim else near.reshape(1)
    return {(*place, str(at)) for at in np.flatnonzero(steps)[:MOST_SLOTS]}
