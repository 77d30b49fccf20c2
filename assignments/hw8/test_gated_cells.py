"""Tests of gated_cells: GRU and LSTM, one step and over a sequence.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import pytest

from inputs_hw8 import (
    draw,
    draw_fading_params,
    joined,
    make_cell_parameters,
    make_inputs,
    make_params,
)

OPEN, SHUT = 50.0, -50.0  # biases of a gate that is 1 or 0 up to rounding, whatever comes in


def as_tuple(state):
    """Put a bare state into a tuple."""
    return tuple(state) if isinstance(state, tuple | list) else (state,)


def assert_differs(torch, one, other, text):
    """Demand that two results are proper numbers and not the same."""
    assert bool(torch.isfinite(one).all()), "there are infinite numbers or NaN in the result"
    assert bool((one - other).detach().abs().max() > 1e-3), text


def assert_causal(torch, check, run, inputs, q):
    """Demand that a changed input shows in the outputs from its own step on, and in none before."""
    batch, at = len(inputs[0]), 2
    changed = [*inputs[:at], -inputs[at], *inputs[at + 1 :]]
    old, new = joined(torch, run(inputs)[0], q), joined(torch, run(changed)[0], q)

    check.equal(new[: at * batch], old[: at * batch])
    rows = slice((at + 1) * batch, (at + 2) * batch)
    assert_differs(
        torch, new[rows], old[rows], "the output of a step does not depend on the input before it"
    )


def assert_splits(torch, check, run, inputs, start, q):
    """Demand that two runs, the second from the state after the first, give what one run gives."""
    outputs, last = run(inputs, start)
    whole = joined(torch, outputs, q)
    first, middle = run(inputs[:2], start)
    second, end = run(inputs[2:], as_tuple(middle))
    afresh = joined(torch, run(inputs[2:], start)[0], q)

    check.equal(torch.cat([joined(torch, first, q), joined(torch, second, q)]), whole)
    check.equal(as_tuple(end), as_tuple(last))
    assert_differs(
        torch, joined(torch, second, q), afresh, "the outputs do not depend on the first state"
    )


# gru_cell


@pytest.mark.exercise("gru_cell")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "d", "hidden"), [(2, 3, 4), (5, 4, 3)])
def test_gru_cell_computes_the_next_state(check, torch, rng, batch, d, hidden):
    """With random weights, biases and state, the next state is right."""
    cell = check.GRUCell(d, hidden)
    cell.load(make_cell_parameters(torch, rng, "zrh", (d, hidden)))

    cell(draw(torch, rng, batch, d), draw(torch, rng, batch, hidden))


@pytest.mark.exercise("gru_cell")
@pytest.mark.points(2)
def test_gru_cell_keeps_the_state_when_the_update_gate_is_one(check, submission, torch, rng):
    """The update gate says how much of the old state stays; at 1 all of it does."""
    parameters = make_cell_parameters(torch, rng, "zrh", (3, 5))
    parameters["b_z"] = torch.full((5,), OPEN)
    x, h = draw(torch, rng, 2, 3), draw(torch, rng, 2, 5)
    cell = submission.GRUCell(3, 5)
    cell.load(parameters)

    check.equal(cell(x, h), h)
    shut = submission.GRUCell(3, 5)
    shut.load({**parameters, "b_z": torch.full((5,), SHUT)})
    assert_differs(torch, shut(x, h), h, "the old state stays even at an update gate of zero")


@pytest.mark.exercise("gru_cell")
@pytest.mark.points(2)
@pytest.mark.parametrize("reset", [OPEN, SHUT])
def test_gru_cell_takes_the_candidate_when_the_update_gate_is_zero(
    check, submission, torch, rng, reset
):
    """At an update gate of 0 only the candidate counts, which sees the old state if reset is 1."""
    parameters = make_cell_parameters(torch, rng, "zrh", (4, 3))
    parameters["b_z"], parameters["b_r"] = torch.full((3,), SHUT), torch.full((3,), reset)
    x, h = draw(torch, rng, 5, 4), draw(torch, rng, 5, 3)
    cell = submission.GRUCell(4, 3)
    cell.load(parameters)

    before = x @ parameters["W_xh"] + parameters["b_h"]
    seen = h @ parameters["W_hh"] if reset == OPEN else 0.0
    check.equal(cell(x, h), torch.tanh(before + seen))


@pytest.mark.exercise("gru_cell")
@pytest.mark.points(2)
def test_gru_cell_resets_before_the_matrix_product(check, submission, torch):
    """The reset gate multiplies the state, and the result of that is multiplied by W_hh."""
    names = [f"{kind}{gate}" for gate in "zrh" for kind in ("W_x", "W_h", "b_")]
    shapes = [(1, 2), (2, 2), (2,)] * 3
    parameters = {name: torch.zeros(shape) for name, shape in zip(names, shapes, strict=True)}
    parameters["b_r"] = torch.tensor([4.0, 1 / 4]).log()  # reset gates of 0.8 and 0.2
    parameters["W_hh"] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])  # exchanges the two units
    cell = submission.GRUCell(1, 2)
    cell.load(parameters)

    after = cell(torch.tensor([[3.0]]), torch.tensor([[2.0, -1.0]]))

    check.equal(after, torch.tensor([[1.0, -0.5]]) + torch.tensor([[-0.2, 1.6]]).tanh() / 2)


@pytest.mark.exercise("gru_cell")
def test_gru_cell_can_be_trained(check, torch, rng):
    """Gradients reach the input, the state and all nine parameters."""
    cell = check.GRUCell(2, 4)
    cell.load(make_cell_parameters(torch, rng, "zrh", (2, 4)))
    x, h = draw(torch, rng, 3, 2).requires_grad_(), draw(torch, rng, 3, 4).requires_grad_()

    cell(x, h, gradients=True)


# lstm_cell


@pytest.mark.exercise("lstm_cell")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "d", "hidden"), [(2, 3, 4), (5, 4, 3)])
def test_lstm_cell_computes_the_next_state(check, torch, rng, batch, d, hidden):
    """With random weights, biases and state, the next state and memory are right."""
    cell = check.LSTMCell(d, hidden)
    cell.load(make_cell_parameters(torch, rng, "ifoc", (d, hidden)))
    state = draw(torch, rng, batch, hidden), draw(torch, rng, batch, hidden)

    cell(draw(torch, rng, batch, d), state)


@pytest.mark.exercise("lstm_cell")
@pytest.mark.points(2)
def test_lstm_cell_agrees_with_pytorch(check, submission, torch, rng):
    """With the same weights, the cell computes what torch.nn.LSTMCell does."""
    ours = make_cell_parameters(torch, rng, "ifoc", (5, 2))
    theirs = torch.nn.LSTMCell(5, 2)
    theirs.load_state_dict(
        {
            "weight_ih": torch.cat([ours[f"W_x{gate}"].T for gate in "ifco"]),
            "weight_hh": torch.cat([ours[f"W_h{gate}"].T for gate in "ifco"]),
            "bias_ih": torch.cat([ours[f"b_{gate}"] for gate in "ifco"]),
            "bias_hh": torch.zeros(8),
        }
    )
    x, state = draw(torch, rng, 3, 5), (draw(torch, rng, 3, 2), draw(torch, rng, 3, 2))
    cell = submission.LSTMCell(5, 2)
    cell.load(ours)

    check.equal(cell(x, state), theirs(x, state))


@pytest.mark.exercise("lstm_cell")
@pytest.mark.points(2)
@pytest.mark.parametrize(("forget", "write"), [(OPEN, SHUT), (SHUT, OPEN), (OPEN, OPEN)])
def test_lstm_cell_forgets_and_writes_as_its_gates_say(
    check, submission, torch, rng, forget, write
):
    """The forget gate says what stays of the memory, the input gate what is added to it."""
    parameters = make_cell_parameters(torch, rng, "ifoc", (4, 3))
    parameters["b_f"], parameters["b_i"] = torch.full((3,), forget), torch.full((3,), write)
    x, (h, c) = draw(torch, rng, 2, 4), (draw(torch, rng, 2, 3), draw(torch, rng, 2, 3))
    cell = submission.LSTMCell(4, 3)
    cell.load(parameters)

    after, memory = cell(x, (h, c))

    assert_differs(torch, after, h, "the state is the one before the step")
    candidate = torch.tanh(x @ parameters["W_xc"] + h @ parameters["W_hc"] + parameters["b_c"])
    expected = (c if forget == OPEN else 0.0) + (candidate if write == OPEN else 0.0)
    check.equal(memory, expected)


@pytest.mark.exercise("lstm_cell")
def test_lstm_cell_can_be_trained(check, torch, rng):
    """Gradients reach the input, state, memory and all twelve parameters."""
    cell = check.LSTMCell(2, 4)
    cell.load(make_cell_parameters(torch, rng, "ifoc", (2, 4)))
    x, h, c = (draw(torch, rng, 3, size).requires_grad_() for size in (2, 4, 4))

    cell(x, (h, c), gradients=True)


# gru


@pytest.mark.exercise("gru")
@pytest.mark.points(3)
@pytest.mark.parametrize(("steps", "batch", "d", "hidden", "q"), [(3, 2, 5, 4, 6), (5, 4, 2, 3, 1)])
def test_gru_computes_outputs_and_state(check, torch, rng, steps, batch, d, hidden, q):
    """Over several steps, from a random state, the outputs and the last state are right."""
    inputs = make_inputs(torch, rng, steps, batch, d)

    check.gru(
        inputs,
        (draw(torch, rng, batch, hidden),),
        make_params(torch, rng, "zrh", (d, hidden, q)),
    )


@pytest.mark.exercise("gru")
def test_gru_can_go_on_from_its_state(check, submission, torch, rng):
    """A run in two parts, the second from the state after the first, equals one run."""
    params, start = make_params(torch, rng, "zrh", (2, 3, 6)), (draw(torch, rng, 4, 3),)

    def run(inputs, state):
        return submission.gru(inputs, state, params)

    assert_splits(torch, check, run, make_inputs(torch, rng, 5, 4, 2), start, 6)


@pytest.mark.exercise("gru")
def test_gru_reads_from_left_to_right(check, submission, torch, rng):
    """An input changes the outputs from its own step on, and none before."""
    params, start = make_params(torch, rng, "zrh", (2, 3, 6)), (draw(torch, rng, 5, 3),)

    def run(inputs):
        return submission.gru(inputs, start, params)

    assert_causal(torch, check, run, make_inputs(torch, rng, 4, 5, 2), 6)


@pytest.mark.exercise("gru")
def test_gru_can_be_trained(check, torch, rng):
    """Gradients reach the first state and all eleven parameters, through all steps."""
    params = [p.requires_grad_() for p in make_params(torch, rng, "zrh", (2, 3, 6))]
    start = (draw(torch, rng, 5, 3).requires_grad_(),)

    check.gru(make_inputs(torch, rng, 4, 5, 2), start, params, gradients=True)


# lstm


@pytest.mark.exercise("lstm")
@pytest.mark.points(3)
@pytest.mark.parametrize(("steps", "batch", "d", "hidden", "q"), [(3, 2, 5, 4, 6), (5, 4, 2, 3, 1)])
def test_lstm_computes_outputs_and_state(check, torch, rng, steps, batch, d, hidden, q):
    """Over several steps, from a random state, the outputs and the last state are right."""
    state = draw(torch, rng, batch, hidden), draw(torch, rng, batch, hidden)
    inputs = make_inputs(torch, rng, steps, batch, d)

    check.lstm(inputs, state, make_params(torch, rng, "ifoc", (d, hidden, q)))


@pytest.mark.exercise("lstm")
def test_lstm_can_go_on_from_its_state(check, submission, torch, rng):
    """A run in two parts, the second from the state after the first, equals one run."""
    params = make_params(torch, rng, "ifoc", (2, 3, 6))
    start = draw(torch, rng, 4, 3), draw(torch, rng, 4, 3)

    def run(inputs, state):
        return submission.lstm(inputs, state, params)

    assert_splits(torch, check, run, make_inputs(torch, rng, 5, 4, 2), start, 6)


@pytest.mark.exercise("lstm")
def test_lstm_reads_from_left_to_right(check, submission, torch, rng):
    """An input changes the outputs from its own step on, and none before."""
    params = make_params(torch, rng, "ifoc", (2, 3, 6))
    start = draw(torch, rng, 5, 3), draw(torch, rng, 5, 3)

    def run(inputs):
        return submission.lstm(inputs, start, params)

    assert_causal(torch, check, run, make_inputs(torch, rng, 4, 5, 2), 6)


@pytest.mark.exercise("lstm")
def test_lstm_can_be_trained(check, torch, rng):
    """Gradients reach the first state and all fourteen parameters, through all steps."""
    params = [p.requires_grad_() for p in make_params(torch, rng, "ifoc", (2, 3, 6))]
    start = tuple(draw(torch, rng, 5, 3).requires_grad_() for _ in "hc")

    check.lstm(make_inputs(torch, rng, 4, 5, 2), start, params, gradients=True)


# speed; skipped unless it is measured, see docs/timing.md


@pytest.mark.exercise("gru")
@pytest.mark.timeout_s(90)
def test_gru_is_about_as_fast_as_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden, q = 32, 24, 20, 28, 5

    def make():
        inputs, state = make_inputs(torch, rng, steps, batch, d), draw(torch, rng, batch, hidden)
        return inputs, (state,), draw_fading_params(torch, rng, "zrh", (d, hidden, q))

    stopwatch.gru(make, bound=4.0)


@pytest.mark.exercise("lstm")
@pytest.mark.timeout_s(90)
def test_lstm_is_about_as_fast_as_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden, q = 32, 24, 20, 28, 5

    def make():
        inputs = make_inputs(torch, rng, steps, batch, d)
        state = draw(torch, rng, batch, hidden), draw(torch, rng, batch, hidden)
        return inputs, state, draw_fading_params(torch, rng, "ifoc", (d, hidden, q))

    stopwatch.lstm(make, bound=4.0)
