"""Recurrent layers on top of each other, in both directions, and what the latter know too early.

Rows are examples. In a function that runs by hand, a layer is its three parameters, ``(W_xh, W_hh,
b_h)`` of shapes (d, hidden), (hidden, hidden), (hidden,), and a step of it is
``H' = tanh(X W_xh + H W_hh + b_h)``.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

State = Tensor | tuple[Tensor, Tensor]


class RNNModel(nn.Module):
    """A language model around one of torch's recurrent layers.

    Parameters
    ----------
    kind : str
        ``"rnn"``, ``"gru"`` or ``"lstm"``, for nn.RNN, nn.GRU or nn.LSTM.
    vocab_size, hidden_size : int
        Number of characters, and length of the state.
    num_layers : int
        How many layers stand on top of each other.
    bidirectional : bool
        Whether each of them reads in both directions.

    Examples
    --------
    >>> model = RNNModel("gru", vocab_size=5, hidden_size=3)
    >>> scores, state = model(torch.tensor([[0, 1, 4, 2], [3, 3, 0, 1]]), None)
    >>> scores.shape, state.shape
    (torch.Size([8, 5]), torch.Size([1, 2, 3]))
    """

    def __init__(
        self,
        kind: str,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
    ) -> None:
        """Make the recurrent layer ``rnn`` and the linear layer ``dense``.

        ``dense`` turns what ``rnn`` puts out at one step into one score for each character.
        """
        super().__init__()
        raise NotImplementedError("RNNModel.__init__: not written yet")

    def forward(self, X: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Score every character as the next one, at every step.

        Parameters
        ----------
        X : (batch, steps) Tensor of int64
            Indices of characters; the layer reads them one-hot and time first.
        state : Tensor, tuple of Tensor, or None
            What ``rnn`` takes as the state before the first step; None stands for zeros.

        Returns
        -------
        scores : (steps * batch, vocab_size) Tensor of float32
            Time first: the rows of the first step, then those of the second, and so on.
        state : Tensor or tuple of Tensor
            What ``rnn`` gives as the state after the last step.
        """
        raise NotImplementedError("RNNModel.forward: not written yet")


def load_model(kind: str, parameters: dict[str, Tensor]) -> RNNModel:
    """Make the `RNNModel` that has these parameters. Ready-made.

    Parameters
    ----------
    kind : str
        As for `RNNModel`.
    parameters : dict of str to Tensor of float32
        Its parameters by name, which tell all sizes.

    Returns
    -------
    RNNModel
        With a copy of the parameters.
    """
    vocab_size = len(parameters["dense.bias"])
    hidden_size = parameters["rnn.weight_hh_l0"].shape[1]
    num_layers = sum(f"rnn.weight_hh_l{layer}" in parameters for layer in range(len(parameters)))
    both = "rnn.weight_hh_l0_reverse" in parameters
    model = RNNModel(kind, vocab_size, hidden_size, num_layers, both)
    model.load_state_dict(model.state_dict() | parameters)  # a buffer of yours keeps its value
    return model


def deep_rnn(
    inputs: Sequence[Tensor],
    states: Sequence[Tensor],
    layers: Sequence[tuple[Tensor, Tensor, Tensor]],
) -> tuple[list[Tensor], list[Tensor]]:
    """Run several recurrent layers on top of each other.

    The lowest layer reads the inputs; each other layer reads, at every step, the new state of the
    layer below it. Every layer has a state and parameters of its own.

    Parameters
    ----------
    inputs : sequence of (batch, d) Tensor
        One tensor a step.
    states : sequence of (batch, hidden) Tensor
        The state of each layer before the first step, the lowest first; `hidden` may differ from
        layer to layer.
    layers : sequence of (W_xh, W_hh, b_h)
        The parameters of each layer.

    Returns
    -------
    outputs : list of (batch, hidden) Tensor
        The state of the highest layer after each step.
    states : list of (batch, hidden) Tensor
        The state of each layer after the last step.

    Examples
    --------
    >>> layers = [(torch.eye(1), torch.zeros(1, 1), torch.zeros(1))] * 2
    >>> outputs, states = deep_rnn([torch.ones(1, 1)], [torch.zeros(1, 1)] * 2, layers)
    >>> [round(state.item(), 4) for state in states], round(outputs[0].item(), 4)
    ([0.7616, 0.642], 0.642)
    """
    raise NotImplementedError("deep_rnn: not written yet")


def bi_rnn(
    inputs: Sequence[Tensor],
    forward: tuple[Tensor, Tensor, Tensor],
    backward: tuple[Tensor, Tensor, Tensor],
) -> list[Tensor]:
    """Run one layer from left to right and another one from right to left.

    Both start from zeros. The output of a step is the forward layer's state after having read up
    to this step from the left, and behind it the backward layer's state after having read down to
    this step from the right.

    Parameters
    ----------
    inputs : sequence of (batch, d) Tensor
        One tensor a step.
    forward, backward : (W_xh, W_hh, b_h)
        The parameters of each direction; the two may have states of different length.

    Returns
    -------
    list of (batch, hidden_forward + hidden_backward) Tensor
        One tensor a step, in the order of the inputs.

    Examples
    --------
    >>> layer = (torch.eye(1), torch.eye(1), torch.zeros(1))
    >>> for output in bi_rnn([torch.ones(1, 1), torch.zeros(1, 1)], layer, layer):
    ...     print(output)
    tensor([[0.7616, 0.7616]])
    tensor([[0.6420, 0.0000]])
    """
    raise NotImplementedError("bi_rnn: not written yet")


def train_model(
    kind: str,
    parameters: dict[str, Tensor],
    batches: Sequence[tuple[Tensor, Tensor]],
    epochs: int,
    theta: float = math.inf,
) -> tuple[dict[str, Tensor], list[float]]:
    """Train an `RNNModel` with Adam, as most programs do. Ready-made.

    The state goes on from batch to batch and from epoch to epoch.

    Parameters
    ----------
    kind : str
        As for `RNNModel`.
    parameters : dict of str to Tensor of float32
        What to start from, by name.
    batches : sequence of (X, Y)
        Consecutive ones.
    epochs : int
        How often to go through them.
    theta : float
        Length that gradients are clipped to.

    Returns
    -------
    parameters : dict of str to Tensor of float32
        After the last step.
    perplexities : list of float
        Of each epoch, within the windows.
    """
    model = load_model(kind, parameters)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    state: State | None = None
    perplexities = []
    for _ in range(epochs):
        loss_sum = 0.0
        for X, Y in batches:
            if isinstance(state, tuple):
                state = (state[0].detach(), state[1].detach())
            elif state is not None:
                state = state.detach()
            scores, state = model(X, state)
            loss = nn.functional.cross_entropy(scores, Y.T.reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), theta)
            optimizer.step()
            loss_sum += loss.item()
        perplexities.append(math.exp(loss_sum / len(batches)))
    return {name: value.detach() for name, value in model.named_parameters()}, perplexities


def step_perplexity(kind: str, parameters: dict[str, Tensor], indices: list[int]) -> float:
    """Measure a model as it is used for writing: one character at a time.

    It reads the text character by character, each in a call of its own, and the state goes on from
    call to call. After each character but the last, the next one is to be predicted. So nobody
    can look ahead, neither forward nor backward.

    Parameters
    ----------
    kind : str
        As for `RNNModel`.
    parameters : dict of str to Tensor of float32
        Its parameters by name; `load_model` makes a model of them.
    indices : list of int
        The text, at least two characters.

    Returns
    -------
    float
        Perplexity of the ``len(indices) - 1`` predictions.

    Examples
    --------
    A model of zeros finds all of five characters equally likely:

    >>> zeros = {name: torch.zeros_like(p) for name, p in RNNModel("gru", 5, 3).named_parameters()}
    >>> round(step_perplexity("gru", zeros, [0, 4, 2, 2]), 4)
    5.0
    """
    raise NotImplementedError("step_perplexity: not written yet")


def leak_report(
    kind: str, parameters: dict[str, Tensor], indices: list[int], num_steps: int
) -> dict[str, float]:
    """Show what a model knows inside a window and does not know when it has to write. Ready-made.

    Parameters
    ----------
    kind : str
        As for `RNNModel`.
    parameters : dict of str to Tensor of float32
        Those of a trained model.
    indices : list of int
        The text.
    num_steps : int
        Length of a window.

    Returns
    -------
    dict of str to float
        * ``window``: perplexity of all characters, read in windows as in training,
        * ``inside``: that of all steps of a window but the last one: if the model reads in both
          directions, the label of each of them is among the inputs,
        * ``last``: that of the windows' last steps, whose label no direction has read,
        * ``step``: `step_perplexity`,
        * ``ratio``: ``step / window``. If it is far above 1, the model has been told the answers.
    """
    model = load_model(kind, parameters)
    count = (len(indices) - 1) // num_steps
    text = torch.tensor(indices)
    X = text[: count * num_steps].reshape(count, num_steps)
    Y = text[1 : count * num_steps + 1].reshape(count, num_steps)
    with torch.no_grad():
        scores, _ = model(X, None)
        losses = nn.functional.cross_entropy(scores, Y.T.reshape(-1), reduction="none")
    by_step = losses.reshape(num_steps, count).mean(dim=1)
    window, step = by_step.mean().exp().item(), step_perplexity(kind, parameters, indices)
    return {
        "window": window,
        "inside": by_step[:-1].mean().exp().item(),
        "last": by_step[-1].exp().item(),
        "step": step,
        "ratio": step / window,
    }
