"""Call a function again and again, on the processor or on a GPU."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CPU: Final = "cpu"


def call_each(function: Callable[..., Any], payloads: Sequence[bytes], device: str) -> list[Any]:
    """Call a function once for each encoded set of arguments.

    Parameters
    ----------
    function : callable
        What is called.
    payloads : sequence of bytes
        Tuples of positional arguments, decoded one by one.
    device : str
        Where their tensors are put before the call.

    Returns
    -------
    list
        The results, all of them computed.
    """
    torch = sys.modules.get("torch")
    on_gpu = device != CPU and torch is not None
    if on_gpu:
        # Half of float32's digits are gone in TF32, and no tolerance foresees that.
        torch.backends.cudnn.allow_tf32 = False  # type: ignore[union-attr]  # on_gpu
        torch.backends.cuda.matmul.allow_tf32 = False  # type: ignore[union-attr]
    results = [function(*moved(wire.decode(payload), device)) for payload in payloads]
    if on_gpu and torch.cuda.is_initialized():  # type: ignore[union-attr]
        torch.cuda.synchronize()  # type: ignore[union-attr]
    return results


def moved(value: Any, device: str) -> Any:
    """Put every tensor of a decoded value on a device; the rest stays as it is."""
    if device == CPU:
        return value
    if isinstance(value, list | tuple):
        return type(value)(moved(item, device) for item in value)
    if isinstance(value, dict):
        return {key: moved(item, device) for key, item in value.items()}
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.Tensor):
        return value
    # A leaf as before, so that gradients would be its own.
    return value.detach().to(device).requires_grad_(value.requires_grad)
