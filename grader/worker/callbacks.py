"""Arguments on their way to an upstream that the trusted side computes, and back."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Args = tuple[Any, ...]
    Keywords = dict[str, Any]


def put_in(name: str, signature: str, call: Callable[[Args, Keywords], Any]) -> Any:
    """Build a function with a name and a signature that hands its arguments on.

    Parameters
    ----------
    name, signature : str
        Those of the upstream's reference.
    call : callable
        Is given the arguments that are passed by position, and those by keyword.

    Returns
    -------
    callable
        Returns what `call` does.
    """
    arguments = signature.strip()[1:-1]
    declared = ast.parse(f"lambda {arguments}: 0", mode="eval").body.args  # type: ignore[attr-defined]  # a lambda has them
    names = [argument.arg for argument in (*declared.posonlyargs, *declared.args)]
    names += [f"*{declared.vararg.arg}"] if declared.vararg else []
    positional = "".join(f"{each}, " for each in names)
    keywords = ", ".join(f"{argument.arg!r}: {argument.arg}" for argument in declared.kwonlyargs)
    scope: dict[str, Any] = {"_call": call}
    text = f"def {name}{signature}:\n    return _call(({positional}), {{{keywords}}})\n"
    exec(compile(text, f"<{name} of the reference>", "exec"), scope)  # noqa: S102 - our text
    return scope[name]


def write_back(target: Any, value: Any) -> Any:
    """Change `target` in place to hold `value` where that can be done; return what holds it."""
    if isinstance(target, np.ndarray) and isinstance(value, np.ndarray):
        if target.flags.writeable and target.shape == value.shape:
            np.copyto(target, value, casting="unsafe")
            return target
    elif _are_tensors(target, value):
        if target.shape == value.shape and target.dtype == value.dtype:
            with sys.modules["torch"].no_grad():
                return target.copy_(value)
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


def _are_tensors(*values: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and all(isinstance(value, torch.Tensor) for value in values)
