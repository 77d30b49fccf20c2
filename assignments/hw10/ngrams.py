"""Guess the next word: a vocabulary, word vectors and their gradients, and a small network.

Words have indices. An embedding is a table with one row of numbers for every index, and these
numbers are learnt like any other weight. From the rows of the words before it, a network scores
every word that may come next.
"""

import numpy as np
import torch
from torch import Tensor, nn

sonnet = """When forty winters shall besiege thy brow,
And dig deep trenches in thy beauty's field,
Thy youth's proud livery so gazed on now,
Will be a totter'd weed of small worth held:
Then being asked, where all thy beauty lies,
Where all the treasure of thy lusty days;
To say, within thine own deep sunken eyes,
Were an all-eating shame, and thriftless praise.
How much more praise deserv'd thy beauty's use,
If thou couldst answer 'This fair child of mine
Shall sum my count, and make my old excuse,'
Proving his beauty by succession thine!
This were to be new made when thou art old,
And see thy blood warm when thou feel'st it cold."""  # William Shakespeare, about 1600

Ngram = tuple[tuple[int, ...], int]
Maps = tuple[dict[str, int], dict[int, str]]


def build_vocab(words: list[str]) -> Maps:
    """Give each different word of a text a number, in the order of the alphabet.

    Parameters
    ----------
    words : list of str
        The text, word by word; a word may come more than once.

    Returns
    -------
    word_to_ix : dict of str to int
        The index of each word, from 0 on, in the order in which Python sorts texts.
    ix_to_word : dict of int to str
        The word of each index; a list of the words in this order will do as well.

    Examples
    --------
    >>> build_vocab(["to", "be", "or", "not", "to", "be"])
    ({'be': 0, 'not': 1, 'or': 2, 'to': 3}, {0: 'be', 1: 'not', 2: 'or', 3: 'to'})
    """
    raise NotImplementedError("build_vocab: not written yet")


def make_ngrams(words: list, n: int) -> list[tuple[tuple, object]]:
    """Cut a text into overlapping runs of n words: the first n - 1 of each, and its last one.

    Parameters
    ----------
    words : list
        The text: words, or their indices.
    n : int
        Length of a run, at least 2.

    Returns
    -------
    list of (context, label)
        One for every place where a run fits, in the order of the text. The context is a tuple of
        n - 1 words, in the order of the text, the label the word that follows them.

    Examples
    --------
    >>> make_ngrams(["to", "be", "or", "not"], 3)
    [(('to', 'be'), 'or'), (('be', 'or'), 'not')]
    """
    raise NotImplementedError("make_ngrams: not written yet")


def embed_forward(idx: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Look word vectors up in a table.

    Parameters
    ----------
    idx : (...) ndarray of int64
        Indices, in any shape.
    W : (V, d) ndarray
        The table: one row for each of V words.

    Returns
    -------
    (..., d) ndarray
        For every index its row.

    Examples
    --------
    >>> embed_forward(np.array([2, 0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).tolist()
    [[5.0, 6.0], [1.0, 2.0]]
    """
    raise NotImplementedError("embed_forward: not written yet")


def embed_backward(idx: np.ndarray, dY: np.ndarray, V: int) -> np.ndarray:
    """Lead a gradient back through `embed_forward`, into the table.

    Parameters
    ----------
    idx : (...) ndarray of int64
        The indices that were looked up; the same one may be there several times.
    dY : (..., d) ndarray
        Gradient with respect to what `embed_forward` returned.
    V : int
        Number of rows of the table.

    Returns
    -------
    (V, d) ndarray
        Gradient with respect to the table.

    Examples
    --------
    >>> embed_backward(np.array([1, 1, 3]), np.ones((3, 2)), 4).tolist()
    [[0.0, 0.0], [2.0, 2.0], [0.0, 0.0], [1.0, 1.0]]
    """
    raise NotImplementedError("embed_backward: not written yet")


class NgramModel(nn.Module):
    """Word vectors of a context, side by side, and two linear layers on top.

    Parameters
    ----------
    n_word : int
        Number of words in the vocabulary.
    context_size : int
        Number of words of a context.
    n_dim : int
        Length of a word vector.
    n_hidden : int
        Number of hidden units.

    References
    ----------
    Bengio, Ducharme, Vincent and Jauvin (2003), A Neural Probabilistic Language Model, section 2.

    Examples
    --------
    >>> model = NgramModel(n_word=7, context_size=2, n_dim=3)
    >>> model(torch.tensor([[1, 5], [0, 0], [6, 2]])).shape, model(torch.tensor([1, 5])).shape
    (torch.Size([3, 7]), torch.Size([1, 7]))
    """

    def __init__(self, n_word: int, context_size: int, n_dim: int, n_hidden: int = 128) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_word, n_dim)
        self.linear1 = nn.Linear(context_size * n_dim, n_hidden)
        self.linear2 = nn.Linear(n_hidden, n_word)

    def forward(self, x: Tensor) -> Tensor:
        """Find the logarithm of every word's probability to come next.

        * the vectors of the context's words, one after the other, make a single row
        * hidden units ``relu(row W1^T + b1)``
        * scores ``hidden W2^T + b2``, and of them the logarithm of the softmax over the words

        Parameters
        ----------
        x : (batch, context_size) or (context_size,) Tensor of int64
            Indices of the words of each context, or of a single one.

        Returns
        -------
        (batch, n_word) or (1, n_word) Tensor of float32
            Log-probabilities.
        """
        raise NotImplementedError("NgramModel.forward: not written yet")


def ngram_model(parameters: dict[str, Tensor]) -> NgramModel:
    """Make an `NgramModel` of the size of given parameters, and give it these. Ready-made.

    Parameters
    ----------
    parameters : dict of str to Tensor of float32
        The five parameters of an `NgramModel` by name.

    Returns
    -------
    NgramModel
        With parameters of its own: training them leaves yours as they are.
    """
    n_word, n_dim = parameters["embedding.weight"].shape
    n_hidden, n_row = parameters["linear1.weight"].shape
    model = NgramModel(n_word, n_row // n_dim, n_dim, n_hidden)
    model.load_state_dict(parameters)
    return model


def train_ngram(
    ngrams: list[Ngram], parameters: dict[str, Tensor], epochs: int
) -> tuple[dict[str, Tensor], list[float]]:
    """Teach an `NgramModel` which word follows which context.

    The ready-made `ngram_model` makes the network. In each epoch it sees all n-grams in their
    order, one at a time, and makes a step after each: `torch.optim.SGD` with a learning rate of
    0.01 and a weight decay of 0.00001. The loss of an n-gram is minus the log-probability of its
    label; the loss of an epoch is the mean over the n-grams.

    Parameters
    ----------
    ngrams : list of (context, label)
        Indices, as `make_ngrams` cuts them.
    parameters : dict of str to Tensor of float32
        What to start from: the five parameters of an `NgramModel` by name.
    epochs : int
        Number of times that all n-grams are seen.

    Returns
    -------
    parameters : dict of str to Tensor of float32
        The parameters after the last step, under the same names.
    losses : list of float
        Loss of every epoch; that of each n-gram is taken before its step.

    Examples
    --------
    Parameters of zero find each of four words equally likely, so the first one costs ln 4 = 1.3863:

    >>> zeros = {name: torch.zeros_like(p) for name, p in NgramModel(4, 2, 3, 5).named_parameters()}
    >>> parameters, losses = train_ngram([((0, 1), 2)], zeros, 2)
    >>> [round(loss, 4) for loss in losses]
    [1.3863, 1.3788]
    """
    raise NotImplementedError("train_ngram: not written yet")


def predict_next(context: tuple[str, ...], parameters: dict[str, Tensor], maps: Maps) -> str:
    """Name the word that a trained `NgramModel` finds most likely after a context.

    Parameters
    ----------
    context : tuple of str
        Words of the vocabulary, as many as the model takes.
    parameters : dict of str to Tensor of float32
        The five parameters of an `NgramModel` by name.
    maps : tuple of two dict
        ``word_to_ix`` and ``ix_to_word``, as `build_vocab` returns them.

    Returns
    -------
    str
        The word.

    Examples
    --------
    A model that finds "or" most likely, whatever comes before it:

    >>> maps = build_vocab(["to", "be", "or", "not", "to", "be"])
    >>> zeros = {name: torch.zeros_like(p) for name, p in NgramModel(4, 2, 3, 5).named_parameters()}
    >>> predict_next(("to", "be"), zeros | {"linear2.bias": torch.eye(4)[2]}, maps)
    'or'
    """
    raise NotImplementedError("predict_next: not written yet")
