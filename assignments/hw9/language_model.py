"""A language model over characters, from the one-hot inputs to the text that it writes.

A network is a function of ``(inputs, state, params)``: it reads one (batch, vocab) tensor a step
and gives one (batch, vocab) tensor of scores a step. Four of them have names: ``"rnn"``, which you
write, and ``"gru"``, ``"gru_after"`` and ``"lstm"``, which are ready-made; you have built such
cells in the homework before. `run` calls the one of a name.

Rows are examples, so weights stand on the right of a product: ``X @ W_xh``.
"""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


def to_onehot(X: Tensor, n_class: int) -> list[Tensor]:
    """Turn a batch of indices into the inputs of a network, one tensor a step.

    Parameters
    ----------
    X : (batch, steps) Tensor of int64 or float32
        Indices below `n_class`; as float32 they are whole numbers.
    n_class : int
        Number of characters, whether all of them occur in X or not.

    Returns
    -------
    list of (batch, n_class) Tensor of float32
        One tensor a step; each row has a single one, where its index says. One stacked (steps,
        batch, n_class) Tensor is right, too.

    Examples
    --------
    >>> to_onehot(torch.tensor([[0, 2]]), 4)
    [tensor([[1., 0., 0., 0.]]), tensor([[0., 0., 1., 0.]])]
    """
    raise NotImplementedError("to_onehot: not written yet")


def perplexity(loss_sum: float, n: int) -> float:
    """Turn a cross-entropy into the number of characters among which a model hesitates.

    Parameters
    ----------
    loss_sum : float
        Cross-entropy of all characters together, in nats; may be infinite.
    n : int
        How many characters.

    Returns
    -------
    float
        ``exp(loss_sum / n)``; infinite where that is too large for a float.

    Examples
    --------
    >>> perplexity(0.0, 7), perplexity(math.inf, 7)
    (1.0, inf)
    """
    raise NotImplementedError("perplexity: not written yet")


def grad_clipping(params: Iterable[nn.Parameter], theta: float) -> None:
    """Shorten the gradient of all parameters together to a length of `theta`, in place.

    The length is that of one long vector of all gradients: the root of the sum of all squares. If
    it is larger than `theta`, every gradient is multiplied by ``theta / length``; if not, nothing
    changes.

    Parameters
    ----------
    params : iterable of Parameter
        Their ``grad`` is changed. It may be None, which counts as zero and stays None. This may be
        a generator, such as ``model.parameters()``, which can be walked through only once.
    theta : float
        Above zero.

    Examples
    --------
    >>> params = [nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))]
    >>> params[0].grad, params[1].grad = torch.tensor([3.0, 4.0]), torch.tensor([12.0])
    >>> grad_clipping(params, 6.5)
    >>> params[0].grad, params[1].grad
    (tensor([1.5000, 2.0000]), tensor([6.]))
    """
    raise NotImplementedError("grad_clipping: not written yet")


def clipped(
    gradients: Sequence[Tensor | None], theta: float, as_generator: bool = False
) -> list[Tensor | None]:
    """Put gradients into parameters, call `grad_clipping`, take them out again. Ready-made.

    The tests call this one, as a parameter's gradient cannot be passed from one process to another.

    Parameters
    ----------
    gradients : sequence of Tensor or None
        One for each parameter.
    theta : float
        Handed on.
    as_generator : bool
        Whether the parameters are handed on as a generator or as a list.

    Returns
    -------
    list of Tensor or None
        The gradients as they are afterwards.
    """
    params = [nn.Parameter(torch.zeros(() if g is None else g.shape)) for g in gradients]
    for param, gradient in zip(params, gradients, strict=True):
        param.grad = gradient
    grad_clipping((param for param in params) if as_generator else params, theta)
    return [param.grad for param in params]


def get_params(kind: str, n_class: int, hidden: int) -> list[nn.Parameter]:
    """Draw the parameters of a network to start with.

    Weights are normal with mean 0 and standard deviation 0.01, biases are zero. Every entry is a
    tensor of its own that can be trained.

    Parameters
    ----------
    kind : str
        * ``"rnn"``: ``W_xh, W_hh, b_h`` and the output's ``W_hq, b_q``, 5 in all,
        * ``"gru"``: three such triples, for update gate, reset gate and candidate, and the
          output's two, 11 in all,
        * ``"lstm"``: four such triples, for input gate, forget gate, output gate and candidate,
          and the output's two, 14 in all.
    n_class, hidden : int
        Number of characters, and length of the state.

    Returns
    -------
    list of Parameter of float32
        (n_class, hidden), (hidden, hidden), (hidden,) for each triple; (hidden, n_class) and
        (n_class,) for the output.

    Examples
    --------
    >>> [tuple(param.shape) for param in get_params("rnn", 5, 3)]
    [(5, 3), (3, 3), (3,), (3, 5), (5,)]
    >>> len(get_params("gru", 5, 3)), len(get_params("lstm", 5, 3))
    (11, 14)
    """
    raise NotImplementedError("get_params: not written yet")


def trainable(kind: str, n_class: int, hidden: int) -> list[bool]:
    """Tell which parameters of `get_params` get a gradient. Ready-made.

    The tests call this one, as how a tensor was computed cannot be passed from one process to
    another.

    Parameters
    ----------
    kind, n_class, hidden
        Handed on.

    Returns
    -------
    list of bool
        One for each parameter: whether it has a gradient after a backward pass through all of them.
    """
    params = list(get_params(kind, n_class, hidden))
    asking = [param for param in params if param.requires_grad]
    if asking:
        torch.stack([(param**2).sum() for param in asking]).sum().backward()
    return [param.is_leaf and param.grad is not None for param in params]


def init_state(kind: str, batch_size: int, hidden: int) -> tuple[Tensor, ...]:
    """Make the state that a network starts from.

    Parameters
    ----------
    kind : str
        ``"rnn"``, ``"gru"`` or ``"lstm"``.
    batch_size, hidden : int
        Number of examples, and length of the state.

    Returns
    -------
    tuple of (batch_size, hidden) Tensor of float32
        Zeros: ``(H,)``, and for ``"lstm"`` ``(H, C)``.

    Examples
    --------
    >>> [tuple(part.shape) for part in init_state("lstm", 2, 3)]
    [(2, 3), (2, 3)]
    """
    raise NotImplementedError("init_state: not written yet")


def rnn(
    inputs: Sequence[Tensor], state: tuple[Tensor, ...], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Run a plain recurrent network over a sequence, with an output at every step.

    * next state ``H' = tanh(X W_xh + H W_hh + b_h)``
    * output ``H' W_hq + b_q``, from the *new* state

    Parameters
    ----------
    inputs : sequence of (batch, d) Tensor
        One tensor a step.
    state : tuple of one (batch, hidden) Tensor
        The state before the first step: ``(H,)``.
    params : sequence of 5 Tensor
        ``W_xh, W_hh, b_h, W_hq, b_q``: (d, hidden), (hidden, hidden), (hidden,), (hidden, q), (q,).

    Returns
    -------
    outputs : list of (batch, q) Tensor
        One tensor a step.
    state : tuple of one (batch, hidden) Tensor
        The state after the last step: ``(H,)``.

    Examples
    --------
    >>> params = [torch.zeros(size) for size in [(3, 2), (2, 2), (2,), (2, 5), (5,)]]
    >>> outputs, (H,) = rnn([torch.ones(4, 3)] * 6, (torch.zeros(4, 2),), params)
    >>> len(outputs), outputs[0].shape, H.shape
    (6, torch.Size([4, 5]), torch.Size([4, 2]))
    """
    raise NotImplementedError("rnn: not written yet")


def gru(
    inputs: Sequence[Tensor], state: tuple[Tensor, ...], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Run a GRU whose reset gate acts *before* the matrix product. Ready-made.

    The candidate is ``tanh(X W_xh + (R * H) W_hh + b_h)``. The parameters are those of update
    gate, reset gate and candidate, then ``W_hq, b_q``.
    """
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    outputs = []
    for X in inputs:
        Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        R = torch.sigmoid(X @ W_xr + H @ W_hr + b_r)
        candidate = torch.tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        H = Z * H + (1 - Z) * candidate
        outputs.append(H @ W_hq + b_q)
    return outputs, (H,)


def gru_after(
    inputs: Sequence[Tensor], state: tuple[Tensor, ...], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Run a GRU whose reset gate acts *after* the matrix product, as torch.nn.GRU's. Ready-made.

    The candidate is ``tanh(X W_xh + R * (H W_hh) + b_h)``. The parameters are those of `gru`.
    """
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    outputs = []
    for X in inputs:
        Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        R = torch.sigmoid(X @ W_xr + H @ W_hr + b_r)
        candidate = torch.tanh(X @ W_xh + R * (H @ W_hh) + b_h)
        H = Z * H + (1 - Z) * candidate
        outputs.append(H @ W_hq + b_q)
    return outputs, (H,)


def lstm(
    inputs: Sequence[Tensor], state: tuple[Tensor, ...], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Run an LSTM over a sequence. Ready-made.

    The parameters are those of input gate, forget gate, output gate and candidate, then ``W_hq,
    b_q``; the state is ``(H, C)``.
    """
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    H, C = state
    outputs = []
    for X in inputs:
        input_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        forget_gate = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        output_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        candidate = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = forget_gate * C + input_gate * candidate
        H = output_gate * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
    return outputs, (H, C)


def run(
    net: str, inputs: Sequence[Tensor], state: tuple[Tensor, ...], params: Sequence[Tensor]
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Call the network of a name: rnn, gru, gru_after or lstm. Ready-made."""
    networks = {"rnn": rnn, "gru": gru, "gru_after": gru_after, "lstm": lstm}
    return networks[net](inputs, state, params)


def train_epoch(
    net: str,
    params: Sequence[nn.Parameter],
    state: tuple[Tensor, ...],
    batches: Iterable[tuple[Tensor, Tensor]],
    lr: float,
    theta: float,
    reset: bool,
) -> tuple[Sequence[nn.Parameter], tuple[Tensor, ...], float]:
    """Train a network on all batches once, with one step of gradient descent a batch.

    For each batch:

    * The state before it is zeros if `reset` says so. Else it is the state after the batch before
      (before the first batch, the one passed in), *detached*: gradients go back to the beginning
      of this batch and no further.
    * The loss is the mean cross-entropy over all characters of the batch.
    * The gradients are those of this batch alone. They are clipped to `theta` all together, and
      then every parameter moves by ``lr`` times its gradient, downhill.

    Parameters
    ----------
    net : str
        What `run` calls.
    params : sequence of Parameter
        Those of the network; ``b_q``, the last one, has one entry for each character. They may be
        changed in place.
    state : tuple of (batch, hidden) Tensor
        The state to start from; it is not changed.
    batches : iterable of (X, Y)
        Inputs and labels, each a (batch, steps) Tensor of indices.
    lr, theta : float
        Learning rate, and the bound of `grad_clipping`.
    reset : bool
        True for windows in random order, False for strips that go on.

    Returns
    -------
    params : sequence of Parameter
        After the last step.
    state : tuple of (batch, hidden) Tensor
        After the last batch.
    perplexity : float
        Of all characters of all batches, each as it was before its batch's step.

    Examples
    --------
    With parameters of zero, each of four characters is equally likely:

    >>> params = [nn.Parameter(torch.zeros(size)) for size in [(4, 2), (2, 2), (2,), (2, 4), (4,)]]
    >>> X, Y = torch.tensor([[0, 1, 2]]), torch.tensor([[1, 2, 3]])
    >>> params, state, value = train_epoch(
    ...     "rnn", params, (torch.zeros(1, 2),), [(X, Y)], 3.0, 1.0, False
    ... )
    >>> round(value, 4), params[-1].detach()
    (4.0, tensor([-0.7500,  0.2500,  0.2500,  0.2500]))
    """
    raise NotImplementedError("train_epoch: not written yet")


def predict(
    prefix: str,
    n: int,
    net: str,
    params: Sequence[Tensor],
    state: tuple[Tensor, ...],
    char_to_idx: dict[str, int],
    idx_to_char: list[str],
) -> str:
    """Let a network go on with a text.

    It reads the prefix character by character, and then its own characters: after each one it
    writes the character with the largest score.

    Parameters
    ----------
    prefix : str
        At least one character.
    n : int
        How many characters to write.
    net : str
        What `run` calls.
    params : sequence of Tensor
        Those of the network.
    state : tuple of (1, hidden) Tensor
        The state before the first character.
    char_to_idx, idx_to_char : dict, list
        As `load_corpus` gives them.

    Returns
    -------
    str
        The prefix and `n` characters.

    Examples
    --------
    A network that says b, whatever it reads:

    >>> params = [torch.zeros(size) for size in [(2, 1), (1, 1), (1,), (1, 2)]]
    >>> params.append(torch.tensor([0.0, 1.0]))
    >>> predict("a", 3, "rnn", params, (torch.zeros(1, 1),), {"a": 0, "b": 1}, ["a", "b"])
    'abbb'
    """
    raise NotImplementedError("predict: not written yet")
