"""What was answered in a case, in a dozen bytes: enough to tell thousands of implementations apart.

A `Trace` holds a sketch of each array. Where only the question matters whether two implementations
answered alike, all of a trace's numbers are mixed into two, and all that has to be equal exactly
into a digest. Who agrees in sketches agrees here; the other way round by accident alone.
"""

from __future__ import annotations

import functools
import hashlib
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from grader.diagnose.sketch import AGREEMENT, PROJECTIONS, child_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.diagnose.sketch import Sketch
    from grader.diagnose.traces import Answer, Trace

MIXED: Final = 2  # numbers that are left
SLACK: Final = 2.0  # times what errors add up to that are independent of each other
DIGEST_BYTES: Final = 6


class Fingerprint(NamedTuple):
    """What was answered in a case that failed.

    Parameters
    ----------
    form : bytes
        Digest of calls, errors, texts, shapes and precision.
    numbers : tuple of float
        All numbers, mixed.
    tolerance : float
        How far these may be off in another fingerprint of the same form.
    """

    form: bytes
    numbers: tuple[float, ...]
    tolerance: float


def fingerprint(trace: Trace, right: Trace | None) -> Fingerprint:
    """Make the fingerprint of a trace.

    Parameters
    ----------
    trace : Trace
        What an implementation answered.
    right : Trace or None
        What the reference answers: of dictionaries, only its keys count.

    Returns
    -------
    Fingerprint
        Equal for equal answers but for rounding, also those in an array of joined matrices.
    """
    rights: Sequence[Answer] = right.answers if right is not None else ()
    form: list[object] = []
    leaves: list[Sketch] = []
    for at, answer in enumerate(trace.answers):
        form += [answer.what, answer.error]
        wanted = rights[at].value if at < len(rights) else ()
        for leaf in _leaves(answer.value, wanted or None):
            if leaf[0] == "numbers":
                leaves.append(leaf)
                form.append(_form(leaf))
            else:
                form.append(leaf)
    digest = hashlib.sha256(repr(form).encode()).digest()[:DIGEST_BYTES]
    weights = _weights(len(leaves))
    features = np.array([_features(leaf) for leaf in leaves]).reshape(len(leaves), 1 + PROJECTIONS)
    errors = np.array([AGREEMENT[leaf[2]] for leaf in leaves])[:, None] * (1 + np.abs(features))
    mixed = (weights * features).sum(axis=(1, 2))
    off = SLACK * np.sqrt(((weights * errors) ** 2).sum(axis=(1, 2))).max(initial=0.0)
    return Fingerprint(digest, tuple(float(one) for one in mixed), float(off))


def _leaves(value: Sketch, right: Sketch | None) -> Iterator[Sketch]:
    """Yield what a sketch is made of: numbers, texts, and marks for what holds them."""
    if not value:
        return
    if value[0] == "items":
        yield ("items", len(value[1]))
        for at, item in enumerate(value[1]):
            yield from _leaves(item, child_of(right, "items", at))
    elif value[0] == "keys":
        kept = value[1] if right is None or right[0] != "keys" else right[1]
        for key in kept:
            yield ("key", key, key in value[1])
            if key in value[1]:
                yield from _leaves(value[1][key], child_of(right, "keys", key))
    elif value[0] == "numbers":
        yield value
    else:
        yield tuple(value)


def _form(leaf: Sketch) -> tuple[object, ...]:
    _, shape, size, norm, _, odd = leaf
    joined = (shape[0] * shape[1], *shape[2:]) if len(shape) > 2 else tuple(shape)  # noqa: PLR2004 - a stack
    return ("numbers", joined, size, norm > 0, odd)


def _features(leaf: Sketch) -> tuple[float, ...]:
    _, _, _, norm, projected, _ = leaf
    if not norm:
        return (0.0,) * (1 + PROJECTIONS)
    return (math.log(norm), *(one / norm for one in projected))


@functools.lru_cache(maxsize=256)
def _weights(leaves: int) -> Any:
    """Draw how the numbers of so many arrays are mixed."""
    return np.random.default_rng(leaves).standard_normal((MIXED, leaves, 1 + PROJECTIONS))
