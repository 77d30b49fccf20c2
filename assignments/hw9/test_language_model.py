"""Tests of language_model: from one-hot inputs to training, and to the text that it writes.

`rng` draws the inputs and `torch` is the module. `check.NAME(...)` calls yours and ours with equal
copies of the inputs and compares; `submission.NAME(...)` calls yours alone.
"""

from __future__ import annotations

import math

import pytest

from inputs_hw9 import (
    GATES,
    HUGE,
    draw,
    draw_indices,
    joined,
    make_batches,
    make_params,
    make_state,
    make_tables,
    make_trained,
    weights_of,
)

CHARACTERS = "abcdefghijkl"

# to_onehot


@pytest.mark.exercise("to_onehot")
@pytest.mark.points(3)
@pytest.mark.parametrize(("batch", "steps", "n_class"), [(2, 3, 5), (4, 2, 3), (3, 3, 4)])
def test_has_one_tensor_a_step(check, torch, rng, batch, steps, n_class):
    """Each step has a row for each example, with a one where its index says."""
    check.to_onehot(draw_indices(torch, rng, n_class, batch, steps), n_class)


@pytest.mark.exercise("to_onehot")
def test_rows_are_as_long_as_there_are_characters(check, torch):
    """The length of a row does not depend on which characters occur."""
    check.to_onehot(torch.tensor([[0, 1, 0], [1, 0, 1]]), 6)


@pytest.mark.exercise("to_onehot")
def test_takes_indices_in_float32(check, submission, torch, rng):
    """Some programs keep indices in float32."""
    X = draw_indices(torch, rng, 7, 3, 4)
    X[2, 3] = 6

    rows = submission.to_onehot(X.float(), 7)

    check.equal(joined(torch, rows, 7), torch.eye(7)[X.T].reshape(-1, 7))


@pytest.mark.exercise("to_onehot")
def test_inputs_are_float32(check, torch, rng):
    """They are multiplied by weights of float32, which takes nothing else."""
    rows = check.to_onehot(draw_indices(torch, rng, 4, 2, 5), 4)
    dtype = str(rows[0].dtype).removeprefix("torch.")

    assert dtype == "float32", f"the tensors hold {dtype}; weights take float32 alone"


# perplexity


@pytest.mark.exercise("perplexity")
@pytest.mark.points(3)
@pytest.mark.parametrize("n", [4, 17, 300])
def test_is_the_exponential_of_the_mean(check, rng, n):
    """A mean cross-entropy of between 1 and 3 nats gives the right number."""
    check.perplexity(float(n * (1 + 2 * rng.random())), n)


@pytest.mark.exercise("perplexity")
@pytest.mark.points(2)
@pytest.mark.parametrize("n_class", [27, 1027])
def test_counts_equally_likely_characters(check, submission, n_class):
    """Guessing among all characters gives their number, knowing them gives 1."""
    check.equal(submission.perplexity(9 * math.log(n_class), 9), float(n_class))
    check.equal(submission.perplexity(0.0, 9), 1.0)


@pytest.mark.exercise("perplexity")
@pytest.mark.parametrize("loss_sum", [math.inf, 5000.0])
def test_is_infinite_for_what_was_impossible(check, submission, loss_sum):
    """A probability of zero, and what is too large for a float, give infinity and no error."""
    check.equal(submission.perplexity(loss_sum, 6), math.inf)
    check.equal(submission.perplexity(6 * math.log(5), 6), 5.0)


# grad_clipping; `clipped` puts gradients into parameters, calls it and takes them out again


@pytest.mark.exercise("grad_clipping")
@pytest.mark.points(3)
@pytest.mark.parametrize("theta", [0.25, 1.0, 3.0])
def test_shortens_all_gradients_by_one_factor(check, torch, rng, theta):
    """Several parameters of different shapes have one length together."""
    shapes = [(3, 2), (4,), (1, 5)]

    check.clipped([draw(torch, rng, *shape, scale=2.0) for shape in shapes], theta)


@pytest.mark.exercise("grad_clipping")
@pytest.mark.points(2)
@pytest.mark.parametrize("theta", [15.0, 6.5])
def test_leaves_short_gradients_alone(check, submission, torch, theta):
    """What is shorter than theta stays as it is, what is longer gets the length theta."""
    gradients = [torch.tensor([3.0, -4.0]), torch.tensor([[12.0], [0.0]])]

    for factor in (0.25, 2.0):
        found = submission.clipped([factor * gradient for gradient in gradients], theta)
        scale = min(factor, theta / 13)
        check.equal(found, [scale * gradient for gradient in gradients])


@pytest.mark.exercise("grad_clipping")
def test_does_what_torch_does(check, submission, torch, rng):
    """torch.nn.utils.clip_grad_norm_ gives the same gradients."""
    gradients = [draw(torch, rng, *shape) for shape in ((2, 4), (5,), (3, 3))]
    params = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for param, gradient in zip(params, gradients, strict=True):
        param.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_(params, 0.7)

    check.equal(submission.clipped(gradients, 0.7), [param.grad for param in params])


@pytest.mark.exercise("grad_clipping")
def test_leaves_out_parameters_without_a_gradient(check, torch, rng):
    """A gradient that is None stays None, and the others are clipped."""
    check.clipped([None, draw(torch, rng, 3), draw(torch, rng, 2, 2), None], 0.5)


@pytest.mark.exercise("grad_clipping")
def test_takes_a_generator(check, torch, rng):
    """model.parameters() is a generator: whoever walks through it twice finds nothing left."""
    check.clipped([draw(torch, rng, 3, 2), draw(torch, rng, 4)], 0.5, True)


# get_params


@pytest.mark.exercise("get_params")
@pytest.mark.points(3)
@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_has_parameters_and_state_of_the_right_shapes(check, submission, kind):
    """Shapes come in the order of the handout; state and parameters fit each other."""
    params = submission.get_params(kind, 7, 4)
    state = submission.init_state(kind, 3, 4)

    triples = [[7, 4], [4, 4], [4]] * GATES[kind]
    check.equal([list(param.shape) for param in params], [*triples, [4, 7], [7]])
    if not isinstance(state, tuple | list):
        state = (state,)
    check.equal([list(part.shape) for part in state], [[3, 4]] * (2 if kind == "lstm" else 1))
    empty = [weight for weight in weights_of(params) if not weight.abs().max() > 0]
    assert not empty, "there are weights that are zero"


@pytest.mark.exercise("get_params")
@pytest.mark.points(2)
@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_draws_small_weights_and_takes_zeros_for_the_rest(check, submission, torch, kind):
    """Weights are normal with a standard deviation of 0.01, biases and state are zero."""
    # Of N numbers, the standard deviation is off by one part in the root of 2 N, as a rule, and
    # the mean by the deviation over the root of N; six times that is allowed.
    params = submission.get_params(kind, 37, 50)
    weights = weights_of(params)
    biases = [param.detach() for param in params if param.squeeze().dim() == 1]

    assert len(weights) == 2 * GATES[kind] + 1, "not as many weights as the handout lists"
    for weight in weights:
        n = weight.numel()
        assert abs(weight.std().item() / 0.01 - 1) < 6 / math.sqrt(2 * n), (
            f"the standard deviation of a weight is {weight.std().item():.4f}, not 0.01"
        )
        assert abs(weight.mean().item()) < 6 * 0.01 / math.sqrt(n), (
            f"the mean of a weight is {weight.mean().item():.4f}, not 0"
        )
    check.equal([bias.abs().sum().item() for bias in biases], [0.0] * len(biases))
    state = submission.init_state(kind, 2, 3)
    check.equal(state[0] if isinstance(state, tuple | list) else state, torch.zeros(2, 3))


@pytest.mark.exercise("get_params")
@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_every_parameter_is_drawn_and_can_be_trained(submission, kind):
    """No two weights are the same numbers, and all get gradients, in float32."""
    params = submission.get_params(kind, 6, 6)

    weights = [tuple(weight.flatten().tolist()) for weight in weights_of(params)]
    assert len(set(weights)) == len(weights), "two weights hold the same numbers"
    assert all(param.requires_grad for param in params), "a parameter does not ask for gradients"
    assert all(submission.trainable(kind, 6, 6)), (
        "a parameter has no gradient after a backward pass: only leaves keep theirs, and what is "
        "computed from a tensor that asks for gradients is none"
    )
    dtypes = {str(param.dtype).removeprefix("torch.") for param in params}
    assert dtypes == {"float32"}, f"the parameters hold {', '.join(sorted(dtypes))}, not float32"


# rnn


@pytest.mark.exercise("rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(("steps", "batch", "d", "hidden", "q"), [(3, 2, 5, 4, 6), (5, 4, 2, 3, 1)])
def test_rnn_computes_outputs_and_state(check, torch, rng, steps, batch, d, hidden, q):
    """Over several steps, from a random state, the outputs and the last state are right."""
    inputs = [draw(torch, rng, batch, d) for _ in range(steps)]

    check.rnn(
        inputs, (draw(torch, rng, batch, hidden),), make_params(torch, rng, "rnn", (d, hidden, q))
    )


@pytest.mark.exercise("rnn")
def test_rnn_can_go_on_from_its_state(check, submission, torch, rng):
    """A run in two parts, the second from the state after the first, equals one run."""
    params, start = make_params(torch, rng, "rnn", (2, 3, 6)), (draw(torch, rng, 4, 3),)
    inputs = [draw(torch, rng, 4, 2) for _ in range(5)]

    whole, last = submission.rnn(inputs, start, params)
    first, middle = submission.rnn(inputs[:2], start, params)
    middle = middle if isinstance(middle, tuple | list) else (middle,)
    second, end = submission.rnn(inputs[2:], tuple(middle), params)

    parts = torch.cat([joined(torch, first, 6), joined(torch, second, 6)])
    check.equal(parts, joined(torch, whole, 6))
    check.equal(end, last)
    afresh, _ = submission.rnn(inputs[2:], start, params)
    moved = (joined(torch, afresh, 6) - joined(torch, second, 6)).detach().abs().max()
    assert bool(moved > 1e-3), "the outputs do not depend on the first state"


@pytest.mark.exercise("rnn")
@pytest.mark.points(2)
def test_rnn_agrees_with_pytorch(check, submission, torch, rng):
    """With the same weights, the states are those of torch.nn.RNN."""
    W_xh, W_hh, b_h = params = make_params(torch, rng, "rnn", (3, 4, 4))[:3]
    layer = torch.nn.RNN(3, 4)
    layer.load_state_dict(
        {
            "weight_ih_l0": W_xh.T,
            "weight_hh_l0": W_hh.T,
            "bias_ih_l0": b_h,
            "bias_hh_l0": torch.zeros(4),
        }
    )
    inputs, start = draw(torch, rng, 5, 2, 3), draw(torch, rng, 2, 4)

    outputs, _ = submission.rnn(list(inputs), (start,), [*params, torch.eye(4), torch.zeros(4)])

    expected, _ = layer(inputs, start.unsqueeze(0))
    check.equal(joined(torch, outputs, 4), expected.reshape(-1, 4))


@pytest.mark.exercise("rnn")
def test_rnn_can_be_trained(check, torch, rng):
    """Gradients reach the first state and all five parameters, through all steps."""
    params = [p.requires_grad_() for p in make_params(torch, rng, "rnn", (2, 3, 6))]
    inputs = [draw(torch, rng, 5, 2) for _ in range(4)]

    check.rnn(inputs, (draw(torch, rng, 5, 3).requires_grad_(),), params, gradients=True)


@pytest.mark.exercise("rnn")
@pytest.mark.timeout_s(90)
def test_rnn_is_about_as_fast_as_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden, q = 32, 24, 20, 28, 5

    def make():
        inputs = [draw(torch, rng, batch, d) for _ in range(steps)]
        state = (draw(torch, rng, batch, hidden),)
        return inputs, state, make_params(torch, rng, "rnn", (d, hidden, q), scale=0.15)

    stopwatch.rnn(make, bound=4.0)


# train_epoch


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(3)
@pytest.mark.parametrize(("net", "batch", "steps"), [("gru", 2, 4), ("lstm", 3, 2)])
def test_learns_from_one_batch(check, torch, rng, net, batch, steps):
    """The parameters make the right step, and the perplexity is that before it."""
    params = make_trained(torch, rng, net, 5, 3)
    state = make_state(torch, rng, net, batch, 3)

    check.train_epoch(
        net, params, state, make_batches(torch, rng, 5, 1, batch, steps), 0.5, HUGE, False
    )


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(4)
@pytest.mark.parametrize("net", ["gru", "gru_after", "lstm"])
def test_goes_on_from_batch_to_batch(check, torch, rng, net):
    """The state goes on without its history, and no gradient is left of the batch before."""
    params = make_trained(torch, rng, net, 4, 3)
    state = make_state(torch, rng, net, 2, 3)

    check.train_epoch(
        net, params, state, make_batches(torch, rng, 4, 3, 2, 5), 0.3, HUGE, False, unchanged=(2,)
    )


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(3)
@pytest.mark.parametrize("net", ["gru", "lstm"])
def test_starts_every_batch_from_zeros_if_told_so(check, torch, rng, net):
    """With reset, no batch knows of another one, nor of the state passed in."""
    params = make_trained(torch, rng, net, 4, 2)
    state = make_state(torch, rng, net, 3, 2)

    check.train_epoch(net, params, state, make_batches(torch, rng, 4, 2, 3, 4), 0.4, HUGE, True)


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(3)
@pytest.mark.parametrize(("theta", "reset"), [(0.05, False), (0.3, True)])
def test_clips_before_it_steps(check, torch, rng, theta, reset):
    """Each step is as long as lr times theta, and points downhill."""
    params = make_trained(torch, rng, "gru", 5, 4)
    state = make_state(torch, rng, "gru", 3, 4)

    check.train_epoch("gru", params, state, make_batches(torch, rng, 5, 2, 3, 2), 2.0, theta, reset)


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(2)
def test_weighs_batches_by_their_characters(check, torch, rng):
    """The perplexity is that of all characters, also where batches are not equally long."""
    params = make_trained(torch, rng, "lstm", 4, 3)
    batches = [make_batches(torch, rng, 4, 1, 2, steps)[0] for steps in (1, 6, 3)]
    state = make_state(torch, rng, "lstm", 2, 3)

    check.train_epoch("lstm", params, state, batches, 0.5, HUGE, False, like=lambda found: found[2])


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(2)
def test_trains_the_plain_network(check, torch, rng):
    """The network that you have written learns like the ready-made ones."""
    params, state = make_trained(torch, rng, "rnn", 5, 3), make_state(torch, rng, "rnn", 2, 3)

    check.train_epoch("rnn", params, state, make_batches(torch, rng, 5, 2, 2, 3), 0.4, 0.5, False)


# predict


@pytest.mark.exercise("predict")
@pytest.mark.points(4)
@pytest.mark.parametrize(("net", "length", "n"), [("gru", 3, 6), ("lstm", 1, 8), ("gru", 6, 4)])
def test_goes_on_with_a_text(check, torch, rng, net, length, n):
    """From a random state, the whole text is right."""
    params = make_params(torch, rng, net, (9, 7, 9), scale=2.0)
    char_to_idx, idx_to_char = make_tables(rng, 9, CHARACTERS)
    prefix = "".join(rng.choice(idx_to_char, size=length))

    check.predict(
        prefix, n, net, params, make_state(torch, rng, net, 1, 7), char_to_idx, idx_to_char
    )


@pytest.mark.exercise("predict")
@pytest.mark.points(2)
@pytest.mark.parametrize(("length", "n"), [(4, 5), (2, 1)])
def test_writes_n_characters_behind_the_prefix(check, torch, rng, length, n):
    """The text begins with the prefix and is n characters longer."""
    params = make_params(torch, rng, "gru_after", (8, 6, 8), scale=2.0)
    char_to_idx, idx_to_char = make_tables(rng, 8, CHARACTERS)
    prefix = "".join(rng.choice(idx_to_char, size=length))

    text = check.predict(
        prefix, n, "gru_after", params, make_state(torch, rng, "gru_after", 1, 6), char_to_idx,
        idx_to_char,
    )  # fmt: skip

    check.equal(text[:length], prefix)
    check.equal(len(text), length + n)


@pytest.mark.exercise("predict")
@pytest.mark.points(2)
def test_feeds_back_what_it_has_written(check, torch, rng):
    """A network that says, for every character, the next one of a cycle walks round the cycle."""
    n_class = 7
    cycle = torch.eye(n_class).roll(1, dims=1)
    shut = torch.full((n_class,), -50.0)
    zeros = [torch.zeros(n_class, n_class) for _ in range(2)]
    gates = [*zeros, shut, *zeros, torch.zeros(n_class)]
    params = [*gates, 3 * cycle, zeros[0], torch.zeros(n_class), 5 * torch.eye(n_class)]
    char_to_idx, idx_to_char = make_tables(rng, n_class, CHARACTERS)

    check.predict(
        idx_to_char[2] + idx_to_char[5], 9, "gru", [*params, torch.zeros(n_class)],
        (torch.zeros(1, n_class),), char_to_idx, idx_to_char,
    )  # fmt: skip


@pytest.mark.exercise("predict")
@pytest.mark.points(2)
def test_writes_with_the_plain_network(check, torch, rng):
    """The network that you have written can be asked like the ready-made ones."""
    params = make_params(torch, rng, "rnn", (8, 6, 8), scale=1.5)
    char_to_idx, idx_to_char = make_tables(rng, 8, CHARACTERS)
    prefix = "".join(rng.choice(idx_to_char, size=2))

    check.predict(
        prefix, 7, "rnn", params, make_state(torch, rng, "rnn", 1, 6), char_to_idx, idx_to_char
    )
