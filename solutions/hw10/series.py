"""Predict the next month of a series: scaling, training pairs, and four kinds of network.

A series is a one-dimensional array with one number a month. Networks want numbers of about the same
size, float32, and the shapes of their layers; most of what can go wrong here goes wrong before any
network has seen a number.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

WARMUP = 12  # months that a recurrent network may read before its predictions count


def make_months() -> np.ndarray:
    """Make 144 monthly values with a trend, a season and some chance. This one is ready-made.

    Returns
    -------
    (144,) ndarray of float64
        Whole numbers, always the same ones: visitors of a museum that nobody has built, in
        thousands.
    """
    rng = np.random.default_rng(10)
    month = np.arange(144)
    trend = 110 * 1.0105**month
    season = 1 + 0.16 * np.sin(2 * np.pi * (month - 3) / 12) + 0.07 * np.sin(np.pi * month / 3)
    return np.round(trend * season * rng.normal(1, 0.02, size=144))


def read_months(path: str) -> np.ndarray:
    """Read a series from a file, one month a line. This one is ready-made.

    Parameters
    ----------
    path : str
        A text in UTF-8. Of each line, what stands behind the last comma is read; lines where that
        is no number, such as a heading, are left out.

    Returns
    -------
    (months,) ndarray of float64
        The numbers.

    Raises
    ------
    ValueError
        When there is no number in the file.
    """
    values = []
    for line in Path(path).read_text(encoding="utf-8-sig").splitlines():
        try:
            values.append(float(line.rpartition(",")[2].strip().strip('"')))
        except ValueError:
            continue
    if not values:
        raise ValueError(f"{path} has no line that ends in a number")
    return np.array(values)


def minmax_scale(series: np.ndarray, n_train: int) -> tuple[np.ndarray, float, float]:
    """Scale a series so that its training part lies between 0 and 1.

    The two bounds come from the first `n_train` values alone; a later value may well end up outside
    of the interval. If all training values are equal, only the smallest is subtracted.

    Parameters
    ----------
    series : (N,) ndarray of float64
        The whole series. Leave it as it is.
    n_train : int
        Length of its training part, at least 1.

    Returns
    -------
    scaled : (N,) ndarray of float64
        The whole series, scaled.
    low, high : float
        Smallest and largest value of the training part.

    Examples
    --------
    >>> scaled, low, high = minmax_scale(np.array([2.0, 4.0, 6.0, 10.0]), 3)
    >>> scaled.tolist(), float(low), float(high)
    ([0.0, 0.5, 1.0, 2.0], 2.0, 6.0)
    """
    # BEGIN SOLUTION
    low, high = float(series[:n_train].min()), float(series[:n_train].max())
    span = high - low if high > low else 1.0
    return (series - low) / span, low, high
    # END SOLUTION


def unscale(scaled: np.ndarray, low: float, high: float) -> np.ndarray:
    """Undo `minmax_scale`.

    Parameters
    ----------
    scaled : (N,) ndarray of float64
        Scaled values. Leave them as they are.
    low, high : float
        The bounds that `minmax_scale` has returned.

    Returns
    -------
    (N,) ndarray of float64
        The values as they were.

    Examples
    --------
    >>> unscale(np.array([0.0, 0.5, 2.0]), 2.0, 6.0).tolist()
    [2.0, 4.0, 10.0]
    """
    # BEGIN SOLUTION
    span = high - low if high > low else 1.0
    return scaled * span + low
    # END SOLUTION


def create_windows(series: np.ndarray, k: int) -> tuple[Tensor, Tensor]:
    """Make training pairs for a network that sees the last k months.

    Parameters
    ----------
    series : (N,) ndarray of float64
        More than k values.
    k : int
        Number of months in a window.

    Returns
    -------
    inputs : (N - k, k) Tensor of float32
        All windows behind which there is another month, each in the order of time.
    targets : (N - k, 1) Tensor of float32
        The month that follows each window.

    Examples
    --------
    >>> create_windows(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 3)
    (tensor([[1., 2., 3.],
            [2., 3., 4.]]), tensor([[4.],
            [5.]]))
    """
    # BEGIN SOLUTION
    inputs = np.stack([series[at - k : at] for at in range(k, len(series))])
    return torch.from_numpy(inputs).float(), torch.from_numpy(series[k:]).float().reshape(-1, 1)
    # END SOLUTION


def seq_pairs(series: np.ndarray, warmup: int) -> tuple[Tensor, Tensor]:
    """Make the training pair for a network that reads the whole series.

    It reads all months but the last one, and at each of them predicts the next. The first `warmup`
    predictions do not count, so their targets are left out.

    Parameters
    ----------
    series : (N,) ndarray of float64
        More than warmup + 1 values.
    warmup : int
        Number of predictions that do not count.

    Returns
    -------
    inputs : (N - 1, 1, 1) Tensor of float32
        Time first, a batch of one, one number a step.
    targets : (N - 1 - warmup, 1, 1) Tensor of float32
        What follows the months from number `warmup` (counted from 0) on.

    Examples
    --------
    >>> inputs, targets = seq_pairs(np.arange(20.0), 12)
    >>> inputs.shape, targets.flatten().tolist()
    (torch.Size([19, 1, 1]), [13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0])
    """
    # BEGIN SOLUTION
    values = torch.from_numpy(series).float().reshape(-1, 1, 1)
    return values[:-1], values[warmup + 1 :]
    # END SOLUTION


class SeriesFC(nn.Module):
    """A network that sees the last k months and predicts the next: linear layers with ReLU.

    Parameters
    ----------
    k : int
        Number of months that it sees.
    sizes : list of int
        Number of units in each hidden layer.

    Examples
    --------
    >>> SeriesFC(3, [20, 10, 5])(torch.zeros(117, 3)).shape
    torch.Size([117, 1])
    """

    def __init__(self, k: int, sizes: list[int]) -> None:
        super().__init__()
        self.k = k
        widths = [k, *sizes]
        self.hidden = nn.ModuleList(
            nn.Linear(width, size) for width, size in zip(widths[:-1], sizes, strict=True)
        )
        self.out = nn.Linear(widths[-1], 1)

    def forward(self, x: Tensor) -> Tensor:
        """Predict the month behind each window.

        Each layer in `hidden` is followed by a ReLU; `out` is not.

        Parameters
        ----------
        x : (batch, k) Tensor of float32
            Windows. Leave them as they are.

        Returns
        -------
        (batch, 1) Tensor of float32
            Predictions.
        """
        # BEGIN SOLUTION
        for layer in self.hidden:
            x = torch.relu(layer(x))
        predictions: Tensor = self.out(x)
        return predictions
        # END SOLUTION


class SeriesRNN(nn.Module):
    """A network that reads a series month by month: a recurrent layer and a linear one.

    Parameters
    ----------
    kind : {"rnn", "lstm", "gru"}
        Which recurrent layer.
    n_hidden, n_layer : int
        Length of the state, and number of layers.
    warmup : int
        Number of predictions at the beginning that do not count.

    Examples
    --------
    >>> SeriesRNN("lstm", 5, 2)(torch.zeros(119, 1, 1)).shape
    torch.Size([107, 1, 1])
    """

    def __init__(self, kind: str, n_hidden: int, n_layer: int, warmup: int = WARMUP) -> None:
        super().__init__()
        self.warmup = warmup
        layers = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
        self.rnn = layers[kind](1, n_hidden, n_layer)
        self.fc = nn.Linear(n_hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Predict, at each month, the next one.

        The recurrent layer reads all months from a state of zeros, the first ones too; the linear
        layer turns its outputs into predictions; those of the first `warmup` months are left out.

        Parameters
        ----------
        x : (steps, batch, 1) Tensor of float32
            Series, time first, with more than `warmup` steps.

        Returns
        -------
        (steps - warmup, batch, 1) Tensor of float32
            Predictions, time first.
        """
        # BEGIN SOLUTION
        out, _ = self.rnn(x)  # (steps, batch, n_hidden)
        predictions: Tensor = self.fc(out[self.warmup :])
        return predictions
        # END SOLUTION


def series_model(parameters: dict[str, Tensor]) -> SeriesFC | SeriesRNN:
    """Make the network that given parameters belong to, and give it these. Ready-made.

    Parameters
    ----------
    parameters : dict of str to Tensor of float32
        All parameters of a `SeriesFC`, or of a `SeriesRNN` with a warm-up of `WARMUP`, by name.

    Returns
    -------
    SeriesFC or SeriesRNN
        With parameters of its own: training them leaves yours as they are.
    """
    model: SeriesFC | SeriesRNN
    if "out.weight" in parameters:
        hidden = [value for name, value in parameters.items() if name.endswith("weight")][:-1]
        model = SeriesFC(hidden[0].shape[1], [weight.shape[0] for weight in hidden])
    else:
        rows, n_hidden = parameters["rnn.weight_hh_l0"].shape
        kind = {1: "rnn", 3: "gru", 4: "lstm"}[rows // n_hidden]
        n_layer = sum(name.startswith("rnn.weight_hh") for name in parameters)
        model = SeriesRNN(kind, n_hidden, n_layer)
    model.load_state_dict(parameters)
    return model


def train_series(
    series: np.ndarray, parameters: dict[str, Tensor], epochs: int
) -> tuple[dict[str, Tensor], list[float]]:
    """Teach a network to predict the next month of a series.

    The ready-made `series_model` makes the network that the parameters belong to. A `SeriesFC`
    learns from `create_windows` with its own ``k``, a `SeriesRNN` from `seq_pairs` with its own
    ``warmup``. An epoch is one step of `torch.optim.Adam` with a learning rate of 0.01, on all
    pairs at once; the loss is the mean squared error.

    Parameters
    ----------
    series : (N,) ndarray of float64
        The training part of a scaled series.
    parameters : dict of str to Tensor of float32
        What to start from: all parameters of the network by name.
    epochs : int
        Number of steps.

    Returns
    -------
    parameters : dict of str to Tensor of float32
        The parameters after the last step, under the same names.
    losses : list of float
        Loss of every epoch, before its step.

    Examples
    --------
    Parameters of zero predict 0, so the first loss is the mean square of the targets:

    >>> zeros = {name: torch.zeros_like(p) for name, p in SeriesFC(2, [4]).named_parameters()}
    >>> parameters, losses = train_series(np.array([5.0, 5.0, 1.0, 2.0, 3.0]), zeros, 2)
    >>> [round(loss, 4) for loss in losses]
    [4.6667, 4.6268]
    """
    # BEGIN SOLUTION
    model = series_model(parameters)
    if isinstance(model, SeriesFC):
        inputs, targets = create_windows(series, model.k)
    else:
        inputs, targets = seq_pairs(series, model.warmup)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {name: value.detach() for name, value in model.named_parameters()}, losses
    # END SOLUTION
