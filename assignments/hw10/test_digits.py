"""Tests of digits: counting parameters, an LSTM that reads pictures, and what it can learn from.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import pytest

from inputs_hw10 import draw, in_dim_of, make_digits_parameters


def make_logits(torch, rng, labels, right, n_class):
    """Draw scores of which so many, at places drawn too, name the right class."""
    logits = torch.from_numpy(rng.standard_normal((len(labels), n_class))).float()
    places = rng.permutation(len(labels))
    for place in places[:right]:
        logits[place, labels[place]] += 9.0
    for place in places[right:]:
        logits[place, (labels[place] + 1) % n_class] += 9.0
    return logits


# count_params


def draw_sizes(rng):
    """Draw the lengths of an input row and of a state row, which differ."""
    return [int(size) for size in rng.choice(range(2, 60), size=2, replace=False)]


@pytest.mark.exercise("count_params")
@pytest.mark.points(2)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_counts_a_single_layer(check, rng, kind):
    """Weights for input and state, and two biases, for every gate."""
    for _ in range(3):
        check.count_params(kind, *draw_sizes(rng), 1, False)


@pytest.mark.exercise("count_params")
@pytest.mark.points(2)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_counts_layers_above_each_other(check, rng, kind):
    """The first layer reads the input, those above it read states."""
    for n_layer in (2, 3, 5):
        check.count_params(kind, *draw_sizes(rng), n_layer, False)


@pytest.mark.exercise("count_params")
@pytest.mark.points(2)
@pytest.mark.parametrize("layers", [(1, 1), (2, 4)], ids=["one layer", "several layers"])
def test_counts_both_directions(check, rng, layers):
    """Each direction has its own parameters, and a layer reads both directions below it."""
    for kind, n_layer in zip(("gru", "rnn"), layers, strict=True):
        check.count_params(kind, *draw_sizes(rng), n_layer, True)


@pytest.mark.exercise("count_params")
def test_counts_one_layer_in_one_direction_unless_told_otherwise(check, rng):
    """Both last arguments may be left out."""
    check.count_params("lstm", *draw_sizes(rng))
    check.count_params("gru", *draw_sizes(rng), 2)


# digits_forward


@pytest.mark.exercise("digits_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("batch", "height", "width", "hidden", "layers"),
    [(3, 4, 5, 6, 1), (4, 3, 3, 5, 2), (4, 4, 2, 3, 1), (1, 5, 3, 4, 1)],
)
def test_reads_a_picture_row_by_row(check, torch, rng, batch, height, width, hidden, layers):
    """With random weights, the scores after the last row are right."""
    model = check.DigitsLSTM("rows", width, hidden, layers)
    model.load(make_digits_parameters(torch, rng, width, hidden, layers))

    model(draw(torch, rng, batch, 1, height, width))


@pytest.mark.exercise("digits_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("batch", "height", "width", "hidden", "layers"), [(3, 2, 5, 4, 1), (2, 3, 3, 5, 2)]
)
def test_reads_a_picture_in_one_step(check, torch, rng, batch, height, width, hidden, layers):
    """With random weights, the scores after the single step are right."""
    model = check.DigitsLSTM("image", height * width, hidden, layers)
    model.load(make_digits_parameters(torch, rng, height * width, hidden, layers))

    model(draw(torch, rng, batch, 1, height, width))


@pytest.mark.exercise("digits_forward")
@pytest.mark.parametrize("view", ["rows", "image"])
def test_digits_can_be_trained(check, torch, rng, view):
    """Gradients reach the pictures and all parameters, through all steps."""
    in_dim = in_dim_of(view, 3, 4)
    model = check.DigitsLSTM(view, in_dim, 5, 2)
    model.load(make_digits_parameters(torch, rng, in_dim, 5, 2))

    model(draw(torch, rng, 2, 1, 3, 4).requires_grad_(), gradients=True)


# accuracy


@pytest.mark.exercise("accuracy")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "n_class"), [(8, 10), (7, 3), (6, 6)])
def test_is_the_share_of_right_answers(check, torch, rng, batch, n_class):
    """Whatever the number of pictures and of classes."""
    labels = torch.from_numpy(rng.integers(n_class, size=batch))
    for right in (batch - 2, 1, 4):
        check.accuracy(make_logits(torch, rng, labels, right, n_class), labels)


@pytest.mark.exercise("accuracy")
def test_the_largest_score_may_be_negative(check, torch, rng):
    """Scores are compared with each other, and with nothing else."""
    labels = torch.from_numpy(rng.integers(4, size=5))
    for right in (3, 2):
        check.accuracy(make_logits(torch, rng, labels, right, 4) - 20.0, labels)


@pytest.mark.exercise("accuracy")
def test_the_first_of_equal_scores_counts(check, torch):
    """A row of equal scores names class 0."""
    # Equal scores are zeros, which a tolerance's small relative changes leave equal.
    logits = torch.tensor([[0.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, -2.0, 0.0], [0.0, 1.0, 0.0]])
    check.accuracy(logits, torch.tensor([0, 2, 0, 2]))  # the last of them: another share; a tie
    check.accuracy(logits, torch.tensor([2, 1, 2, 2]))  # that is always wrong: another one again


# largest_gradients


@pytest.mark.exercise("largest_gradients")
@pytest.mark.points(3)
@pytest.mark.parametrize(("view", "layers"), [("rows", 1), ("rows", 2), ("image", 1)])
def test_finds_the_largest_gradient_of_each_parameter(check, torch, rng, view, layers):
    """With random weights and pictures, all of them are right."""
    in_dim = in_dim_of(view, 4, 3)
    parameters = make_digits_parameters(torch, rng, in_dim, 5, layers)
    labels = torch.from_numpy(rng.integers(10, size=6))

    check.largest_gradients(view, parameters, draw(torch, rng, 6, 1, 4, 3), labels)


@pytest.mark.exercise("largest_gradients")
@pytest.mark.points(2)
def test_shows_that_a_single_step_teaches_no_recurrent_weight(check, submission, torch, rng):
    """Read in one step, weight_hh learns exactly nothing; read by rows, it does."""
    largest = {}
    images, labels = draw(torch, rng, 4, 1, 3, 4), torch.tensor([7, 0, 2, 2])
    for view in ("image", "rows"):
        parameters = make_digits_parameters(torch, rng, in_dim_of(view, 3, 4), 3, 2)
        found = submission.largest_gradients(view, parameters, images, labels)
        largest[view] = [float(found[f"lstm.weight_hh_l{layer}"]) for layer in (0, 1)]

    check.equal(largest["image"], [0.0, 0.0])
    assert min(largest["rows"]) > 1e-6, "read by rows, weight_hh should learn something"
