"""The benchmark's cases for nbgrader's cells and otter-grader's tests, read from a file.

It lies beside the notebook, with `cases.json`, and runs where nothing of ours is installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDING = 1e-5


def check(function: Callable[..., Any], case: int) -> None:
    """Call a function with the inputs of one of its cases; raise where the result is another."""
    cases = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
    args, expected = map(plain, cases[function.__name__][case])
    agree(function(*args), expected)


def agree(actual: Any, expected: Any) -> None:
    """Compare part by part."""
    if isinstance(expected, dict):
        assert list(actual) == list(expected)
        actual, expected = list(actual.values()), list(expected.values())
    if isinstance(expected, list):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            agree(one, other)
        return
    assert actual.dtype == expected.dtype
    if hasattr(actual, "detach"):
        actual = actual.detach()
    np.testing.assert_allclose(np.asarray(actual), np.asarray(expected), ROUNDING, ROUNDING)


def plain(stored: Any) -> Any:
    """Turn what JSON can hold back into values."""
    if isinstance(stored, list):
        return [plain(item) for item in stored]
    if not isinstance(stored, dict):
        return stored
    if "array" in stored:
        return np.array(stored["array"])
    if "tensor" in stored:
        import torch  # noqa: PLC0415 - three of four exercises do without

        return torch.tensor(stored["tensor"])
    return {name: plain(value) for name, value in stored.items()}


def stored(value: Any) -> Any:
    """Turn a value into what JSON can hold."""
    if isinstance(value, dict):
        return {name: stored(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [stored(item) for item in value]
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    if hasattr(value, "tolist"):
        return {"tensor": value.tolist()}
    return value
