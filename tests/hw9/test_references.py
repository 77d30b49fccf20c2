"""The references of hw9 are right: algebra, plain loops, and what torch's own layers compute."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parents[2] / "solutions" / "hw9"


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw(*shapes: tuple[int, ...], seed: int = 0) -> list[torch.Tensor]:
    """Draw tensors of float64, large enough to show every mistake."""
    generator = torch.Generator().manual_seed(seed)
    return [0.7 * torch.randn(shape, generator=generator).double() for shape in shapes]


GATE = [(3, 4), (4, 4), (4,)]


@pytest.mark.parametrize(("length", "steps", "windows"), [(30, 6, 4), (31, 6, 5), (12, 4, 2)])
def test_windows_are_counted_up_to_the_last_label(length: int, steps: int, windows: int) -> None:
    """The off-by-one of the iterator shows where the length is a multiple of the steps."""
    batches = load("corpus").data_iter_random(list(range(length)), 1, steps, 0)

    assert len(batches) == windows
    assert sorted(int(X[0, 0]) for X, _ in batches) == list(range(0, windows * steps, steps))


def test_strips_of_fifty_characters_make_four_batches() -> None:
    """Two strips of 25, read in fives: the fifth piece has no label for its last character."""
    batches = load("corpus").data_iter_consecutive(list(range(50)), 2, 5)

    assert len(batches) == 4
    assert int(batches[-1][1].max()) == 45


def test_a_text_can_be_read_from_a_zip(tmp_path: Path) -> None:
    """As the file of lyrics comes that a well-known course hands out."""
    import zipfile  # noqa: PLC0415 - for this test alone

    with zipfile.ZipFile(tmp_path / "songs.txt.zip", "w") as archive:
        archive.writestr("songs.txt", "风吹过\n")
    (tmp_path / "songs.txt").write_text("风吹过\n", encoding="utf-8")
    corpus = load("corpus")

    texts = [corpus.load_text(str(tmp_path / name)) for name in ("songs.txt", "songs.txt.zip")]

    assert texts == ["风吹过"] * 2


def test_the_two_gated_networks_are_two() -> None:
    """`gru_after` is torch.nn.GRU without its second bias, and `gru` is not."""
    language_model = load("language_model")
    params = draw(*GATE * 3)
    layer = torch.nn.GRU(3, 4).double()
    stacked = [torch.cat([params[at].T for at in order]) for order in ((3, 0, 6), (4, 1, 7))]
    biases = torch.cat([params[at] for at in (5, 2, 8)])
    with torch.no_grad():
        for name, value in zip(
            ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"),
            (*stacked, biases, torch.zeros(12)),
            strict=True,
        ):
            getattr(layer, name).copy_(value)
    inputs, start = draw((5, 2, 3), (2, 4), seed=1)
    args = list(inputs), (start,), [*params, torch.eye(4).double(), torch.zeros(4).double()]

    after, before = (torch.stack(language_model.run(net, *args)[0]) for net in ("gru_after", "gru"))

    expected, _ = layer(inputs, start.unsqueeze(0))
    assert torch.allclose(after, expected, rtol=0, atol=1e-12)
    assert (before - expected).abs().max() > 0.1


def test_a_clipped_step_is_as_long_as_rate_times_bound() -> None:
    """So the learning rate of 100 and the bound of 0.01 make steps of length 1."""
    language_model = load("language_model")
    torch.manual_seed(0)
    params = language_model.get_params("gru", 5, 6)
    before = [param.detach().clone() for param in params]
    batch = torch.tensor([[0, 1, 2], [3, 4, 0]]), torch.tensor([[1, 2, 3], [4, 0, 1]])

    language_model.train_epoch("gru", params, (torch.zeros(2, 6),), [batch], 100.0, 0.01, False)

    moved = torch.cat([(a - b).flatten() for a, b in zip(params, before, strict=True)])
    assert moved.norm().item() == pytest.approx(1.0, rel=1e-5)


def test_the_gradient_stops_at_the_batch() -> None:
    """Training on two batches is training on one and then, from its state, on the other."""
    language_model = load("language_model")
    shapes = [*GATE, (4, 3), (3,)]
    first, second = (
        (torch.tensor([[0, 1], [2, 0]]), torch.tensor([[1, 2], [0, 1]])),
        (
            torch.tensor([[2, 2], [1, 0]]),
            torch.tensor([[0, 0], [2, 1]]),
        ),
    )

    def train(params: Any, state: Any, batches: Any) -> Any:
        return language_model.train_epoch("rnn", params, state, batches, 0.3, 9.0, False)

    def start() -> tuple[Any, Any]:
        params = [torch.nn.Parameter(part.float()) for part in draw(*shapes)]
        return params, (torch.ones(2, 4),)

    at_once, _, _ = train(*start(), [first, second])
    half, state, _ = train(*start(), [first])
    halves, _, _ = train(half, state, [second])

    assert all(torch.equal(a, b) for a, b in zip(at_once, halves, strict=True))


def test_layers_by_hand_are_those_of_torch() -> None:
    """`deep_rnn` is nn.RNN with two layers; `bi_rnn` is nn.RNN in both directions."""
    deep_networks = load("deep_networks")
    inputs, states = draw((4, 2, 3), (2, 2, 4), seed=2)
    lower, upper, back = draw(*GATE), draw((4, 4), (4, 4), (4,), seed=3), draw(*GATE, seed=4)
    deep, both = torch.nn.RNN(3, 4, 2).double(), torch.nn.RNN(3, 4, bidirectional=True).double()
    for layer, ends, parameters in (
        (deep, ("l0", "l1"), (lower, upper)),
        (both, ("l0", "l0_reverse"), (lower, back)),
    ):
        values: dict[str, torch.Tensor] = {}
        for end, (W_xh, W_hh, b_h) in zip(ends, parameters, strict=True):  # noqa: N806 (the course's names)
            values |= {f"weight_ih_{end}": W_xh.T, f"weight_hh_{end}": W_hh.T}
            values |= {f"bias_ih_{end}": b_h, f"bias_hh_{end}": 0 * b_h}
        layer.load_state_dict(values)

    outputs, last = deep_networks.deep_rnn(list(inputs), list(states), [lower, upper])
    sides = torch.stack(deep_networks.bi_rnn(list(inputs.float()), *_floats(lower, back)))

    expected, final = deep(inputs, states)
    assert torch.allclose(torch.stack(outputs), expected, rtol=0, atol=1e-12)
    assert torch.allclose(torch.stack(last), final, rtol=0, atol=1e-12)
    assert torch.allclose(sides, both(inputs)[0].float(), rtol=0, atol=1e-5)


def _floats(*layers: list[torch.Tensor]) -> list[list[torch.Tensor]]:
    return [[part.float() for part in layer] for layer in layers]


def test_a_model_of_one_direction_measures_the_same_in_both_ways() -> None:
    """Character by character, or all at once: only a second direction makes a difference."""
    deep_networks = load("deep_networks")
    text = [0, 3, 1, 4, 4, 2, 0, 1]
    for both, alike in ((False, True), (True, False)):
        torch.manual_seed(0)
        model = deep_networks.RNNModel("gru", 5, 3, 1, both)
        parameters = {name: 3 * value.detach() for name, value in model.named_parameters()}

        by_step = deep_networks.step_perplexity("gru", parameters, text)

        scores, _ = deep_networks.load_model("gru", parameters)(torch.tensor([text[:-1]]), None)
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor(text[1:])).item()
        assert math.isclose(by_step, math.exp(loss), rel_tol=1e-5) == alike
