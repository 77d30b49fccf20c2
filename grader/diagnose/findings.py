"""What the numbers of a wrong value show, without any knowledge of the code behind them.

A finding is a sentence that holds in every case that was run, so each is a `_Claim`: made of one
wrong part, and then held against that part of every other answer to the same call. One answer that
it does not fit, a right one included, and it is not said. What a claim would not change, such as
the transpose of a symmetric matrix, speaks neither for nor against it.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.diagnose.leaves import MANY, Leaf, leaves, near
from grader.model import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    Array = np.ndarray[Any, Any]
    Predict = Callable[[Array], Array | None]
    Answers = Sequence[tuple[object, object]]

# So many different numbers have to fit: two may be a constant apart by chance.
ENOUGH: Final = 3
MATRIX: Final = 2
MAX_PARTS: Final = 6


@dataclasses.dataclass(frozen=True)
class _Claim:
    """A sentence about a part of the result.

    Parameters
    ----------
    message : Message
        The sentence.
    weigh : callable
        How many numbers of a part speak for it; None if the part speaks against it.
    enough : int
        How many it needs.
    """

    message: Message
    weigh: Callable[[Leaf], int | None]
    enough: int = ENOUGH


def find(
    actual: object, expected: object, others: Answers = (), steps: Collection[str] = ()
) -> list[Message]:
    """Look for structure in a wrong value.

    Parameters
    ----------
    actual : object
        What the submission gave; plain data.
    expected : object
        What is right.
    others : sequence of (object, object)
        What else the same function gave, and what was right there: right answers and wrong ones.
    steps : collection of str
        Paths of the parts of the result whose first axis is time.

    Returns
    -------
    list of Message
        What is true of a wrong part in every one of these; most telling first.
    """
    with np.errstate(all="ignore"):  # wrong values may be of any size
        shown = leaves(actual, expected, steps)
        rest = [leaves(*other, steps) for other in others]
        found = (
            claim.message
            for leaf in shown
            if not leaf.is_right
            for claim in _claims(leaf)
            if _holds(claim, [leaf, *(one for part in rest for one in part if _same(one, leaf))])
        )
        first = next(found, None) or _nearly(shown, rest)
        return [*([] if first is None else [first]), *_parts(shown, rest)]


def _same(one: Leaf, other: Leaf) -> bool:
    return one.path == other.path


def _holds(claim: _Claim, parts: Sequence[Leaf]) -> bool:
    weights = [claim.weigh(part) for part in parts]
    return None not in weights and sum(weight or 0 for weight in weights) >= claim.enough


def _claims(leaf: Leaf) -> Iterator[_Claim]:
    if leaf.actual.shape != leaf.expected.shape:
        yield from _of_shapes(leaf)
    elif not np.isfinite(leaf.actual).all() and np.isfinite(leaf.expected).all():
        yield from _of_non_finite(leaf)
    else:
        yield from _of_values(leaf)
        if leaf.steps:
            yield from _of_steps(leaf)


def _of_shapes(leaf: Leaf) -> Iterator[_Claim]:
    actual, expected = leaf.actual, leaf.expected
    yield _moved("finding_transposed", leaf, _transposed)
    yield _moved("finding_axes_swapped", leaf, _axes_swapped)
    yield _seen("finding_shape_only", leaf, _is_reshaped, shape=str(expected.shape))
    sizes = {"shape": str(actual.shape), "wanted": str(expected.shape)}
    yield _seen("finding_broadcast", leaf, _is_grown, **sizes)
    for axis in range(expected.ndim):
        for keepdims in (False, True):
            total = functools.partial(np.sum, axis=axis, keepdims=keepdims)
            yield _moved("finding_summed", leaf, _with_axis(total, axis), axis=axis)


def _of_non_finite(leaf: Leaf) -> Iterator[_Claim]:
    step = _first_bad_step(leaf)
    if leaf.steps and step:
        yield _seen(
            "finding_not_finite_from", leaf, lambda one: _first_bad_step(one) > 0, step=step
        )
    yield _seen("finding_not_finite", leaf, lambda one: not np.isfinite(one.actual).all())


def _of_values(leaf: Leaf) -> Iterator[_Claim]:
    if leaf.expected.size > 1 or leaf.expected != np.rint(leaf.expected):  # an index may be 0
        yield _moved("finding_all_zero", leaf, np.zeros_like)
    yield _moved("finding_sign", leaf, np.negative)
    factor = _factor(leaf)
    if factor is not None:
        times = functools.partial(np.multiply, factor)
        yield _moved("finding_factor", leaf, times, factor=factor)
    yield _moved("finding_transposed", leaf, _transposed)
    yield _moved("finding_axes_swapped", leaf, _axes_swapped)
    offset = (leaf.actual - leaf.expected).flat[0]
    if not np.iscomplexobj(offset):
        plus = functools.partial(np.add, offset)
        yield _moved("finding_offset", leaf, plus, offset=float(offset))
    yield _moved("finding_reversed", leaf, _reversed)
    if factor is not None:
        yield _Claim(_message("finding_factor_varies", leaf, factor=factor), _weigh_any_factor)


def _of_steps(leaf: Leaf) -> Iterator[_Claim]:
    """Look along the first axis, where it is time."""
    yield _moved("finding_last_everywhere", leaf, _last_everywhere)
    for key, weigh in (
        ("finding_late", lambda one: _weigh_shifted(one, slice(1, None), slice(None, -1))),
        ("finding_early", lambda one: _weigh_shifted(one, slice(None, -1), slice(1, None))),
    ):
        yield _Claim(_message(key, leaf), weigh)
    yield _Claim(_message("finding_first_only", leaf), lambda one: _weigh_one_right(one, 0), MANY)
    yield _Claim(_message("finding_last_only", leaf), lambda one: _weigh_one_right(one, -1), MANY)


# Ways to weigh a part.


def _moved(key: str, leaf: Leaf, predict: Predict, **fields: str | float | int) -> _Claim:
    """Claim that the right values have gone through a function."""

    def weigh(one: Leaf) -> int | None:
        predicted = predict(one.expected)
        if predicted is None or near(predicted, one.expected):
            return 0 if one.is_right else None
        if not near(one.actual, predicted):
            return None
        alike = predicted.shape == one.expected.shape
        changed = one.expected[predicted != one.expected] if alike else predicted
        return _different(changed)

    return _Claim(_message(key, leaf, **fields), weigh)


def _seen(
    key: str, leaf: Leaf, true: Callable[[Leaf], bool], **fields: str | float | int
) -> _Claim:
    """Claim what shows in a wrong part by itself, and in no other way in any wrong part."""

    def weigh(one: Leaf) -> int | None:
        return 0 if one.is_right else (1 if true(one) else None)

    return _Claim(_message(key, leaf, **fields), weigh, enough=1)


def _weigh_any_factor(leaf: Leaf) -> int | None:
    if leaf.is_right:
        return None if _different(leaf.expected) > 1 else 0
    if _different(leaf.expected) < MANY:
        return 0 if leaf.expected.any() else None  # one number is always another one's multiple
    return None if _factor(leaf) is None else _different(leaf.expected)


def _weigh_shifted(leaf: Leaf, got: slice, wanted: slice) -> int | None:
    if leaf.actual.shape != leaf.expected.shape or _count(leaf.expected) <= MANY:
        return 0 if leaf.is_right else None
    right, shifted = leaf.expected[got], leaf.expected[wanted]
    if near(shifted, right):
        return 0 if leaf.is_right else None
    return _different(shifted) if near(leaf.actual[got], shifted) else None


def _weigh_one_right(leaf: Leaf, kept: int) -> int | None:
    """Weigh that one step is right and no other is."""
    if leaf.actual.shape != leaf.expected.shape or _count(leaf.expected) < MANY:
        return 0 if leaf.is_right else None
    right = [near(*pair) for pair in zip(leaf.actual, leaf.expected, strict=True)]
    return len(right) - 1 if right[kept] and sum(right) == 1 else None


# What may have happened to right values.


def _transposed(array: Array) -> Array | None:
    return array.T if array.ndim == MATRIX else None


def _axes_swapped(array: Array) -> Array | None:
    return np.swapaxes(array, 0, 1) if array.ndim > MATRIX else None


def _reversed(array: Array) -> Array | None:
    return array[::-1] if array.ndim else None


def _last_everywhere(array: Array) -> Array | None:
    return np.broadcast_to(array[-1], array.shape) if array.ndim else None


def _with_axis(total: Callable[[Array], Array], axis: int) -> Predict:
    return lambda array: total(array) if array.ndim > axis else None


def _is_reshaped(leaf: Leaf) -> bool:
    actual, expected = leaf.actual, leaf.expected
    return (
        actual.shape != expected.shape
        and actual.size == expected.size
        and bool(expected.any())
        and near(actual.reshape(expected.shape), expected)
    )


def _is_grown(leaf: Leaf) -> bool:
    """Tell whether broadcasting has copied the right values, or made a square of a vector."""
    actual, expected = leaf.actual, leaf.expected
    longest = max(expected.shape, default=0)
    if expected.size == longest > 1 and actual.shape == (longest, longest) != expected.shape:
        return True
    try:
        spread = np.broadcast_to(expected, actual.shape)
    except ValueError:
        return False
    return actual.size > expected.size and near(actual, spread)


def _first_bad_step(leaf: Leaf) -> int:
    """Return the first step that is not finite; 0 where there are no steps, or none is."""
    if _count(leaf.actual) < MANY:
        return 0
    rows = leaf.actual.reshape(leaf.actual.shape[0], -1)
    return int(np.argmax(~np.isfinite(rows).all(axis=1)))


def _factor(leaf: Leaf) -> float | None:
    """Return the constant by which the values are off; None if there is none."""
    actual, expected = leaf.actual, leaf.expected
    if actual.shape != expected.shape or np.iscomplexobj(actual) or np.iscomplexobj(expected):
        return None
    weight = float(np.vdot(expected, expected))
    if not weight or not np.isfinite(weight):
        return None
    factor = float(np.vdot(expected, actual)) / weight
    return factor if factor and near(actual, factor * expected) else None


def _count(array: Array) -> int:
    """Count the steps along the first axis."""
    return int(array.shape[0]) if array.ndim else 0


def _different(array: Array) -> int:
    """Count different numbers other than zero."""
    return int(np.unique(array[array != 0]).size)


def _nearly(shown: Sequence[Leaf], rest: Sequence[Sequence[Leaf]]) -> Message | None:
    """Say of a wrong value in which no mistake is large that it is nearly right."""
    every = [leaf for part in (shown, *rest) for leaf in part]
    off = [leaf for leaf in shown if not leaf.is_surely_right]
    if not off or not all(leaf.is_right for leaf in every):
        return None
    return _message("finding_nearly", off[0])


def _parts(shown: Sequence[Leaf], rest: Sequence[Sequence[Leaf]]) -> list[Message]:
    """Tell parts that are right in every case from those that are wrong."""
    never = {leaf.path for part in (shown, *rest) for leaf in part if not leaf.is_surely_right}
    right = [leaf.path for leaf in shown if leaf.path not in never and leaf.expected.any()]
    wrong = [leaf.path for leaf in shown if not leaf.is_right]
    if not right or not wrong:
        return []
    return [Message("finding_parts", {"right": _listed(right), "wrong": _listed(wrong)})]


def _listed(paths: Sequence[str]) -> str:
    shown = [f"result{path}" for path in paths[:MAX_PARTS]]
    return ", ".join([*shown, "..."] if len(paths) > MAX_PARTS else shown)


def _message(key: str, leaf: Leaf, **fields: str | float | int) -> Message:
    return Message(key, {"where": f"result{leaf.path}", **fields})
