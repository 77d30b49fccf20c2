"""Hidden tests of corpus: other texts, lengths and sizes.

Seeds depend on the batch's salt, so that no answer can be known in advance.
"""

from __future__ import annotations

import pytest

from inputs_hw9 import as_lists, as_tables, as_windows, draw_distinct, draw_text

CHARACTERS = "zyxwabc .-'XYZ0189ßñ雨河山"


# load_corpus


@pytest.mark.exercise("load_corpus")
@pytest.mark.points(3)
@pytest.mark.parametrize(("length", "n"), [(33, 33), (90, 41)])
def test_numbers_any_text(check, rng, length, n):
    """Indices, tables and size are right, whatever is cut off."""
    check.load_corpus(draw_text(rng, length, CHARACTERS), n, like=as_tables)


@pytest.mark.exercise("load_corpus")
def test_a_line_end_of_windows_is_two_spaces(check, rng):
    """A carriage return and a newline are two characters, before the cut and behind it."""
    lines = [draw_text(rng, 5, CHARACTERS) for _ in range(6)]

    check.load_corpus("\r\n".join(lines), 24, like=as_tables)


@pytest.mark.exercise("load_corpus")
def test_the_same_text_has_the_same_numbers(check, submission, rng):
    """Two texts of the same characters share one vocabulary."""
    letters = [str(one) for one in rng.permutation(list(CHARACTERS))]

    first = submission.load_corpus("".join(letters), 40)
    second = submission.load_corpus("".join(reversed(letters)), 40)

    check.equal(as_tables(second)[2], sorted(letters))
    check.equal(first[1], second[1])


# data_iter_random


@pytest.mark.exercise("data_iter_random")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("length", "batch_size", "num_steps"), [(28, 3, 9), (61, 4, 5), (22, 2, 5), (9, 1, 8)]
)
def test_every_window_is_there_for_any_sizes(check, rng, length, batch_size, num_steps):
    """All windows are there once, also where the text ends with one of them and its label."""
    indices, seed = draw_distinct(rng, length), int(rng.integers(1000))

    check.data_iter_random(indices, batch_size, num_steps, seed, like=as_windows)


@pytest.mark.exercise("data_iter_random")
@pytest.mark.points(2)
def test_what_is_left_over_depends_on_the_seed(check, submission, rng):
    """Each window may be the one that finds no place, so over many seeds all of them come."""
    indices = draw_distinct(rng, 37)

    found = [submission.data_iter_random(indices, 4, 5, seed) for seed in range(25)]

    check.equal([len(batches) for batches in found], [1] * 25)
    seen = {tuple(row) for batches in found for X, _ in batches for row in X.tolist()}
    windows = {tuple(indices[start : start + 5]) for start in range(0, 35, 5)}
    check.equal(sorted(seen), sorted(windows))


# data_iter_consecutive


@pytest.mark.exercise("data_iter_consecutive")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("length", "batch_size", "num_steps"), [(60, 3, 4), (37, 4, 3), (26, 1, 6), (21, 7, 2)]
)
def test_reads_strips_of_any_sizes(check, rng, length, batch_size, num_steps):
    """Rows and labels are right, whether or not strips and pieces come out even."""
    indices = draw_distinct(rng, length)

    check.data_iter_consecutive(indices, batch_size, num_steps, like=as_lists)


@pytest.mark.exercise("data_iter_consecutive")
def test_each_row_reads_one_strip(check, submission, rng):
    """The rows of all batches, put behind one another, are pieces of the text as it stands."""
    indices = draw_distinct(rng, 45)

    batches = as_lists(submission.data_iter_consecutive(indices, 4, 3))

    rows = [[index for X, _ in batches for index in X[row]] for row in range(4)]
    check.equal(rows, [indices[11 * row : 11 * row + 9] for row in range(4)])
