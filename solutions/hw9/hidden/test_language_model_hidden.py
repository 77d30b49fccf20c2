"""Hidden tests of language_model: other sizes, and the same steps by hand and by torch.

Seeds depend on the batch's salt, so that no answer can be known in advance.
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

CHARACTERS = "春夏秋冬风花雪月abcd"

# to_onehot


@pytest.mark.exercise("to_onehot")
@pytest.mark.points(2)
@pytest.mark.parametrize(("batch", "steps", "n_class"), [(1, 6, 4), (5, 1, 9), (4, 4, 4)])
def test_onehot_of_any_sizes(check, torch, rng, batch, steps, n_class):
    """One example, one step, and all sizes equal."""
    X = draw_indices(torch, rng, n_class, batch, steps)
    X[-1, -1] = n_class - 1

    check.to_onehot(X, n_class)


@pytest.mark.exercise("to_onehot")
def test_onehot_can_be_turned_back(check, submission, torch, rng):
    """Each row sums to one, and its largest entry is the index."""
    X = draw_indices(torch, rng, 11, 3, 5)

    rows = joined(torch, submission.to_onehot(X, 11), 11)

    check.equal(rows.sum(dim=1), torch.ones(15))
    check.equal(rows.argmax(dim=1).reshape(5, 3), X.T)


# perplexity


@pytest.mark.exercise("perplexity")
@pytest.mark.points(2)
@pytest.mark.parametrize("n", [1, 60, 2500])
def test_perplexity_of_any_number_of_characters(check, rng, n):
    """From a single character to many, from nearly certain to quite surprised."""
    check.perplexity(float(n * rng.uniform(0.01, 5)), n)


@pytest.mark.exercise("perplexity")
def test_perplexity_of_what_never_happens(check, submission, rng):
    """Too large for a float is infinite; just below, it is a number."""
    n = int(rng.integers(3, 9))

    check.equal(submission.perplexity(720.0 * n, n), math.inf)
    check.equal(submission.perplexity(6.0 * n, n), math.exp(6))


# grad_clipping


@pytest.mark.exercise("grad_clipping")
@pytest.mark.points(2)
@pytest.mark.parametrize("as_generator", [False, True], ids=["list", "generator"])
def test_clips_gradients_of_any_shapes(check, torch, rng, as_generator):
    """One factor for vectors, matrices and what has three axes, None among them."""
    gradients = [draw(torch, rng, *shape, scale=3.0) for shape in ((2, 3, 2), (3,), (7,), (1, 1))]

    check.clipped([*gradients[:2], None, *gradients[2:]], 1.5, as_generator)


@pytest.mark.exercise("grad_clipping")
@pytest.mark.points(2)
def test_keeps_the_direction(check, submission, torch, rng):
    """Afterwards the length is theta, and all entries have shrunk alike."""
    gradients = [draw(torch, rng, 4, scale=5.0), draw(torch, rng, 2, 3, scale=0.2)]

    found = submission.clipped(gradients, 0.8)

    lengths = [torch.cat([part.flatten() for part in parts]).norm() for parts in (gradients, found)]
    check.equal(lengths[1].item(), 0.8)
    check.equal([part * lengths[0] / 0.8 for part in found], gradients)


@pytest.mark.exercise("grad_clipping")
def test_a_gradient_of_just_the_length_stays(check, submission, torch):
    """What is exactly as long as theta is multiplied by one; a little less shortens it."""
    gradients = [torch.tensor([6.0]), torch.tensor([[0.0, 8.0]])]

    check.equal(submission.clipped(gradients, 10.0), gradients)
    check.equal(submission.clipped(gradients, 5.0), [0.5 * part for part in gradients])


# get_params


@pytest.mark.exercise("get_params")
@pytest.mark.points(2)
@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_parameters_fit_any_sizes(check, submission, rng, kind):
    """Shapes follow from the arguments."""
    n_class, hidden, batch = (int(size) for size in rng.permutation([3, 5, 8]))

    params = submission.get_params(kind, n_class, hidden)
    state = submission.init_state(kind, batch, hidden)

    triples = [[n_class, hidden], [hidden, hidden], [hidden]] * GATES[kind]
    output = [[hidden, n_class], [n_class]]
    check.equal([list(param.shape) for param in params], [*triples, *output])
    state = state if isinstance(state, tuple | list) else (state,)
    check.equal([list(part.shape) for part in state], [[batch, hidden]] * len(state))
    check.equal(len(state), 2 if kind == "lstm" else 1)
    empty = [weight for weight in weights_of(params) if not weight.abs().max() > 0]
    assert not empty, "there are weights of zero"
    assert all(submission.trainable(kind, n_class, hidden)), "a parameter gets no gradient"


@pytest.mark.exercise("get_params")
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_weights_are_spread_like_normal_numbers(submission, kind):
    """About 68 in 100 of them lie within one standard deviation, and 95 within two."""
    # Of N numbers a share s is off by the root of s (1 - s) / N, as a rule; six times that is
    # allowed.
    params = submission.get_params(kind, 40, 45)
    weights = weights_of(params)

    assert len(weights) == 2 * GATES[kind] + 1, "not as many weights as the handout lists"
    for weight in weights:
        n = weight.numel()
        for bound, share in ((0.01, 0.6827), (0.02, 0.9545)):
            found = (weight.abs() < bound).double().mean().item()
            assert abs(found - share) < 6 * math.sqrt(share * (1 - share) / n), (
                f"{100 * found:.0f} % of the weights lie between -{bound} and {bound}; of "
                f"normal numbers with a standard deviation of 0.01, {100 * share:.0f} % do"
            )


# rnn


@pytest.mark.exercise("rnn")
@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("steps", "batch", "d", "hidden", "q"), [(6, 3, 4, 4, 4), (4, 1, 7, 2, 5), (1, 4, 3, 5, 2)]
)
def test_rnn_is_right_for_any_sizes(check, torch, rng, steps, batch, d, hidden, q):
    """Outputs and state are right for one row, for one step, and where all sizes are equal."""
    inputs = [draw(torch, rng, batch, d) for _ in range(steps)]
    params = make_params(torch, rng, "rnn", (d, hidden, q), scale=0.5)

    check.rnn(inputs, (draw(torch, rng, batch, hidden),), params)


@pytest.mark.exercise("rnn")
def test_rnn_has_the_right_gradients(check, torch, rng):
    """The gradients of the inputs, the first state and the parameters are right."""
    params = [p.requires_grad_() for p in make_params(torch, rng, "rnn", (3, 2, 4), scale=0.5)]
    inputs = [draw(torch, rng, 2, 3).requires_grad_() for _ in range(5)]

    check.rnn(inputs, (draw(torch, rng, 2, 2).requires_grad_(),), params, gradients=True)


@pytest.mark.exercise("rnn")
@pytest.mark.timeout_s(90)
def test_rnn_keeps_up_with_the_reference(stopwatch, torch, rng):
    """The batch is computed as a whole: at most four times the time that array operations take."""
    steps, batch, d, hidden, q = 27, 30, 18, 33, 7

    def make():
        inputs = [draw(torch, rng, batch, d) for _ in range(steps)]
        state = (draw(torch, rng, batch, hidden),)
        return inputs, state, make_params(torch, rng, "rnn", (d, hidden, q), scale=0.13)

    stopwatch.rnn(make, bound=4.0)


# train_epoch


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(10)
@pytest.mark.parametrize(
    ("net", "reset", "theta", "batch"),
    [
        ("gru", False, 0.2, 4),
        ("lstm", False, HUGE, 4),
        ("gru_after", True, HUGE, 1),
        ("lstm", True, 0.1, 4),
    ],
)
def test_trains_for_any_sizes(check, torch, rng, net, reset, theta, batch):
    """Parameters, state and perplexity are right over several batches, also of one example."""
    params, state = (
        make_trained(torch, rng, net, 6, 4, scale=0.5),
        make_state(torch, rng, net, batch, 4),
    )
    batches = make_batches(torch, rng, 6, 3, batch, 3)

    check.train_epoch(net, params, state, batches, 0.5, theta, reset, unchanged=(2,))


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(5)
def test_steps_as_torch_does(check, submission, torch, rng):
    """One batch, by torch's own layer, loss, clipping and optimizer."""
    layer, dense = torch.nn.LSTM(4, 3), torch.nn.Linear(3, 4)
    params = make_trained(torch, rng, "lstm", 4, 3, scale=0.5)
    ours = [param.detach() for param in params]
    order = (0, 3, 9, 6)  # torch stacks its gates in the order i, f, g, o
    layer.load_state_dict(
        {
            "weight_ih_l0": torch.cat([ours[at].T for at in order]),
            "weight_hh_l0": torch.cat([ours[at + 1].T for at in order]),
            "bias_ih_l0": torch.cat([ours[at + 2] for at in order]),
            "bias_hh_l0": torch.zeros(12),
        }
    )
    dense.load_state_dict({"weight": ours[12].T, "bias": ours[13]})
    layer.bias_hh_l0.requires_grad_(False)
    H, C = make_state(torch, rng, "lstm", 2, 3)
    ((X, Y),) = make_batches(torch, rng, 4, 1, 2, 5)
    states, _ = layer(torch.eye(4)[X.T], (H.unsqueeze(0), C.unsqueeze(0)))
    loss = torch.nn.functional.cross_entropy(dense(states).reshape(-1, 4), Y.T.reshape(-1))
    loss.backward()
    trained = [*layer.parameters(), *dense.parameters()]
    torch.nn.utils.clip_grad_norm_([param for param in trained if param.requires_grad], 0.4)
    torch.optim.SGD([param for param in trained if param.requires_grad], lr=0.7).step()

    found, _, value = submission.train_epoch("lstm", params, (H, C), [(X, Y)], 0.7, 0.4, False)

    check.equal(found[12].detach(), dense.weight.detach().T)
    parts = [found[at].detach() for at in order]
    check.equal(torch.cat([part.T for part in parts]), layer.weight_ih_l0.detach())
    check.equal(value, loss.exp().item())


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(5)
def test_an_epoch_in_two_halves_is_one_epoch(check, submission, torch, rng):
    """Parameters and state of a first call lead a second one to where one call leads."""
    params, state = (
        make_trained(torch, rng, "gru", 5, 3, scale=0.5),
        make_state(torch, rng, "gru", 2, 3),
    )
    batches = make_batches(torch, rng, 5, 4, 2, 4)

    whole, end, value = submission.train_epoch("gru", params, state, batches, 0.4, 0.3, False)
    half, middle, early = submission.train_epoch("gru", params, state, batches[:2], 0.4, 0.3, False)
    middle = middle if isinstance(middle, tuple | list) else (middle,)
    middle = tuple(part.detach() for part in middle)
    half = [torch.nn.Parameter(part.detach()) for part in half]
    both, last, late = submission.train_epoch("gru", half, middle, batches[2:], 0.4, 0.3, False)

    check.equal([part.detach() for part in both], [part.detach() for part in whole])
    check.equal(last, end)
    check.equal(early * late, value**2)
    assert value >= 1, "a perplexity below 1 would be better than certainty"
    moved = max(float((a - b).detach().abs().max()) for a, b in zip(whole, params, strict=True))
    assert moved > 1e-3, "the parameters have not moved"


# predict


@pytest.mark.exercise("predict")
@pytest.mark.points(4)
@pytest.mark.parametrize(
    ("net", "length", "n"), [("gru_after", 2, 9), ("lstm", 7, 5), ("rnn", 1, 6)]
)
def test_predicts_for_any_sizes(check, torch, rng, net, length, n):
    """The text is right for short and long prefixes, from a random state."""
    params = make_params(torch, rng, net, (11, 8, 11), scale=1.8)
    char_to_idx, idx_to_char = make_tables(rng, 11, CHARACTERS)
    prefix = "".join(rng.choice(idx_to_char, size=length))

    check.predict(
        prefix, n, net, params, make_state(torch, rng, net, 1, 8), char_to_idx, idx_to_char
    )


@pytest.mark.exercise("predict")
@pytest.mark.points(2)
def test_the_whole_prefix_counts(check, submission, reference, torch, rng):
    """Prefixes that end alike and begin differently may be continued differently."""
    params = make_params(torch, rng, "gru", (10, 9, 10), scale=2.5)
    char_to_idx, idx_to_char = make_tables(rng, 10, CHARACTERS)
    state = make_state(torch, rng, "gru", 1, 9)

    for first in idx_to_char[:5]:
        prefix = first + idx_to_char[7] + idx_to_char[8]
        args = (prefix, 4, "gru", params, state, char_to_idx, idx_to_char)
        check.equal(submission.predict(*args), reference.predict(*args))
