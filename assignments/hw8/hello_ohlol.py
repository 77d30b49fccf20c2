"""A network that reads hello and writes ohlol, in PyTorch.

At every letter it has to say another one: o for h, h for e, l for the first l, o for the second l,
and l for o. An l becomes two different letters, so no table from letter to letter will do; the
network has to remember what it has read.
"""

import torch
from torch import Tensor, nn

letters = "ehlo"


def hello_encode(word: str) -> Tensor:
    """Turn a word into the inputs of a recurrent layer, one-hot.

    Parameters
    ----------
    word : str
        Of the four characters in `letters`, any number of each.

    Returns
    -------
    (len(word), 1, 4) Tensor of float32
        One step for each character, a batch of one, and a one where the character stands in
        `letters`: at 0 for e, 1 for h, 2 for l, 3 for o.

    Examples
    --------
    >>> hello_encode("he")
    tensor([[[0., 1., 0., 0.]],
    <BLANKLINE>
            [[1., 0., 0., 0.]]])
    """
    raise NotImplementedError("hello_encode: not written yet")


def hello_states(inputs: Tensor, hidden: Tensor, parameters: dict[str, Tensor]) -> list[Tensor]:
    """Lead an `nn.RNNCell` through a sequence and keep its state after every step.

    One step makes ``tanh(x weight_ih^T + bias_ih + h weight_hh^T + bias_hh)`` of the state ``h``. A
    cell takes over given parameters with ``load_state_dict``.

    Parameters
    ----------
    inputs : (steps, batch, n_in) Tensor of float32
        At least one step.
    hidden : (batch, n_hidden) Tensor of float32
        State before the first step.
    parameters : dict of str to Tensor of float32
        ``weight_ih`` (n_hidden, n_in), ``weight_hh`` (n_hidden, n_hidden), ``bias_ih`` and
        ``bias_hh`` (n_hidden,).

    Returns
    -------
    list of (batch, n_hidden) Tensor of float32
        The state after each step; one stacked Tensor will do as well.

    Examples
    --------
    >>> shapes = {"weight_ih": (1, 4), "weight_hh": (1, 1), "bias_ih": (1,), "bias_hh": (1,)}
    >>> parameters = {name: torch.ones(shape) for name, shape in shapes.items()}
    >>> states = hello_states(hello_encode("he"), torch.zeros(1, 1), parameters)
    >>> [round(state.item(), 4) for state in states]
    [0.9951, 0.9993]
    """
    raise NotImplementedError("hello_states: not written yet")


def hello_train(parameters: dict[str, Tensor], epochs: int) -> tuple[str, list[float]]:
    """Teach a network to write ohlol when it reads hello.

    It has two layers: ``rnn``, an `nn.RNN` from 4 characters to n_hidden, which starts from a state
    of zeros, and ``fc``, an `nn.Linear` from n_hidden to 4 scores. An epoch is one step of
    `torch.optim.Adam` with a learning rate of 0.05. The loss is the cross-entropy between the
    scores and the letters of ohlol, the mean over the five letters.

    Parameters
    ----------
    parameters : dict of str to Tensor of float32
        What to start from: ``rnn.weight_ih_l0`` (n_hidden, 4), ``rnn.weight_hh_l0`` (n_hidden,
        n_hidden), ``rnn.bias_ih_l0`` and ``rnn.bias_hh_l0`` (n_hidden,), ``fc.weight`` (4,
        n_hidden), ``fc.bias`` (4,).
    epochs : int
        Number of steps.

    Returns
    -------
    text : str
        The letters with the largest scores after the last step of training.
    losses : list of float
        Loss of every epoch, before its step.

    Examples
    --------
    >>> shapes = {"rnn.weight_ih_l0": (8, 4), "rnn.weight_hh_l0": (8, 8), "fc.weight": (4, 8)}
    >>> shapes |= {"rnn.bias_ih_l0": (8,), "rnn.bias_hh_l0": (8,), "fc.bias": (4,)}
    >>> generator = torch.Generator().manual_seed(0)
    >>> parameters = {
    ...     name: 0.3 * torch.randn(shape, generator=generator) for name, shape in shapes.items()
    ... }
    >>> text, losses = hello_train(parameters, 50)
    >>> text, len(losses), losses[-1] < 0.1
    ('ohlol', 50, True)
    """
    raise NotImplementedError("hello_train: not written yet")
