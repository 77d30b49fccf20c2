"""The references of `srn` and `binary_addition` are right: printed numbers, matrices, slopes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parents[2] / "solutions" / "hw8"
TEXT = np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]])  # the inputs of the course text


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


srn = load("srn")
addition = load("binary_addition")


def draw_network(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw the three matrices of a network with two units, large enough for mistakes to show."""
    Wx, Uh, Vy = rng.normal(0, 0.7, (3, 2, 2))  # noqa: N806  (the course's names)
    return Wx, Uh, Vy


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("linear", [4.0, 12.0, 32.0]),
        ("tanh", [1.9280551601516338, 1.9984510891336251, 1.9999753470497836]),
    ],
)
def test_srn_forward_gives_the_printed_outputs(act: str, expected: list[float]) -> None:
    """With all weights 1, as in the course text."""
    outputs, _ = srn.srn_forward(TEXT, np.ones(8), np.ones(4), act)

    assert outputs == pytest.approx(np.array([expected, expected]).T, rel=1e-15)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("linear", [[0.62, 0.72], [0.934, 1.088], [1.6986, 1.9776]]),
        ("tanh", [[0.565909, 0.657609], [0.763728, 0.889932], [1.042738, 1.215388]]),
    ],
)
def test_srn_forward_keeps_the_wiring(act: str, expected: list[list[float]]) -> None:
    """With twelve different weights, the numbers of the text's own loop come out."""
    outputs, _ = srn.srn_forward(TEXT, np.arange(1, 9) / 10, np.arange(1, 5) / 10, act)

    assert outputs == pytest.approx(np.array(expected), abs=5e-7)


def test_the_four_networks_are_one() -> None:
    """Linear, tanh, cell and layer agree: the first for inputs too small for tanh to show."""
    rng = np.random.default_rng(11)
    X = rng.normal(size=(5, 2))  # noqa: N806  (the course's names)
    Wx, Uh, Vy = draw_network(rng)  # noqa: N806  (the same)
    w = np.array([*Wx.T.ravel(), *Vy.T.ravel()])
    U = np.array([Uh[1, 0], Uh[0, 0], Uh[1, 1], Uh[0, 1]])  # noqa: N806  (the same)
    tensors = [torch.from_numpy(part).float() for part in (Wx, Uh, Vy, X[:, None])]

    linear = srn.srn_forward(X, w, U, "linear")
    tanh = srn.srn_forward(X, w, U, "tanh")
    tiny = srn.srn_forward(1e-9 * X, w, U, "tanh")
    cell = [torch.stack(part)[:, 0].detach().numpy() for part in srn.srn_cell(*tensors)]
    layer = [part[:, 0].detach().numpy() for part in srn.srn_rnn(*tensors)]

    for part in range(2):
        assert 1e9 * tiny[part] == pytest.approx(linear[part], rel=1e-13)
        assert cell[part] == pytest.approx(tanh[part], abs=1e-6)  # float32 against float64
        assert layer[part] == pytest.approx(tanh[part], abs=1e-6)


def test_the_torch_networks_leave_the_weights_alone() -> None:
    """What the caller passes in still holds the same numbers after a backward pass."""
    rng = np.random.default_rng(12)
    shapes = ((4, 3), (4, 4), (2, 4), (5, 2, 3))
    tensors = [torch.from_numpy(rng.normal(size=shape)).float() for shape in shapes]
    before = [tensor.clone() for tensor in tensors]

    (srn.srn_rnn(*tensors)[0].sum() + sum(y.sum() for y in srn.srn_cell(*tensors)[0])).backward()

    assert all(torch.equal(tensor, old) for tensor, old in zip(tensors, before, strict=True))


@pytest.mark.parametrize("dim", [8, 12])
def test_every_number_comes_back_from_its_bits(dim: int) -> None:
    """Bits read like Python's own binary digits, also beyond a byte, and numbers come back."""
    for n in range(2**dim):
        bits = addition.int_to_bits(n, dim)
        assert "".join(map(str, bits)) == f"{n:0{dim}b}"
        assert addition.bits_to_int(bits.astype(np.uint8)) == n


def test_binadd_forward_agrees_with_torch() -> None:
    """As many single steps of torch's linear maps and sigmoids, over the bits turned round."""
    rng = np.random.default_rng(13)
    weights = [rng.normal(size=shape) for shape in ((2, 5), (5, 5), (5, 1))]
    U, W, V = (torch.from_numpy(weight) for weight in weights)  # noqa: N806  (the course's names)
    a, b = rng.integers(2, size=(2, 7))

    states, outputs = addition.binadd_forward(a, b, *weights)

    h, expected = torch.zeros(1, 5, dtype=torch.float64), []
    for x in torch.from_numpy(np.stack([a, b], axis=1)).flip(0).double():
        h = torch.sigmoid(x @ U + h @ W)
        expected.append(torch.sigmoid(h @ V).numpy())
    np.testing.assert_allclose(outputs, expected, rtol=1e-13)
    np.testing.assert_allclose(states[-1], h.numpy(), rtol=1e-13)
    assert (len(states), len(outputs)) == (8, 7)
    assert not states[0].any()


@pytest.mark.parametrize("seed", [0, 1])
def test_binadd_backward_agrees_with_finite_differences(seed: int) -> None:
    """Every gradient of half the squared error, within 1e-6 of central differences."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in ((2, 5), (5, 5), (5, 1))]
    a, b, c = (addition.int_to_bits(n) for n in (89, 58, 147))

    def loss() -> float:
        _, outputs = addition.binadd_forward(a, b, *weights)
        return float(sum((o[0, 0] - y) ** 2 for o, y in zip(outputs, c[::-1], strict=True)) / 2)

    states, outputs = addition.binadd_forward(a, b, *weights)
    gradients = addition.binadd_backward(a, b, c, states, outputs, *weights)

    for weight, gradient in zip(weights, gradients, strict=True):
        numeric = np.zeros_like(weight)
        for place in np.ndindex(weight.shape):
            kept, losses = weight[place], []
            for step in (1e-5, -1e-5):
                weight[place] = kept + step
                losses.append(loss())
            weight[place] = kept
            numeric[place] = (losses[0] - losses[1]) / 2e-5
        assert np.linalg.norm(numeric - gradient) < 1e-6 * np.linalg.norm(numeric)


def test_binadd_train_keeps_the_weights_that_came_in() -> None:
    """The weights returned are new arrays, so that a caller can start again from the old ones."""
    rng = np.random.default_rng(14)
    weights = [rng.normal(size=shape) for shape in ((2, 5), (5, 5), (5, 1))]
    before = [weight.copy() for weight in weights]

    learnt = addition.binadd_train([(3, 5)], *weights, 0.5)

    for old, weight, new in zip(before, weights, learnt, strict=True):
        assert np.array_equal(old, weight)
        assert not np.array_equal(old, new)
