"""The parameters of a submission's modules, by name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from grader.worker.reasons import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping


def by_name(module: Any) -> dict[str, Any]:
    """Return the parameters of a module, without their way back."""
    return {name: value.detach() for name, value in module.named_parameters()}


def copy_in(module: Any, values: Mapping[str, Any]) -> None:
    """Copy values into the parameters of a module.

    Raises
    ------
    Unavailable
        When it has no such parameter, or one of another shape.
    """
    torch = sys.modules["torch"]
    there = dict(module.named_parameters())
    for name, value in values.items():
        if name not in there:
            raise Unavailable("missing_parameter", name=name, there=", ".join(there))
        tensor = torch.as_tensor(value)
        if there[name].shape != tensor.shape:
            shapes = {
                "got": str(tuple(there[name].shape)),
                "expected": str(tuple(tensor.shape)),
            }
            raise Unavailable("wrong_parameter_shape", name=name, **shapes)
        with torch.no_grad():
            there[name].copy_(tensor)
