"""Tests of seq2seq: the data of pairs of words, and the forward pass of encoder and decoder.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import pytest

from inputs_hw8 import (
    FIRST,
    LAST,
    draw,
    make_ending_speaker,
    make_model_parameters,
    make_small_parameters,
    make_teller,
    make_words,
)

PAIRS = [["man", "wife"], ["up", "down"], ["king", "duke"], ["girl", "boy"]]  # all below five
LONG_PAIRS = [["blacks", "white"], ["a", "bcdefgh"], ["king", "queen"]]
LONG_PAIR = [["blacks", "white"]]


# make_data


@pytest.mark.exercise("make_data")
@pytest.mark.points(2)
@pytest.mark.parametrize("part", [0, 1, 2], ids=["enc_input", "dec_input", "dec_output"])
def test_fills_words_up_to_five_letters(check, part):
    """Short words are filled with ?, and get their S or E."""
    check.make_data(PAIRS, like=lambda parts: parts[part])


@pytest.mark.exercise("make_data")
@pytest.mark.points(2)
def test_shifts_the_decoders_input_by_one(check, submission):
    """The decoder reads S and the word, and has to say the word and E."""
    _, dec_input, dec_output = submission.make_data(PAIRS)
    read = dec_input.argmax(dim=2)

    check.equal(read[:, 1:], dec_output[:, :-1])
    check.equal(read[:, 0].tolist(), [FIRST] * 4)
    check.equal(dec_output[:, -1].tolist(), [LAST] * 4)


@pytest.mark.exercise("make_data")
@pytest.mark.parametrize("pairs", [LONG_PAIRS, LONG_PAIR], ids=["several", "one"])
def test_fills_words_up_to_the_longest(check, pairs):
    """If some word has more than five letters, all words get as long, and nothing is cut off."""
    check.make_data(pairs)


@pytest.mark.exercise("make_data")
def test_leaves_the_pairs_alone(check):
    """The caller's lists hold the same words after the call."""
    check.make_data(PAIRS, like=lambda parts: parts[2], unchanged=(0,))


@pytest.mark.exercise("make_data")
def test_inputs_are_float32_and_labels_int64(check):
    """Layers of PyTorch take float32 alone, and cross-entropy takes labels of int64."""
    parts = check.make_data(PAIRS[:2], like=lambda parts: parts[2])
    dtypes = [str(part.dtype).removeprefix("torch.") for part in parts]

    assert dtypes == ["float32", "float32", "int64"], (
        f"the three tensors hold {', '.join(dtypes)}; training needs float32, float32, int64"
    )


# seq2seq_forward


@pytest.mark.exercise("seq2seq_forward")
@pytest.mark.points(3)
# As many words as steps: only then do axes that were not exchanged raise no error.
@pytest.mark.parametrize(
    ("batch", "steps", "n_class", "n_hidden"), [(2, 4, 5, 3), (4, 3, 7, 2), (3, 3, 4, 2)]
)
def test_scores_every_symbol_at_every_step(check, torch, rng, batch, steps, n_class, n_hidden):
    """With random weights and a random first state, the scores are right, time first."""
    model = check.Seq2Seq(n_class, n_hidden)
    model.load(make_model_parameters(torch, rng, n_class, n_hidden))
    enc_input, dec_input = (make_words(torch, rng, batch, steps, n_class) for _ in range(2))

    model(enc_input, draw(torch, rng, 1, batch, n_hidden), dec_input)


@pytest.mark.exercise("seq2seq_forward")
@pytest.mark.points(2)
def test_starts_the_decoder_from_the_encoders_state(check, submission, torch, rng):
    """The scores follow from the source word, and from the state before it."""
    parameters = make_model_parameters(torch, rng, 6, 4)
    enc_input, other, dec_input = (make_words(torch, rng, 3, 5, 6) for _ in range(3))
    hidden = draw(torch, rng, 1, 3, 4)
    model = submission.Seq2Seq(6, 4)
    model.load(parameters)

    scores = model(enc_input, hidden, dec_input)

    check.equal(list(scores.shape), [5, 3, 6])
    by_word = (scores - model(other, hidden, dec_input)).detach().abs().max()
    assert by_word > 1e-4, "another source word gives the same scores"
    by_state = (scores - model(enc_input, -hidden, dec_input)).detach().abs().max()
    assert by_state > 1e-4, "another enc_hidden gives the same scores"


@pytest.mark.exercise("seq2seq_forward")
def test_seq2seq_can_be_trained(check, torch, rng):
    """Gradients reach all ten parameters, those of the encoder too."""
    model = check.Seq2Seq(6, 4)
    model.load(make_model_parameters(torch, rng, 6, 4))
    enc_input, dec_input = (make_words(torch, rng, 3, 2, 6) for _ in range(2))

    model(enc_input, draw(torch, rng, 1, 3, 4), dec_input, gradients=True)


# seq2seq_train


@pytest.mark.exercise("seq2seq_train")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("pairs", "n_hidden", "epochs"), [(PAIRS, 6, 5), (LONG_PAIRS, 9, 3)], ids=["short", "long"]
)
def test_has_the_right_loss_in_every_epoch(check, torch, rng, pairs, n_hidden, epochs):
    """From given parameters, every step of training is right, so every loss is."""
    parameters = make_small_parameters(torch, rng, n_hidden)

    check.seq2seq_train(pairs, parameters, epochs, like=lambda found: found[1])


@pytest.mark.exercise("seq2seq_train")
@pytest.mark.points(2)
@pytest.mark.parametrize("epochs", [1, 4])
def test_returns_the_trained_parameters(check, torch, rng, epochs):
    """What comes back has gone through all steps, the last one too."""
    parameters = make_small_parameters(torch, rng, 5)

    # Biases: no gradient of theirs is so near to zero that rounding would turn Adam's step round.
    check.seq2seq_train(PAIRS, parameters, epochs, like=lambda found: found[0]["fc.bias"])


# translate


@pytest.mark.exercise("translate")
@pytest.mark.points(3)
@pytest.mark.parametrize("texts", ["downE?", "?lo?wE", "b?Eoyy E?king"])
def test_takes_what_stands_before_the_first_e(check, torch, texts):
    """Letters before the first E count, those behind it and question marks anywhere do not."""
    for said in texts.split():
        check.translate("king", make_teller(torch, said))


@pytest.mark.exercise("translate")
@pytest.mark.points(2)
@pytest.mark.parametrize(("word", "said"), [("girl", "women?"), ("blacks", "queens?")])
def test_takes_all_letters_where_no_e_comes(check, torch, word, said):
    """A translation that never ends is as long as the decoder's input, six or more letters."""
    check.translate(word, make_teller(torch, said))


@pytest.mark.exercise("translate")
@pytest.mark.points(3)
@pytest.mark.parametrize(("word", "n_hidden"), [("man", 6), ("up", 7), ("black", 8)])
def test_follows_from_the_word_and_the_parameters(check, torch, rng, word, n_hidden):
    """With random weights, what the decoder says depends on all that it and the encoder read."""
    check.translate(word, make_ending_speaker(torch, rng, n_hidden, 5))


@pytest.mark.exercise("translate")
@pytest.mark.parametrize("word", ["King", "BLACKBIRD"])
def test_reads_upper_case_as_lower_case(check, torch, rng, word):
    """A word in capitals, also a longer one, is translated like the same word in small letters."""
    check.translate(word, make_ending_speaker(torch, rng, 7, len(word)))
