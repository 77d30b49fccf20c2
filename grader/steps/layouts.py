"""Whether values are the same, in whatever order of axes, and however many turns they come in."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.steps.runs import Told

_MOST_AXES: Final = 4


def agreement(every: Sequence[Told], series: Sequence[Told]) -> tuple[int, int]:
    """Return how many of some values are those of the reference, from the first on.

    Two numbers: taken in the order of the reference's turns, and from its last turn to the first.
    """
    count, others = len(every), len(series)
    forwards = common(every, series)
    backwards = common(every, series[::-1]) if count == others > 1 else 0
    if forwards < count != others and _total(every) == _total(series):
        eps = max(every[0].eps, series[0].eps)
        mine = np.concatenate([one.value.ravel() for one in every])
        for laid, turned in _laid_out(count, series):
            if equal(mine, laid, eps):
                forwards, backwards = (forwards, count) if turned else (count, backwards)
    return (forwards, forwards) if count == others == 1 else (forwards, backwards)


def common(every: Sequence[Told], series: Sequence[Told]) -> int:
    """Return how many of some values are those of the reference, one by one, from the first on."""
    longest = 0
    for mine, other in zip(every, series, strict=False):
        if not same(mine.value, other.value, max(mine.eps, other.eps)):
            break
        longest += 1
    return longest


def _total(every: Sequence[Told]) -> int:
    return sum(one.value.size for one in every)


def _laid_out(count: int, series: Sequence[Told]) -> Iterator[tuple[np.ndarray, bool]]:
    """Yield the entries of values in the order in which they come in fewer values, or in more.

    Parameters
    ----------
    count : int
        In how many values.
    series : sequence of Told
        The values.

    Yields
    ------
    ndarray, bool
        All entries, one after the other, for all orders of axes; where several values are one, or
        one is several, from the last to the first as well, which the second says.
    """
    blocks = min(count, len(series))
    shapes = {one.value.shape for one in series}
    if len(shapes) != 1 or max(count, len(series)) % blocks:
        return
    (shape,) = shapes
    together = len(series) // blocks
    whole = np.stack([one.value for one in series]).reshape(blocks, together, *shape)
    lean = whole.reshape(blocks, *(size for size in whole.shape[1:] if size > 1))
    if not 1 < lean.ndim <= _MOST_AXES + 1:
        return
    backwards = lean[:, ::-1] if together > 1 else None
    for axes in itertools.permutations(range(1, lean.ndim)):
        laid = lean.transpose(0, *axes)
        yield laid.ravel(), False
        if count > blocks:
            yield laid[:, ::-1].ravel(), True
        elif backwards is not None:
            yield backwards.transpose(0, *axes).ravel(), True


def same(one: np.ndarray, other: np.ndarray, eps: float) -> bool:
    """Tell whether two arrays have the same entries, in whatever order of axes and shape."""
    if one.size != other.size:
        return False
    scale = max(_largest(one), _largest(other))
    flat = one.ravel()
    if not np.isfinite(scale):
        return bool(np.array_equal(flat, other.ravel(), equal_nan=True))
    if abs(float(one.sum()) - float(other.sum())) > eps * scale * max(1, one.size):
        return False
    lean = other.reshape([size for size in other.shape if size > 1])
    if lean.ndim > _MOST_AXES:
        return equal(flat, lean.ravel(), eps)
    orders = itertools.permutations(range(lean.ndim))
    return any(equal(flat, lean.transpose(axes).ravel(), eps) for axes in orders)


def equal(one: np.ndarray, other: np.ndarray, eps: float) -> bool:
    """Tell whether two arrays have the same entries in the same order."""
    if one.size != other.size:
        return False
    scale = max(_largest(one), _largest(other))
    if not np.isfinite(scale):
        return bool(np.array_equal(one.ravel(), other.ravel(), equal_nan=True))
    apart = np.abs(one.ravel() - other.ravel())
    return bool(np.all(apart <= eps * scale)) if apart.size else True


def _largest(value: np.ndarray) -> float:
    return float(np.max(np.abs(value))) if value.size else 0.0


def fitted(every: Sequence[Told], series: Sequence[Told]) -> Iterator[list[np.ndarray]]:
    """Yield the reference's values in the number and the shapes of some others.

    Parameters
    ----------
    every : sequence of Told
        Some values.
    series : sequence of Told
        The reference's.

    Yields
    ------
    list of ndarray
        One for each value, of its shape.
    """
    if _total(every) != _total(series):
        return
    if len(every) == len(series) and all(
        mine.value.size == other.value.size for mine, other in zip(every, series, strict=True)
    ):
        yield from _shaped(list(zip(every, series, strict=True)))
        if len(series) > 1 and len({one.value.size for one in every}) == 1:
            yield from _shaped(list(zip(every, series[::-1], strict=True)))
        return
    sizes = {one.value.size for one in every}
    if len(every) != len(series) and len(sizes) == 1:
        for laid, _ in _laid_out(len(every), series):
            parts = laid.reshape(len(every), -1)
            yield [part.reshape(one.value.shape) for part, one in zip(parts, every, strict=True)]


def _shaped(pairs: Sequence[tuple[Told, Told]]) -> Iterator[list[np.ndarray]]:
    first = pairs[0][1].value
    yield [other.value.reshape(mine.value.shape) for mine, other in pairs]
    for axes in itertools.permutations(range(min(first.ndim, _MOST_AXES))):
        if list(axes) == sorted(axes) or any(other.value.ndim != len(axes) for _, other in pairs):
            continue
        yield [other.value.transpose(axes).reshape(mine.value.shape) for mine, other in pairs]
