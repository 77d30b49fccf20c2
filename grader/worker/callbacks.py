"""Arguments on their way to an upstream that the trusted side computes, and back."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np


def forwarded(signature: str) -> str:
    """List a signature's parameters as the items of a tuple: ``x, *rest, n,``."""
    arguments = signature.strip()[1:-1]
    declared = ast.parse(f"lambda {arguments}: 0", mode="eval").body.args  # type: ignore[attr-defined]  # a lambda has them
    names = [argument.arg for argument in (*declared.posonlyargs, *declared.args)]
    names += [f"*{declared.vararg.arg}"] if declared.vararg else []
    names += [argument.arg for argument in declared.kwonlyargs]
    return "".join(f"{name}, " for name in names)


def write_back(target: Any, value: Any) -> Any:
    """Change `target` in place to hold `value` where that can be done; return what holds it."""
    if isinstance(target, np.ndarray) and isinstance(value, np.ndarray):
        if target.flags.writeable and target.shape == value.shape:
            np.copyto(target, value, casting="unsafe")
            return target
    elif isinstance(target, dict) and isinstance(value, dict):
        for key, item in value.items():
            target[key] = write_back(target.get(key), item)
        return target
    elif isinstance(target, list) and isinstance(value, list):
        kept = [write_back(old, new) for old, new in zip(target, value, strict=False)]
        target[:] = kept + value[len(kept) :]
        return target
    elif isinstance(target, tuple) and isinstance(value, tuple):
        return tuple(map(write_back, target, value))
    return value
