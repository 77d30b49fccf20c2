"""A recurrent network that learns to add binary numbers, in NumPy alone.

It reads two numbers bit by bit, the lowest bit first as on paper, and says at each step which bit
of the sum comes out. Whether there is something to carry, only its hidden state can tell.

=====  ================  =================================
``U``  (2, hidden)       the two bits to hidden state
``W``  (hidden, hidden)  hidden state to next hidden state
``V``  (hidden, 1)       hidden state to output
=====  ================  =================================

Vectors are rows, so that weights stand on the right of the product. There are no biases. Bits are
stored with the highest first, as numbers are written.
"""

from collections.abc import Sequence

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Compute ``1 / (1 + exp(-x))``, entry by entry. This one is ready-made.

    Parameters
    ----------
    x : array of float64
        Of any shape.

    Returns
    -------
    array of float64
        Of the same shape, between 0 and 1.

    Examples
    --------
    >>> sigmoid(np.array([-1.0, 0.0, 1.0])).round(4)
    array([0.2689, 0.5   , 0.7311])
    """
    squashed: np.ndarray = 1 / (1 + np.exp(-x))
    return squashed


def int_to_bits(n: int, dim: int = 8) -> np.ndarray:
    """Write a number with `dim` binary digits.

    Parameters
    ----------
    n : int
        The number, at least 0 and less than ``2**dim``.
    dim : int
        How many digits; there may be more than eight.

    Returns
    -------
    (dim,) array of int
        The digits 0 and 1, the highest first.

    Examples
    --------
    >>> int_to_bits(6).tolist(), int_to_bits(6, 4).tolist()
    ([0, 0, 0, 0, 0, 1, 1, 0], [0, 1, 1, 0])
    """
    raise NotImplementedError("int_to_bits: not written yet")


def bits_to_int(bits: np.ndarray) -> int:
    """Read a number from its binary digits.

    Parameters
    ----------
    bits : (dim,) array of int
        The digits 0 and 1, the highest first; also of type uint8, and also more than eight.

    Returns
    -------
    int
        The number.

    Examples
    --------
    >>> int(bits_to_int(np.array([0, 0, 0, 0, 0, 1, 1, 0])))
    6
    """
    raise NotImplementedError("bits_to_int: not written yet")


def binadd_forward(
    a: np.ndarray, b: np.ndarray, U: np.ndarray, W: np.ndarray, V: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Read two numbers, lowest bit first, and predict the bits of their sum.

    ``h_t = sigmoid(x_t U + h_{t-1} W)`` and ``o_t = sigmoid(h_t V)``, where the row ``x_t`` holds
    the two bits of step t: the *last* entries of `a` and `b` in the first step. The state before
    the first step is zero.

    Parameters
    ----------
    a, b : (dim,) array of int
        The bits of both numbers, the highest first.
    U : (2, hidden) array of float64
        From the bits of `a` and `b`, in this order.
    W : (hidden, hidden) array of float64
        From the state before.
    V : (hidden, 1) array of float64
        To the output.

    Returns
    -------
    hs : list of (1, hidden) array of float64
        ``dim + 1`` states in the order of the steps; ``hs[0]`` is zero, ``hs[1]`` comes from the
        first step.
    os : list of (1, 1) array of float64
        ``dim`` outputs in the order of the steps, so ``os[0]`` is for the *lowest* bit.

    Examples
    --------
    >>> weights = np.zeros((2, 3)), np.zeros((3, 3)), np.zeros((3, 1))
    >>> hs, os = binadd_forward(np.array([0, 1]), np.array([1, 1]), *weights)
    >>> [h.tolist() for h in hs]
    [[[0.0, 0.0, 0.0]], [[0.5, 0.5, 0.5]], [[0.5, 0.5, 0.5]]]
    >>> [o.tolist() for o in os]
    [[[0.5]], [[0.5]]]
    """
    raise NotImplementedError("binadd_forward: not written yet")


def binadd_backward(
    a: np.ndarray,
    b: np.ndarray,
    c: np.ndarray,
    hs: list[np.ndarray],
    os: list[np.ndarray],
    U: np.ndarray,
    W: np.ndarray,
    V: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Backpropagation through time: the gradients of ``E = 1/2 sum_t (o_t - y_t)^2``.

    ``y_t`` is the bit of `c` that belongs to step t. From the last step to the first, with a carry
    of zero behind the last:

    * ``do = (o_t - y_t) * o_t * (1 - o_t)``
    * ``dz = (do V^T + carry) * h_t * (1 - h_t)``
    * add ``h_t^T do`` to ``dV``, ``h_{t-1}^T dz`` to ``dW``, ``x_t^T dz`` to ``dU``
    * ``carry = dz W^T``, for the step before

    where ``*`` is entry by entry.

    Parameters
    ----------
    a, b, c : (dim,) array of int
        The bits of both numbers and of their sum, the highest first.
    hs : list of (1, hidden) array of float64
        The ``dim + 1`` states of `binadd_forward`.
    os : list of (1, 1) array of float64
        Its ``dim`` outputs.
    U, W, V : array of float64
        The weights, as in `binadd_forward`.

    Returns
    -------
    dU, dW, dV : array of float64
        The gradients, in the shapes of the weights. They point uphill: taking a step *against*
        them makes E smaller.

    Examples
    --------
    One step. The state and the output are 0.5, the right bit is 1, so do = -0.125 and dV, for each
    unit, half of that:

    >>> a, b, c = np.array([1]), np.array([0]), np.array([1])
    >>> weights = np.zeros((2, 3)), np.zeros((3, 3)), np.zeros((3, 1))
    >>> hs, os = [np.zeros((1, 3)), np.full((1, 3), 0.5)], [np.array([[0.5]])]
    >>> dU, dW, dV = binadd_backward(a, b, c, hs, os, *weights)
    >>> dV.tolist()
    [[-0.0625], [-0.0625], [-0.0625]]
    """
    raise NotImplementedError("binadd_backward: not written yet")


def binadd_train(
    pairs: Sequence[tuple[int, int]],
    U: np.ndarray,
    W: np.ndarray,
    V: np.ndarray,
    lr: float,
    dim: int = 8,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Learn from pairs of numbers, one step of gradient descent for each pair, in their order.

    For each pair: both numbers and their sum become bits, then forward, backward, and
    ``weight - lr * gradient`` for all three weights.

    Parameters
    ----------
    pairs : sequence of two int
        The numbers to add; their sums have no more than `dim` bits.
    U, W, V : array of float64
        The weights to start from, as in `binadd_forward`.
    lr : float
        Learning rate.
    dim : int
        How many bits each number gets.

    Returns
    -------
    U, W, V : array of float64
        The weights after the last pair; the arrays may be new ones or those that came in.

    Examples
    --------
    The sum of 1 and 2 is 3, both of its bits are 1, so each step of the network adds -0.0625 to dV:

    >>> U, W, V = binadd_train([(1, 2)], np.zeros((2, 3)), np.zeros((3, 3)), np.zeros((3, 1)), 2, 2)
    >>> V.tolist()
    [[0.25], [0.25], [0.25]]
    """
    raise NotImplementedError("binadd_train: not written yet")
