"""Tests of deep_networks: torch's layers as a language model, layers by hand, both directions.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import pytest

from inputs_hw9 import (
    draw,
    draw_indices,
    joined,
    make_inputs,
    make_layer,
    make_model_parameters,
    make_model_state,
)


def fill(layer, parameters, ends):
    """Give a layer of torch, whose weights stand on the left, the weights of our layers."""
    values = {}
    for end, (W_xh, W_hh, b_h) in zip(ends, parameters, strict=True):
        values[f"weight_ih_{end}"], values[f"weight_hh_{end}"] = W_xh.T, W_hh.T
        values[f"bias_ih_{end}"], values[f"bias_hh_{end}"] = b_h, 0 * b_h
    layer.load_state_dict(values)


# rnn_model


@pytest.mark.exercise("rnn_model")
@pytest.mark.points(4)
@pytest.mark.parametrize(
    ("kind", "layers", "both", "batch", "steps"),
    [
        ("rnn", 1, False, 2, 4),
        ("gru", 1, False, 3, 3),
        ("lstm", 2, False, 4, 2),
        ("gru", 1, True, 3, 2),
    ],
)
def test_scores_every_character_at_every_step(check, torch, rng, kind, layers, both, batch, steps):
    """With random weights and a random state, scores and state are right, time first."""
    model = check.RNNModel(kind, 5, 3, layers, both)
    model.load(make_model_parameters(torch, rng, kind, (5, 3), layers, both))

    model(
        draw_indices(torch, rng, 5, batch, steps),
        make_model_state(torch, rng, kind, batch, 3, layers, both),
    )


@pytest.mark.exercise("rnn_model")
@pytest.mark.points(2)
@pytest.mark.parametrize(("kind", "both"), [("lstm", False), ("rnn", True)])
def test_starts_from_zeros_without_a_state(check, torch, rng, kind, both):
    """None stands for a state of zeros, and the sizes after the third have defaults."""
    model = check.RNNModel(kind, 6, 4, 1, True) if both else check.RNNModel(kind, 6, 4)
    model.load(make_model_parameters(torch, rng, kind, (6, 4), 1, both))

    model(draw_indices(torch, rng, 6, 2, 3), None)


@pytest.mark.exercise("rnn_model")
def test_rnn_model_can_be_trained(check, torch, rng):
    """Gradients reach all parameters of both layers and directions."""
    model = check.RNNModel("gru", 4, 3, 2, True)
    model.load(make_model_parameters(torch, rng, "gru", (4, 3), 2, True))
    state = make_model_state(torch, rng, "gru", 3, 3, 2, True)

    model(draw_indices(torch, rng, 4, 3, 2), state.requires_grad_(), gradients=True)


# deep_rnn


@pytest.mark.exercise("deep_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("d", "sizes", "steps", "batch"), [(3, (4, 2), 3, 2), (2, (3, 5, 4), 4, 3), (4, (3,), 3, 5)]
)
def test_deep_rnn_computes_outputs_and_states(check, torch, rng, d, sizes, steps, batch):
    """With layers of any sizes, outputs and last states of all layers are right."""
    layers = [make_layer(torch, rng, *pair) for pair in zip((d, *sizes), sizes, strict=False)]
    states = [draw(torch, rng, batch, hidden) for hidden in sizes]

    check.deep_rnn(make_inputs(torch, rng, steps, batch, d), states, layers)


@pytest.mark.exercise("deep_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize("d", [2, 3])
def test_deep_rnn_agrees_with_pytorch(check, submission, torch, rng, d):
    """With the same weights, it is torch.nn.RNN with as many layers, also where all sizes agree."""
    layers = [make_layer(torch, rng, width, 3) for width in (d, 3, 3)]
    theirs = torch.nn.RNN(d, 3, num_layers=3)
    fill(theirs, layers, ("l0", "l1", "l2"))
    inputs, states = draw(torch, rng, 4, 2, d), draw(torch, rng, 3, 2, 3)

    outputs, last = submission.deep_rnn(list(inputs), list(states), layers)

    expected, final = theirs(inputs, states)
    check.equal(joined(torch, outputs, 3), expected.reshape(-1, 3))
    check.equal(joined(torch, last, 3), final.reshape(-1, 3))


@pytest.mark.exercise("deep_rnn")
def test_deep_rnn_can_be_trained(check, torch, rng):
    """Gradients reach the states and parameters of all layers, through all steps."""
    layers = [
        tuple(part.requires_grad_() for part in make_layer(torch, rng, width, 3))
        for width in (2, 3)
    ]
    states = [draw(torch, rng, 4, 3).requires_grad_() for _ in layers]

    check.deep_rnn(make_inputs(torch, rng, 3, 4, 2), states, layers, gradients=True)


@pytest.mark.exercise("deep_rnn")
@pytest.mark.timeout_s(90)
def test_deep_rnn_is_about_as_fast_as_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden = 24, 24, 20, 28

    def make():
        layers = [make_layer(torch, rng, width, hidden, scale=0.15) for width in (d, hidden)]
        states = [draw(torch, rng, batch, hidden) for _ in layers]
        return make_inputs(torch, rng, steps, batch, d), states, layers

    stopwatch.deep_rnn(make, bound=4.0)


# bi_rnn


@pytest.mark.exercise("bi_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("d", "forward", "backward", "steps", "batch"),
    [(3, 4, 2, 4, 2), (2, 3, 3, 3, 5), (4, 2, 5, 1, 3)],
)
def test_bi_rnn_puts_both_states_side_by_side(
    check, torch, rng, d, forward, backward, steps, batch
):
    """With states of any two lengths, the outputs of all steps are right."""
    layers = [make_layer(torch, rng, d, hidden) for hidden in (forward, backward)]

    check.bi_rnn(make_inputs(torch, rng, steps, batch, d), *layers)


@pytest.mark.exercise("bi_rnn")
@pytest.mark.points(2)
def test_bi_rnn_agrees_with_pytorch(check, submission, torch, rng):
    """With the same weights, it is torch.nn.RNN with bidirectional=True."""
    layers = [make_layer(torch, rng, 2, 3) for _ in range(2)]
    theirs = torch.nn.RNN(2, 3, bidirectional=True)
    fill(theirs, layers, ("l0", "l0_reverse"))
    inputs = draw(torch, rng, 5, 4, 2)

    outputs = submission.bi_rnn(list(inputs), *layers)

    check.equal(joined(torch, outputs, 6), theirs(inputs)[0].reshape(-1, 6))


@pytest.mark.exercise("bi_rnn")
@pytest.mark.points(2)
@pytest.mark.parametrize("changed", [0, 3])
def test_each_half_knows_its_own_side(check, submission, torch, rng, changed):
    """A changed input shows in the forward half from there on, in the backward half up to there."""
    layers = [make_layer(torch, rng, 3, 2) for _ in range(2)]
    inputs = make_inputs(torch, rng, 4, 2, 3)
    other = [-X if step == changed else X for step, X in enumerate(inputs)]

    old, new = (torch.stack(list(submission.bi_rnn(one, *layers))) for one in (inputs, other))

    moved = (old - new).detach().abs().amax(dim=1) > 1e-6  # (steps, 4)
    steps = range(4)
    check.equal(moved[:, :2].any(dim=1).tolist(), [step >= changed for step in steps])
    check.equal(moved[:, 2:].any(dim=1).tolist(), [step <= changed for step in steps])


@pytest.mark.exercise("bi_rnn")
def test_bi_rnn_can_be_trained(check, torch, rng):
    """Gradients reach the inputs and the parameters of both directions."""
    layers = [
        tuple(part.requires_grad_() for part in make_layer(torch, rng, 2, hidden))
        for hidden in (3, 4)
    ]

    check.bi_rnn(make_inputs(torch, rng, 3, 5, 2), *layers, gradients=True)


# step_perplexity


def draw_text(rng, vocab, length):
    """Draw the indices of a text."""
    return [int(index) for index in rng.integers(vocab, size=length)]


@pytest.mark.exercise("step_perplexity")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("kind", "layers", "length"), [("rnn", 1, 5), ("gru", 2, 7), ("lstm", 1, 2)]
)
def test_measures_one_character_at_a_time(check, torch, rng, kind, layers, length):
    """The state goes on from call to call, and every prediction counts once."""
    parameters = make_model_parameters(torch, rng, kind, (6, 4), layers)

    check.step_perplexity(kind, parameters, draw_text(rng, 6, length))


@pytest.mark.exercise("step_perplexity")
@pytest.mark.points(2)
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_does_not_let_a_model_look_ahead(check, torch, rng, kind):
    """A model that reads in both directions gets no more than the character itself, either."""
    parameters = make_model_parameters(torch, rng, kind, (5, 3), 1, True)

    check.step_perplexity(kind, parameters, draw_text(rng, 5, 8))
