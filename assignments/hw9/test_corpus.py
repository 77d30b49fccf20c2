"""Tests of corpus: characters as numbers, and the two ways to cut a text into batches.

`rng` draws the inputs. `check.NAME(...)` calls yours and ours with equal copies of the inputs and
compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from inputs_hw9 import as_lists, as_tables, as_windows, draw_distinct, draw_text

LETTERS = "aeinst ,;AEZ!é春花"  # in an order that is not that of their numbers
LATE = "qxjy0"


def starts_of(batches, indices):
    """Find out where in the text each window of each batch begins."""
    place = {index: at for at, index in enumerate(indices)}
    return [[place[int(row[0])] for row in X.tolist()] for X, _ in batches]


# load_corpus


@pytest.mark.exercise("load_corpus")
@pytest.mark.points(4)
@pytest.mark.parametrize(("length", "n"), [(40, 40), (60, 25), (1, 1)])
def test_numbers_the_characters_in_sorted_order(check, rng, length, n):
    """Indices, both tables and the size of the vocabulary are right."""
    check.load_corpus(draw_text(rng, length, LETTERS), n, like=as_tables)


@pytest.mark.exercise("load_corpus")
@pytest.mark.points(2)
def test_numbers_only_what_is_kept(check, rng):
    """Characters that come only after the cut get no number."""
    check.load_corpus(draw_text(rng, 30, LETTERS) + draw_text(rng, 20, LATE), 30, like=as_tables)


@pytest.mark.exercise("load_corpus")
@pytest.mark.points(2)
@pytest.mark.parametrize("end", ["\n", "\r"], ids=["newline", "return"])
def test_line_ends_become_spaces(check, rng, end):
    """No line end is left, and each counts as one character, that of an empty line too."""
    lines = [draw_text(rng, 6, LETTERS) for _ in range(4)]
    lines.insert(2, "")

    check.load_corpus(end.join(lines), 27, like=as_tables)


@pytest.mark.exercise("load_corpus")
def test_keeps_all_of_a_short_text(check, rng):
    """If the text has fewer characters than are to be kept, all stay, blanks at its ends too."""
    check.load_corpus(f" {draw_text(rng, 15, LETTERS)} ", 30, like=as_tables)


@pytest.mark.exercise("load_corpus")
@pytest.mark.points(2)
def test_the_text_can_be_read_back(check, submission, rng):
    """The characters of the indices are the text, and every character finds its index."""
    text = draw_text(rng, 50, LETTERS)

    indices, char_to_idx, idx_to_char, vocab_size = submission.load_corpus(text, 50)

    check.equal("".join(idx_to_char[index] for index in indices), text)
    check.equal([char_to_idx[character] for character in text], indices)
    check.equal([len(idx_to_char), len(char_to_idx)], [vocab_size, vocab_size])


# data_iter_random


@pytest.mark.exercise("data_iter_random")
@pytest.mark.points(4)
@pytest.mark.parametrize(
    ("length", "batch_size", "num_steps"), [(30, 2, 6), (26, 5, 5), (14, 1, 4), (49, 3, 4)]
)
def test_every_window_is_there_once(check, rng, length, batch_size, num_steps):
    """All windows whose labels lie in the text are there, each once, with the right labels."""
    indices = draw_distinct(rng, length)

    check.data_iter_random(indices, batch_size, num_steps, 3, like=as_windows)


@pytest.mark.exercise("data_iter_random")
@pytest.mark.points(2)
def test_batches_are_full(check, submission, rng):
    """Every batch has batch_size windows, no two alike; what is left over makes no batch."""
    indices = draw_distinct(rng, 45)

    batches = submission.data_iter_random(indices, 4, 4, 1)

    check.equal([list(X.shape) for X, _ in batches], [[4, 4]] * 2)
    starts = [start for batch in starts_of(batches, indices) for start in batch]
    check.equal(sorted(set(starts)), sorted(starts))
    check.equal([start % 4 for start in starts], [0] * 8)
    follower = dict(pairwise(indices))
    labels = [[[follower[int(index)] for index in row] for row in X.tolist()] for X, _ in batches]
    check.equal([Y.tolist() for _, Y in batches], labels)


@pytest.mark.exercise("data_iter_random")
@pytest.mark.parametrize("seed", [2, 6])
def test_windows_that_fill_no_batch_are_left_out(check, submission, rng, seed):
    """Three windows make one batch of three, five make no more, six make two."""
    texts = [draw_distinct(rng, length) for length in (14, 22, 26)]

    found = [submission.data_iter_random(text, 3, 4, seed) for text in texts]

    found = [list(batches) for batches in found]
    check.equal([len(batches) for batches in found], [1, 1, 2])
    windows = [[texts[0][at : at + 4], texts[0][at + 1 : at + 5]] for at in (0, 4, 8)]
    check.equal(as_windows(found[0]), sorted(windows))


@pytest.mark.exercise("data_iter_random")
@pytest.mark.points(2)
def test_the_seed_decides_about_the_order(check, submission, rng):
    """The same seed gives the same batches, other seeds others, none of them those of the text."""
    indices = draw_distinct(rng, 61)

    orders = [
        starts_of(submission.data_iter_random(indices, 3, 4, seed), indices)
        for seed in (7, 7, 8, 9)
    ]

    check.equal(orders[1], orders[0])
    assert orders[0] != orders[2] != orders[3], "another seed gives the same order"
    in_order = [start for batch in orders[0] for start in batch]
    assert in_order != sorted(in_order), "the windows come in the order of the text"
    neighbours = [list(range(batch[0], batch[0] + 12, 4)) for order in orders for batch in order]
    assert neighbours != [batch for order in orders for batch in order], (
        "the windows of each batch follow one another in the text; all windows are to be shuffled"
    )


@pytest.mark.exercise("data_iter_random")
def test_random_windows_leave_the_text_alone(check, rng):
    """The caller's list holds the same indices after the call."""
    check.data_iter_random(draw_distinct(rng, 21), 2, 5, 5, like=as_windows, unchanged=(0,))


# data_iter_consecutive


@pytest.mark.exercise("data_iter_consecutive")
@pytest.mark.points(5)
@pytest.mark.parametrize(
    ("length", "batch_size", "num_steps"), [(50, 2, 5), (15, 2, 3), (31, 3, 4), (14, 1, 4)]
)
def test_reads_the_strips_side_by_side(check, rng, length, batch_size, num_steps):
    """Every row of every batch is right, and so are its labels; no label lies outside its strip."""
    indices = draw_distinct(rng, length)

    check.data_iter_consecutive(indices, batch_size, num_steps, like=as_lists)


@pytest.mark.exercise("data_iter_consecutive")
@pytest.mark.points(2)
def test_a_row_goes_on_where_it_has_ended(check, submission, rng):
    """The first input of a row is the last label of that row in the batch before."""
    batches = as_lists(submission.data_iter_consecutive(draw_distinct(rng, 47), 3, 4))

    check.equal(len(batches), 3)
    for (_, labels), (inputs, _) in pairwise(batches):
        check.equal([row[0] for row in inputs], [row[-1] for row in labels])
    read = {index for inputs, _ in batches for row in inputs for index in row}
    assert len(read) == 3 * 3 * 4, "an index of the text is read twice"


@pytest.mark.exercise("data_iter_consecutive")
def test_pieces_without_their_last_label_are_left_out(check, submission, rng):
    """Strips of 6 and of 9 characters hold one piece of 5 with its label, strips of 11 two."""
    texts = [draw_distinct(rng, length) for length in (13, 19, 23)]

    found = [submission.data_iter_consecutive(text, 2, 5) for text in texts]

    found = [as_lists(batches) for batches in found]
    check.equal([len(batches) for batches in found], [1, 1, 2])
    strips = texts[0][:6], texts[0][6:12]
    check.equal(found[0][0], [[strip[:5] for strip in strips], [strip[1:] for strip in strips]])


@pytest.mark.exercise("data_iter_consecutive")
@pytest.mark.parametrize("length", [22, 23])
def test_what_does_not_fill_the_strips_is_left_out(check, rng, length):
    """The strips are equally long; the end of the text may belong to none."""
    indices = draw_distinct(rng, length)

    check.data_iter_consecutive(indices, 4, 2, like=as_lists, unchanged=(0,))
