"""GRU and LSTM from their formulas, in PyTorch.

Rows are examples: an input is (batch, input_size), a state is (batch, hidden_size), and a weight
stands on the right of the product: ``x @ W_xz`` with W_xz of shape (input_size, hidden_size).

Each gate has three parameters, named by what they connect: ``W_xz`` from the input x to the gate
z, ``W_hz`` from the state h to the gate z, ``b_z`` its bias.
"""

# The names are those of the course: W_xz, H.
# ruff: noqa: N806

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def gate_parameters(
    input_size: int, hidden_size: int
) -> tuple[nn.Parameter, nn.Parameter, nn.Parameter]:
    """Make the three parameters of one gate. This one is ready-made.

    Parameters
    ----------
    input_size, hidden_size : int
        Length of an input row and of a state row.

    Returns
    -------
    (input_size, hidden_size), (hidden_size, hidden_size), (hidden_size,) Parameter of float32
        Both weights normal with mean 0 and standard deviation 0.01, the bias zero.
    """
    return (
        nn.Parameter(0.01 * torch.randn(input_size, hidden_size)),
        nn.Parameter(0.01 * torch.randn(hidden_size, hidden_size)),
        nn.Parameter(torch.zeros(hidden_size)),
    )


class GRUCell(nn.Module):
    """One step of a gated recurrent unit.

    Parameters
    ----------
    input_size, hidden_size : int
        Length of an input row and of a state row.

    References
    ----------
    Cho et al. (2014), Learning Phrase Representations using RNN Encoder-Decoder, section 2.3.

    Examples
    --------
    >>> cell = GRUCell(input_size=3, hidden_size=2)
    >>> cell(torch.ones(4, 3), torch.zeros(4, 2)).shape
    torch.Size([4, 2])
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W_xz, self.W_hz, self.b_z = gate_parameters(input_size, hidden_size)  # update
        self.W_xr, self.W_hr, self.b_r = gate_parameters(input_size, hidden_size)  # reset
        self.W_xh, self.W_hh, self.b_h = gate_parameters(input_size, hidden_size)  # candidate

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """Compute the next state.

        * update gate ``z = sigmoid(x W_xz + h W_hz + b_z)``
        * reset gate ``r = sigmoid(x W_xr + h W_hr + b_r)``
        * candidate ``n = tanh(x W_xh + (r * h) W_hh + b_h)``: the reset gate acts on the state
          *before* the matrix product
        * next state ``z * h + (1 - z) * n``

        where ``*`` is entry by entry.

        Parameters
        ----------
        x : (batch, input_size) Tensor
            Input of this step.
        h : (batch, hidden_size) Tensor
            State so far.

        Returns
        -------
        (batch, hidden_size) Tensor
            The next state.
        """
        raise NotImplementedError("GRUCell.forward: not written yet")


class LSTMCell(nn.Module):
    """One step of a long short-term memory.

    Parameters
    ----------
    input_size, hidden_size : int
        Length of an input row and of a state row.

    References
    ----------
    Gers, Schmidhuber and Cummins (2000), Learning to Forget: Continual Prediction with LSTM.

    Examples
    --------
    >>> cell = LSTMCell(input_size=3, hidden_size=2)
    >>> h, c = cell(torch.ones(4, 3), (torch.zeros(4, 2), torch.zeros(4, 2)))
    >>> h.shape, c.shape
    (torch.Size([4, 2]), torch.Size([4, 2]))
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W_xi, self.W_hi, self.b_i = gate_parameters(input_size, hidden_size)  # input
        self.W_xf, self.W_hf, self.b_f = gate_parameters(input_size, hidden_size)  # forget
        self.W_xo, self.W_ho, self.b_o = gate_parameters(input_size, hidden_size)  # output
        self.W_xc, self.W_hc, self.b_c = gate_parameters(input_size, hidden_size)  # candidate

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Compute the next state and memory.

        * input gate ``i = sigmoid(x W_xi + h W_hi + b_i)``
        * forget gate ``f = sigmoid(x W_xf + h W_hf + b_f)``
        * output gate ``o = sigmoid(x W_xo + h W_ho + b_o)``
        * candidate ``g = tanh(x W_xc + h W_hc + b_c)``
        * next memory ``c' = f * c + i * g``
        * next state ``h' = o * tanh(c')``

        where ``*`` is entry by entry.

        Parameters
        ----------
        x : (batch, input_size) Tensor
            Input of this step.
        state : tuple of two (batch, hidden_size) Tensor
            State ``h`` and memory ``c`` so far, in this order.

        Returns
        -------
        h, c : (batch, hidden_size) Tensor
            The next state and the next memory.
        """
        raise NotImplementedError("LSTMCell.forward: not written yet")


def gru(
    inputs: Sequence[Tensor], state: tuple[Tensor], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor]]:
    """Run a GRU over a sequence, with an output at every step.

    Each step is that of `GRUCell`, the reset gate again *before* the matrix product, followed by
    the output ``H W_hq + b_q`` of the *new* state.

    Parameters
    ----------
    inputs : sequence of (batch, d) Tensor
        One tensor a step.
    state : tuple of one (batch, hidden) Tensor
        The state before the first step: ``(H,)``.
    params : sequence of 11 Tensor
        ``W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q`` with the shapes of
        `GRUCell`, and (hidden, q) and (q,) for the last two.

    Returns
    -------
    outputs : list of (batch, q) Tensor
        One tensor a step.
    state : tuple of one (batch, hidden) Tensor
        The state after the last step: ``(H,)``.

    Examples
    --------
    >>> params = [torch.zeros(*size) for size in [(3, 2), (2, 2), (2,)] * 3 + [(2, 5), (5,)]]
    >>> outputs, (H,) = gru([torch.ones(4, 3)] * 6, (torch.zeros(4, 2),), params)
    >>> len(outputs), outputs[0].shape, H.shape
    (6, torch.Size([4, 5]), torch.Size([4, 2]))
    """
    raise NotImplementedError("gru: not written yet")


def lstm(
    inputs: Sequence[Tensor], state: tuple[Tensor, Tensor], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor, Tensor]]:
    """Run an LSTM over a sequence, with an output at every step.

    Each step is that of `LSTMCell`, followed by the output ``H W_hq + b_q`` of the *new* state.

    Parameters
    ----------
    inputs : sequence of (batch, d) Tensor
        One tensor a step.
    state : tuple of two (batch, hidden) Tensor
        State and memory before the first step: ``(H, C)``.
    params : sequence of 14 Tensor
        ``W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q`` with the
        shapes of `LSTMCell`, and (hidden, q) and (q,) for the last two.

    Returns
    -------
    outputs : list of (batch, q) Tensor
        One tensor a step.
    state : tuple of two (batch, hidden) Tensor
        State and memory after the last step: ``(H, C)``.

    Examples
    --------
    >>> params = [torch.zeros(*size) for size in [(3, 2), (2, 2), (2,)] * 4 + [(2, 5), (5,)]]
    >>> start = (torch.zeros(4, 2), torch.zeros(4, 2))
    >>> outputs, (H, C) = lstm([torch.ones(4, 3)] * 6, start, params)
    >>> len(outputs), outputs[0].shape, C.shape
    (6, torch.Size([4, 5]), torch.Size([4, 2]))
    """
    raise NotImplementedError("lstm: not written yet")
