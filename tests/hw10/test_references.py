"""The references of hw10 are right: they agree with torch's layers, with plain loops, with sums.

So is what the stubs hand out ready-made: pictures, the reader of MNIST's format, the months.
"""

from __future__ import annotations

import gzip
import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"solutions/hw10/{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


digits, ngrams, series = load("digits"), load("ngrams"), load("series")


def draw(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Take the parameters that torch has just drawn for a module."""
    return {name: value.detach() for name, value in module.named_parameters()}


# digits


def test_pictures_are_the_same_for_a_seed_and_others_for_another() -> None:
    """Grey between 0 and 1, of the side that is asked for, and every digit is among them."""
    images, labels = digits.draw_digits(60, 3, 12)
    again, _ = digits.draw_digits(60, 3, 12)
    others, _ = digits.draw_digits(60, 4, 12)

    assert images.shape == (60, 1, 12, 12)
    assert (images.dtype, labels.dtype) == (torch.float32, torch.int64)
    assert torch.equal(images, again)
    assert not torch.equal(images, others)
    assert 0 <= float(images.min()) <= float(images.max()) <= 1
    assert sorted(set(labels.tolist())) == list(range(10))


def test_digits_have_ink_and_paper() -> None:
    """A pen's width of ink: no picture is empty, and none is full."""
    images, _ = digits.draw_digits(40, 0)

    shares = (images > 0.5).float().mean(dim=(1, 2, 3))

    assert 0.05 < float(shares.min()) < float(shares.max()) < 0.7


def idx_bytes(array: np.ndarray, code: int, kind: str) -> bytes:
    """Write an array as MNIST's files have it: big-endian, after its type and shape."""
    head = bytes([0, 0, code, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return head + array.astype(kind).tobytes()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("code", "kind"), [(8, "u1"), (9, "i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")]
)
def test_files_of_mnist_are_read(tmp_path: Path, code: int, kind: str, packed: bool) -> None:
    """Of every type that the format knows, packed or not."""
    array = np.arange(24).reshape(2, 3, 4)
    data = idx_bytes(array, code, kind)
    path = tmp_path / "images"
    path.write_bytes(gzip.compress(data) if packed else data)

    read = digits.read_idx(str(path))

    assert np.array_equal(read, array)
    assert read.dtype == np.dtype(kind).newbyteorder("=")


def test_pictures_and_labels_of_mnist_fit_the_network(tmp_path: Path) -> None:
    """What the handout says to do with both files gives the network's inputs."""
    grey = np.random.default_rng(0).integers(256, size=(5, 28, 28))
    (tmp_path / "images").write_bytes(idx_bytes(grey, 8, "u1"))
    (tmp_path / "labels").write_bytes(idx_bytes(np.array([3, 0, 9, 1, 7]), 8, "u1"))

    images = torch.from_numpy(digits.read_idx(tmp_path / "images")).float().unsqueeze(1) / 255
    labels = torch.from_numpy(digits.read_idx(tmp_path / "labels")).long()

    scores = digits.DigitsLSTM("rows", 28, 8, 1)(images)
    assert scores.shape == (5, 10)
    assert 0 <= digits.accuracy(scores, labels) <= 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        b"a text, and no pictures at all",
        b"\0\0\x07\x01\0\0\0\x01\0",
        idx_bytes(np.arange(6), 8, "u1")[:-1],
        idx_bytes(np.arange(6), 8, "u1") + b"\0",
        idx_bytes(np.arange(6).reshape(1, 2, 3), 8, "u1")[:9],
    ],
    ids=["empty", "short", "text", "type", "cut", "long", "head"],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    """A message names the file, before anything is done with its numbers."""
    path = tmp_path / "some.file"
    path.write_bytes(data)

    with pytest.raises(ValueError, match=r"some\.file"):
        digits.read_idx(str(path))


def test_counts_are_those_of_the_course_text_and_of_torch() -> None:
    """LSTM four times and GRU three times as many as RNN, exactly."""
    layers = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    counts = {kind: digits.count_params(kind, 20, 50, 2) for kind in layers}

    assert counts == {"rnn": 8700, "lstm": 34800, "gru": 26100}
    for kind, layer in layers.items():
        for n_layer, both in [(1, False), (2, True), (3, True)]:
            made = layer(4, 7, n_layer, bidirectional=both)
            numbers = sum(parameter.numel() for parameter in made.parameters())
            assert digits.count_params(kind, 4, 7, n_layer, both) == numbers


def test_forget_gates_learn_nothing_from_a_single_step() -> None:
    """There is no memory to forget; all other rows of weight_ih have a gradient."""
    torch.manual_seed(0)
    model = digits.DigitsLSTM("image", 6, 4, 1)
    images = torch.rand(3, 1, 2, 3)

    model(images).sum().backward()

    rows = model.lstm.weight_ih_l0.grad.abs().sum(dim=1).reshape(4, 4)  # i, f, g, o
    assert rows[1].tolist() == [0.0] * 4
    assert float(rows[[0, 2, 3]].min()) > 0


def test_rows_are_read_from_the_top() -> None:
    """Step t reads row t: with a hand-made loop, the scores are the same."""
    torch.manual_seed(1)
    model = digits.DigitsLSTM("rows", 3, 4, 2)
    images = torch.rand(2, 1, 5, 3)
    state = None

    for row in range(5):
        out, state = model.lstm(images[:, :, row], state)

    assert torch.allclose(model(images), model.classifier(out[:, 0]), atol=1e-6)


def test_the_model_made_of_parameters_leaves_them_alone() -> None:
    """It has as many layers as there are parameters, and copies of these."""
    parameters = draw(digits.DigitsLSTM("rows", 3, 4, 3))
    kept = {name: value.clone() for name, value in parameters.items()}

    model = digits.digits_model("rows", parameters)
    with torch.no_grad():
        for value in model.parameters():
            value.zero_()

    assert model.lstm.num_layers == 3
    assert all(torch.equal(parameters[name], value) for name, value in kept.items())


# ngrams


def test_a_vocabulary_does_not_depend_on_the_order_of_the_text() -> None:
    """Two ways through the sonnet give the same numbers."""
    words = ngrams.sonnet.split()

    assert ngrams.build_vocab(words) == ngrams.build_vocab(words[::-1])


def test_two_contexts_of_the_sonnet_are_ambiguous() -> None:
    """So that 111 of the 113 trigrams are all that can be named."""
    runs = ngrams.make_ngrams(ngrams.sonnet.split(), 3)
    behind: dict[tuple[str, ...], set[str]] = {}
    for context, label in runs:
        behind.setdefault(context, set()).add(label)

    assert (len(runs), len(behind)) == (113, 111)
    assert [len(labels) for labels in behind.values() if len(labels) > 1] == [2, 2]


def test_embedding_agrees_with_torch_forward_and_backward() -> None:
    """Repeated indices add up, in any shape."""
    rng = np.random.default_rng(2)
    idx, W = rng.integers(5, size=(4, 3)), rng.standard_normal((5, 2))  # noqa: N806  (the course's name)
    dY = rng.standard_normal((4, 3, 2))  # noqa: N806  (the same)
    table = torch.from_numpy(W).requires_grad_()

    torch.nn.functional.embedding(torch.from_numpy(idx), table).backward(torch.from_numpy(dY))

    assert np.array_equal(ngrams.embed_forward(idx, W), W[idx.ravel()].reshape(4, 3, 2))
    assert table.grad is not None
    assert np.allclose(ngrams.embed_backward(idx, dY, 5), table.grad.numpy(), rtol=0, atol=1e-14)


def test_probabilities_agree_with_a_loop_over_words() -> None:
    """Written out number by number, in float64."""
    torch.manual_seed(3)
    model = ngrams.NgramModel(5, 2, 3, 4).double()
    p = {name: value.tolist() for name, value in draw(model).items()}

    (found,) = model(torch.tensor([3, 1])).tolist()

    row = p["embedding.weight"][3] + p["embedding.weight"][1]

    def affine(name: str, x: list[float]) -> list[float]:
        weights = zip(p[f"{name}.weight"], p[f"{name}.bias"], strict=True)
        return [b + math.fsum(w * v for w, v in zip(ws, x, strict=True)) for ws, b in weights]

    scores = affine("linear2", [max(0.0, unit) for unit in affine("linear1", row)])
    total = math.log(math.fsum(map(math.exp, scores)))
    assert found == pytest.approx([score - total for score in scores], abs=1e-12)


def test_a_step_of_training_is_that_of_the_formula() -> None:
    """One n-gram: parameters minus 0.01 times gradient and 0.00001 times themselves."""
    torch.manual_seed(4)
    model = ngrams.NgramModel(6, 2, 3, 4)
    start = {name: value.clone() for name, value in draw(model).items()}
    loss = -model(torch.tensor([[5, 0]]))[0, 2]
    loss.backward()

    trained, losses = ngrams.train_ngram([((5, 0), 2)], start, 1)

    assert losses == pytest.approx([loss.item()])
    for name, value in model.named_parameters():
        expected = start[name] - 0.01 * (value.grad + 0.00001 * start[name])
        assert torch.allclose(trained[name], expected, rtol=0, atol=1e-8)


# series


def test_months_are_those_of_the_file() -> None:
    """The text in data/ is what the code makes: 144 whole numbers, read through the heading."""
    months = series.make_months()

    assert months.shape == (144,)
    assert np.array_equal(series.read_months(ROOT / "data" / "months.txt"), months)
    assert np.array_equal(months, np.round(months))


@pytest.mark.parametrize(
    "text",
    ["1.5\n2\n-3\n", "month,value\n1,1.5\n2,2\n\n3,-3", '"a","1.5"\r\n"b, c","2"\r\n"d","-3"\r\n'],
    ids=["numbers", "heading", "quoted"],
)
def test_a_series_of_ones_own_is_read(tmp_path: Path, text: str) -> None:
    """One month a line, whatever stands before the number, with a byte order mark or without."""
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / "mine.csv"
        path.write_text(text, encoding, newline="")

        assert series.read_months(str(path)).tolist() == [1.5, 2.0, -3.0]


def test_a_text_without_numbers_is_refused(tmp_path: Path) -> None:
    """The message names the file."""
    path = tmp_path / "mine.csv"
    path.write_text("nothing\nat all\n", "utf-8")

    with pytest.raises(ValueError, match=r"mine\.csv"):
        series.read_months(str(path))


@pytest.mark.parametrize("months", [[3.0, 7.0, 5.0, 11.0], [4.0, 4.0, 4.0, 9.0]])
def test_scaling_is_undone(months: list[float]) -> None:
    """Also of a series that does not move in its training part."""
    scaled, low, high = series.minmax_scale(np.array(months), 3)

    assert series.unscale(scaled, low, high).tolist() == months
    assert (scaled[:3].min(), low, high) == (0.0, min(months[:3]), max(months[:3]))


def test_windows_and_pairs_tell_the_same_future() -> None:
    """The last target of both is the last month, and windows hold what is read before it."""
    months = series.make_months()
    windows, after = series.create_windows(months, 3)
    inputs, targets = series.seq_pairs(months, 12)

    assert torch.equal(after[-131:].flatten(), targets.flatten())
    assert torch.equal(windows[-1], inputs[-3:, 0, 0])


def test_networks_have_as_many_parameters_as_those_of_the_course() -> None:
    """FC 3-20-10-5-1, RNN of 10 units, LSTM and GRU of 5, two layers each."""
    networks = [
        series.SeriesFC(3, [20, 10, 5]),
        series.SeriesRNN("rnn", 10, 2),
        series.SeriesRNN("lstm", 5, 2),
        series.SeriesRNN("gru", 5, 2),
    ]

    counts = [sum(parameter.numel() for parameter in net.parameters()) for net in networks]

    assert counts == [351, 361, 406, 306]


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_predictions_do_not_depend_on_later_months(kind: str) -> None:
    """And they do depend on the warm-up."""
    torch.manual_seed(5)
    model = series.SeriesRNN(kind, 4, 2, 3)
    x = torch.rand(8, 1, 1)
    later, earlier = x.clone(), x.clone()
    later[6:] += 1.0
    earlier[0] += 1.0

    right = model(x)

    assert torch.equal(model(later)[:3], right[:3])
    assert not torch.allclose(model(earlier)[0], right[0])


@pytest.mark.parametrize(
    "network",
    [
        lambda: series.SeriesFC(2, [4, 3]),
        lambda: series.SeriesRNN("rnn", 3, 1),
        lambda: series.SeriesRNN("gru", 2, 2),
        lambda: series.SeriesRNN("lstm", 3, 2),
    ],
    ids=["fc", "rnn", "gru", "lstm"],
)
def test_training_goes_down_and_leaves_the_start_alone(network: object) -> None:
    """The ready-made function makes the network that the parameters belong to."""
    torch.manual_seed(6)
    assert callable(network)
    model = network()
    start = draw(model)
    kept = {name: value.clone() for name, value in start.items()}
    scaled, _, _ = series.minmax_scale(series.make_months()[:40], 40)

    trained, losses = series.train_series(scaled, start, 25)

    assert type(series.series_model(trained)) is type(model)
    assert list(trained) == list(start)
    assert losses[-1] < losses[0]
    assert all(torch.equal(start[name], value) for name, value in kept.items())
