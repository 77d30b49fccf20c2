"""From a text to the batches that a language model reads.

A text becomes a list of indices, one a character. A batch is two tensors of (batch_size,
num_steps) indices: X, and Y, which is X moved on by one character. Whatever the network reads, it
has to say what comes next.
"""

import zipfile

import torch
from torch import Tensor


def load_text(path: str) -> str:
    """Read a text, such as ``data/sonnet2.txt`` or a file of your own. Ready-made.

    Parameters
    ----------
    path : str
        A file in UTF-8, or a zip that holds nothing but one.

    Returns
    -------
    str
        All of it, without blanks and line ends around it.
    """
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return archive.read(archive.namelist()[0]).decode("utf-8").strip()
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123  (as beginners open files)
        return lines.read().strip()


def load_corpus(text: str, n: int) -> tuple[list[int], dict[str, int], list[str], int]:
    r"""Turn a text into the numbers of its characters.

    A newline or a carriage return becomes a space first; then the first `n` characters are kept,
    and the rest is not looked at.

    Parameters
    ----------
    text : str
        At least one character.
    n : int
        How many characters to keep; if the text is shorter, all of it.

    Returns
    -------
    indices : list of int
        The index of each character that was kept, in their order.
    char_to_idx : dict of str to int
        The index of each character that occurs: 0 for the first one in sorted order, and so on.
    idx_to_char : list of str
        The characters in the order of their indices.
    vocab_size : int
        Number of different characters.

    Examples
    --------
    >>> load_corpus("to be\nor", 6)
    ([4, 3, 0, 1, 2, 0], {' ': 0, 'b': 1, 'e': 2, 'o': 3, 't': 4}, [' ', 'b', 'e', 'o', 't'], 5)
    """
    raise NotImplementedError("load_corpus: not written yet")


def data_iter_random(
    indices: list[int], batch_size: int, num_steps: int, seed: int
) -> list[tuple[Tensor, Tensor]]:
    """Cut a text into windows and read them in random order.

    Window number k is the `num_steps` characters from ``k * num_steps`` on; windows do not
    overlap. As the label of a window's last character is the character behind the window, there
    are ``(len(indices) - 1) // num_steps`` of them. Shuffle them, and put `batch_size` at a time
    into a batch; what does not fill a batch is left out.

    Parameters
    ----------
    indices : list of int
        The text; not changed.
    batch_size, num_steps : int
        Number of windows in a batch, and of characters in a window.
    seed : int
        Decides about the order: the same seed gives the same batches, another one others. Which
        generator you use is up to you.

    Returns
    -------
    list of (X, Y)
        Two (batch_size, num_steps) Tensor of int64 each; every row of Y is the row of X moved on
        by one character. A generator that yields them will do as well.

    Examples
    --------
    >>> batches = data_iter_random(list(range(14)), 2, 3, seed=0)
    >>> len(batches), sorted(X[row, 0].item() for X, Y in batches for row in (0, 1))
    (2, [0, 3, 6, 9])
    """
    raise NotImplementedError("data_iter_random: not written yet")


def data_iter_consecutive(
    indices: list[int], batch_size: int, num_steps: int
) -> list[tuple[Tensor, Tensor]]:
    """Cut a text into `batch_size` strips and read all of them side by side, from left to right.

    Strip number k is the ``length = len(indices) // batch_size`` characters from ``k * length``
    on. Batch number j holds, in row k, the characters of strip k from ``j * num_steps`` on: each
    row of a batch goes on where that row of the batch before has ended. Both X and Y come from the
    strip, so there are ``(length - 1) // num_steps`` batches.

    Parameters
    ----------
    indices : list of int
        The text; not changed.
    batch_size, num_steps : int
        Number of strips, and of characters that are read of each at a time.

    Returns
    -------
    list of (X, Y)
        Two (batch_size, num_steps) Tensor of int64 each; every row of Y is the row of X moved on
        by one character. A generator that yields them will do as well.

    Examples
    --------
    >>> for X, Y in data_iter_consecutive(list(range(15)), 2, 3):
    ...     print(X.tolist(), Y.tolist())
    [[0, 1, 2], [7, 8, 9]] [[1, 2, 3], [8, 9, 10]]
    [[3, 4, 5], [10, 11, 12]] [[4, 5, 6], [11, 12, 13]]
    """
    raise NotImplementedError("data_iter_consecutive: not written yet")
