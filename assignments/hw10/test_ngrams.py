"""Tests of ngrams: vocabulary, n-grams, word vectors, and a network that guesses the next word.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw10 import make_ngram_parameters, make_runs

LINE = "And to be or not To be that is the question whether 'tis nobler in the mind to be"
TEXT = LINE.split()


# build_vocab


def as_dictionary(words):
    """Write a list of words by index as a dictionary."""
    return dict(enumerate(words)) if isinstance(words, list | tuple) else words


@pytest.mark.exercise("build_vocab")
@pytest.mark.points(3)
@pytest.mark.parametrize("part", [0, 1], ids=["word_to_ix", "ix_to_word"])
def test_numbers_words_by_the_alphabet(check, part):
    """Each word once, in the order in which Python sorts: capitals before small letters."""
    check.build_vocab(TEXT, like=lambda maps: as_dictionary(maps[part]))
    check.build_vocab(TEXT[::-1][:9], like=lambda maps: as_dictionary(maps[part]))


@pytest.mark.exercise("build_vocab")
def test_leads_from_a_word_to_its_index_and_back(check, submission):
    """Both dictionaries hold the same pairs, turned round, and no word is lost."""
    word_to_ix, ix_to_word = submission.build_vocab(TEXT)

    back = [ix_to_word[word_to_ix[word]] for word in TEXT]
    check.equal(back, TEXT)
    check.equal(sorted(as_dictionary(ix_to_word)), list(range(len(set(TEXT)))))


# make_ngrams


@pytest.mark.exercise("make_ngrams")
@pytest.mark.points(3)
@pytest.mark.parametrize("n", [3, 2, 5])
def test_cuts_runs_out_of_a_text(check, n):
    """Contexts of n - 1 words in their order, each with the word that follows."""
    check.make_ngrams(TEXT, n)


@pytest.mark.exercise("make_ngrams")
def test_cuts_runs_out_of_indices(check, rng):
    """Indices are cut like words."""
    check.make_ngrams([int(index) for index in rng.permutation(30)[:9]], 4)


@pytest.mark.exercise("make_ngrams")
def test_ends_with_the_last_word(check):
    """A text of just n words has one run; with one word more it has two."""
    check.make_ngrams(["so", "long", "lives"], 3)
    check.make_ngrams(["so", "long", "lives", "this"], 3)


# embed_forward


@pytest.mark.exercise("embed_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("V", "d", "count"), [(6, 4, 5), (3, 3, 3), (5, 2, 9)])
def test_looks_up_a_row_for_each_index(check, rng, V, d, count):
    """In the order of the indices, repeated ones too."""
    idx = rng.integers(V, size=count)
    idx[-1] = idx[0]  # never all rows in their order

    check.embed_forward(idx, rng.standard_normal((V, d)))


@pytest.mark.exercise("embed_forward")
def test_keeps_the_shape_of_the_indices(check, rng):
    """A batch of contexts gives a batch of contexts of vectors."""
    check.embed_forward(rng.integers(5, size=(4, 2)), rng.standard_normal((5, 3)))


# embed_backward


@pytest.mark.exercise("embed_backward")
@pytest.mark.points(2)
@pytest.mark.parametrize(("V", "d", "count"), [(7, 3, 4), (5, 5, 5)])
def test_leads_each_gradient_to_its_row(check, rng, V, d, count):
    """With no index twice; rows that were not looked up get zeros."""
    idx = rng.permutation(V)[:count]

    check.embed_backward(idx, rng.standard_normal((count, d)), V)


@pytest.mark.exercise("embed_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize("idx", [[1, 1, 3], [4, 0, 4, 4, 2, 0]], ids=["once", "several"])
def test_adds_up_what_comes_back_to_one_row(check, rng, idx):
    """An index that is there several times gets the sum."""
    check.embed_backward(np.array(idx), rng.standard_normal((len(idx), 2)), 6)


@pytest.mark.exercise("embed_backward")
@pytest.mark.points(2)
def test_takes_a_batch_of_contexts(check, rng):
    """Indices of two axes, gradients of three."""
    idx = np.array([[2, 5], [5, 0], [3, 2], [2, 2]])

    check.embed_backward(idx, rng.standard_normal((4, 2, 3)), 7)


# ngram_forward


@pytest.mark.exercise("ngram_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("batch", "sizes"), [(4, (7, 2, 3, 5)), (3, (5, 3, 2, 6)), (5, (5, 2, 2, 4))]
)
def test_finds_log_probabilities(check, torch, rng, batch, sizes):
    """With random weights, those of a batch of contexts are right."""
    model = check.NgramModel(*sizes)
    model.load(make_ngram_parameters(torch, rng, sizes))

    model(torch.from_numpy(rng.integers(sizes[0], size=(batch, sizes[1]))))


@pytest.mark.exercise("ngram_forward")
@pytest.mark.points(2)
def test_takes_a_single_context(check, torch, rng):
    """One context without an axis for the batch gives one row."""
    sizes = (6, 2, 3, 4)
    model = check.NgramModel(*sizes)
    model.load(make_ngram_parameters(torch, rng, sizes))

    model(torch.tensor([4, 1]))
    model(torch.tensor([0, 5]))


@pytest.mark.exercise("ngram_forward")
@pytest.mark.points(2)
def test_the_order_of_the_words_matters(check, submission, torch, rng):
    """Probabilities sum to 1, and are others for the same words the other way round."""
    sizes = (6, 2, 3, 5)
    model = submission.NgramModel(*sizes)
    model.load(make_ngram_parameters(torch, rng, sizes))

    log_probs = model(torch.tensor([[1, 4], [4, 1], [2, 0]])).detach()

    check.equal(log_probs.exp().sum(dim=1), torch.ones(3))
    assert (log_probs[0] - log_probs[1]).abs().max() > 1e-3, "the order of the context is lost"


@pytest.mark.exercise("ngram_forward")
def test_ngrams_can_be_trained(check, torch, rng):
    """Gradients reach all five parameters, the table of word vectors too."""
    sizes = (6, 3, 2, 5)
    model = check.NgramModel(*sizes)
    model.load(make_ngram_parameters(torch, rng, sizes))

    model(torch.tensor([[1, 4, 1], [5, 1, 2]]), gradients=True)


# train_ngram


@pytest.mark.exercise("train_ngram")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("count", "sizes", "epochs"), [(5, (7, 2, 3, 6), 4), (3, (5, 3, 2, 8), 6)], ids=["5", "3"]
)
def test_ngrams_have_the_right_loss_in_every_epoch(check, torch, rng, count, sizes, epochs):
    """From given parameters, every step of training is right, so every loss is."""
    runs, parameters = make_runs(rng, *sizes[:2], count), make_ngram_parameters(torch, rng, sizes)

    check.train_ngram(runs, parameters, epochs, like=lambda found: found[1])


@pytest.mark.exercise("train_ngram")
@pytest.mark.points(2)
@pytest.mark.parametrize("epochs", [1, 3])
def test_ngrams_return_the_trained_parameters(check, torch, rng, epochs):
    """What comes back has gone through all steps, the last one too."""
    sizes = (6, 2, 3, 4)

    check.train_ngram(
        make_runs(rng, 6, 2, 4),
        make_ngram_parameters(torch, rng, sizes),
        epochs,
        like=lambda found: found[0],
    )


@pytest.mark.exercise("train_ngram")
def test_unseen_words_shrink_by_weight_decay(check, torch, rng):
    """After some hundred steps, the vector of a word that never came is a little shorter."""
    parameters = make_ngram_parameters(torch, rng, (4, 2, 3, 2), scale=0.5)
    parameters["embedding.weight"][3] = torch.tensor([1.0, -1.0, 2.0])  # loses an ulp a step

    check.train_ngram(
        [((0, 1), 2)], parameters, 400, like=lambda found: found[0]["embedding.weight"][3]
    )


# predict_next


def make_maps(rng, words):
    """Give words numbers in an order drawn at random."""
    drawn = dict(enumerate(rng.permutation(words).tolist()))
    return {word: index for index, word in drawn.items()}, drawn


@pytest.mark.exercise("predict_next")
@pytest.mark.points(3)
@pytest.mark.parametrize("size", [2, 3])
def test_names_the_most_likely_word(check, torch, rng, size):
    """With random weights, the word follows from all words of the context, in their order."""
    words = sorted(set(TEXT))
    maps = make_maps(rng, words)
    parameters = make_ngram_parameters(torch, rng, (len(words), size, 4, 9), scale=1.5)
    for _ in range(4):
        context = tuple(rng.choice(words, size=size, replace=False).tolist())

        check.predict_next(context, parameters, maps)


@pytest.mark.exercise("predict_next")
def test_may_name_a_word_of_the_context(check, torch, rng):
    """A word can follow itself, and the one before it."""
    words = ["ha", "ho", "hum"]
    maps = make_maps(rng, words)
    for word, other in [("ha", "ho"), ("ho", "hum"), ("hum", "ha")]:
        parameters = make_ngram_parameters(torch, rng, (3, 2, 2, 4), scale=0.3)
        parameters["linear2.bias"][maps[0][word]] += 30.0

        check.predict_next((word, other), parameters, maps)
        check.predict_next((other, word), parameters, maps)
