"""What is said of a value, in Chinese."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.compare import compare, summary
from grader.texts import describe, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.25, "float 1.25"),
        (None, "None"),
        (np.ones((2, 2)), "形状为 (2, 2) 的 float64 数组: 1.0, 1.0, 1.0, 1.0"),
        (torch.arange(9), "形状为 (9,) 的 int64 张量: 0, 1, 2, 3, 4, ..."),
        ([np.zeros(3), "a"], "含 2 项的 list: 形状为 (3,) 的 float64 数组, 'a'"),
        ({"dW": (1,)}, "含 1 项的 dict: 'dW': 含 1 项的 tuple"),
        (10**500, "int 1661 位的 int"),
        ([object()], "含 1 项的 list: object 类型的对象"),
    ],
)
def test_phrases_are_in_chinese(value: Any, text: str) -> None:
    """Names of types and numbers are the same in both languages."""
    assert value_text(summary(value), "zh") == text
    assert value_text(summary(value), "en") == summary(value)


@pytest.mark.parametrize(
    "value",
    [
        "list of 3",
        "it's an int64 array of shape (2,)",
        'a "dict of 2"',
        "keys 'a'",
        "\\', list of 3",
    ],
)
def test_what_is_quoted_stays(value: str) -> None:
    """It is the student's, whatever it says."""
    assert value_text(summary(value), "zh") == summary(value)
    assert value_text(summary([value]), "zh") == f"含 1 项的 list: {value!r}"


@pytest.mark.parametrize(
    ("actual", "expected", "text"),
    [
        (
            [1],
            np.ones((2, 2)),
            "应为 形状为 (2, 2) 的 float64 数组，得到 含 1 项的 list，形状为 (1,)",
        ),
        ({"a": 1}, {"a": 1, "b": 2}, "应有 键 'b'，得到 含 1 项的 dict，键为 'a'"),
        ([], {"a": 1, "b": 2}, "应为 含 2 项的 dict，得到 含 0 项的 list"),
        (np.ones(5), [np.ones(2)] * 2, "应为 含 2 项的 list，每项形状为 (2,)，得到 形状为 (5,) 的"),
    ],
)
def test_a_difference_is_all_in_chinese(actual: Any, expected: Any, text: str) -> None:
    """Whatever differs."""
    found = compare(actual, expected)

    assert found is not None
    assert text in describe(found, "zh")
