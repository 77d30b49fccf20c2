"""Hidden tests of seq2seq: other words and sizes, and the layers of PyTorch run by hand.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import pytest

from inputs_hw8 import (
    LETTERS,
    draw,
    make_ending_speaker,
    make_model_parameters,
    make_small_parameters,
    make_speaker,
    make_teller,
    make_words,
)

LAST = 1  # index of E


def make_pairs(rng, *lengths):
    """Draw a pair of words for each pair of lengths."""
    return [["".join(rng.choice(list(LETTERS), size=n)) for n in pair] for pair in lengths]


# make_data


@pytest.mark.exercise("make_data")
@pytest.mark.points(3)
@pytest.mark.parametrize("part", [0, 1, 2], ids=["enc_input", "dec_input", "dec_output"])
def test_spells_any_words(check, rng, part):
    """Words of one to five letters are filled up and get their S or E."""
    pairs = make_pairs(rng, (5, 1), (2, 5), (4, 4))

    check.make_data(pairs, like=lambda parts: parts[part])


@pytest.mark.exercise("make_data")
@pytest.mark.points(2)
@pytest.mark.parametrize("lengths", [(9, 3), (2, 6)], ids=["source", "target"])
def test_fills_up_to_a_long_word_on_either_side(check, rng, lengths):
    """A long source makes the targets longer too, and the other way round."""
    check.make_data(make_pairs(rng, (3, 4), lengths))


@pytest.mark.exercise("make_data")
def test_takes_a_single_pair(check, rng):
    """One pair gives a batch of one, and the pair stays as it is."""
    check.make_data(make_pairs(rng, (3, 2)), unchanged=(0,))


# seq2seq_forward


@pytest.mark.exercise("seq2seq_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("batch", "steps", "n_class", "n_hidden"), [(3, 7, 11, 4), (1, 5, 29, 8), (5, 5, 6, 6)]
)
def test_scores_are_right_for_any_sizes(check, torch, rng, batch, steps, n_class, n_hidden):
    """The scores are right for other numbers of symbols, for one word and for many."""
    model = check.Seq2Seq(n_class, n_hidden)
    model.load(make_model_parameters(torch, rng, n_class, n_hidden))
    enc_input, dec_input = (make_words(torch, rng, batch, steps, n_class) for _ in range(2))

    model(enc_input, draw(torch, rng, 1, batch, n_hidden), dec_input)


@pytest.mark.exercise("seq2seq_forward")
def test_agrees_with_the_layers_run_by_hand(check, submission, torch, rng):
    """The scores are those of two layers of torch.nn.RNN, word by word, and a matrix product."""
    parameters = make_model_parameters(torch, rng, 13, 5)
    layers = {part: torch.nn.RNN(13, 5) for part in ("encoder", "decoder")}
    for part, layer in layers.items():
        layer.load_state_dict({name: parameters[f"{part}.{name}"] for name in layer.state_dict()})
    enc_input, dec_input = (make_words(torch, rng, 3, 4, 13) for _ in range(2))
    hidden = draw(torch, rng, 1, 3, 5)
    model = submission.Seq2Seq(13, 5)
    model.load(parameters)

    scores = model(enc_input, hidden, dec_input)

    words = []
    for source, start, target in zip(enc_input, hidden[0], dec_input, strict=True):
        _, state = layers["encoder"](source, start.unsqueeze(0))
        states, _ = layers["decoder"](target, state)
        words.append(states @ parameters["fc.weight"].T + parameters["fc.bias"])
    check.equal(scores, torch.stack(words, dim=1))


@pytest.mark.exercise("seq2seq_forward")
def test_words_do_not_mix(check, submission, reference, torch, rng):
    """The same words in another order have the same scores, in that order."""
    parameters = make_model_parameters(torch, rng, 8, 6)
    enc_input, dec_input = (make_words(torch, rng, 4, 3, 8) for _ in range(2))
    hidden, order = draw(torch, rng, 1, 4, 6), [2, 0, 3, 1]
    ours, theirs = reference.Seq2Seq(8, 6), submission.Seq2Seq(8, 6)
    ours.load(parameters)
    theirs.load(parameters)

    scores = theirs(enc_input[order], hidden[:, order], dec_input[order])

    check.equal(scores, ours(enc_input, hidden, dec_input)[:, order])


@pytest.mark.exercise("seq2seq_forward")
def test_seq2seq_has_the_right_gradients(check, torch, rng):
    """The gradients of the first state and of all parameters are right."""
    model = check.Seq2Seq(7, 4)
    model.load(make_model_parameters(torch, rng, 7, 4))
    enc_input, dec_input = (make_words(torch, rng, 3, 5, 7) for _ in range(2))

    model(enc_input, draw(torch, rng, 1, 3, 4).requires_grad_(), dec_input, gradients=True)


# seq2seq_train


@pytest.mark.exercise("seq2seq_train")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("lengths", "n_hidden"),
    [
        # More pairs than the batches of the tutorial hold.
        ([(2, 5), (4, 4), (1, 3), (3, 1), (5, 2)], 29),
        ([(7, 2), (3, 3)], 4),
        ([(5, 5)], 8),
    ],
)
def test_losses_are_right_for_any_words(check, torch, rng, lengths, n_hidden):
    """Any number of pairs of any length, and any number of hidden units."""
    pairs, parameters = make_pairs(rng, *lengths), make_small_parameters(torch, rng, n_hidden)

    check.seq2seq_train(pairs, parameters, 4, like=lambda found: found[1])


@pytest.mark.exercise("seq2seq_train")
def test_does_not_train_in_no_epochs(check, torch, rng):
    """With no epoch, all ten parameters come back as they were, and with one they do not."""
    pairs, parameters = make_pairs(rng, (3, 4)), make_small_parameters(torch, rng, 6)

    check.seq2seq_train(pairs, parameters, 0, like=lambda found: found[0])
    check.seq2seq_train(pairs, parameters, 1, like=lambda found: found[0]["fc.bias"])


@pytest.mark.exercise("seq2seq_train")
def test_trains_the_biases_of_both_layers(check, torch, rng):
    """The last step has reached encoder, decoder and linear layer."""
    names = ("encoder.bias_ih_l0", "decoder.bias_hh_l0", "fc.bias")
    pairs = make_pairs(rng, (3, 4), (5, 2))

    check.seq2seq_train(
        pairs,
        make_small_parameters(torch, rng, 6),
        3,
        like=lambda found: {name: found[0][name] for name in names},
    )


# translate


@pytest.mark.exercise("translate")
@pytest.mark.points(3)
@pytest.mark.parametrize(("length", "ends"), [(1, [3]), (5, [5, 0]), (9, [7])], ids=["1", "5", "9"])
def test_ends_anywhere(check, rng, torch, length, ends):
    """The first E may stand at any step, with question marks before it and letters behind."""
    for end in ends:
        ((word, said),) = make_pairs(rng, (length, max(6, length + 1)))
        said = said[:end] + "E" + said[end + 1 :]

        check.translate(word, make_teller(torch, said[:1] + "?" + said[2:]))


@pytest.mark.exercise("translate")
@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("length", "n_hidden", "end"), [(1, 5, 4), (5, 29, None), (8, 4, 6), (3, 7, 5)]
)
def test_translates_words_of_any_length(check, rng, torch, length, n_hidden, end):
    """A word may be short or long, and a translation need not end."""
    ((word, _),) = make_pairs(rng, (length, 1))

    if end is None:
        check.translate(word, make_speaker(torch, rng, n_hidden))
    else:
        check.translate(word, make_ending_speaker(torch, rng, n_hidden, end))


@pytest.mark.exercise("translate")
def test_letter_case_makes_no_difference(check, torch, rng):
    """A word with capitals anywhere is read in small letters."""
    ((word, _),) = make_pairs(rng, (5, 1))

    check.translate(word[:3] + word[3:].upper(), make_ending_speaker(torch, rng, 6, 5))
