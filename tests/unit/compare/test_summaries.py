"""Values in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.compare import summary
from grader.compare.summaries import SUMMARY_LENGTH, brief


class Hostile:
    """An object whose every method fails."""

    def __repr__(self) -> str:
        """Fail."""
        raise RuntimeError("no repr")

    def __len__(self) -> int:
        """Fail."""
        raise RuntimeError("no length")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (3, "int 3"),
        (1.25, "float 1.25"),
        (2.0, "float 2.0"),
        (np.float32(0.5), "float32 0.5"),
        ("a\nb", r"'a\nb'"),
        (np.ones((2, 2)), "float64 array of shape (2, 2): 1.0, 1.0, 1.0, 1.0"),
        (np.zeros((0, 3)), "float64 array of shape (0, 3)"),
        (torch.arange(9), "int64 tensor of shape (9,): 0, 1, 2, 3, 4, ..."),
        ([1, "a", None], "list of 3: 1, 'a', None"),
        ({"dW": np.ones(2)}, "dict of 1: 'dW': float64 array of shape (2,)"),
        ((), "tuple of 0"),
        (Hostile(), "object of type Hostile"),
        ([Hostile()], "list of 1: object of type Hostile"),
        (np.array([Hostile()], dtype=object), "object array of shape (1,)"),
    ],
    ids=range(16),
)
def test_says_type_shape_and_leading_values(value: Any, text: str) -> None:
    """One line an argument is what a recipe shows."""
    assert summary(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10_000,
        b"\xff" * 10_000,
        10**5000,
        [10**5000] * 9,
        {"k" * 500: "v" * 500},
        [["a" * 99] * 9] * 9,
        "\u202eevil\x1b[31m",
        "\ud800" * 50,
        type("n\n" * 99, (), {})(),
        np.full(9, np.nan),
        float("inf"),
    ],
    ids=range(11),
)
def test_stays_short_and_on_one_line(value: Any) -> None:
    """Whatever a value holds, its line is bounded and printable."""
    text = summary(value)

    assert 0 < len(text) <= SUMMARY_LENGTH
    assert text.isprintable()


def test_cycles_end() -> None:
    """Only two levels are looked at."""
    value: list[Any] = []
    value.append(value)

    assert summary(value) == "list of 1: list of 1"


def test_brief_names_a_value_without_its_contents() -> None:
    """Differences in form need no numbers."""
    assert brief(torch.ones(2, 3)) == "float32 tensor of shape (2, 3)"
    assert brief({"a": 1}) == "dict of 1"
    assert brief(np.bool_(0)) == "False"
