"""Handwritten digits and an LSTM: how many parameters it has, and whether it remembers anything.

Pictures come as a batch of (batch, 1, height, width), the 1 for their single channel of grey. There
are two ways to turn a picture into a sequence: the whole picture as a single step (the view
``"image"``), or one row after the other (the view ``"rows"``).

`draw_digits` draws pictures of its own. `read_idx` reads the files of MNIST, if you have them.
"""

import gzip
import itertools
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

strokes = {
    0: "50 05 20 25 20 75 50 95 80 75 80 25 50 05",
    1: "30 25 55 05 55 95",
    2: "20 28 40 06 70 12 75 38 20 95 82 95",
    3: "20 10 70 10 45 42 76 60 70 86 45 95 18 85",
    4: "85 66 15 66 62 05 62 95",
    5: "78 06 28 06 25 45 60 42 80 66 60 94 20 88",
    6: "70 06 32 40 22 72 45 94 76 80 68 52 26 60",
    7: "18 08 82 08 42 95",
    8: "50 05 26 18 30 40 72 62 74 84 50 95 26 84 28 62 70 40 74 18 50 05",
    9: "74 40 32 48 24 20 55 06 76 28 70 70 40 95",
}  # the way of the pen, x and y after each other, in hundredths of a side from the upper left


def draw_digits(count: int, seed: int, side: int = 16) -> tuple[Tensor, Tensor]:
    """Draw digits with a pen that is tilted, stretched and moved at random. This one is ready-made.

    Parameters
    ----------
    count : int
        Number of pictures.
    seed : int
        Of the random numbers: the same seed gives the same pictures.
    side : int
        Height and width of a picture, in pixels.

    Returns
    -------
    images : (count, 1, side, side) Tensor of float32
        Grey from 0 (paper) to 1 (ink).
    labels : (count,) Tensor of int64
        The digits.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=count)
    at = (np.arange(side) + 0.5) / side
    pixels = np.stack(np.meshgrid(at, at), axis=-1)  # (side, side, 2), x before y
    images = []
    for label in labels:
        tilt, width = rng.uniform(-0.35, 0.35), rng.uniform(0.03, 0.06)
        turned = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        turned = turned * rng.uniform(0.6, 0.9, size=2)
        shift = rng.uniform(-0.1, 0.1, size=2)
        distance = np.full((side, side), np.inf)
        points = np.array(strokes[int(label)].split(), dtype=float).reshape(-1, 2) / 100
        pen = (points - 0.5) @ turned.T + 0.5 + shift
        for start, stop in itertools.pairwise(pen):
            along = stop - start
            share = np.clip((pixels - start) @ along / (along @ along), 0, 1)
            nearest = start + share[..., None] * along
            distance = np.minimum(distance, np.linalg.norm(pixels - nearest, axis=-1))
        ink = np.clip(1 - (distance - width) * side / 2, 0, 1)
        images.append(np.clip(ink + rng.normal(0, 0.1, size=ink.shape), 0, 1))
    grey = torch.tensor(np.array(images), dtype=torch.float32).reshape(-1, 1, side, side)
    return grey, torch.from_numpy(labels)


def read_idx(path: str) -> np.ndarray:
    """Read a file in the format of MNIST, packed by gzip or not. This one is ready-made.

    Parameters
    ----------
    path : str
        A file such as ``train-images-idx3-ubyte.gz`` or ``train-labels-idx1-ubyte``.

    Returns
    -------
    ndarray
        Of the shape and the type that stand at the head of the file: (count, height, width) of
        uint8 for pictures, (count,) of uint8 for labels.

    Raises
    ------
    ValueError
        When it is no such file, or has more or fewer numbers than it says.
    """
    types = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
    data = Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    begin = 4 + 4 * data[3] if len(data) > 3 else 5
    if len(data) < begin or data[:2] != b"\0\0" or data[2] not in types:
        raise ValueError(f"{path} is no IDX file")
    shape = np.frombuffer(data[4:begin], ">i4").tolist()
    kind = np.dtype(types[data[2]])
    if len(data) - begin != kind.itemsize * int(np.prod(shape)):
        raise ValueError(f"{path} says {shape}, which is not as long as what follows")
    return np.frombuffer(data[begin:], kind).reshape(shape).astype(kind.newbyteorder("="))


def count_params(
    kind: str, n_input: int, n_hidden: int, n_layer: int = 1, bidirectional: bool = False
) -> int:
    """Count the parameters of a recurrent layer of PyTorch, by arithmetic.

    Each gate has a weight for the input, a weight for the state, and two biases. `nn.RNN` has one
    such set, `nn.GRU` three, `nn.LSTM` four. A layer above the first one reads the states of the
    layer below, both directions side by side if there are two; and each direction of a layer has
    parameters of its own.

    Parameters
    ----------
    kind : {"rnn", "lstm", "gru"}
        Which layer.
    n_input, n_hidden : int
        Length of an input row and of a state row.
    n_layer : int
        Number of layers, at least 1.
    bidirectional : bool
        Whether every layer reads the sequence backwards, too.

    Returns
    -------
    int
        Number of single numbers in all weights and biases.

    Examples
    --------
    >>> [count_params(kind, 20, 50, 2) for kind in ("rnn", "lstm", "gru")]
    [8700, 34800, 26100]
    """
    # BEGIN SOLUTION
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    directions = 2 if bidirectional else 1
    total = 0
    for layer in range(n_layer):
        n_below = n_input if layer == 0 else directions * n_hidden
        gate = n_below * n_hidden + n_hidden * n_hidden + 2 * n_hidden
        total += directions * gates * gate
    return total
    # END SOLUTION


class DigitsLSTM(nn.Module):
    """An LSTM that reads a picture, and a linear layer that scores the ten digits.

    Parameters
    ----------
    view : {"image", "rows"}
        Whether a picture is a single step, or as many steps as it has rows.
    in_dim : int
        Length of a step: height times width for ``"image"``, the width for ``"rows"``.
    hidden_dim, n_layer : int
        Length of the state, and number of layers.

    Examples
    --------
    >>> images = torch.zeros(5, 1, 6, 4)
    >>> DigitsLSTM("rows", 4, 8, 1)(images).shape, DigitsLSTM("image", 24, 8, 1)(images).shape
    (torch.Size([5, 10]), torch.Size([5, 10]))
    """

    def __init__(self, view: str, in_dim: int, hidden_dim: int, n_layer: int) -> None:
        super().__init__()
        self.view = view
        self.lstm = nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True)
        self.classifier = nn.Linear(hidden_dim, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Score the ten digits for every picture.

        Make a sequence of each picture, by `view`; lead the LSTM through it from a state of zeros;
        give the linear layer the output of the last step.

        Parameters
        ----------
        x : (batch, 1, height, width) Tensor of float32
            Pictures.

        Returns
        -------
        (batch, 10) Tensor of float32
            Scores (no softmax).
        """
        # BEGIN SOLUTION
        steps = x.shape[2] if self.view == "rows" else 1
        out, _ = self.lstm(x.reshape(len(x), steps, -1))  # (batch, steps, hidden_dim)
        scores: Tensor = self.classifier(out[:, -1])
        return scores
        # END SOLUTION


def digits_model(view: str, parameters: dict[str, Tensor]) -> DigitsLSTM:
    """Make a `DigitsLSTM` of the size of given parameters, and give it these. Ready-made.

    Parameters
    ----------
    view : {"image", "rows"}
        How it reads a picture.
    parameters : dict of str to Tensor of float32
        All parameters of a `DigitsLSTM` by name.

    Returns
    -------
    DigitsLSTM
        With parameters of its own: training them leaves yours as they are.
    """
    n_layer = sum(name.startswith("lstm.weight_hh") for name in parameters)
    in_dim = parameters["lstm.weight_ih_l0"].shape[1]
    model = DigitsLSTM(view, in_dim, parameters["classifier.weight"].shape[1], n_layer)
    model.load_state_dict(parameters)
    return model


def accuracy(logits: Tensor, y: Tensor) -> float:
    """Tell which share of the pictures is recognised.

    Parameters
    ----------
    logits : (batch, n_class) Tensor of float32
        Scores of the classes, one row for each picture. The largest one counts; if several are the
        largest, the first of them.
    y : (batch,) Tensor of int64
        The right classes.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> accuracy(torch.tensor([[0.1, 0.7], [2.0, -3.0], [0.4, 0.6], [5.0, 1.0]]),
    ...          torch.tensor([1, 0, 0, 0]))
    0.75
    """
    # BEGIN SOLUTION
    return (logits.argmax(dim=1) == y).sum().item() / len(y)
    # END SOLUTION


def largest_gradients(
    view: str, parameters: dict[str, Tensor], x: Tensor, y: Tensor
) -> dict[str, float]:
    """Find out how much each parameter of a `DigitsLSTM` would learn from some pictures.

    The loss is the cross-entropy between the scores and the right digits, the mean over the
    pictures. The ready-made `digits_model` makes the network.

    Parameters
    ----------
    view : {"image", "rows"}
        How the network reads a picture.
    parameters : dict of str to Tensor of float32
        All its parameters by name.
    x : (batch, 1, height, width) Tensor of float32
        Pictures.
    y : (batch,) Tensor of int64
        The digits on them.

    Returns
    -------
    dict of str to float
        For each parameter's name, the largest absolute value in the gradient of the loss with
        respect to it.

    Examples
    --------
    >>> model = DigitsLSTM("image", 6, 3, 1)
    >>> parameters = {name: value.detach() for name, value in model.named_parameters()}
    >>> found = largest_gradients("image", parameters, torch.ones(2, 1, 2, 3), torch.tensor([7, 1]))
    >>> found["lstm.weight_hh_l0"], found["classifier.weight"] > 0
    (0.0, True)
    """
    # BEGIN SOLUTION
    model = digits_model(view, parameters)
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    return {name: value.grad.abs().max().item() for name, value in model.named_parameters()}
    # END SOLUTION
