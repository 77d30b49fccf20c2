"""The PyTorch references of hw8 are right: they agree with torch's layers and with plain loops."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parents[2] / "solutions" / "hw8"


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gated_cells = load("gated_cells")
hello_ohlol = load("hello_ohlol")
seq2seq = load("seq2seq")


def draw_tensors(rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[torch.Tensor]:
    """Draw float64 tensors large enough for every mistake to show."""
    return [torch.from_numpy(rng.normal(0, 0.5, shape)) for shape in shapes]


def draw_gates(rng: np.random.Generator, gates: int) -> list[torch.Tensor]:
    """Draw the parameters of `gru` (3 gates) or `lstm` (4): d = 3, hidden = 4, q = 2."""
    return draw_tensors(rng, *[(3, 4), (4, 4), (4,)] * gates, (4, 2), (2,))


def into_torch(layer: torch.nn.Module, params: list[torch.Tensor], order: list[int]) -> None:
    """Give a torch layer the weights of `gru` or `lstm`, the gates in torch's order."""
    stacks = [[params[3 * gate + part] for gate in order] for part in range(3)]
    values = {
        "weight_ih_l0": torch.cat([weight.T for weight in stacks[0]]),
        "weight_hh_l0": torch.cat([weight.T for weight in stacks[1]]),
        "bias_ih_l0": torch.cat(stacks[2]),
        "bias_hh_l0": torch.zeros(4 * len(order), dtype=torch.float64),
    }
    layer.load_state_dict(values)


def test_gru_agrees_with_one_written_element_by_element() -> None:
    """The reset gate multiplies each entry of the old state before the sum over them."""
    rng = np.random.default_rng(7)
    params = draw_gates(rng, 3)
    inputs, start = draw_tensors(rng, (5, 2, 3), (2, 4))
    xz, hz, bz, xr, hr, br, xh, hh, bh, hq, bq = (value.tolist() for value in params)

    def affine(row: list[float], weights: list[list[float]], bias: list[float]) -> list[float]:
        columns = zip(*weights, strict=True)
        return [
            b + math.fsum(value * weight for value, weight in zip(row, column, strict=True))
            for b, column in zip(bias, columns, strict=True)
        ]

    def sigmoid(value: float) -> float:
        return 1 / (1 + math.exp(-value))

    expected = []
    for batch_row in range(2):
        h = start[batch_row].tolist()
        for x in inputs[:, batch_row].tolist():
            z = [sigmoid(value) for value in affine(x + h, xz + hz, bz)]
            r = [sigmoid(value) for value in affine(x + h, xr + hr, br)]
            kept = [r[unit] * h[unit] for unit in range(4)]
            n = [math.tanh(value) for value in affine(x + kept, xh + hh, bh)]
            h = [z[unit] * h[unit] + (1 - z[unit]) * n[unit] for unit in range(4)]
        expected.append(affine(h, hq, bq))
    outputs, _ = gated_cells.gru(list(inputs), (start,), params)

    torch.testing.assert_close(outputs[-1], torch.tensor(expected, dtype=torch.float64))


def test_gru_differs_from_torch_except_on_a_first_step_from_zero() -> None:
    """torch.nn.GRU resets after the product; only without a history are the two the same."""
    rng = np.random.default_rng(8)
    params = draw_gates(rng, 3)
    (inputs,) = draw_tensors(rng, (5, 2, 3))
    layer = torch.nn.GRU(3, 4, dtype=torch.float64)
    into_torch(layer, params, [1, 0, 2])  # torch stacks r, z, n

    zero = torch.zeros(2, 4, dtype=torch.float64)
    _, (first,) = gated_cells.gru(list(inputs[:1]), (zero,), params)
    _, (last,) = gated_cells.gru(list(inputs), (zero,), params)
    theirs, _ = layer(inputs)

    torch.testing.assert_close(first, theirs[0])
    assert (last - theirs[-1]).abs().max() > 1e-2


def test_lstm_agrees_with_torch() -> None:
    """torch.nn.LSTM with the same weights gives the same outputs, state and memory."""
    rng = np.random.default_rng(9)
    params = draw_gates(rng, 4)
    inputs, H, C = draw_tensors(rng, (5, 2, 3), (2, 4), (2, 4))  # noqa: N806  (the course's names)
    layer = torch.nn.LSTM(3, 4, dtype=torch.float64)
    into_torch(layer, params, [0, 1, 3, 2])  # torch stacks i, f, g, o

    outputs, state = gated_cells.lstm(list(inputs), (H, C), params)
    theirs, their_state = layer(inputs, (H[None], C[None]))

    torch.testing.assert_close(torch.stack(outputs), theirs @ params[-2] + params[-1])
    torch.testing.assert_close(state, tuple(value[0] for value in their_state))


@pytest.mark.parametrize(("kind", "gates"), [("GRUCell", 3), ("LSTMCell", 4)])
def test_a_cell_makes_the_steps_of_the_function(kind: str, gates: int) -> None:
    """The cell, given the function's parameters in order, leaves the same state."""
    rng = np.random.default_rng(10)
    params = draw_gates(rng, gates)
    inputs, h, c = draw_tensors(rng, (5, 2, 3), (2, 4), (2, 4))
    cell = getattr(gated_cells, kind)(3, 4).double()
    cell.load_state_dict(dict(zip(dict(cell.named_parameters()), params, strict=False)))

    if kind == "GRUCell":
        _, expected = gated_cells.gru(list(inputs), (h,), params)
        for x in inputs:
            h = cell(x, h)
        actual: tuple[torch.Tensor, ...] = (h,)
    else:
        _, expected = gated_cells.lstm(list(inputs), (h, c), params)
        for x in inputs:
            h, c = cell(x, (h, c))
        actual = (h, c)

    torch.testing.assert_close(actual, expected)


def test_a_new_cell_has_small_weights_and_no_bias() -> None:
    """Weights are normal with standard deviation 0.01, biases zero."""
    torch.manual_seed(0)

    parameters = dict(gated_cells.LSTMCell(60, 50).named_parameters())

    for name, parameter in parameters.items():
        spread = 0.0 if name.startswith("b_") else 0.01
        # five standard errors of a standard deviation over 2,500 numbers
        assert float(parameter.detach().std()) == pytest.approx(spread, rel=5 / math.sqrt(5000))


def test_make_data_shifts_the_target_by_one() -> None:
    """Words are filled up, S and E added, and the caller's lists left alone."""
    pairs = [["man", "women"], ["up", "down"]]

    enc_input, dec_input, dec_output = seq2seq.make_data(pairs)

    def spell(indices: torch.Tensor) -> list[str]:
        return ["".join(seq2seq.letter[index] for index in row) for row in indices]

    assert spell(enc_input.argmax(2)) == ["man??E", "up???E"]
    assert spell(dec_input.argmax(2)) == ["Swomen", "Sdown?"]
    assert spell(dec_output) == ["womenE", "down?E"]
    assert torch.equal(enc_input.sum(2), torch.ones(2, 6))
    assert (enc_input.dtype, dec_input.dtype) == (torch.float32, torch.float32)
    assert dec_output.dtype == torch.int64
    assert pairs == [["man", "women"], ["up", "down"]]


def test_make_data_fills_up_to_the_longest_word_of_the_call() -> None:
    """A word longer than n_step lengthens all of them and loses nothing."""
    enc_input, _, dec_output = seq2seq.make_data([["up", "downstairs"], ["a", "b"]])

    assert enc_input.shape == (2, 11, 29)
    assert "".join(seq2seq.letter[index] for index in dec_output[0]) == "downstairsE"


def test_seq2seq_agrees_with_a_loop_over_its_weights() -> None:
    """Both layers step by step, the encoder's last state handed to the decoder."""
    torch.manual_seed(0)
    model = seq2seq.Seq2Seq(5, 4).double()
    weights = dict(model.named_parameters())
    enc_input, dec_input = torch.randn(2, 3, 6, 5, dtype=torch.float64)
    hidden = torch.randn(1, 3, 4, dtype=torch.float64)

    def step(layer: str, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        w, u, b, c = (
            weights[f"{layer}.{kind}_l0"]
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        return torch.tanh(x @ w.T + h @ u.T + b + c)

    h = hidden[0]
    for t in range(6):
        h = step("encoder", enc_input[:, t], h)
    expected = []
    for t in range(6):
        h = step("decoder", dec_input[:, t], h)
        expected.append(h @ weights["fc.weight"].T + weights["fc.bias"])

    torch.testing.assert_close(model(enc_input, hidden, dec_input), torch.stack(expected))


def test_hello_states_agrees_with_a_whole_layer() -> None:
    """torch.nn.RNN with the same weights goes through the same states in one call."""
    torch.manual_seed(1)
    layer = torch.nn.RNN(3, 5)
    inputs, start = torch.randn(4, 2, 3), torch.randn(2, 5)
    parameters = {name.removesuffix("_l0"): value for name, value in layer.named_parameters()}

    states = hello_ohlol.hello_states(inputs, start, parameters)

    torch.testing.assert_close(torch.stack(states), layer(inputs, start[None])[0])


def test_a_word_of_ohlol_costs_ln_4_before_anything_is_learnt() -> None:
    """The loss is the mean over the letters, in nats."""
    layers = torch.nn.ModuleDict({"rnn": torch.nn.RNN(4, 3), "fc": torch.nn.Linear(3, 4)})
    zeros = {name: torch.zeros_like(value) for name, value in layers.named_parameters()}

    _, losses = hello_ohlol.hello_train(zeros, 1)

    assert losses == pytest.approx([math.log(4)])


def test_the_first_loss_of_seq2seq_is_that_of_its_parameters() -> None:
    """The mean over the letters of a word, E and ? included, summed over the words."""
    torch.manual_seed(2)
    model = seq2seq.Seq2Seq(29, 6)
    pairs = [["man", "women"], ["up", "down"]]
    enc_input, dec_input, labels = seq2seq.make_data(pairs)
    scores = model(enc_input, torch.zeros(1, 2, 6), dec_input).detach()
    surprise = -scores.log_softmax(dim=2)
    expected = sum(
        float(surprise[step, word, labels[word, step]]) / 6
        for word in range(2)
        for step in range(6)
    )

    trained, losses = seq2seq.seq2seq_train(pairs, dict(model.named_parameters()), 2)

    assert losses[0] == pytest.approx(expected, rel=1e-6)
    assert losses[1] < losses[0]
    assert trained.keys() == dict(model.named_parameters()).keys()


def test_translate_gives_its_decoder_blanks_and_no_letters_of_its_own() -> None:
    """Its symbols are the best of the scores for S and question marks."""
    torch.manual_seed(3)
    model = seq2seq.Seq2Seq(29, 7)
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        model.fc.bias[:3] -= 9.0
    enc_input, _, _ = seq2seq.make_data([["king", "?"]])
    dec_input = torch.eye(29)[[seq2seq.letter2idx[symbol] for symbol in "S?????"]][None]
    scores = model(enc_input, torch.zeros(1, 1, 7), dec_input)[:, 0]

    expected = "".join(seq2seq.letter[index] for index in scores.argmax(dim=1))
    assert seq2seq.translate("KING", parameters) == expected
    assert len(expected) == 6
