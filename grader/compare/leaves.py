"""The floating parts of a nested value, each with its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.compare import kinds
from grader.compare.summaries import key_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def item_path(path: str, index: int) -> str:
    """Extend a path by a position in a sequence."""
    return f"{path}[{index}]"


def key_path(path: str, key: object) -> str:
    """Extend a path by a dictionary key."""
    return f"{path}[{key_text(key)}]"


def floating_leaves(value: object, path: str = "") -> Iterator[tuple[str, kinds.Numbers]]:
    """Yield every float or complex leaf of an expected value with its path, in order.

    A leaf is an array, a tensor, a single float, or a list of nothing but floats.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from floating_leaves(item, key_path(path, key))
    elif isinstance(value, list | tuple) and not kinds.is_series(value):
        for index, item in enumerate(value):
            yield from floating_leaves(item, item_path(path, index))
    else:
        numbers = kinds.expected_numbers(value)
        if numbers is not None and numbers.family in {"float", "complex"}:
            yield path, numbers
