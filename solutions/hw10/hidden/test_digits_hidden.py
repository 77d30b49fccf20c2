"""Hidden tests of digits: other sizes, and PyTorch's own layers run by hand.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import pytest

from inputs_hw10 import draw, in_dim_of, make_digits_parameters

# count_params


@pytest.mark.exercise("count_params")
@pytest.mark.points(3)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_agrees_with_the_layers_of_pytorch(check, submission, torch, rng, kind):
    """For sizes drawn at random, as many numbers as the layer holds."""
    layers = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    for n_layer, both in [(1, False), (3, False), (1, True), (2, True)]:
        n_input, n_hidden = (int(size) for size in rng.choice(range(2, 12), 2, replace=False))
        layer = layers[kind](n_input, n_hidden, n_layer, bidirectional=both)
        expected = sum(parameter.numel() for parameter in layer.parameters())

        check.equal(submission.count_params(kind, n_input, n_hidden, n_layer, both), expected)


@pytest.mark.exercise("count_params")
@pytest.mark.points(2)
def test_counts_layers_far_too_large_to_be_made(check, rng):
    """A count needs no memory."""
    n_input, n_hidden = (int(size) for size in rng.integers(10_000, 90_000, size=2))

    check.count_params("lstm", n_input, n_hidden, 4, True)
    check.count_params("gru", n_hidden, n_input, 1, False)


# digits_forward


@pytest.mark.exercise("digits_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize("view", ["rows", "image"])
@pytest.mark.parametrize(("batch", "height", "width", "layers"), [(1, 5, 3, 3), (5, 5, 5, 1)])
def test_scores_are_right_for_any_pictures(check, torch, rng, view, batch, height, width, layers):
    """For one picture and for as many as there are rows, with any number of layers."""
    in_dim = in_dim_of(view, height, width)
    model = check.DigitsLSTM(view, in_dim, 4, layers)
    model.load(make_digits_parameters(torch, rng, in_dim, 4, layers))

    model(draw(torch, rng, batch, 1, height, width))


@pytest.mark.exercise("digits_forward")
@pytest.mark.points(2)
def test_agrees_with_the_layers_run_by_hand(check, submission, torch, rng):
    """A layer of torch.nn.LSTM, picture by picture and row by row, and a matrix product."""
    parameters = make_digits_parameters(torch, rng, 3, 4, 1)
    layer = torch.nn.LSTM(3, 4)
    layer.load_state_dict({name: parameters[f"lstm.{name}"] for name in layer.state_dict()})
    images = draw(torch, rng, 3, 1, 5, 3)
    model = submission.DigitsLSTM("rows", 3, 4, 1)
    model.load(parameters)

    scores = model(images)

    expected = []
    for image in images[:, 0]:
        state = torch.zeros(1, 4), torch.zeros(1, 4)
        for row in image:
            _, state = layer(row.unsqueeze(0), state)
        expected.append(state[0] @ parameters["classifier.weight"].T)
    check.equal(scores, torch.cat(expected) + parameters["classifier.bias"])


@pytest.mark.exercise("digits_forward")
def test_digits_have_the_right_gradients(check, torch, rng):
    """The gradients of the pictures and of all parameters are right."""
    model = check.DigitsLSTM("rows", 3, 4, 2)
    model.load(make_digits_parameters(torch, rng, 3, 4, 2))

    model(draw(torch, rng, 3, 1, 4, 3).requires_grad_(), gradients=True)


# accuracy


@pytest.mark.exercise("accuracy")
@pytest.mark.points(2)
@pytest.mark.parametrize(("batch", "n_class"), [(40, 10), (5, 5), (3, 20)])
def test_is_right_for_any_scores(check, torch, rng, batch, n_class):
    """Scores at random, with labels at random, several times."""
    for _ in range(3):
        logits = torch.from_numpy(rng.standard_normal((batch, n_class))).float()
        labels = torch.from_numpy(rng.integers(n_class, size=batch))
        named = torch.from_numpy(rng.permutation(batch)[: batch // 2])
        labels[named] = logits[named].argmax(dim=1)

        check.accuracy(logits, labels)


@pytest.mark.exercise("accuracy")
def test_knows_all_from_nothing(check, torch, rng):
    """All answers right give 1, none right gives 0, two of three give two thirds."""
    logits = torch.from_numpy(rng.standard_normal((6, 4))).float()
    best, worst = logits.argmax(dim=1), logits.argmin(dim=1)

    check.accuracy(logits, best)
    check.accuracy(logits, worst)
    check.accuracy(logits, torch.cat([best[:4], worst[4:]]))


# largest_gradients


@pytest.mark.exercise("largest_gradients")
@pytest.mark.points(2)
@pytest.mark.parametrize(("view", "batch", "layers"), [("image", 5, 2), ("rows", 1, 3)])
def test_is_right_for_any_network(check, torch, rng, view, batch, layers):
    """For one picture and for several, with any number of layers."""
    in_dim = in_dim_of(view, 3, 5)
    parameters = make_digits_parameters(torch, rng, in_dim, 4, layers)
    labels = torch.from_numpy(rng.integers(10, size=batch))

    check.largest_gradients(view, parameters, draw(torch, rng, batch, 1, 3, 5), labels)


@pytest.mark.exercise("largest_gradients")
def test_grows_with_what_is_still_to_be_learnt(check, torch, rng):
    """Pictures that are mostly named right already teach less than others."""
    parameters = make_digits_parameters(torch, rng, 4, 5, 1)
    images = draw(torch, rng, 3, 1, 4, 4)
    parameters["classifier.bias"][4] += 3.0  # not so sure that only rounding is left

    check.largest_gradients("rows", parameters, images, torch.tensor([4, 4, 4]))
    check.largest_gradients("rows", parameters, images, torch.tensor([4, 8, 4]))
