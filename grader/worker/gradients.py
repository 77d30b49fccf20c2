"""Gradients of a projection of a result, by the submission's own autograd graph."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class SizeMismatchError(Exception):
    """The result has another number of elements than the cotangent."""


def leaves(arguments: tuple[Any, ...], owner: Any) -> dict[str, Any]:
    """Find what a call may be differentiated by; before it, as it may put other tensors there.

    Parameters
    ----------
    arguments : tuple
        The call's arguments; of the tensors among them, those that require a gradient.
    owner : Any
        A module whose parameters are leaves too, or None.

    Returns
    -------
    dict of str to Tensor
        By path.
    """
    found = dict(_leaves(arguments))
    if owner is not None:
        found.update(owner.named_parameters())
    return found


def projected(result: Any, cotangent: Any, by: Mapping[str, Any]) -> Any:
    """Differentiate ``sum(cotangent * flattened result)``.

    Parameters
    ----------
    result : Any
        Plain data with tensors among it; they are flattened in order.
    cotangent : (n,) ndarray
        One weight an element.
    by : mapping of str to Tensor
        The `leaves` of the call.

    Returns
    -------
    dict of str to Tensor
        Gradients by path; zeros for a leaf that the result does not depend on.

    Raises
    ------
    SizeMismatchError
        When the sizes differ.
    """
    torch = sys.modules["torch"]
    flat = [tensor.reshape(-1) for _, tensor in _tensors(result, "") if tensor.is_floating_point()]
    total = sum(part.numel() for part in flat)
    if total != len(cotangent):
        raise SizeMismatchError(f"{total} elements, {len(cotangent)} expected")
    joined = torch.cat(flat)
    weight = torch.as_tensor(cotangent, dtype=joined.dtype)
    if not joined.requires_grad:
        return {path: torch.zeros_like(leaf) for path, leaf in by.items()}
    found = torch.autograd.grad((joined * weight).sum(), list(by.values()), allow_unused=True)
    return {
        path: torch.zeros_like(leaf) if grad is None else grad
        for (path, leaf), grad in zip(by.items(), found, strict=True)
    }


def would_stay_behind(arguments: tuple[Any, ...]) -> bool:
    """Tell whether copies of the arguments lack a gradient, or a way back for one.

    Parameters
    ----------
    arguments : tuple
        Plain data; tensors may be among it.

    Returns
    -------
    bool
        Whether a tensor has a gradient, or autograd records what is done with it.
    """
    if "torch" not in sys.modules:
        return False
    recorded = sys.modules["torch"].is_grad_enabled()
    return any(
        tensor.requires_grad and (recorded or (tensor.is_leaf and tensor.grad is not None))
        for _, tensor in _tensors(arguments, "")
    )


def _leaves(arguments: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for position, argument in enumerate(arguments):
        for path, tensor in _tensors(argument, str(position)):
            if tensor.requires_grad and tensor.is_leaf:
                yield path, tensor


def _tensors(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _tensors(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tensors(item, f"{path}[{key!r}]")
    elif isinstance(value, sys.modules["torch"].Tensor):
        yield path, value
