"""A small recurrent network, in NumPy and in PyTorch."""

import numpy as np
import torch


def clip(gradients: dict[str, np.ndarray], bound: float) -> dict[str, np.ndarray]:
    """Limit every entry to between -bound and bound."""
    return {name: np.clip(value, -bound, bound) for name, value in gradients.items()}


def step_forward(
    wx: np.ndarray, wh: np.ndarray, b: np.ndarray, h: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """Return the state after one more input."""
    return np.tanh(wx @ x + wh @ h + b)


def word_forward(
    wx: np.ndarray, wh: np.ndarray, b: np.ndarray, h: np.ndarray, xs: np.ndarray
) -> list[np.ndarray]:
    """Return the state after each input."""
    states = []
    for x in xs:
        h = step_forward(wx, wh, b, h, x)
        states.append(h)
    return states


def layer(wx: torch.Tensor, wh: torch.Tensor, xs: torch.Tensor) -> torch.Tensor:
    """Return the state after each input, by PyTorch's own layer, without a bias."""
    network = torch.nn.RNN(wx.shape[1], wx.shape[0], bias=False)
    network.weight_ih_l0.data, network.weight_hh_l0.data = wx, wh
    states, _ = network(xs)
    return states
