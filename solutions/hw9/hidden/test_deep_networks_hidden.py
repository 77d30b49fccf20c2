"""Hidden tests of deep_networks: other sizes and depths, and what torch's layers compute by hand.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import pytest

from inputs_hw9 import (
    draw,
    draw_indices,
    make_inputs,
    make_layer,
    make_model_parameters,
    make_model_state,
)

# rnn_model


@pytest.mark.exercise("rnn_model")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("kind", "layers", "both", "batch", "steps"),
    [("lstm", 1, True, 1, 5), ("rnn", 3, True, 4, 4), ("gru", 2, False, 5, 1)],
)
def test_scores_are_right_for_any_sizes(check, torch, rng, kind, layers, both, batch, steps):
    """Scores and state are right for one example, for one step, and where sizes are equal."""
    model = check.RNNModel(kind, 4, 4, layers, both)
    model.load(make_model_parameters(torch, rng, kind, (4, 4), layers, both, scale=0.5))

    model(
        draw_indices(torch, rng, 4, batch, steps),
        make_model_state(torch, rng, kind, batch, 4, layers, both),
    )


@pytest.mark.exercise("rnn_model")
@pytest.mark.points(2)
def test_scores_agree_with_the_layer_run_by_hand(check, submission, torch, rng):
    """They are those of torch.nn.GRU and a matrix product, example by example."""
    parameters = make_model_parameters(torch, rng, "gru", (7, 3), 1, True, scale=0.5)
    layer = torch.nn.GRU(7, 3, bidirectional=True)
    layer.load_state_dict({name: parameters[f"rnn.{name}"] for name in layer.state_dict()})
    X, start = draw_indices(torch, rng, 7, 3, 4), make_model_state(torch, rng, "gru", 3, 3, 1, True)
    model = submission.RNNModel("gru", 7, 3, 1, True)
    model.load(parameters)

    scores, _ = model(X, start)

    rows = [layer(torch.eye(7)[row], start[:, at])[0] for at, row in enumerate(X)]
    expected = torch.stack(rows, dim=1) @ parameters["dense.weight"].T + parameters["dense.bias"]
    check.equal(scores, expected.reshape(-1, 7))


@pytest.mark.exercise("rnn_model")
def test_rnn_model_has_the_right_gradients(check, torch, rng):
    """The gradients of the state and of all parameters are right."""
    model = check.RNNModel("rnn", 5, 4, 2, False)
    model.load(make_model_parameters(torch, rng, "rnn", (5, 4), 2, False, scale=0.5))
    state = make_model_state(torch, rng, "rnn", 2, 4, 2, False)

    model(draw_indices(torch, rng, 5, 2, 3), state.requires_grad_(), gradients=True)


# deep_rnn


@pytest.mark.exercise("deep_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("d", "sizes", "steps", "batch"),
    [(5, (2, 4, 3, 2), 3, 4), (3, (3, 3), 5, 1), (1, (6, 2), 1, 3)],
)
def test_deep_rnn_is_right_for_any_depth(check, torch, rng, d, sizes, steps, batch):
    """Outputs and states are right for many layers, one row, one step, and equal sizes."""
    layers = [
        make_layer(torch, rng, *pair, scale=0.6) for pair in zip((d, *sizes), sizes, strict=False)
    ]
    states = [draw(torch, rng, batch, hidden) for hidden in sizes]

    check.deep_rnn(make_inputs(torch, rng, steps, batch, d), states, layers)


@pytest.mark.exercise("deep_rnn")
def test_deep_rnn_has_the_right_gradients(check, torch, rng):
    """The gradients of inputs, states and parameters are right."""
    layers = [
        tuple(part.requires_grad_() for part in make_layer(torch, rng, *pair, scale=0.6))
        for pair in ((2, 3), (3, 4))
    ]
    states = [draw(torch, rng, 2, hidden).requires_grad_() for hidden in (3, 4)]
    inputs = [X.requires_grad_() for X in make_inputs(torch, rng, 4, 2, 2)]

    check.deep_rnn(inputs, states, layers, gradients=True)


@pytest.mark.exercise("deep_rnn")
@pytest.mark.timeout_s(90)
def test_deep_rnn_keeps_up_with_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden = 21, 30, 18, 26

    def make():
        layers = [make_layer(torch, rng, width, hidden, scale=0.13) for width in (d, hidden)]
        states = [draw(torch, rng, batch, hidden) for _ in layers]
        return make_inputs(torch, rng, steps, batch, d), states, layers

    stopwatch.deep_rnn(make, bound=4.0)


# bi_rnn


@pytest.mark.exercise("bi_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("d", "forward", "backward", "steps", "batch"),
    [(4, 4, 4, 4, 4), (1, 5, 2, 6, 1), (3, 2, 4, 2, 3)],
)
def test_bi_rnn_is_right_for_any_sizes(check, torch, rng, d, forward, backward, steps, batch):
    """Outputs are right for one row, two steps, and where all sizes are equal."""
    layers = [make_layer(torch, rng, d, hidden, scale=0.6) for hidden in (forward, backward)]

    check.bi_rnn(make_inputs(torch, rng, steps, batch, d), *layers)


@pytest.mark.exercise("bi_rnn")
@pytest.mark.points(2)
def test_turning_the_text_round_exchanges_the_halves(check, submission, torch, rng):
    """The reversed inputs, with the layers exchanged, give the same numbers the other way round."""
    first, second = (make_layer(torch, rng, 3, hidden, scale=0.6) for hidden in (2, 4))
    inputs = make_inputs(torch, rng, 5, 2, 3)

    plain = torch.stack(list(submission.bi_rnn(inputs, first, second)))
    turned = torch.stack(list(submission.bi_rnn(inputs[::-1], second, first)))

    check.equal(torch.cat([turned[..., 4:], turned[..., :4]], dim=2).flip(0), plain)
    assert bool((plain[1:] - plain[:-1]).detach().abs().max() > 1e-3), "all outputs are the same"


# step_perplexity


@pytest.mark.exercise("step_perplexity")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("kind", "layers", "both", "length"),
    [("lstm", 2, False, 9), ("rnn", 2, True, 6), ("gru", 1, False, 2)],
)
def test_perplexity_is_right_for_any_model(check, torch, rng, kind, layers, both, length):
    """All kinds, depths and directions, down to a text of two characters."""
    parameters = make_model_parameters(torch, rng, kind, (7, 3), layers, both, scale=0.5)
    text = [int(index) for index in rng.integers(7, size=length)]

    check.step_perplexity(kind, parameters, text)


@pytest.mark.exercise("step_perplexity")
def test_a_model_of_one_direction_may_as_well_read_at_once(check, submission, torch, rng):
    """Without a look ahead, windows and single characters give the same perplexity."""
    parameters = make_model_parameters(torch, rng, "lstm", (6, 4), scale=0.5)
    layer = torch.nn.LSTM(6, 4)
    layer.load_state_dict({name: parameters[f"rnn.{name}"] for name in layer.state_dict()})
    text = draw_indices(torch, rng, 6, 10)
    states, _ = layer(torch.eye(6)[text[:-1]])
    scores = states @ parameters["dense.weight"].T + parameters["dense.bias"]

    found = submission.step_perplexity("lstm", parameters, text.tolist())

    loss = torch.nn.functional.cross_entropy(scores.detach(), text[1:])
    check.equal(torch.tensor(found), loss.exp())
