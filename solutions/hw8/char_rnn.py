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
    # BEGIN SOLUTION
    clipped = {}
    for name in ("dWax", "dWaa", "dWya", "db", "dby"):
        clipped[name] = np.clip(gradients[name], -maxValue, maxValue, out=gradients[name])
    return clipped
    # END SOLUTION


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
    # BEGIN SOLUTION
    limit = 50
    newline = char_to_ix["\n"]
    vocab_size = parameters["by"].shape[0]
    x = np.zeros((vocab_size, 1))
    a = np.zeros((parameters["Waa"].shape[0], 1))
    indices: list[int] = []
    for count in range(limit):
        a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a + parameters["b"])
        y = softmax(parameters["Wya"] @ a + parameters["by"])
        np.random.seed(seed + 2 * count)
        indices.append(int(np.random.choice(vocab_size, p=y.ravel())))
        if indices[-1] == newline:
            break
        x = np.zeros((vocab_size, 1))
        x[indices[-1]] = 1
    if len(indices) == limit:
        indices.append(newline)
    return indices
    # END SOLUTION


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
    # BEGIN SOLUTION
    a = np.tanh(parameters["Wax"] @ x + parameters["Waa"] @ a_prev + parameters["b"])
    p = softmax(parameters["Wya"] @ a + parameters["by"])
    return a, p
    # END SOLUTION


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
    # BEGIN SOLUTION
    gradients["dWya"] += dy @ a.T
    gradients["dby"] += dy
    da = parameters["Wya"].T @ dy + gradients["da_next"]
    dz = (1 - a * a) * da
    gradients["dWax"] += dz @ x.T
    gradients["dWaa"] += dz @ a_prev.T
    gradients["db"] += dz
    gradients["da_next"] = parameters["Waa"].T @ dz
    return gradients
    # END SOLUTION


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
    # BEGIN SOLUTION
    x: dict[int, np.ndarray] = {}
    a = {-1: np.copy(a0)}
    y_hat: dict[int, np.ndarray] = {}
    loss = 0.0
    for t, (index, label) in enumerate(zip(X, Y, strict=True)):
        x[t] = np.zeros((vocab_size, 1))
        if index is not None:
            x[t][index] = 1
        a[t], y_hat[t] = rnn_step_forward(parameters, a[t - 1], x[t])
        loss -= float(np.log(y_hat[t][label, 0]))
    return loss, (y_hat, a, x)
    # END SOLUTION


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
    # BEGIN SOLUTION
    y_hat, a, x = cache
    gradients = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(X))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        gradients = rnn_step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    return gradients, a
    # END SOLUTION


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
    # BEGIN SOLUTION
    for name in ("Wax", "Waa", "Wya", "b", "by"):
        parameters[name] -= lr * gradients[f"d{name}"]
    return parameters
    # END SOLUTION


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
        parameters after the step. ``by`` tells the size of the vocabulary: in
        the tests 27, as in the course's own code.
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
    # BEGIN SOLUTION
    vocab_size = parameters["by"].shape[0]
    loss, cache = rnn_forward(X, Y, a_prev, parameters, vocab_size)
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters.update(update_parameters(parameters, gradients, learning_rate))
    return loss, gradients, a[len(X) - 1]
    # END SOLUTION


def get_initial_loss(vocab_size: int, seq_length: int) -> float:
    """Tell what a word costs that is guessed: every character as likely as any other.

    Parameters
    ----------
    vocab_size : int
        Number of characters to choose from.
    seq_length : int
        Number of characters in the word.

    Returns
    -------
    float
        ``-seq_length * log(1 / vocab_size)``, in nats.

    Examples
    --------
    >>> round(float(get_initial_loss(27, 7)), 4)
    23.0709
    """
    # BEGIN SOLUTION
    return seq_length * float(np.log(vocab_size))
    # END SOLUTION


def smooth(loss: float, cur_loss: float) -> float:
    """Take one step of an exponential average.

    Parameters
    ----------
    loss : float
        The average so far.
    cur_loss : float
        What comes in.

    Returns
    -------
    float
        ``0.999 * loss + 0.001 * cur_loss``.

    Examples
    --------
    >>> round(float(smooth(10.0, 20.0)), 4)
    10.01
    """
    # BEGIN SOLUTION
    return 0.999 * loss + 0.001 * cur_loss
    # END SOLUTION


def get_sample(sample_ix: list[int], ix_to_char: dict[int, str]) -> str:
    r"""Spell a sampled word as a name: its first character is upper-case.

    All other characters stay as they are, the newline at the end too.

    Parameters
    ----------
    sample_ix : list of int
        What `sample` returned; at least one index.
    ix_to_char : dict of int to str
        Character of each index.

    Returns
    -------
    str
        As many characters as there are indices. Return it; what you print is not judged.

    Examples
    --------
    >>> get_sample([3, 1, 2, 0], {0: "\n", 1: "n", 2: "a", 3: "a"})
    'Ana\n'
    """
    # BEGIN SOLUTION
    text = "".join(ix_to_char[index] for index in sample_ix)
    return text[:1].upper() + text[1:]
    # END SOLUTION


def load_names(path: str) -> list[str]:
    """Read a file with one name a line, in lower case. This one is ready-made.

    Parameters
    ----------
    path : str
        ``data/dinos.txt``, or a file of your own.

    Returns
    -------
    list of str
        The names in the order of the file; empty lines are left out.
    """
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123  (as beginners open files)
        return [line.strip().lower() for line in lines if line.strip()]


def initialize_parameters(n_a: int, n_x: int, n_y: int) -> dict[str, np.ndarray]:
    """Draw the parameters that training starts from, always the same. This one is ready-made.

    Parameters
    ----------
    n_a : int
        Length of the hidden state.
    n_x, n_y : int
        Length of an input column and of an output column.

    Returns
    -------
    dict of str to array of float64
        Weights of about 0.01 from NumPy's seed 1, biases of zero.

    Examples
    --------
    >>> {name: value.shape for name, value in initialize_parameters(4, 3, 2).items()}
    {'Wax': (4, 3), 'Waa': (4, 4), 'Wya': (2, 4), 'b': (4, 1), 'by': (2, 1)}
    """
    np.random.seed(1)
    return {
        "Wax": np.random.randn(n_a, n_x) * 0.01,
        "Waa": np.random.randn(n_a, n_a) * 0.01,
        "Wya": np.random.randn(n_y, n_a) * 0.01,
        "b": np.zeros((n_a, 1)),
        "by": np.zeros((n_y, 1)),
    }


def model(
    names: list[str],
    ix_to_char: dict[int, str],
    char_to_ix: dict[str, int],
    num_iterations: int = 35000,
    n_a: int = 50,
    dino_names: int = 7,
    vocab_size: int = 27,
) -> tuple[dict[str, np.ndarray], list[float]]:
    r"""Train the network on a list of names, one name an iteration.

    * Shuffle a copy of `names` with ``np.random.seed(0)`` and ``np.random.shuffle``.
    * Start from `initialize_parameters`, a state of zeros, and the smoothed loss
      ``get_initial_loss(vocab_size, dino_names)``.
    * Iteration j learns from name number j; after the last name comes the first one again. The
      inputs are None and the name's characters, the labels are its characters and the newline, so
      both have one entry more than the name. Call `optimize` with a learning rate of 0.01.
    * The state after a name is the state before the next one.

    Parameters
    ----------
    names : list of str
        The names, without newlines. Leave the list as it is.
    ix_to_char, char_to_ix : dict
        Character of each index, and index of each character; the newline need not be 0. You need
        the first one only if you want to print names while the network learns.
    num_iterations : int
        How often to learn.
    n_a : int
        Length of the hidden state.
    dino_names : int
        Length of word that the first smoothed loss is worked out for.
    vocab_size : int
        Number of characters.

    Returns
    -------
    parameters : dict of str to array of float64
        The five parameters after training.
    losses : list of float
        The smoothed loss after each iteration, `num_iterations` of them.

    Examples
    --------
    >>> characters = "\nabcdefghijklmnopqrstuvwxyz"
    >>> char_to_ix = {character: index for index, character in enumerate(characters)}
    >>> ix_to_char = dict(enumerate(characters))
    >>> parameters, losses = model(["ana", "bo"], ix_to_char, char_to_ix, 3, n_a=4)
    >>> [round(float(loss), 4) for loss in losses]
    [23.0577, 23.0478, 23.0346]
    """
    # BEGIN SOLUTION
    examples = list(names)
    np.random.seed(0)
    np.random.shuffle(examples)
    parameters = initialize_parameters(n_a, vocab_size, vocab_size)
    a_prev = np.zeros((n_a, 1))
    loss = get_initial_loss(vocab_size, dino_names)
    losses: list[float] = []
    for step in range(num_iterations):
        word = [char_to_ix[character] for character in examples[step % len(examples)]]
        X, Y = [None, *word], [*word, char_to_ix["\n"]]
        cur_loss, _, a_prev = optimize(X, Y, a_prev, parameters, 0.01)
        loss = smooth(loss, cur_loss)
        losses.append(loss)
    return parameters, losses
    # END SOLUTION
