"""A value in a few numbers, enough to tell whether two values are the same.

What known mistakes return is stored for a student's copy, for every case. Whole arrays would make
that file large, and would hand out more than is needed; of each array its shape, norm and three
random projections are kept. Two arrays with the same sketch differ by rounding at most, but for
sets of arrays of measure zero.

A sketch is plain data, as `grader.wire` encodes it::

    ("numbers", shape, bytes a number, norm, (projection, ...), where not finite)
    ("text", what)      None, a truth value, a text
    ("items", (sketch, ...))
    ("keys", {key: sketch})
    ("other", type)     anything else, such as an object that stays with its worker
"""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.compare import kinds
from grader.compare.sequences import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Sketch = tuple[Any, ...]

PROJECTIONS: Final = 3
# Projections of equal arrays differ by rounding alone; those of two mistakes' arrays by much more.
# Half the digits of a dtype lie far from both. Python's numbers take more than half of theirs: a
# loss that was read with item() has the precision of the float32 that it was computed in.
AGREEMENT: Final = {8: 1e-5, 4: 1e-3}
# What is this small beside the largest part of the same answer may be rounding and nothing else, as
# gradients are that cancel: it differs between processors. Eight times the eps of float32.
NOISE: Final = 1e-6
MAX_DEPTH: Final = 32
KEPT_SIZE: Final = 10_000
HUGE: Final = 1e150  # beyond, squares overflow; such a number is as good as infinite


def sketch(value: object, depth: int = 0) -> Sketch:
    """Sketch any value.

    Parameters
    ----------
    value : object
        Plain data, or an object.
    depth : int
        How deep it lies in what is being sketched.

    Returns
    -------
    tuple
        The sketch; see the module's docstring. A 1-tuple has its item's, and a regular nesting of
        numbers or arrays that of the one array which it makes, as in `grader.compare`.
    """
    if isinstance(value, tuple) and len(value) == 1:
        return sketch(value[0], depth + 1)
    if value is None or isinstance(value, bool | str | bytes | np.bool_):
        return ("text", repr(value.item() if isinstance(value, np.bool_) else value)[:1000])
    return _numbers(value) or _container(value, depth)


def _container(value: object, depth: int) -> Sketch:
    if isinstance(value, dict | list | tuple) and depth > MAX_DEPTH:
        return ("other", "nested too deeply")
    if isinstance(value, dict):
        items = ((_key(key), sketch(item, depth + 1)) for key, item in value.items())
        return ("keys", dict(sorted(items)))
    if isinstance(value, list | tuple):
        return ("items", tuple(sketch(item, depth + 1) for item in value))
    return ("other", type(value).__name__)


def agree(actual: Sketch, known: Sketch, right: Sketch | None = None) -> bool:
    """Tell whether a value is the same as a known one.

    Parameters
    ----------
    actual : tuple
        Sketch of a submission's value.
    known : tuple
        Sketch of what a mistake gives on the same inputs.
    right : tuple or None
        Sketch of the right value: keys that neither has are of no account.

    Returns
    -------
    bool
        Whether they agree.
    """
    noise = NOISE * max(_largest(actual), _largest(known))
    return _agree(actual, known, right, noise)


def _agree(actual: Sketch, known: Sketch, right: Sketch | None, noise: float) -> bool:
    if actual[0] != known[0]:
        return False
    if known[0] == "numbers":
        return _same_numbers(actual, known, noise)
    if known[0] == "items":
        return len(actual[1]) == len(known[1]) and all(
            _agree(one, other, child_of(right, "items", index), noise)
            for index, (one, other) in enumerate(zip(actual[1], known[1], strict=True))
        )
    if known[0] == "keys":
        counted = dict.fromkeys(known[1]) | dict.fromkeys(
            right[1] if right is not None and right[0] == "keys" else ()
        )
        return all(
            (key in actual[1]) == (key in known[1])
            and (
                key not in known[1]
                or _agree(actual[1][key], known[1][key], child_of(right, "keys", key), noise)
            )
            for key in counted
        )
    return list(actual) == list(known)


def _largest(one: Sketch) -> float:
    """Return the largest norm of what is in a sketch."""
    if one[0] == "numbers":
        return float(one[3])
    parts = one[1].values() if one[0] == "keys" else one[1] if one[0] == "items" else ()
    return max(map(_largest, parts), default=0.0)


def child_of(right: Sketch | None, kind: str, key: Any) -> Sketch | None:
    """Return the part of a sketch at a position or under a name; None where it has none."""
    if right is None or right[0] != kind:
        return None
    if kind == "items":
        return right[1][key] if key < len(right[1]) else None
    found: Sketch | None = right[1].get(key)
    return found


def _numbers(value: object) -> Sketch | None:
    """Sketch a number, an array or a regular nesting of them; None for anything else."""
    shape = shape_of(value)
    found = [kinds.numbers_of(leaf) for leaf in _leaves(value)] if shape is not None else []
    parts = [part for part in found if part is not None]
    if shape is None or len(parts) < len(found):
        return None
    flat = np.concatenate([np.atleast_1d(part.values).reshape(-1) for part in parts])
    if np.iscomplexobj(flat):
        flat = np.concatenate([flat.real, flat.imag])
    flat = flat.astype(np.float64)
    finite = np.abs(flat) < HUGE
    odd = "" if finite.all() else hashlib.sha256(_marks(flat)).hexdigest()[:16]
    flat = np.where(finite, flat, 0.0)
    norm = float(np.linalg.norm(flat))
    projected = tuple(float(number) for number in _directions(flat.size) @ flat)
    size = 4 if any(part.eps > kinds.EPS64 for part in parts) else 8
    return ("numbers", shape, size, norm, projected, odd)


def _same_form(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Tell whether shapes are equal, or one is that of the other's matrices joined."""
    return one == other or _joined(one) == other or one == _joined(other)


def _joined(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a stack of matrices after they are joined along their rows."""
    return (shape[0] * shape[1], *shape[2:]) if len(shape) > 2 else shape  # noqa: PLR2004 - a stack


def _marks(flat: Any) -> bytes:
    marks = np.isnan(flat) + 2 * (flat >= HUGE) + 3 * (flat <= -HUGE)
    return np.asarray(marks, dtype=np.uint8).tobytes()


def _directions(size: int) -> Any:
    """Draw the directions for arrays of a size; those of large ones would fill the memory."""
    return _kept_directions(size) if size <= KEPT_SIZE else _drawn_directions(size)


def _drawn_directions(size: int) -> Any:
    return np.random.default_rng(size).standard_normal((PROJECTIONS, size))


_kept_directions = functools.lru_cache(maxsize=256)(_drawn_directions)


def _same_numbers(actual: Sketch, known: Sketch, noise: float) -> bool:
    _, shape, size, norm, projected, odd = known
    if not _same_form(tuple(actual[1]), tuple(shape)) or actual[2] != size or actual[5] != odd:
        return False
    scale = max(norm, actual[3], np.finfo(np.float64).tiny)
    pairs = zip((norm, *projected), (actual[3], *actual[4]), strict=True)
    bound = max(AGREEMENT[size] * scale, noise)
    return all(abs(one - other) <= bound for one, other in pairs)


def _leaves(value: Any) -> Iterator[object]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _key(key: object) -> str:
    return repr(key.item() if isinstance(key, np.generic) else key)[:200]
