"""Tests of char_rnn: clipping, sampling, the network forward and backward, learning.

`rng` draws the inputs. `check.NAME(...)` calls your function and ours with equal copies of them and
compares; `submission.NAME(...)` calls yours alone, `reference.NAME(...)` ours alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw8 import (
    GRADIENTS,
    PARAMETERS,
    assert_slopes,
    draw_array,
    draw_states,
    five,
    make_gradients,
    make_parameters,
    make_shapes,
    number,
    one_hot,
)


def make_vocabulary(vocab, newline):
    """Give the newline and some letters their numbers, listed in that order."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return {"\n" if index == newline else next(letters): index for index in range(vocab)}


def published_draws(seed, shapes, scale=1.0):
    """Draw what ``np.random.seed(seed)`` and ``np.random.randn`` give for the shapes in turn."""
    draw = np.random.RandomState(seed).randn
    return [scale * draw(*shape) for shape in shapes]


# clip


@pytest.mark.exercise("clip")
@pytest.mark.points(3)
@pytest.mark.parametrize("bound", [0.5, 6.0])
def test_limits_every_entry(check, rng, bound):
    """Every entry of all five gradients lies between -maxValue and maxValue."""
    check.clip(five(make_gradients(rng, 4, 6, scale=10.0)), bound)


@pytest.mark.exercise("clip")
@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("bound", "expected"),
    [(10, [10.0, -10.0, 0.29713815, 10.0, 8.45833407]), (5, [5.0, -5.0, 0.29713815, 5.0, 5.0])],
)
def test_gives_the_published_gradients(check, reference, bound, expected):
    """On the inputs of the course notebook, the entries it prints come out."""
    drawn = published_draws(3, [(5, 3), (5, 5), (2, 5), (5, 1), (2, 1)], scale=10)
    gradients = dict(zip(GRADIENTS, drawn, strict=True))

    def entries(clipped):
        places = [("dWaa", 1, 2), ("dWax", 3, 1), ("dWya", 1, 2), ("db", 4, 0), ("dby", 1, 0)]
        return [number(clipped[name][row][column]) for name, row, column in places]

    check.clip(gradients, bound, like=entries)
    assert np.round(entries(reference.clip(gradients, bound)), 8).tolist() == expected


@pytest.mark.exercise("clip")
@pytest.mark.points(2)
def test_changes_only_what_is_too_large(check, submission, rng):
    """One huge entry in an array leaves the other entries of that array as they are."""
    gradients = five(make_gradients(rng, 3, 5, scale=0.1))
    expected = {name: value.copy() for name, value in gradients.items()}
    for name in GRADIENTS:
        gradients[name][-1, 0], expected[name][-1, 0] = -1e4, -3.0

    clipped = submission.clip(gradients, 3.0)

    check.equal(clipped, expected)


# sample


@pytest.mark.exercise("sample")
@pytest.mark.points(4)
@pytest.mark.parametrize(
    ("n_a", "vocab", "draws"), [(4, 6, [5, 2, 3, 3, 1, 0]), (5, 5, [1, 4, 2, 0])]
)
def test_offers_the_right_probabilities(check, rng, n_a, vocab, draws):
    """When the characters drawn are given, each is drawn with the right probabilities."""
    # Where both sizes are equal, no shape tells b from by: there the probabilities have to.
    char_to_ix = make_vocabulary(vocab, newline=draws[-1])

    check.sample(make_parameters(rng, n_a, vocab), char_to_ix, 0, draws=draws)


@pytest.mark.exercise("sample")
@pytest.mark.points(2)
def test_draws_the_published_word(check, submission):
    """With the parameters of the course notebook, the word that it prints begins to come out."""
    # Such large weights are chaotic: further on, rounding alone decides which character is drawn.
    shapes = make_shapes(100, 27)
    parameters = dict(zip(shapes, published_draws(24, shapes.values()), strict=True))

    indices = submission.sample(parameters, make_vocabulary(27, newline=0), 0)

    expected = [23, 16, 26, 26, 24, 3, 21, 1, 7, 24, 15, 3]
    check.equal(list(indices)[:12], expected)


@pytest.mark.exercise("sample")
@pytest.mark.points(2)
@pytest.mark.parametrize("seed", [2, 120])
def test_draws_the_same_word_from_the_same_seed(check, rng, seed):
    """The generator is seeded with seed, seed + 2, seed + 4 and so on before the draws."""
    parameters = make_parameters(rng, 5, 7, scale=0.1)  # words of about six characters

    check.sample(parameters, make_vocabulary(7, newline=0), seed)


@pytest.mark.exercise("sample")
@pytest.mark.points(2)
def test_stops_after_fifty_characters(check, rng):
    """If no newline is drawn, the word ends after 50 characters, and a newline is appended."""
    draws = [3, 2, 4, 1, 2] * 10

    check.sample(make_parameters(rng, 3, 5, scale=0.1), make_vocabulary(5, 0), 0, draws=draws)


@pytest.mark.exercise("sample")
def test_goes_by_the_numbers_in_the_dictionary(check, rng):
    """The numbers of the characters count, not the order in which the dictionary lists them."""
    char_to_ix = {"b": 1, "d": 3, "\n": 2, "c": 0}

    check.sample(make_parameters(rng, 5, 4), char_to_ix, 0, draws=[3, 0, 1, 2])


# rnn_step_forward


@pytest.mark.exercise("rnn_step_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n_a", "vocab"), [(4, 6), (5, 5)])
def test_computes_the_new_state(check, rng, n_a, vocab):
    """The state comes from the input, the old state and the bias b."""
    # Where both sizes are equal, no shape tells b from by: there the values have to.
    a_prev, x = draw_array(rng, n_a, 1), one_hot(1, vocab)

    check.rnn_step_forward(make_parameters(rng, n_a, vocab), a_prev, x, like=lambda pair: pair[0])


@pytest.mark.exercise("rnn_step_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n_a", "vocab"), [(4, 6), (5, 4)])
def test_computes_the_probabilities(check, rng, n_a, vocab):
    """The probabilities come from the new state and the bias by."""
    a_prev, x = draw_array(rng, n_a, 1), one_hot(2, vocab)

    check.rnn_step_forward(make_parameters(rng, n_a, vocab), a_prev, x, like=lambda pair: pair[1])


@pytest.mark.exercise("rnn_step_forward")
def test_reads_the_start_of_a_word(check, rng):
    """An input of zeros leaves the old state and the biases."""
    check.rnn_step_forward(make_parameters(rng, 3, 7), draw_array(rng, 3, 1), np.zeros((7, 1)))


# rnn_step_backward


@pytest.mark.exercise("rnn_step_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "vocab"), [(4, 6), (5, 4)])
def test_adds_the_share_of_one_step(check, rng, n_a, vocab):
    """The five gradients grow by what this step contributes."""
    parameters, gradients = make_parameters(rng, n_a, vocab), make_gradients(rng, n_a, vocab)
    a, a_prev = draw_states(rng, n_a)
    dy = draw_array(rng, vocab, 1)

    check.rnn_step_backward(dy, gradients, parameters, one_hot(1, vocab), a, a_prev, like=five)


@pytest.mark.exercise("rnn_step_backward")
@pytest.mark.points(2)
def test_hands_a_gradient_on_to_the_step_before(check, rng):
    """What comes out as da_next replaces what came in."""
    parameters, gradients = make_parameters(rng, 3, 7), make_gradients(rng, 3, 7)
    a, a_prev = draw_states(rng, 3)
    dy = draw_array(rng, 7, 1)

    check.rnn_step_backward(
        dy, gradients, parameters, one_hot(6, 7), a, a_prev, like=lambda found: found["da_next"]
    )


@pytest.mark.exercise("rnn_step_backward")
@pytest.mark.points(2)
def test_one_step_back_agrees_with_measured_slopes(submission, reference, rng):
    """The gradients say how the loss of one step changes when a parameter moves a little."""
    parameters = make_parameters(rng, 4, 6)
    a_prev, da_next = draw_array(rng, 2, 4, 1)
    x, label = one_hot(3, 6), 2
    a, p = reference.rnn_step_forward(parameters, a_prev, x)
    gradients = {name: np.zeros_like(value) for name, value in make_gradients(rng, 4, 6).items()}

    def loss(moved):
        state, probabilities = reference.rnn_step_forward(moved, a_prev, x)
        return number(-np.log(probabilities[label]) + np.sum(da_next * state))

    found = submission.rnn_step_backward(
        p - one_hot(label, 6), {**gradients, "da_next": da_next}, parameters, x, a, a_prev
    )

    assert_slopes(rng, loss, parameters, found)


@pytest.mark.exercise("rnn_step_backward")
@pytest.mark.points(2)
def test_adds_up_over_two_steps(check, submission, reference, rng):
    """Called a second time with what came back, it adds the second step to the first."""
    parameters, gradients = make_parameters(rng, 3, 5), make_gradients(rng, 3, 5)
    (last, middle), (first, _) = draw_states(rng, 3), draw_states(rng, 3)
    dy_last, dy_first = draw_array(rng, 2, 5, 1)

    def two_steps(side):
        once = side.rnn_step_backward(dy_last, gradients, parameters, one_hot(4, 5), last, middle)
        return side.rnn_step_backward(dy_first, once, parameters, one_hot(1, 5), middle, first)

    check.equal(two_steps(submission), two_steps(reference))


# rnn_forward


@pytest.mark.exercise("rnn_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("n_a", "vocab", "X", "Y"),
    [(4, 6, [None, 3, 1, 5, 5], [3, 1, 5, 5, 0]), (5, 4, [1, 0, 3], [0, 3, 2])],
)
def test_adds_up_the_loss(check, rng, n_a, vocab, X, Y):
    """The loss is the sum of -log p[Y] over the steps; None is zeros, 0 is a character."""
    a0 = draw_array(rng, n_a, 1)

    check.rnn_forward(X, Y, a0, make_parameters(rng, n_a, vocab), vocab, like=lambda pair: pair[0])


@pytest.mark.exercise("rnn_forward")
@pytest.mark.points(2)
def test_keeps_what_backward_needs(check, rng):
    """Probabilities, states and inputs of every step are in the cache, a0 under the key -1."""
    X, Y, a0 = [None, 2, 1, 4], [2, 1, 4, 0], draw_array(rng, 3, 1)

    check.rnn_forward(X, Y, a0, make_parameters(rng, 3, 5), 5, like=lambda pair: pair[1])


@pytest.mark.exercise("rnn_forward")
def test_leaves_the_first_state_alone(check, rng):
    """The array a0 is the same after the call."""
    X, Y, a0 = [None, 2, 1], [2, 1, 4], draw_array(rng, 3, 1)

    check.rnn_forward(
        X, Y, a0, make_parameters(rng, 3, 5), 5, like=lambda pair: pair[0], unchanged=(2,)
    )


@pytest.mark.exercise("rnn_forward")
@pytest.mark.points(2)
def test_can_read_a_word_in_two_parts(check, submission, reference, rng):
    """The losses of two parts add up, if the second starts from the state after the first."""
    parameters, a0 = make_parameters(rng, 4, 7), draw_array(rng, 4, 1)
    X, Y = [None, 6, 2, 1, 3], [6, 2, 1, 3, 0]

    first, (_, a, _) = submission.rnn_forward(X[:2], Y[:2], a0, parameters, 7)
    second, _ = submission.rnn_forward(X[2:], Y[2:], a[1], parameters, 7)

    both = np.ravel(first) + np.ravel(second)
    check.equal(both.item(), reference.rnn_forward(X, Y, a0, parameters, 7)[0])


# rnn_backward


@pytest.mark.exercise("rnn_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("n_a", "vocab", "X", "Y"),
    [(4, 6, [None, 3, 0, 5, 5], [3, 0, 5, 5, 1]), (5, 4, [1, 0, 3], [0, 3, 2])],
)
def test_computes_the_gradients_of_a_word(check, reference, rng, n_a, vocab, X, Y):
    """The five gradients add up the shares of all steps, from the last to the first."""
    parameters, a0 = make_parameters(rng, n_a, vocab), draw_array(rng, n_a, 1)
    _, cache = reference.rnn_forward(X, Y, a0, parameters, vocab)

    check.rnn_backward(X, Y, parameters, cache, like=lambda pair: five(pair[0]))


@pytest.mark.exercise("rnn_backward")
@pytest.mark.points(3)
def test_a_word_back_agrees_with_measured_slopes(submission, reference, rng):
    """The gradients say how the loss of the word changes when a parameter moves a little."""
    parameters, a0 = make_parameters(rng, 5, 4), draw_array(rng, 5, 1)
    X, Y = [None, 3, 0, 1], [3, 0, 1, 2]
    _, cache = reference.rnn_forward(X, Y, a0, parameters, 4)

    gradients, _ = submission.rnn_backward(X, Y, parameters, cache)

    def loss(moved):
        return reference.rnn_forward(X, Y, a0, moved, 4)[0]

    assert_slopes(rng, loss, parameters, gradients)


@pytest.mark.exercise("rnn_backward")
@pytest.mark.points(2)
def test_returns_what_is_left_of_da_next_and_the_states(check, reference, rng):
    """Beside the five gradients, da_next after the first step and the states are returned."""
    parameters, a0 = make_parameters(rng, 3, 6), draw_array(rng, 3, 1)
    X, Y = [None, 4, 1], [4, 1, 0]
    _, cache = reference.rnn_forward(X, Y, a0, parameters, 6)

    check.rnn_backward(X, Y, parameters, cache, like=lambda pair: (pair[0]["da_next"], pair[1]))


@pytest.mark.exercise("rnn_backward")
def test_leaves_the_cache_alone(check, reference, rng):
    """The cache is the same after the call: subtract the one on a copy."""
    parameters, a0 = make_parameters(rng, 3, 4), draw_array(rng, 3, 1)
    X, Y = [None, 1, 0], [1, 0, 2]
    _, cache = reference.rnn_forward(X, Y, a0, parameters, 4)

    check.rnn_backward(X, Y, parameters, cache, like=lambda pair: pair[0]["dby"], unchanged=(3,))


# update_parameters


@pytest.mark.exercise("update_parameters")
@pytest.mark.points(3)
@pytest.mark.parametrize("name", PARAMETERS)
def test_moves_each_parameter_down_its_gradient(check, rng, name):
    """Each parameter moves by -lr times its own gradient."""
    check.update_parameters(
        make_parameters(rng, 4, 6), make_gradients(rng, 4, 6), 0.3, like=lambda found: found[name]
    )


@pytest.mark.exercise("update_parameters")
@pytest.mark.parametrize("lr", [0.01, 2.5])
def test_takes_any_learning_rate(check, rng, lr):
    """The length of the step is that of lr, small or large."""
    check.update_parameters(make_parameters(rng, 3, 5), make_gradients(rng, 3, 5, scale=4.0), lr)


# optimize: with 27 characters, as its signature has no other number; the course's own code says 27


def make_long_word(rng, n_a, vocab):
    """Draw inputs of optimize that give gradients larger than 5: nine times the unlikely label."""
    parameters = make_parameters(rng, n_a, vocab)
    parameters["by"][2] = -6.0
    X = [None, *map(int, rng.integers(vocab, size=8))]
    return X, [2] * 9, draw_array(rng, n_a, 1), parameters


@pytest.mark.exercise("optimize")
@pytest.mark.points(2)
def test_gives_the_published_loss_and_gradients(check, reference):
    """On the inputs of the course notebook, the numbers it prints come out."""
    shapes = make_shapes(100, 27)
    a_prev, *drawn = published_draws(1, [(100, 1), *shapes.values()])
    X, Y = [12, 3, 5, 11, 22, 3], [4, 14, 11, 22, 25, 26]
    inputs = (X, Y, a_prev, dict(zip(shapes, drawn, strict=True)), 0.01)

    def printed(found):
        loss, gradients, a_last = found
        places = [("dWaa", 1, 2), ("dWya", 1, 2), ("db", 4, 0), ("dby", 1, 0)]
        entries = [number(gradients[name][row][column]) for name, row, column in places]
        return number(loss), int(np.argmax(gradients["dWax"])), entries, number(a_last[4])

    check.optimize(*inputs, like=printed)
    loss, largest, entries, state = printed(reference.optimize(*inputs))
    assert (round(loss, 8), largest, round(state, 8)) == (126.50397572, 93, -1.0)
    assert np.round(entries, 8).tolist() == [0.19470932, -0.00777388, -0.06809825, 0.01538192]


@pytest.mark.exercise("optimize")
def test_returns_the_loss_before_the_step(check, rng):
    """The loss is that of the parameters that came in."""
    check.optimize(*make_long_word(rng, 4, 27), 0.1, like=lambda found: found[0])


@pytest.mark.exercise("optimize")
@pytest.mark.points(2)
def test_returns_clipped_gradients(check, rng):
    """Gradients beyond 5 are returned as 5."""
    check.optimize(*make_long_word(rng, 5, 27), 0.1, like=lambda found: five(found[1]))


@pytest.mark.exercise("optimize")
def test_returns_the_state_after_the_last_step(check, rng):
    """The third value is the state with which the next word begins."""
    check.optimize(*make_long_word(rng, 3, 27), 0.1, like=lambda found: found[2])


@pytest.mark.exercise("optimize")
@pytest.mark.points(2)
@pytest.mark.parametrize("learning_rate", [0.05, 1.5])
def test_changes_the_parameters(check, rng, learning_rate):
    """After the call, the caller's dictionary holds the parameters after the step."""
    check.optimize(*make_long_word(rng, 3, 27), learning_rate, after=(3,), like=lambda _: None)


# smooth


@pytest.mark.exercise("smooth")
@pytest.mark.parametrize(("vocab_size", "seq_length"), [(27, 7), (5, 12)])
def test_begins_with_the_loss_of_guessing(check, vocab_size, seq_length):
    """Every character costs the natural logarithm of the size of the vocabulary."""
    check.get_initial_loss(vocab_size, seq_length)


@pytest.mark.exercise("smooth")
@pytest.mark.parametrize(("loss", "cur_loss"), [(10.0, 20.0), (23.5, -4.25)])
def test_moves_a_thousandth_of_the_way(check, loss, cur_loss):
    """The average keeps 999 parts in 1000."""
    check.smooth(loss, cur_loss)


# get_sample


def make_spelling(characters):
    """Give each character its place in the text as its index."""
    return dict(enumerate(characters))


@pytest.mark.exercise("get_sample")
@pytest.mark.points(2)
@pytest.mark.parametrize("sample_ix", [[3, 1, 2, 1, 3, 0], [2, 0]], ids=["long", "short"])
def test_spells_a_name(check, sample_ix):
    """The first character is upper-case, and the newline stays."""
    check.get_sample(sample_ix, make_spelling("\nnax"))


@pytest.mark.exercise("get_sample")
def test_leaves_the_other_characters_alone(check):
    """Behind the first one, what is upper-case stays so, and a new word begins small."""
    check.get_sample([1, 2, 3, 4, 5, 1, 0], make_spelling("\ntR-e "))


@pytest.mark.exercise("get_sample")
def test_takes_any_numbering(check):
    """Neither the newline nor the letter a has a number of its own."""
    check.get_sample([9, 4, 9, 7], {4: "b", 7: "\n", 9: "o"})


# model: with 27 characters, as optimize

NAMES = ["ankylo", "bo", "compso", "dino", "edmontonia"]


def make_maps(newline=0):
    """Make both dictionaries: a to z in order, with the newline somewhere among them."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    ix_to_char = dict(enumerate(letters[:newline] + "\n" + letters[newline:]))
    return ix_to_char, {character: index for index, character in ix_to_char.items()}


@pytest.mark.exercise("model")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "dino_names", "newline"), [(6, 7, 0), (4, 10, 5)])
def test_has_the_right_losses_from_the_first_name_on(check, n_a, dino_names, newline):
    """Twelve iterations on five names: each name in its turn, then the first one again."""
    check.model(NAMES, *make_maps(newline), 12, n_a, dino_names, 27, like=lambda found: found[1])


@pytest.mark.exercise("model")
@pytest.mark.points(3)
@pytest.mark.parametrize("n_a", [5, 27])
def test_ends_with_the_right_parameters(check, n_a):
    """After twelve iterations all five parameters are right, and none has been left as it was."""
    check.model(NAMES, *make_maps(), 12, n_a, 7, 27, like=lambda found: found[0])


@pytest.mark.exercise("model")
def test_leaves_the_list_of_names_alone(check):
    """The names are shuffled in a copy; here with the sizes that are taken if none are given."""
    check.model(NAMES, *make_maps(), 2, like=lambda found: found[1], unchanged=(0,))
