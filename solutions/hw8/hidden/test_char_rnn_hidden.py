"""Hidden tests of char_rnn: other sizes, other words, and what the public tests leave open.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw8 import (
    assert_slopes,
    draw_array,
    draw_states,
    five,
    make_gradients,
    make_parameters,
    number,
    one_hot,
)


def make_vocabulary(vocab, newline):
    """Give the newline and other characters their numbers, listed in order of their numbers."""
    characters = [chr(ord("A") + index) for index in range(vocab)]
    characters[newline] = "\n"
    return {character: index for index, character in enumerate(characters)}


def make_word(rng, vocab, length):
    """Draw a word: its inputs, with None at the start, and its labels, 0 at the end."""
    letters = [int(index) for index in rng.integers(1, vocab, size=length - 1)]
    return [None, *letters], [*letters, 0]


def make_long_word(rng, n_a, vocab, label):
    """Draw inputs of optimize that give gradients larger than 5: eleven times one label."""
    parameters = make_parameters(rng, n_a, vocab)
    parameters["by"][label] = -6.0
    X = [None, *(int(index) for index in rng.integers(vocab, size=10))]
    return X, [label] * 11, draw_array(rng, n_a, 1), parameters


# clip


@pytest.mark.exercise("clip")
@pytest.mark.points(2)
@pytest.mark.parametrize("bounds", [(4, 0), (0.02,), (3.0,)], ids=["0", "0.02", "3.0"])
def test_takes_any_bound_and_further_gradients(check, rng, bounds):
    """The bound may be zero, tiny or moderate, and a sixth gradient may come along."""
    for bound in bounds:
        check.clip(make_gradients(rng, 5, 4, scale=6.0), bound)


@pytest.mark.exercise("clip")
def test_clipping_twice_changes_nothing_more(check, submission, reference, rng):
    """What is inside the bound after the first call stays as it is in the second."""
    gradients = five(make_gradients(rng, 3, 7, scale=5.0))

    twice = submission.clip(submission.clip(gradients, 2.0), 2.0)

    check.equal(twice, reference.clip(gradients, 2.0))


@pytest.mark.exercise("clip")
@pytest.mark.parametrize("large", ["dWaa", "dby"])
def test_treats_each_gradient_by_itself(check, rng, large):
    """A huge gradient of one parameter is clipped without touching those of the others."""
    gradients = five(make_gradients(rng, 4, 5))
    gradients[large] = gradients[large] * 1e6

    check.clip(gradients, 4.5)


# sample


@pytest.mark.exercise("sample")
@pytest.mark.points(4)
@pytest.mark.parametrize(("n_a", "vocab"), [(4, 7), (5, 4), (4, 4)])
def test_offers_the_right_probabilities_for_any_vocabulary(check, rng, n_a, vocab):
    """Characters given, each is drawn with the right probabilities, whatever the sizes."""
    draws = [*(int(index) for index in rng.integers(1, vocab, size=6)), 0]

    check.sample(make_parameters(rng, n_a, vocab), make_vocabulary(vocab, 0), 3, draws=draws)


@pytest.mark.exercise("sample")
@pytest.mark.points(2)
@pytest.mark.parametrize("seed", [1, 5000])
def test_draws_the_same_word_with_any_vocabulary(check, rng, seed):
    """Seeds and draws are those of the handout."""
    parameters = make_parameters(rng, 4, 6, scale=0.1)  # words of about eight characters

    check.sample(parameters, make_vocabulary(6, newline=0), seed)


@pytest.mark.exercise("sample")
@pytest.mark.points(2)
@pytest.mark.parametrize("newline", [0, 5])
def test_appends_the_newline_of_this_vocabulary_after_fifty(check, rng, newline):
    """After 50 characters without a newline, its index in this dictionary is appended."""
    draws = [int(index) for index in rng.integers(1, 5, size=50)]

    check.sample(make_parameters(rng, 4, 6, scale=0.1), make_vocabulary(6, newline), 0, draws=draws)


@pytest.mark.exercise("sample")
def test_takes_a_dictionary_in_any_order(check, rng):
    """The numbers in the dictionary count, not the places where they stand."""
    draws = [0, *(int(index) for index in rng.permutation(np.arange(1, 6)))]
    vocabulary = list(make_vocabulary(6, newline=draws[-1]).items())

    check.sample(
        make_parameters(rng, 4, 6), dict(vocabulary[3:] + vocabulary[2::-1]), 21, draws=draws
    )


@pytest.mark.exercise("sample")
def test_stops_at_once_when_a_newline_comes_first(check, rng):
    """A word may be empty: nothing but the newline."""
    check.sample(make_parameters(rng, 3, 5), make_vocabulary(5, newline=2), 11, draws=[2])


# rnn_step_forward


@pytest.mark.exercise("rnn_step_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n_a", "vocab"), [(5, 5), (3, 7), (5, 4)])
def test_one_step_has_the_right_state_for_any_sizes(check, rng, n_a, vocab):
    """The state is right, also where both sizes are equal and no product fails to fit."""
    a_prev, x = draw_array(rng, n_a, 1), one_hot(vocab - 1, vocab)

    check.rnn_step_forward(make_parameters(rng, n_a, vocab), a_prev, x, like=lambda pair: pair[0])


@pytest.mark.exercise("rnn_step_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n_a", "vocab"), [(5, 5), (3, 7)])
def test_one_step_has_the_right_probabilities_for_any_sizes(check, rng, n_a, vocab):
    """The probabilities are right, also where both sizes are equal."""
    a_prev, x = draw_array(rng, n_a, 1), one_hot(0, vocab)

    check.rnn_step_forward(make_parameters(rng, n_a, vocab), a_prev, x, like=lambda pair: pair[1])


# rnn_step_backward


@pytest.mark.exercise("rnn_step_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "vocab"), [(5, 5), (3, 7)])
def test_one_step_back_has_the_right_gradients_for_any_sizes(check, rng, n_a, vocab):
    """All six gradients are right, also where both sizes are equal."""
    parameters, gradients = make_parameters(rng, n_a, vocab), make_gradients(rng, n_a, vocab)
    a, a_prev = draw_states(rng, n_a)
    dy = draw_array(rng, vocab, 1)

    check.rnn_step_backward(dy, gradients, parameters, one_hot(2, vocab), a, a_prev)


@pytest.mark.exercise("rnn_step_backward")
def test_passes_the_later_steps_gradient_through(check, rng):
    """With dy = 0, everything comes from da_next."""
    parameters, gradients = make_parameters(rng, 5, 4), make_gradients(rng, 5, 4)
    a, a_prev = draw_states(rng, 5)

    check.rnn_step_backward(np.zeros((4, 1)), gradients, parameters, one_hot(1, 4), a, a_prev)


@pytest.mark.exercise("rnn_step_backward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("n_a", "vocab"), [(4, 4), (3, 7)])
def test_one_step_back_agrees_with_slopes_for_any_sizes(submission, reference, rng, n_a, vocab):
    """The gradients say how the loss of one step changes when a parameter moves a little."""
    parameters = make_parameters(rng, n_a, vocab)
    a_prev, da_next = draw_array(rng, 2, n_a, 1)
    x, label = one_hot(1, vocab), vocab - 1
    a, p = reference.rnn_step_forward(parameters, a_prev, x)
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}

    def loss(moved):
        state, probabilities = reference.rnn_step_forward(moved, a_prev, x)
        return number(-np.log(probabilities[label]) + np.sum(da_next * state))

    found = submission.rnn_step_backward(
        p - one_hot(label, vocab), {**gradients, "da_next": da_next}, parameters, x, a, a_prev
    )

    assert_slopes(rng, loss, parameters, found)


# rnn_forward


@pytest.mark.exercise("rnn_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "vocab", "length"), [(5, 5, 4), (3, 7, 9), (5, 4, 1)])
def test_words_of_any_length_have_the_right_loss(check, rng, n_a, vocab, length):
    """The sum of the losses is right for one step and for many, and for any vocabulary."""
    X, Y = make_word(rng, vocab, length)
    a0 = draw_array(rng, n_a, 1)

    check.rnn_forward(X, Y, a0, make_parameters(rng, n_a, vocab), vocab, like=lambda pair: pair[0])


@pytest.mark.exercise("rnn_forward")
@pytest.mark.points(2)
def test_reads_zeros_wherever_none_stands(check, rng):
    """None is an input of zeros at any step, and 0 is a character; loss and cache show it."""
    X, Y = [0, None, 0, 2, None], [3, 1, 0, 0, 2]

    check.rnn_forward(X, Y, draw_array(rng, 5, 1), make_parameters(rng, 5, 4), 4)


@pytest.mark.exercise("rnn_forward")
def test_has_27_characters_by_default(check, rng):
    """Without a fifth argument, inputs are 27 long."""
    X, Y = make_word(rng, 27, 5)

    check.rnn_forward(
        X, Y, draw_array(rng, 4, 1), make_parameters(rng, 4, 27), like=lambda pair: pair[0]
    )


# rnn_backward


@pytest.mark.exercise("rnn_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "vocab", "length"), [(5, 5, 4), (3, 7, 7), (4, 6, 1)])
def test_words_of_any_length_have_the_right_gradients(check, reference, rng, n_a, vocab, length):
    """The five gradients are right for one step and for many."""
    X, Y = make_word(rng, vocab, length)
    parameters, a0 = make_parameters(rng, n_a, vocab, scale=0.7), draw_array(rng, n_a, 1)
    _, cache = reference.rnn_forward(X, Y, a0, parameters, vocab)

    check.rnn_backward(X, Y, parameters, cache, like=lambda pair: five(pair[0]))


@pytest.mark.exercise("rnn_backward")
@pytest.mark.points(2)
def test_a_long_word_agrees_with_slopes(submission, reference, rng):
    """The gradients say how the loss of a long word changes when a parameter moves a little."""
    X, Y = make_word(rng, 6, 9)
    parameters, a0 = make_parameters(rng, 3, 6, scale=0.7), draw_array(rng, 3, 1)
    _, cache = reference.rnn_forward(X, Y, a0, parameters, 6)

    gradients, _ = submission.rnn_backward(X, Y, parameters, cache)

    def loss(moved):
        return reference.rnn_forward(X, Y, a0, moved, 6)[0]

    assert_slopes(rng, loss, parameters, gradients)


@pytest.mark.exercise("rnn_backward")
def test_what_is_left_is_the_gradient_of_the_first_state(submission, reference, rng):
    """The last da_next says how the loss changes when a0 moves a little."""
    X, Y = make_word(rng, 5, 4)
    parameters, a0 = make_parameters(rng, 4, 5), draw_array(rng, 4, 1)
    _, cache = reference.rnn_forward(X, Y, a0, parameters, 5)

    gradients, _ = submission.rnn_backward(X, Y, parameters, cache)

    def loss(moved):
        return reference.rnn_forward(X, Y, moved["a_next"], parameters, 5)[0]

    assert_slopes(rng, loss, {"a_next": a0}, gradients)


# update_parameters


@pytest.mark.exercise("update_parameters")
@pytest.mark.points(2)
@pytest.mark.parametrize("lr", [1, 0.004])
def test_moves_all_parameters_whatever_their_sizes(check, rng, lr):
    """All five move, for a whole number as for a small one, also where both sizes are equal."""
    check.update_parameters(make_parameters(rng, 5, 5), make_gradients(rng, 5, 5, scale=3.0), lr)


@pytest.mark.exercise("update_parameters")
def test_two_steps_go_twice_as_far(check, submission, reference, rng):
    """A second step begins where the first one ended."""
    parameters, gradients = make_parameters(rng, 3, 7), make_gradients(rng, 3, 7)

    def two_steps(side):
        once = side.update_parameters(parameters, gradients, 0.2)
        return side.update_parameters(once, gradients, 0.2)

    check.equal(two_steps(submission), two_steps(reference))


# optimize: with 27 characters, as its signature has no other number; the course's own code says 27


@pytest.mark.exercise("optimize")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "label"), [(5, 20), (4, 0), (3, 7)])
def test_returns_loss_clipped_gradients_and_state(check, rng, n_a, label):
    """The three values are right for other words, labels and states."""
    inputs = make_long_word(rng, n_a, 27, label)

    def parts(found):
        loss, gradients, a_last = found
        return loss, five(gradients), a_last

    check.optimize(*inputs, 0.2, like=parts)


@pytest.mark.exercise("optimize")
@pytest.mark.points(2)
def test_moves_by_the_clipped_gradients(check, rng):
    """The parameters move by at most five times the learning rate, so clipping comes first."""
    check.optimize(*make_long_word(rng, 4, 27, 3), 0.6, after=(3,), like=lambda _: None)


@pytest.mark.exercise("optimize")
def test_learns_at_a_hundredth_by_default(check, rng):
    """Without a fifth argument, the learning rate is 0.01."""
    check.optimize(*make_long_word(rng, 5, 27, 1), after=(3,), like=lambda _: None)


@pytest.mark.exercise("optimize")
@pytest.mark.points(2)
def test_learns_from_one_word_after_another(check, submission, reference, rng):
    """A second call takes the parameters and the state that the first has left."""
    X, Y, a_prev, parameters = make_long_word(rng, 4, 27, 5)

    def second_loss(side):
        first = side.optimize(X, Y, a_prev, parameters, 0.05, after=(3,))
        _, _, a_last = first.value
        return number(side.optimize([None, 1, 0], [1, 0, 5], a_last, first.after[0], 0.05)[0])

    check.equal(second_loss(submission), second_loss(reference))


# smooth


@pytest.mark.exercise("smooth")
def test_guesses_words_of_any_length(check, rng):
    """Vocabulary and length may be of any size."""
    check.get_initial_loss(int(rng.integers(2, 100)), int(rng.integers(2, 40)))


@pytest.mark.exercise("smooth")
def test_moves_far_in_many_small_steps(check, submission, reference, rng):
    """Thirty steps, each from where the one before has ended."""
    arriving = rng.uniform(10.0, 40.0, size=30)

    def average(side):
        loss = 25.0
        for cur_loss in arriving:
            loss = number(side.smooth(loss, float(cur_loss)))
        return loss

    check.equal(average(submission), average(reference))


# get_sample


@pytest.mark.exercise("get_sample")
@pytest.mark.parametrize(("length", "others"), [(1, ""), (5, ""), (51, "ABC '-")])
def test_spells_words_of_any_length(check, rng, length, others):
    """Every index gives its character, and the first one is upper-case if it is a letter."""
    characters = "abcdefghijklmnopqrstuvwxyz\n" + others
    order = rng.permutation(len(characters))
    ix_to_char = {int(index): character for index, character in zip(order, characters, strict=True)}
    indices = [int(index) for index in rng.integers(len(characters), size=length)]

    check.get_sample(indices, ix_to_char)


@pytest.mark.exercise("get_sample")
def test_spells_what_sample_writes(check, reference, rng):
    """A word that the network has drawn becomes a name."""
    parameters = make_parameters(rng, 6, 9, scale=0.1)
    parameters["by"][4] += 1.0
    vocabulary = make_vocabulary(9, newline=4)
    word = [int(index) for index in reference.sample(parameters, vocabulary, 5)]

    check.get_sample(word, {index: character.lower() for character, index in vocabulary.items()})


# model: with 27 characters, as optimize


def make_names(rng, *lengths):
    """Draw a name of each length."""
    return ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), size=n)) for n in lengths]


def make_maps(rng, newline=0):
    """Make both dictionaries: the newline where it is wanted, and the letters in any order."""
    letters = "".join(rng.permutation(list("abcdefghijklmnopqrstuvwxyz")))
    ix_to_char = dict(enumerate(letters[:newline] + "\n" + letters[newline:]))
    return ix_to_char, {character: index for index, character in ix_to_char.items()}


@pytest.mark.exercise("model")
@pytest.mark.points(3)
@pytest.mark.parametrize(("n_a", "newline"), [(4, 11), (27, 0)])
def test_learns_any_names_in_the_right_order(check, rng, n_a, newline):
    """Losses and parameters are right for other names and another numbering."""
    names = make_names(rng, 5, 2, 8, 3)

    check.model(names, *make_maps(rng, newline), 11, n_a, int(rng.integers(2, 20)), 27)


@pytest.mark.exercise("model")
def test_takes_one_name_many_times(check, rng):
    """A list of one name is gone through as often as there are iterations; the list stays."""
    check.model(make_names(rng, 6), *make_maps(rng), 25, 5, 7, 27, unchanged=(0,))


@pytest.mark.exercise("model")
def test_learns_nothing_in_no_time(check, rng):
    """With no iteration, the parameters are those of the start; with one they are not."""
    names = make_names(rng, 4, 2)

    for iterations in (0, 1):
        check.model(names, *make_maps(rng), iterations, 6, 7, 27, like=lambda found: found[0])
