"""Single values: None, truth values, texts and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.compare import kinds
from grader.compare.elements import judge
from grader.compare.summaries import TEXT_LENGTH, number_pair, quoted
from grader.model import Difference

if TYPE_CHECKING:
    from grader.compare.spots import Spot


def compare_none(actual: object, _expected: None, spot: Spot) -> Difference | None:
    """Accept None alone."""
    return None if actual is None else spot.differ("kind", None, actual)


def compare_text(actual: object, expected: str | bytes, spot: Spot) -> Difference | None:
    """Accept the same text; str and bytes are two kinds. The index is the first that differs."""
    if isinstance(expected, str) and isinstance(actual, str):
        return None if actual == expected else _text_difference(actual, expected, spot)
    if isinstance(expected, bytes) and isinstance(actual, bytes):
        return None if actual == expected else _text_difference(actual, expected, spot)
    return spot.differ("kind", expected, actual)


def compare_discrete(actual: object, expected: object, spot: Spot) -> Difference | None:
    """Accept an equal bool for a bool, and for an int an equal int or float, of Python or numpy.

    An array or tensor without dimensions counts as the number in it.
    """
    family, came = kinds.family_of(expected), kinds.family_of(actual)
    whole = family == "int" and came == "float"
    if (came != family and not whole) or not _is_single(actual):
        return spot.differ("kind", expected, actual)
    got, wanted = _item(actual), _item(expected)
    if whole and not math.isfinite(got):
        return spot.differ("not_finite", expected, actual)
    if got == wanted:
        spot.notes.update({"whole"} if whole else ())
        return None
    error = None if family == "bool" else _distance(got, wanted)
    tolerance = None if family == "bool" else 0.0
    texts = number_pair(wanted, got)
    return Difference("value", spot.path, *texts, (), error, tolerance, wrong=1, total=1)


def compare_float(actual: object, expected: object, spot: Spot) -> Difference | None:
    """Accept a close number, or an array or tensor that holds just that one."""
    numbers = single_float(actual, expected)
    wanted = kinds.expected_numbers(expected)
    if numbers is None or wanted is None:
        return spot.differ("kind", expected, actual)
    return judge(numbers, wanted, spot)


def single_float(actual: object, expected: object) -> kinds.Numbers | None:
    """Read what may stand for one float as an array without dimensions; None if nothing may."""
    numbers = kinds.numbers_of(actual)
    family = kinds.family_of(expected)
    if numbers is None or family is None or numbers.values.size != 1:
        return None
    if numbers.family not in kinds.ACCEPTED[family]:
        return None
    return kinds.Numbers(numbers.values.reshape(()), numbers.family, numbers.eps)


def _is_single(value: object) -> bool:
    return kinds.is_number(value) or (kinds.is_array(value) and _dimensions(value) == 0)


def _dimensions(value: Any) -> int:
    return len(value.shape)


def _item(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) or kinds.is_array(value) else value


def _distance(one: float, other: int) -> float | None:
    try:
        return float(abs(one - other))
    except OverflowError:  # ints past the range of floats
        return None


def _text_difference(actual: str | bytes, expected: str | bytes, spot: Spot) -> Difference:
    index = _first_difference(actual, expected)
    start = index - TEXT_LENGTH // 2 if index >= TEXT_LENGTH else 0
    lead = "..." if start else ""
    return Difference(
        "value",
        spot.path,
        lead + quoted(expected[start:]),
        lead + quoted(actual[start:]),
        index=(index,),
    )


def _first_difference(one: str | bytes, other: str | bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
