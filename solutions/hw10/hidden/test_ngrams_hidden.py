"""Hidden tests of ngrams: other texts and sizes, and the same by other ways.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import numpy as np
import pytest

from inputs_hw10 import make_ngram_parameters, make_runs


def make_words(rng, count):
    """Draw a text of short words, some with a capital, of which some come again and again."""
    letters = list("abcdeXY")
    words = ["".join(rng.choice(letters, size=rng.integers(1, 4))) for _ in range(count)]
    return [*words, *rng.choice(words, size=count // 2).tolist()]


# build_vocab


def as_dictionaries(maps):
    """Write a list of words by index as a dictionary."""
    return [dict(enumerate(one)) if isinstance(one, list | tuple) else one for one in maps]


@pytest.mark.exercise("build_vocab")
@pytest.mark.points(3)
@pytest.mark.parametrize("count", [30, 7])
def test_numbers_the_words_of_any_text(check, rng, count):
    """The same words give the same numbers, in whatever order they come."""
    words = make_words(rng, count)

    check.build_vocab(words, like=as_dictionaries)
    check.build_vocab(words[::-1], like=as_dictionaries)


@pytest.mark.exercise("build_vocab")
def test_tells_capitals_and_marks_apart(check):
    """Words that differ by a letter's case or a comma are two words."""
    check.build_vocab(["brow,", "Brow", "brow", "brow.", "Brow"], like=as_dictionaries)


# make_ngrams


@pytest.mark.exercise("make_ngrams")
@pytest.mark.points(3)
@pytest.mark.parametrize(("count", "n"), [(20, 3), (9, 6), (12, 2)])
def test_cuts_runs_of_any_length(check, rng, count, n):
    """As many runs as fit, each one word further on."""
    check.make_ngrams(make_words(rng, count), n)


@pytest.mark.exercise("make_ngrams")
def test_the_runs_put_together_are_the_text(check, submission, rng):
    """The first context and all labels, one after the other."""
    words = make_words(rng, 10)

    runs = submission.make_ngrams(words, 4)

    check.equal([*runs[0][0], *(label for _, label in runs)], words)


# embed_forward


@pytest.mark.exercise("embed_forward")
@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(8,), (1,), (3, 4)])
def test_is_a_product_with_one_hot_rows(check, submission, rng, shape):
    """Looking up is multiplying, with nothing but ones and zeros."""
    idx, W = rng.integers(6, size=shape), rng.standard_normal((6, 5))

    check.equal(submission.embed_forward(idx, W), np.eye(6)[idx] @ W)


@pytest.mark.exercise("embed_forward")
def test_leaves_the_table_alone(check, rng):
    """Neither indices nor table are changed, and rows are not mixed."""
    idx = rng.permutation(7)[:5]

    check.embed_forward(idx, rng.standard_normal((7, 3)), unchanged=(0, 1))


# embed_backward


@pytest.mark.exercise("embed_backward")
@pytest.mark.points(3)
@pytest.mark.parametrize("shape", [(12,), (5, 3), (2, 3, 2)])
def test_is_a_product_with_one_hot_columns(check, submission, rng, shape):
    """The gradient of a product, for indices of any shape, with many of them repeated."""
    idx, dY = rng.integers(4, size=shape), rng.standard_normal((*shape, 2))

    expected = np.eye(6)[idx].reshape(-1, 6).T @ dY.reshape(-1, 2)

    check.equal(submission.embed_backward(idx, dY, 6), expected)


@pytest.mark.exercise("embed_backward")
def test_agrees_with_autograd(check, submission, torch, rng):
    """The gradient is that of torch's own embedding."""
    idx = np.array([3, 0, 3, 3])
    W = torch.from_numpy(rng.standard_normal((5, 3))).requires_grad_()
    dY = rng.standard_normal((4, 3))

    torch.nn.functional.embedding(torch.from_numpy(idx), W).backward(torch.from_numpy(dY))

    check.equal(submission.embed_backward(idx, dY, 5), W.grad.numpy())


# ngram_forward


@pytest.mark.exercise("ngram_forward")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("batch", "sizes"), [(1, (9, 4, 2, 3)), (6, (6, 1, 5, 7)), (4, (4, 4, 4, 16))]
)
def test_log_probabilities_are_right_for_any_sizes(check, torch, rng, batch, sizes):
    """For one context and for many, of one word and of several."""
    model = check.NgramModel(*sizes)
    model.load(make_ngram_parameters(torch, rng, sizes))

    model(torch.from_numpy(rng.integers(sizes[0], size=(batch, sizes[1]))))


@pytest.mark.exercise("ngram_forward")
@pytest.mark.points(2)
def test_a_batch_is_its_contexts_one_by_one(check, submission, reference, torch, rng):
    """Each row is what its context gives alone, without an axis for the batch."""
    sizes = (7, 2, 3, 5)
    parameters = make_ngram_parameters(torch, rng, sizes)
    ours, theirs = reference.NgramModel(*sizes), submission.NgramModel(*sizes)
    ours.load(parameters)
    theirs.load(parameters)
    contexts = torch.from_numpy(rng.integers(7, size=(4, 2)))

    alone = torch.cat([theirs(context) for context in contexts])

    check.equal(alone, ours(contexts))


@pytest.mark.exercise("ngram_forward")
def test_ngrams_have_the_right_gradients(check, torch, rng):
    """The gradients of all parameters are right, with a word that comes several times."""
    sizes = (5, 2, 4, 3)
    model = check.NgramModel(*sizes)
    model.load(make_ngram_parameters(torch, rng, sizes))

    model(torch.tensor([[3, 3], [0, 3], [2, 0]]), gradients=True)


# train_ngram


@pytest.mark.exercise("train_ngram")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("count", "sizes", "epochs"), [(8, (9, 2, 4, 5), 3), (1, (4, 1, 3, 6), 7)], ids=["many", "one"]
)
def test_ngram_losses_are_right_for_any_runs(check, torch, rng, count, sizes, epochs):
    """Any number of n-grams with contexts of any length."""
    runs, parameters = make_runs(rng, *sizes[:2], count), make_ngram_parameters(torch, rng, sizes)

    check.train_ngram(runs, parameters, epochs, like=lambda found: found[1])


@pytest.mark.exercise("train_ngram")
def test_ngrams_do_not_train_in_no_epochs(check, torch, rng):
    """With no epoch, all five parameters come back as they were, and with two they do not."""
    runs, parameters = make_runs(rng, 5, 2, 3), make_ngram_parameters(torch, rng, (5, 2, 2, 4))

    check.train_ngram(runs, parameters, 0, like=lambda found: found[0], unchanged=(1,))
    check.train_ngram(runs, parameters, 2, like=lambda found: found[0], unchanged=(1,))


# predict_next


@pytest.mark.exercise("predict_next")
@pytest.mark.points(3)
@pytest.mark.parametrize(("count", "size"), [(12, 2), (6, 4), (20, 1)])
def test_follows_the_numbers_of_the_maps(check, torch, rng, count, size):
    """Whatever the order in which the words are numbered."""
    words = sorted(set(make_words(rng, count)))
    ix_to_word = dict(enumerate(rng.permutation(words).tolist()))
    word_to_ix = {word: index for index, word in ix_to_word.items()}
    parameters = make_ngram_parameters(torch, rng, (len(words), size, 3, 8), scale=1.5)
    for _ in range(4):
        context = tuple(rng.choice(words, size=size).tolist())

        check.predict_next(context, parameters, (word_to_ix, ix_to_word))


@pytest.mark.exercise("predict_next")
def test_follows_from_every_word_of_the_context(check, torch, rng):
    """Contexts that differ in a single word, at each place."""
    words = [f"w{number:02d}" for number in rng.permutation(40)[:15]]
    ix_to_word = dict(enumerate(words))
    word_to_ix = {word: index for index, word in ix_to_word.items()}
    parameters = make_ngram_parameters(torch, rng, (15, 3, 4, 9), scale=1.5)
    for place in range(3):
        context = words[:3]
        context[place] = words[10 + place]

        check.predict_next(tuple(context), parameters, (word_to_ix, ix_to_word))
