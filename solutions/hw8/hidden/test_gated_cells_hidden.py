"""Hidden tests of gated_cells: other sizes, longer runs, and what PyTorch's own layers compute.

Seeds depend on the batch's salt, so that no answer can be known in advance.
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

OPEN = 50.0  # bias of a gate that is 1 up to rounding, whatever comes in


def fill(torch, layer, parameters, gates):
    """Give a layer of PyTorch, whose weights stand on the left, the weights of our gates."""
    stacked = {
        "weight_ih_l0": [parameters[f"W_x{gate}"].T for gate in gates],
        "weight_hh_l0": [parameters[f"W_h{gate}"].T for gate in gates],
        "bias_ih_l0": [parameters[f"b_{gate}"] for gate in gates],
        "bias_hh_l0": [torch.zeros_like(parameters[f"b_{gate}"]) for gate in gates],
    }
    layer.load_state_dict({name: torch.cat(values) for name, values in stacked.items()})


# gru_cell


@pytest.mark.exercise("gru_cell")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "d", "hidden"), [(4, 5, 5), (1, 2, 6)])
def test_gru_cell_is_right_for_any_sizes(check, torch, rng, batch, d, hidden):
    """The next state is right for one row, and where both sizes are equal."""
    cell = check.GRUCell(d, hidden)
    cell.load(make_cell_parameters(torch, rng, "zrh", (d, hidden), scale=0.7))

    cell(draw(torch, rng, batch, d), draw(torch, rng, batch, hidden))


@pytest.mark.exercise("gru_cell")
@pytest.mark.points(2)
def test_gru_cell_goes_on_from_its_own_state(check, submission, reference, torch, rng):
    """After several steps from a zero state, the state is right."""
    parameters = make_cell_parameters(torch, rng, "zrh", (3, 4), scale=0.7)
    inputs = make_inputs(torch, rng, 4, 2, 3)

    def last_state(side):
        cell, h = side.GRUCell(3, 4), torch.zeros(2, 4)
        cell.load(parameters)
        for x in inputs:
            h = cell(x, h)
        return h

    check.equal(last_state(submission), last_state(reference))


@pytest.mark.exercise("gru_cell")
def test_gru_cell_has_the_right_gradients(check, torch, rng):
    """The gradients of input, state and parameters are right."""
    cell = check.GRUCell(4, 3)
    cell.load(make_cell_parameters(torch, rng, "zrh", (4, 3), scale=0.7))
    x, h = draw(torch, rng, 2, 4).requires_grad_(), draw(torch, rng, 2, 3).requires_grad_()

    cell(x, h, gradients=True)


# lstm_cell


@pytest.mark.exercise("lstm_cell")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "d", "hidden"), [(4, 5, 5), (1, 2, 6)])
def test_lstm_cell_is_right_for_any_sizes(check, torch, rng, batch, d, hidden):
    """State and memory are right for one row, and where both sizes are equal."""
    cell = check.LSTMCell(d, hidden)
    cell.load(make_cell_parameters(torch, rng, "ifoc", (d, hidden), scale=0.7))
    state = draw(torch, rng, batch, hidden), draw(torch, rng, batch, hidden)

    cell(draw(torch, rng, batch, d), state)


@pytest.mark.exercise("lstm_cell")
@pytest.mark.points(2)
def test_lstm_cell_goes_on_from_its_own_state(check, submission, reference, torch, rng):
    """After several steps from a zero state, state and memory are right."""
    parameters = make_cell_parameters(torch, rng, "ifoc", (3, 4), scale=0.7)
    inputs = make_inputs(torch, rng, 4, 2, 3)

    def last_state(side):
        cell, state = side.LSTMCell(3, 4), (torch.zeros(2, 4), torch.zeros(2, 4))
        cell.load(parameters)
        for x in inputs:
            state = cell(x, state)
        return state

    check.equal(last_state(submission), last_state(reference))


@pytest.mark.exercise("lstm_cell")
def test_lstm_cell_shows_its_memory_when_the_output_gate_is_one(check, submission, torch, rng):
    """At an output gate of 1, the state is tanh of the new memory."""
    parameters = make_cell_parameters(torch, rng, "ifoc", (3, 4), scale=0.7)
    parameters["b_f"], parameters["b_i"] = torch.full((4,), OPEN), torch.full((4,), -OPEN)
    parameters["b_o"] = torch.full((4,), OPEN)
    x, h, c = draw(torch, rng, 5, 3), draw(torch, rng, 5, 4), draw(torch, rng, 5, 4)
    cell = submission.LSTMCell(3, 4)
    cell.load(parameters)

    check.equal(cell(x, (h, c)), (torch.tanh(c), c))


@pytest.mark.exercise("lstm_cell")
def test_lstm_cell_has_the_right_gradients(check, torch, rng):
    """The gradients of input, state, memory and parameters are right."""
    cell = check.LSTMCell(4, 3)
    cell.load(make_cell_parameters(torch, rng, "ifoc", (4, 3), scale=0.7))
    x, h, c = (draw(torch, rng, 2, size).requires_grad_() for size in (4, 3, 3))

    cell(x, (h, c), gradients=True)


# gru


@pytest.mark.exercise("gru")
@pytest.mark.points(3)
@pytest.mark.parametrize(("steps", "batch", "d", "hidden", "q"), [(6, 3, 4, 4, 4), (4, 1, 7, 2, 5)])
def test_gru_is_right_for_any_sizes(check, torch, rng, steps, batch, d, hidden, q):
    """Outputs and state are right for one row, and where all sizes are equal."""
    inputs, start = make_inputs(torch, rng, steps, batch, d), (draw(torch, rng, batch, hidden),)

    check.gru(inputs, start, make_params(torch, rng, "zrh", (d, hidden, q), scale=0.7))


@pytest.mark.exercise("gru")
def test_gru_agrees_with_pytorch_while_nothing_is_reset(check, submission, torch, rng):
    """With reset gates of 1 the two conventions agree, so the result is that of torch.nn.GRU."""
    ours = make_cell_parameters(torch, rng, "zrh", (3, 4), scale=0.7)
    ours["b_r"] = torch.full((4,), OPEN)
    theirs = torch.nn.GRU(3, 4)
    fill(torch, theirs, ours, "rzh")
    inputs, start = make_inputs(torch, rng, 5, 2, 3), draw(torch, rng, 2, 4)
    params = [*ours.values(), torch.eye(4), torch.zeros(4)]

    outputs, _ = submission.gru(inputs, (start,), params)

    expected, _ = theirs(torch.stack(inputs), start.unsqueeze(0))
    check.equal(joined(torch, outputs, 4), expected.reshape(-1, 4))


@pytest.mark.exercise("gru")
def test_gru_has_the_right_gradients(check, torch, rng):
    """The gradients of the inputs, the first state and the parameters are right."""
    params = [p.requires_grad_() for p in make_params(torch, rng, "zrh", (3, 2, 4), scale=0.7)]
    inputs = [x.requires_grad_() for x in make_inputs(torch, rng, 5, 2, 3)]

    check.gru(inputs, (draw(torch, rng, 2, 2).requires_grad_(),), params, gradients=True)


# lstm


@pytest.mark.exercise("lstm")
@pytest.mark.points(3)
@pytest.mark.parametrize(("steps", "batch", "d", "hidden", "q"), [(6, 3, 4, 4, 4), (4, 1, 7, 2, 5)])
def test_lstm_is_right_for_any_sizes(check, torch, rng, steps, batch, d, hidden, q):
    """Outputs and state are right for one row, and where all sizes are equal."""
    inputs = make_inputs(torch, rng, steps, batch, d)
    start = draw(torch, rng, batch, hidden), draw(torch, rng, batch, hidden)

    check.lstm(inputs, start, make_params(torch, rng, "ifoc", (d, hidden, q), scale=0.7))


@pytest.mark.exercise("lstm")
def test_lstm_agrees_with_pytorch(check, submission, torch, rng):
    """With the same weights, the result is that of torch.nn.LSTM."""
    ours = make_cell_parameters(torch, rng, "ifoc", (3, 4), scale=0.7)
    theirs = torch.nn.LSTM(3, 4)
    fill(torch, theirs, ours, "ifco")
    inputs, h, c = make_inputs(torch, rng, 5, 2, 3), draw(torch, rng, 2, 4), draw(torch, rng, 2, 4)
    params = [*ours.values(), torch.eye(4), torch.zeros(4)]

    outputs, (_, memory) = submission.lstm(inputs, (h, c), params)

    expected, (_, last) = theirs(torch.stack(inputs), (h.unsqueeze(0), c.unsqueeze(0)))
    check.equal(joined(torch, outputs, 4), expected.reshape(-1, 4))
    check.equal(memory, last[0])


@pytest.mark.exercise("lstm")
def test_lstm_has_the_right_gradients(check, torch, rng):
    """The gradients of the inputs, the first state and the parameters are right."""
    params = [p.requires_grad_() for p in make_params(torch, rng, "ifoc", (3, 2, 4), scale=0.7)]
    inputs = [x.requires_grad_() for x in make_inputs(torch, rng, 5, 2, 3)]
    start = tuple(draw(torch, rng, 2, 2).requires_grad_() for _ in "hc")

    check.lstm(inputs, start, params, gradients=True)


# speed; skipped unless it is measured, see docs/timing.md


@pytest.mark.exercise("gru")
@pytest.mark.timeout_s(90)
def test_gru_keeps_up_with_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden, q = 27, 30, 18, 33, 7

    def make():
        inputs, state = make_inputs(torch, rng, steps, batch, d), draw(torch, rng, batch, hidden)
        return inputs, (state,), draw_fading_params(torch, rng, "zrh", (d, hidden, q), scale=0.13)

    stopwatch.gru(make, bound=4.0)


@pytest.mark.exercise("lstm")
@pytest.mark.timeout_s(90)
def test_lstm_keeps_up_with_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden, q = 27, 30, 18, 33, 7

    def make():
        inputs = make_inputs(torch, rng, steps, batch, d)
        state = draw(torch, rng, batch, hidden), draw(torch, rng, batch, hidden)
        return inputs, state, draw_fading_params(torch, rng, "ifoc", (d, hidden, q), scale=0.13)

    stopwatch.lstm(make, bound=4.0)
