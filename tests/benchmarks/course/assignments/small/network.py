"""A small recurrent network, in NumPy and in PyTorch."""

import numpy as np
import torch


def clip(gradients: dict[str, np.ndarray], bound: float) -> dict[str, np.ndarray]:
    """Limit every entry to between -bound and bound."""
    raise NotImplementedError("your code")


def step_forward(
    wx: np.ndarray, wh: np.ndarray, b: np.ndarray, h: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """Return the state after one more input."""
    raise NotImplementedError("your code")


def word_forward(
    wx: np.ndarray, wh: np.ndarray, b: np.ndarray, h: np.ndarray, xs: np.ndarray
) -> list[np.ndarray]:
    """Return the state after each input."""
    raise NotImplementedError("your code")


def layer(wx: torch.Tensor, wh: torch.Tensor, xs: torch.Tensor) -> torch.Tensor:
    """Return the state after each input, by PyTorch's own layer, without a bias."""
    raise NotImplementedError("your code")
