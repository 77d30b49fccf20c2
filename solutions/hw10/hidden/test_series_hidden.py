"""Hidden tests of series: other sizes, and PyTorch's own layers run by hand.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw10 import draw, make_fc_parameters, make_rnn_parameters, make_series

# scaling


@pytest.mark.exercise("scaling")
@pytest.mark.points(3)
@pytest.mark.parametrize(("count", "n_train"), [(15, 14), (6, 2), (30, 20)])
def test_later_values_have_no_say_in_the_bounds(check, rng, count, n_train):
    """For any length of the training part, of a series that rises and of one that falls."""
    series = make_series(rng, count)

    check.minmax_scale(series, n_train)
    check.minmax_scale(-series, n_train)


@pytest.mark.exercise("scaling")
@pytest.mark.points(2)
def test_turns_any_scaled_values_back(check, rng):
    """For any bounds, below zero too."""
    low = round(float(rng.uniform(-50, 50)), 1)

    check.unscale(rng.uniform(-1, 3, size=7).round(2), low, low + 8.5)
    check.unscale(rng.uniform(-1, 3, size=4).round(2), low - 70.0, low - 50.0)


@pytest.mark.exercise("scaling")
def test_a_constant_beginning_is_no_obstacle(check, submission, rng):
    """Where all training values are equal, there is nothing to divide by, on either way."""
    low, other = (float(value) for value in rng.uniform(20, 60, size=2).round(1))
    series = np.array([low, low, other])

    check.equal(submission.minmax_scale(series, 2), (series - low, low, low))
    check.equal(submission.unscale(series - low, low, low), series)


# create_windows


@pytest.mark.exercise("create_windows")
@pytest.mark.points(3)
@pytest.mark.parametrize(("count", "k"), [(14, 6), (5, 4), (11, 1)])
def test_windows_are_right_for_any_lengths(check, rng, count, k):
    """As many windows as have a month behind them."""
    check.create_windows(make_series(rng, count), k, unchanged=(0,))


@pytest.mark.exercise("create_windows")
def test_a_window_and_its_month_stand_together_in_the_series(check, submission, torch, rng):
    """Each window with its target behind it is a run of months, one month further each time."""
    series = make_series(rng, 13)

    inputs, targets = submission.create_windows(series, 4)

    runs = torch.from_numpy(np.stack([series[at : at + 5] for at in range(9)])).float()
    check.equal(torch.cat([inputs, targets], dim=1), runs)


# seq_pairs


@pytest.mark.exercise("seq_pairs")
@pytest.mark.points(3)
@pytest.mark.parametrize(("count", "warmup"), [(30, 12), (8, 6), (10, 0)])
def test_pairs_are_right_for_any_lengths(check, rng, count, warmup):
    """One target for each prediction that counts."""
    check.seq_pairs(make_series(rng, count), warmup, unchanged=(0,))


@pytest.mark.exercise("seq_pairs")
def test_a_target_is_the_input_of_the_next_step(check, submission, torch, rng):
    """All targets but the last one are read a step later."""
    series = make_series(rng, 12)

    inputs, targets = submission.seq_pairs(series, 5)

    check.equal(targets[:-1], torch.from_numpy(series[6:-1]).float().reshape(-1, 1, 1))
    check.equal(inputs[6:], torch.from_numpy(series[6:-1]).float().reshape(-1, 1, 1))
    check.equal(targets[-1], torch.tensor([[float(series[-1])]]))


# series_fc


@pytest.mark.exercise("series_fc")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "k", "sizes"), [(1, 4, [7]), (5, 1, [4, 6, 3, 5])])
def test_fc_is_right_for_any_sizes(check, torch, rng, batch, k, sizes):
    """Any number of hidden layers, and a single window too."""
    model = check.SeriesFC(k, sizes)
    model.load(make_fc_parameters(torch, rng, k, sizes))
    for _ in range(3):
        model(draw(torch, rng, batch, k, scale=2.0))


@pytest.mark.exercise("series_fc")
@pytest.mark.points(2)
def test_fc_agrees_with_matrix_products(check, submission, torch, rng):
    """Written out, with a maximum for the ReLU, the predictions are the same."""
    parameters = make_fc_parameters(torch, rng, 3, [5, 4])
    model = submission.SeriesFC(3, [5, 4])
    model.load(parameters)
    windows = draw(torch, rng, 7, 3, scale=2.0)

    predictions = model(windows)

    x = windows
    for layer in range(2):
        x = x @ parameters[f"hidden.{layer}.weight"].T + parameters[f"hidden.{layer}.bias"]
        x = x.clamp(min=0.0)
    check.equal(predictions, x @ parameters["out.weight"].T + parameters["out.bias"])


# series_rnn


@pytest.mark.exercise("series_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_series_are_right_for_any_sizes(check, torch, rng, kind):
    """One series and several, a warm-up of all but one month and none at all."""
    for steps, batch, n_hidden, n_layer, warmup in [(5, 1, 5, 1, 4), (4, 4, 2, 3, 0)]:
        model = check.SeriesRNN(kind, n_hidden, n_layer, warmup)
        model.load(make_rnn_parameters(torch, rng, kind, n_hidden, n_layer))

        model(draw(torch, rng, steps, batch, 1, scale=2.0))


@pytest.mark.exercise("series_rnn")
@pytest.mark.points(2)
def test_series_agree_with_the_layers_run_by_hand(check, submission, torch, rng):
    """A layer of torch.nn.GRU step by step, and a matrix product."""
    parameters = make_rnn_parameters(torch, rng, "gru", 4, 1)
    layer = torch.nn.GRU(1, 4)
    layer.load_state_dict({name: parameters[f"rnn.{name}"] for name in layer.state_dict()})
    model = submission.SeriesRNN("gru", 4, 1, 2)
    model.load(parameters)
    series = draw(torch, rng, 6, 3, 1)

    predictions = model(series)

    state, expected = torch.zeros(1, 3, 4), []
    for month in series:
        _, state = layer(month.unsqueeze(0), state)
        expected.append(state[0] @ parameters["fc.weight"].T + parameters["fc.bias"])
    check.equal(predictions, torch.stack(expected[2:]))


@pytest.mark.exercise("series_rnn")
def test_series_have_the_right_gradients(check, torch, rng):
    """The gradients of the series and of all parameters are right."""
    model = check.SeriesRNN("rnn", 4, 2, 1)
    model.load(make_rnn_parameters(torch, rng, "rnn", 4, 2))

    model(draw(torch, rng, 6, 2, 1).requires_grad_(), gradients=True)


# train_series


@pytest.mark.exercise("train_series")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("kind", "months", "n_hidden", "n_layer"), [("lstm", 24, 3, 1), ("rnn", 16, 5, 2)]
)
def test_recurrent_losses_are_right_for_any_sizes(
    check, torch, rng, kind, months, n_hidden, n_layer
):
    """Any number of months, units and layers."""
    parameters = make_rnn_parameters(torch, rng, kind, n_hidden, n_layer, scale=0.4)

    check.train_series(
        rng.uniform(size=months).round(2), parameters, 3, like=lambda found: found[1]
    )


@pytest.mark.exercise("train_series")
@pytest.mark.points(2)
@pytest.mark.parametrize(("k", "sizes"), [(4, [5, 5, 3]), (1, [7])])
def test_losses_from_windows_are_right_for_any_sizes(check, torch, rng, k, sizes):
    """Any length of a window and any layers."""
    parameters = make_fc_parameters(torch, rng, k, sizes, scale=0.6)

    check.train_series(
        rng.uniform(0.2, 1.0, size=10).round(2), parameters, 5, like=lambda found: found[1]
    )


@pytest.mark.exercise("train_series")
def test_series_do_not_train_in_no_epochs(check, torch, rng):
    """With no epoch, all parameters come back as they were, and with one they do not."""
    series = rng.uniform(size=17).round(2)
    parameters = make_rnn_parameters(torch, rng, "gru", 2, 1, scale=0.4)

    check.train_series(series, parameters, 0, like=lambda found: found[0], unchanged=(1,))
    check.train_series(series, parameters, 1, like=lambda found: found[0]["fc.bias"])
