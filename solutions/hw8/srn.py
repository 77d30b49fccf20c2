"""A simple recurrent network with two hidden units, written three times.

First weight by weight in NumPy, then with torch's cell for one step, then with torch's layer for a
whole sequence. None of them has a bias, and each starts from a hidden state of zeros.
"""

import numpy as np
import torch
from torch import Tensor, nn


def srn_forward(
    X: np.ndarray, w: np.ndarray, U: np.ndarray, act: str
) -> tuple[np.ndarray, np.ndarray]:
    """Run a network of two inputs, two hidden units and two outputs over a sequence.

    With x1, x2 for the inputs of a step, and p1, p2 for the hidden units *before* it:

    * ``h1 = act(w1 x1 + w3 x2 + U2 p1 + U4 p2)``
    * ``h2 = act(w2 x1 + w4 x2 + U1 p1 + U3 p2)``
    * ``y1 = w5 h1 + w7 h2``
    * ``y2 = w6 h1 + w8 h2``

    Mind the numbers of U: ``U2`` and ``U4`` lead to the first unit, ``U1`` and ``U3`` to the
    second.

    Parameters
    ----------
    X : (steps, 2) array of float64
        The inputs, one row a step.
    w : (8,) array of float64
        ``w1`` to ``w8``.
    U : (4,) array of float64
        ``U1`` to ``U4``.
    act : str
        ``"linear"``, for which ``act(z) = z``, or ``"tanh"``.

    Returns
    -------
    Y : (steps, 2) array of float64
        The outputs ``y1, y2`` of each step.
    H : (steps, 2) array of float64
        The hidden units ``h1, h2`` after each step.

    Examples
    --------
    >>> X = np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]])
    >>> Y, H = srn_forward(X, np.ones(8), np.ones(4), "linear")
    >>> Y.tolist(), H.tolist()
    ([[4.0, 4.0], [12.0, 12.0], [32.0, 32.0]], [[2.0, 2.0], [6.0, 6.0], [16.0, 16.0]])
    """
    # BEGIN SOLUTION
    Wx = np.array([[w[0], w[2]], [w[1], w[3]]])
    Uh = np.array([[U[1], U[3]], [U[0], U[2]]])
    Vy = np.array([[w[4], w[6]], [w[5], w[7]]])
    h, states = np.zeros(2), []
    for x in X:
        z = Wx @ x + Uh @ h
        h = np.tanh(z) if act == "tanh" else z
        states.append(h)
    H = np.array(states)
    return H @ Vy.T, H
    # END SOLUTION


def srn_cell(Wx: Tensor, Uh: Tensor, Vy: Tensor, X: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Run the network of any size with torch.nn.RNNCell, step by step.

    ``h_t = tanh(Wx x_t + Uh h_{t-1})`` and ``y_t = Vy h_t`` for each row of the batch. Give the
    cell, and the linear layer if you use one, these weights, and see to it that no bias is added.

    Parameters
    ----------
    Wx : (hidden, d) Tensor of float32
        Input to hidden state.
    Uh : (hidden, hidden) Tensor of float32
        Hidden state to next hidden state.
    Vy : (q, hidden) Tensor of float32
        Hidden state to output.
    X : (steps, batch, d) Tensor of float32
        The inputs, time first.

    Returns
    -------
    Y : list of (batch, q) Tensor
        The output of each step; one stacked (steps, batch, q) Tensor is right, too.
    H : list of (batch, hidden) Tensor
        The hidden state after each step; or one (steps, batch, hidden) Tensor.

    Examples
    --------
    >>> X = torch.tensor([[[1.0, 1.0]], [[1.0, 1.0]], [[2.0, 2.0]]])
    >>> Y, H = srn_cell(torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2), X)
    >>> [y.detach() for y in Y]
    [tensor([[1.9281, 1.9281]]), tensor([[1.9985, 1.9985]]), tensor([[2.0000, 2.0000]])]
    """
    # BEGIN SOLUTION
    cell = nn.RNNCell(Wx.shape[1], Wx.shape[0], bias=False)
    cell.weight_ih.data, cell.weight_hh.data = Wx, Uh
    h = torch.zeros(X.shape[1], Wx.shape[0])
    outputs, states = [], []
    for x in X:
        h = cell(x, h)
        states.append(h)
        outputs.append(h @ Vy.T)
    return outputs, states
    # END SOLUTION


def srn_rnn(Wx: Tensor, Uh: Tensor, Vy: Tensor, X: Tensor) -> tuple[Tensor, Tensor]:
    """Run the same network with one call of torch.nn.RNN.

    Parameters
    ----------
    Wx : (hidden, d) Tensor of float32
        Input to hidden state.
    Uh : (hidden, hidden) Tensor of float32
        Hidden state to next hidden state.
    Vy : (q, hidden) Tensor of float32
        Hidden state to output.
    X : (steps, batch, d) Tensor of float32
        The inputs, time first.

    Returns
    -------
    Y : (steps, batch, q) Tensor
        The output of each step.
    H : (steps, batch, hidden) Tensor
        The hidden state after each step.

    Examples
    --------
    >>> X = torch.tensor([[[1.0, 1.0]], [[1.0, 1.0]], [[2.0, 2.0]]])
    >>> Y, H = srn_rnn(torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2), X)
    >>> Y.shape, Y[:, 0, 0].detach()
    (torch.Size([3, 1, 2]), tensor([1.9281, 1.9985, 2.0000]))
    """
    # BEGIN SOLUTION
    layer = nn.RNN(Wx.shape[1], Wx.shape[0], bias=False)
    layer.weight_ih_l0.data, layer.weight_hh_l0.data = Wx, Uh
    H, _ = layer(X, torch.zeros(1, X.shape[1], Wx.shape[0]))
    return H @ Vy.T, H
    # END SOLUTION
