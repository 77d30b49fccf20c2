"""A language model over characters, in NumPy alone.

The network reads one character at a time and says which one it expects next. All vectors are
columns: a character is (vocab, 1), the hidden state is (n_a, 1). The five parameters live in one
dictionary:

=======  ============  =================================
``Wax``  (n_a, vocab)  input to hidden state
``Waa``  (n_a, n_a)    hidden state to next hidden state
``Wya``  (vocab, n_a)  hidden state to output
``b``    (n_a, 1)      bias of the hidden state
``by``   (vocab, 1)    bias of the output
=======  ============  =================================

The gradient of a parameter has its shape and its name with a ``d`` in front: ``dWax``, ``dWaa``,
``dWya``, ``db``, ``dby``. Everything is float64.
"""

# The names are those of the course (maxValue, X, Y) and rnn_step_backward needs six arguments.
# ruff: noqa: N803, PLR0913, PLR0917

import numpy as np


def softmax(x: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities. This one is ready-made.

    Parameters
    ----------
    x : (vocab, 1) array of float64
        Scores of any size; large ones do not overflow.

    Returns
    -------
    (vocab, 1) array of float64
        ``exp(x_i) / sum_j exp(x_j)``: positive, with sum 1.

    Examples
    --------
    >>> softmax(np.array([[1.0], [2.0], [4.0]])).round(4)
    array([[0.042 ],
           [0.1142],
           [0.8438]])
    """
    scaled = np.exp(x - x.max(axis=0))
    probabilities: np.ndarray = scaled / scaled.sum(axis=0)
    return probabilities


def clip(gradients: dict[str, np.ndarray], maxValue: float) -> dict[str, np.ndarray]:
    """Limit every entry of every gradient to the range from -maxValue to maxValue.

    Parameters
    ----------
    gradients : dict of str to array of float64
        ``dWax``, ``dWaa``, ``dWya``, ``db`` and ``dby``; there may be more.
    maxValue : float
        The bound, 0 or more.

    Returns
    -------
    dict of str to array of float64
        The five gradients, ``min(max(g, -maxValue), maxValue)`` entry by entry. The arrays may be
        new ones or those that came in; return the dictionary in both cases.

    Examples
    --------
    >>> names = ["dWax", "dWaa", "dWya", "db", "dby"]
    >>> clipped = clip({name: np.array([[-7.0, 0.5]]) for name in names}, 5)
    >>> clipped["dWax"]
    array([[-5. ,  0.5]])
    """
    raise NotImplementedError("clip: not written yet")


def sample(parameters: dict[str, np.ndarray], char_to_ix: dict[str, int], seed: int) -> list[int]:
    r"""Let the network write one word, each character drawn from its own prediction.

    Start with a zero input and a zero hidden state. At every step compute ``a`` and ``y`` as in
    `rnn_step_forward`, draw an index with the probabilities ``y``, and feed it back as the next
    input (a column of zeros with a one). Stop after the newline, or after 50 characters; when 50
    were drawn, append a newline index to them.

    So that everybody draws the same: call ``np.random.seed`` before every draw, with ``seed`` for
    the first, ``seed + 2`` for the second, ``seed + 4`` for the third and so on, and draw with
    ``np.random.choice(..., p=...)``.

    Parameters
    ----------
    parameters : dict of str to array of float64
        The five parameters. ``by`` tells the size of the vocabulary.
    char_to_ix : dict of str to int
        Index of each character; the newline ``"\n"`` need not be 0.
    seed : int
        Seed of the first draw.

    Returns
    -------
    list of int
        The indices drawn, at most 51, the last one the newline.

    Examples
    --------
    A bias that leaves only one choice:

    >>> zeros = {"Wax": np.zeros((4, 3)), "Waa": np.zeros((4, 4)), "Wya": np.zeros((3, 4))}
    >>> parameters = {**zeros, "b": np.zeros((4, 1)), "by": np.array([[99.0], [0.0], [0.0]])}
    >>> [int(ix) for ix in sample(parameters, {"\n": 0, "a": 1, "b": 2}, 7)]
    [0]
    """
    raise NotImplementedError("sample: not written yet")


def rnn_step_forward(
    parameters: dict[str, np.ndarray], a_prev: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Read one character: new hidden state, and probabilities of the next character.

    ``a = tanh(Wax x + Waa a_prev + b)`` and ``p = softmax(Wya a + by)``.

    Parameters
    ----------
    parameters : dict of str to array of float64
        The five parameters.
    a_prev : (n_a, 1) array of float64
        The hidden state so far.
    x : (vocab, 1) array of float64
        The character, one-hot; all zero at the start of a word.

    Returns
    -------
    a : (n_a, 1) array of float64
        The new hidden state.
    p : (vocab, 1) array of float64
        Probabilities of the next character.

    Examples
    --------
    >>> zeros = {"Wax": np.zeros((4, 2)), "Waa": np.zeros((4, 4)), "Wya": np.zeros((2, 4))}
    >>> parameters = {**zeros, "b": np.zeros((4, 1)), "by": np.zeros((2, 1))}
    >>> a, p = rnn_step_forward(parameters, np.ones((4, 1)), np.zeros((2, 1)))
    >>> p
    array([[0.5],
           [0.5]])
    """
    raise NotImplementedError("rnn_step_forward: not written yet")


def rnn_step_backward(
    dy: np.ndarray,
    gradients: dict[str, np.ndarray],
    parameters: dict[str, np.ndarray],
    x: np.ndarray,
    a: np.ndarray,
    a_prev: np.ndarray,
) -> dict[str, np.ndarray]:
    """Go back through one step: add its share to the gradients, hand one on to the step before.

    With ``da = Wya^T dy + da_next`` and ``dz = (1 - a^2) * da`` (entry by entry), the step adds

    * ``dy a^T`` to ``dWya`` and ``dy`` to ``dby``,
    * ``dz x^T`` to ``dWax``, ``dz a_prev^T`` to ``dWaa`` and ``dz`` to ``db``,

    and *replaces* ``da_next`` by ``Waa^T dz``, for the step before.

    Parameters
    ----------
    dy : (vocab, 1) array of float64
        Gradient of the loss with respect to the scores ``Wya a + by``.
    gradients : dict of str to array of float64
        The five sums so far, and ``da_next`` (n_a, 1), which came from the step after.
    parameters : dict of str to array of float64
        The five parameters.
    x : (vocab, 1) array of float64
        Input of this step.
    a, a_prev : (n_a, 1) array of float64
        Hidden state after and before this step.

    Returns
    -------
    dict of str to array of float64
        All six gradients; the arrays may be new ones or those that came in.

    Examples
    --------
    >>> parameters = {"Waa": np.array([[2.0]]), "Wya": np.array([[0.0], [0.0]])}
    >>> shapes = {"dWax": (1, 2), "dWaa": (1, 1), "dWya": (2, 1), "db": (1, 1), "dby": (2, 1)}
    >>> gradients = {name: np.zeros(shape) for name, shape in shapes.items()}
    >>> gradients["da_next"] = np.array([[1.0]])
    >>> x, a, a_prev = np.array([[1.0], [0.0]]), np.array([[0.5]]), np.array([[-1.0]])
    >>> after = rnn_step_backward(np.zeros((2, 1)), gradients, parameters, x, a, a_prev)
    >>> after["db"], after["dWaa"], after["da_next"]
    (array([[0.75]]), array([[-0.75]]), array([[1.5]]))
    """
    raise NotImplementedError("rnn_step_backward: not written yet")


def rnn_forward(
    X: list[int | None],
    Y: list[int],
    a0: np.ndarray,
    parameters: dict[str, np.ndarray],
    vocab_size: int = 27,
) -> tuple[float, tuple[dict[int, np.ndarray], dict[int, np.ndarray], dict[int, np.ndarray]]]:
    """Read a whole word and add up how surprised the network is by each next character.

    The loss is ``-sum_t log p_t[Y_t]`` with the natural logarithm: a sum over the steps, in nats.

    Parameters
    ----------
    X : list of int or None
        Index of the input of each step; None stands for an input of zeros.
    Y : list of int
        Index of the right next character of each step; as long as `X`.
    a0 : (n_a, 1) array of float64
        Hidden state before the first step. Leave it as it is.
    parameters : dict of str to array of float64
        The five parameters.
    vocab_size : int
        Length of an input column.

    Returns
    -------
    loss : float
        The sum of the cross-entropies.
    cache : tuple of three dict of int to array of float64
        ``(y_hat, a, x)``, each by step 0, 1, ...: probabilities (vocab_size, 1), hidden states
        (n_a, 1), inputs (vocab_size, 1). ``a[-1]`` is the state before the first step.

    Examples
    --------
    All-zero parameters find each of two characters equally likely, so two steps cost 2 ln 2:

    >>> zeros = {"Wax": np.zeros((3, 2)), "Waa": np.zeros((3, 3)), "Wya": np.zeros((2, 3))}
    >>> parameters = {**zeros, "b": np.zeros((3, 1)), "by": np.zeros((2, 1))}
    >>> loss, (y_hat, a, x) = rnn_forward([None, 1], [1, 0], np.zeros((3, 1)), parameters, 2)
    >>> round(float(loss), 4), sorted(a)
    (1.3863, [-1, 0, 1])
    """
    raise NotImplementedError("rnn_forward: not written yet")


def rnn_backward(
    X: list[int | None],
    Y: list[int],
    parameters: dict[str, np.ndarray],
    cache: tuple[dict[int, np.ndarray], dict[int, np.ndarray], dict[int, np.ndarray]],
) -> tuple[dict[str, np.ndarray], dict[int, np.ndarray]]:
    """Backpropagation through time: the gradients of the loss of `rnn_forward`.

    Start from gradients of zero and ``da_next`` of zero. Walk from the last step to the first; the
    gradient with respect to the scores of step t is ``dy = y_hat_t - onehot(Y_t)``.

    Parameters
    ----------
    X : list of int or None
        Index of the input of each step.
    Y : list of int
        Index of the right next character of each step.
    parameters : dict of str to array of float64
        The five parameters.
    cache : tuple of three dict of int to array of float64
        ``(y_hat, a, x)`` from `rnn_forward`. Leave it as it is.

    Returns
    -------
    gradients : dict of str to array of float64
        ``dWax``, ``dWaa``, ``dWya``, ``db``, ``dby``, and ``da_next``: what is left of it after the
        first step.
    a : dict of int to array of float64
        The hidden states of the cache.

    Examples
    --------
    >>> zeros = {"Wax": np.zeros((3, 2)), "Waa": np.zeros((3, 3)), "Wya": np.zeros((2, 3))}
    >>> parameters = {**zeros, "b": np.zeros((3, 1)), "by": np.zeros((2, 1))}
    >>> loss, cache = rnn_forward([None, 1], [1, 1], np.zeros((3, 1)), parameters, 2)
    >>> gradients, a = rnn_backward([None, 1], [1, 1], parameters, cache)
    >>> gradients["dby"]
    array([[ 1.],
           [-1.]])
    """
    raise NotImplementedError("rnn_backward: not written yet")


def update_parameters(
    parameters: dict[str, np.ndarray], gradients: dict[str, np.ndarray], lr: float
) -> dict[str, np.ndarray]:
    """Take one step of gradient descent: ``w - lr * dw`` for each of the five parameters.

    Parameters
    ----------
    parameters : dict of str to array of float64
        The five parameters.
    gradients : dict of str to array of float64
        Their gradients; there may be more, such as ``da_next``.
    lr : float
        Learning rate.

    Returns
    -------
    dict of str to array of float64
        The five parameters after the step; the arrays may be new ones or those that came in.

    Examples
    --------
    >>> parameters = {name: np.array([[1.0]]) for name in ["Wax", "Waa", "Wya", "b", "by"]}
    >>> gradients = {f"d{name}": np.array([[2.0]]) for name in parameters}
    >>> update_parameters(parameters, gradients, 0.25)["by"]
    array([[0.5]])
    """
    raise NotImplementedError("update_parameters: not written yet")


def optimize(
    X: list[int | None],
    Y: list[int],
    a_prev: np.ndarray,
    parameters: dict[str, np.ndarray],
    learning_rate: float = 0.01,
) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
    """Learn from one word: forward, backward, clip to 5, update.

    Parameters
    ----------
    X : list of int or None
        Index of the input of each step.
    Y : list of int
        Index of the right next character of each step.
    a_prev : (n_a, 1) array of float64
        Hidden state before the first step.
    parameters : dict of str to array of float64
        The five parameters. **They are changed**: after the call, this dictionary holds the
        parameters after the step. ``by`` tells the size of the vocabulary, which need not be 27.
    learning_rate : float
        Learning rate.

    Returns
    -------
    loss : float
        Loss of the word before the step.
    gradients : dict of str to array of float64
        The five gradients that the step used, so after clipping.
    a_last : (n_a, 1) array of float64
        Hidden state after the last step.

    Examples
    --------
    >>> zeros = {"Wax": np.zeros((3, 2)), "Waa": np.zeros((3, 3)), "Wya": np.zeros((2, 3))}
    >>> parameters = {**zeros, "b": np.zeros((3, 1)), "by": np.zeros((2, 1))}
    >>> loss, gradients, a_last = optimize([None, 1], [1, 1], np.zeros((3, 1)), parameters, 0.5)
    >>> parameters["by"]
    array([[-0.5],
           [ 0.5]])
    """
    raise NotImplementedError("optimize: not written yet")
