"""Tests of series: scaling, training pairs, and networks that predict the next month.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw10 import draw, make_fc_parameters, make_rnn_parameters, make_series

# scaling


@pytest.mark.exercise("scaling")
@pytest.mark.points(3)
@pytest.mark.parametrize(("count", "n_train"), [(8, 5), (12, 7)])
def test_scales_by_the_training_part_alone(check, rng, count, n_train):
    """Scaled values and both bounds are right, those behind the training part too."""
    series = make_series(rng, count)

    check.minmax_scale(series, n_train, unchanged=(0,))
    check.minmax_scale(series[::-1].copy(), n_train)


@pytest.mark.exercise("scaling")
@pytest.mark.points(2)
def test_unscale_turns_scaled_values_back(check, rng):
    """Each value times the span, and the lower bound on top."""
    check.unscale(rng.uniform(-0.5, 2.0, size=6).round(2), 12.5, 20.0, unchanged=(0,))
    check.unscale(rng.uniform(-0.5, 2.0, size=5).round(2), -3.0, -1.0)


@pytest.mark.exercise("scaling")
def test_comes_back_where_it_began(check, submission, rng):
    """What was scaled with its own bounds is the series again."""
    series = make_series(rng, 9)

    scaled, low, high = submission.minmax_scale(series, 6)

    check.equal(submission.unscale(scaled, low, high), series)
    assert np.ptp(np.asarray(scaled)[:6]) < 1.0 + 1e-9, "the training part is longer than [0, 1]"


@pytest.mark.exercise("scaling")
def test_does_not_divide_by_zero(check, submission):
    """Where all training values are equal, the smallest is subtracted and that is all."""
    scaled = submission.minmax_scale(np.array([4.0, 4.0, 4.0, 7.0]), 3)

    check.equal(scaled, (np.array([0.0, 0.0, 0.0, 3.0]), 4.0, 4.0))
    check.equal(submission.unscale(np.array([0.0, 3.0]), 4.0, 4.0), np.array([4.0, 7.0]))


# create_windows


@pytest.mark.exercise("create_windows")
@pytest.mark.points(3)
@pytest.mark.parametrize("part", [0, 1], ids=["inputs", "targets"])
def test_pairs_windows_with_the_month_behind_them(check, rng, part):
    """All windows in the order of time, and what follows each of them."""
    for count, k in [(9, 3), (7, 2), (12, 5)]:
        check.create_windows(make_series(rng, count), k, like=lambda pair: pair[part])


@pytest.mark.exercise("create_windows")
def test_a_window_may_be_one_month_or_nearly_all(check, rng):
    """The shortest window and the longest one."""
    check.create_windows(make_series(rng, 6), 1)
    check.create_windows(make_series(rng, 6), 5)


@pytest.mark.exercise("create_windows")
def test_windows_are_float32(check, rng):
    """The layers of PyTorch hold float32 and take nothing else."""
    pair = check.create_windows(make_series(rng, 8), 3)
    dtypes = [str(part.dtype).removeprefix("torch.") for part in pair]

    assert dtypes == ["float32"] * 2, f"the tensors hold {', '.join(dtypes)}; layers need float32"


# seq_pairs


@pytest.mark.exercise("seq_pairs")
@pytest.mark.points(3)
@pytest.mark.parametrize("part", [0, 1], ids=["inputs", "targets"])
def test_pairs_each_month_with_the_next(check, rng, part):
    """All months but the last are read; targets begin behind the warm-up."""
    for count, warmup in [(20, 12), (9, 4), (15, 1)]:
        check.seq_pairs(make_series(rng, count), warmup, like=lambda pair: pair[part])


@pytest.mark.exercise("seq_pairs")
def test_may_have_no_warmup(check, rng):
    """Then every month but the first is a target."""
    check.seq_pairs(make_series(rng, 7), 0)


@pytest.mark.exercise("seq_pairs")
def test_pairs_are_float32(check, rng):
    """The layers of PyTorch hold float32 and take nothing else."""
    pair = check.seq_pairs(make_series(rng, 9), 3)
    dtypes = [str(part.dtype).removeprefix("torch.") for part in pair]

    assert dtypes == ["float32"] * 2, f"the tensors hold {', '.join(dtypes)}; layers need float32"


# series_fc


@pytest.mark.exercise("series_fc")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("batch", "k", "sizes"), [(6, 3, [5, 4, 2]), (4, 2, [6, 3]), (3, 3, [3, 3, 3])]
)
def test_predicts_from_windows(check, torch, rng, batch, k, sizes):
    """With random weights, the predictions are right, and may be negative."""
    model = check.SeriesFC(k, sizes)
    model.load(make_fc_parameters(torch, rng, k, sizes))
    windows = draw(torch, rng, batch, k, scale=2.0)

    model(windows, unchanged=(0,))
    model(-windows)


@pytest.mark.exercise("series_fc")
def test_fc_can_be_trained(check, torch, rng):
    """Gradients reach the windows and the parameters of all layers."""
    model = check.SeriesFC(3, [6, 5])
    model.load(make_fc_parameters(torch, rng, 3, [6, 5]))

    model(draw(torch, rng, 8, 3, scale=2.0).requires_grad_(), gradients=True)


# series_rnn


@pytest.mark.exercise("series_rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_predicts_each_next_month(check, torch, rng, kind):
    """With random weights, the predictions behind the warm-up are right, time first."""
    for steps, batch, n_hidden, n_layer, warmup in [(7, 2, 4, 2, 3), (6, 4, 3, 1, 2)]:
        model = check.SeriesRNN(kind, n_hidden, n_layer, warmup)
        model.load(make_rnn_parameters(torch, rng, kind, n_hidden, n_layer))

        model(draw(torch, rng, steps, batch, 1, scale=2.0))


@pytest.mark.exercise("series_rnn")
@pytest.mark.points(2)
def test_the_first_months_are_read_as_well(check, submission, torch, rng):
    """A month of the warm-up changes the predictions behind it, and a later one none before it."""
    model = submission.SeriesRNN("rnn", 4, 1, 3)
    parameters = make_rnn_parameters(torch, rng, "rnn", 4, 1)
    model.load(parameters)
    series = draw(torch, rng, 7, 1, 1, scale=0.5)
    early, late = series.clone(), series.clone()
    early[1] += 1.5
    late[5] += 1.5

    right, first, last = (model(one).detach() for one in (series, early, late))

    check.equal(list(right.shape), [4, 1, 1])
    assert (first[0] - right[0]).abs().max() > 1e-5, "what came before the warm-up's end is lost"
    assert (last[2] - right[2]).abs().max() > 1e-5, "the month itself has no effect"
    check.equal(last[:2], right[:2])


@pytest.mark.exercise("series_rnn")
def test_leaves_out_twelve_months_unless_told_otherwise(check, torch, rng):
    """A network made without a warm-up has one of twelve."""
    model = check.SeriesRNN("rnn", 3, 1)
    model.load(make_rnn_parameters(torch, rng, "rnn", 3, 1))

    model(draw(torch, rng, 16, 2, 1))


@pytest.mark.exercise("series_rnn")
def test_series_can_be_trained(check, torch, rng):
    """Gradients reach the series and all parameters, through all steps."""
    model = check.SeriesRNN("lstm", 3, 2, 2)
    model.load(make_rnn_parameters(torch, rng, "lstm", 3, 2))

    model(draw(torch, rng, 5, 2, 1).requires_grad_(), gradients=True)


# train_series


@pytest.mark.exercise("train_series")
@pytest.mark.points(3)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_recurrent_losses_are_right_in_every_epoch(check, torch, rng, kind):
    """From given parameters, every step of training is right, so every loss is."""
    parameters = make_rnn_parameters(torch, rng, kind, 4, 2, scale=0.4)

    check.train_series(
        rng.uniform(size=20).round(2), parameters, 4, like=lambda found: found[1], unchanged=(0, 1)
    )


@pytest.mark.exercise("train_series")
@pytest.mark.points(3)
@pytest.mark.parametrize(("k", "sizes"), [(3, [6, 4]), (2, [5])], ids=["two layers", "one layer"])
def test_losses_from_windows_are_right_in_every_epoch(check, torch, rng, k, sizes):
    """The same for a network that sees windows."""
    parameters = make_fc_parameters(torch, rng, k, sizes, scale=0.6)

    check.train_series(
        rng.uniform(0.2, 1.0, size=12).round(2), parameters, 4, like=lambda found: found[1]
    )


@pytest.mark.exercise("train_series")
@pytest.mark.points(2)
@pytest.mark.parametrize("epochs", [1, 3])
def test_series_return_the_trained_parameters(check, torch, rng, epochs):
    """What comes back has gone through all steps, the last one too."""
    parameters = make_rnn_parameters(torch, rng, "rnn", 3, 1, scale=0.5)

    # Biases: no gradient of theirs is so near to zero that rounding would turn Adam's step round.
    check.train_series(
        rng.uniform(size=18).round(2), parameters, epochs, like=lambda found: found[0]["fc.bias"]
    )
