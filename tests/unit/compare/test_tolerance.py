"""Tolerances: derived from dtype and conditioning, refused where they would judge nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from grader.compare import Tolerances, coarsest_epsilon, compare, derive, perturb
from grader.compare.tolerance import SAFETY
from grader.errors import HarnessError

EPS64 = float(np.finfo(np.float64).eps)
EPS32 = float(np.finfo(np.float32).eps)
DELTA = 2.0**-26


def probed(function: Any, inputs: Any, delta: float = DELTA, seed: int = 0) -> Tolerances:
    """Derive the tolerances of a function's result on some inputs."""
    generator = np.random.default_rng(seed)
    probes = [function(*perturb(inputs, generator, delta)) for _ in range(3)]
    return derive(function(*inputs), probes, delta)


def test_without_probes_only_rounding_is_allowed() -> None:
    """The tolerance of a leaf is relative to its largest element."""
    expected = np.array([0.1, -8.3])

    assert derive(expected, [], DELTA).to_dict() == {"": SAFETY * EPS64 * 8.3}
    assert derive(expected.astype("f4"), [], DELTA).by_path[""] == pytest.approx(
        SAFETY * EPS32 * 8.3
    )


def test_spread_of_the_probes_is_allowed_for() -> None:
    """A result that moves ten times as far as its inputs is ten times less exact."""
    expected = np.array([1.5])

    tolerances = derive(expected, [expected * (1 + 10 * DELTA)], DELTA)

    assert tolerances.by_path[""] == pytest.approx(SAFETY * EPS64 * 1.5 * 11, rel=1e-6)


def test_each_floating_leaf_has_its_own_path() -> None:
    """Paths read as Python would index the value; ints and texts need no tolerance."""
    value = ([1.5, 2.5], {"a": np.ones(2), 3: torch.ones(2)}, 7, "x", None, (0.1, np.float32(2)))

    paths = derive(value, [value], DELTA).to_dict()

    assert list(paths) == ["[0]", "[1]['a']", "[1][3]", "[5][0]", "[5][1]"]


def test_reordered_computation_passes_and_a_wrong_one_does_not() -> None:
    """A recurrent net summed in another order is right; a weight off by a percent is wrong."""
    generator = np.random.default_rng(3)
    x, w, h = generator.normal(size=(20, 7)), generator.normal(size=(7, 5)), np.eye(5) * 0.9

    def forwards(x: Any, w: Any, h: Any) -> Any:
        state = np.zeros(5, x.dtype)
        for step in x:
            state = np.tanh(step @ w + state @ h)
        return state

    def reordered(x: Any, w: Any, h: Any) -> Any:
        state = np.zeros(5, x.dtype)
        for step in x:
            both = np.concatenate([state, step[::-1]])
            state = np.tanh(both @ np.concatenate([h, w[::-1]]))
        return state

    for dtype, delta in (("f8", DELTA), ("f4", 2.0**-12)):
        inputs = (x.astype(dtype), w.astype(dtype), h.astype(dtype))
        tolerances = probed(forwards, inputs, delta)
        off = w.astype(dtype).copy()
        off[0, 0] *= 1.01

        assert compare(reordered(*inputs), forwards(*inputs), tolerances) is None
        assert compare(forwards(inputs[0], off, inputs[2]), forwards(*inputs), tolerances)


@pytest.mark.parametrize("seed", range(5))
def test_tells_gru_variants_apart_in_float32(seed: int) -> None:
    """Fusing the gates passes; resetting after the product, as nn.GRU does, never does."""
    generator = np.random.default_rng(seed)
    shapes = [(6, 2, 3), (2, 4), *3 * [(3, 4)], *3 * [(4, 4)]]
    inputs = [torch.from_numpy(generator.normal(size=shape)).float() for shape in shapes]

    def gru(*inputs: Any, fused: bool = False, reset_after: bool = False) -> Any:
        xs, state, wz, wr, wc, uz, ur, uc = inputs
        for x in xs:
            if fused:
                both = x @ torch.cat([wz, wr], 1) + state @ torch.cat([uz, ur], 1)
                z, r = torch.sigmoid(both).chunk(2, 1)
            else:
                z, r = torch.sigmoid(x @ wz + state @ uz), torch.sigmoid(x @ wr + state @ ur)
            history = r * (state @ uc) if reset_after else (r * state) @ uc
            candidate = torch.tanh(x @ wc + history)
            state = (
                candidate + z * (state - candidate) if fused else z * state + (1 - z) * candidate
            )
        return state

    tolerances = probed(gru, inputs, 2.0**-12, seed)

    assert compare(gru(*inputs, fused=True), gru(*inputs), tolerances) is None
    assert compare(gru(*inputs, reset_after=True), gru(*inputs), tolerances) is not None


def test_refuses_a_chaotic_case() -> None:
    """A result that no longer depends on its inputs in a useful way cannot be judged."""

    def chaotic(x: Any) -> Any:
        for _ in range(40):
            x = 4 * x * (1 - x)
        return {"orbit": x}

    with pytest.raises(HarnessError, match=r"ill-conditioned.*\['orbit'\]"):
        probed(chaotic, (np.array([0.3, 0.4]),))


def test_refuses_less_amplification_in_float32() -> None:
    """What float64 can still judge may be noise in float32."""

    def amplify(x: Any) -> Any:
        return x + 1e4 * (x - 1.5)

    assert probed(amplify, (np.array([1.5]),)).by_path[""] < 1e-9
    with pytest.raises(HarnessError, match="ill-conditioned"):
        probed(amplify, (np.array([1.5], "f4"),), 2.0**-12)


def test_refuses_a_zero_that_is_not_stable() -> None:
    """A leaf that is zero by cancellation has no scale to be judged by."""
    with pytest.raises(HarnessError, match="from zero"):
        derive(np.zeros(2), [np.full(2, 1e-9)], DELTA)
    assert derive(np.zeros(2), [np.zeros(2)], DELTA).to_dict() == {"": 0.0}


def test_refuses_half_precision() -> None:
    """Roundings of that size hide most mistakes."""
    with pytest.raises(HarnessError, match="half precision"):
        derive(torch.ones(2, dtype=torch.bfloat16), [], DELTA)


@pytest.mark.parametrize("delta", [0.0, 1.0, -1e-6, float("nan")])
def test_refuses_a_perturbation_of_no_use(delta: float) -> None:
    """A spread over nothing says nothing."""
    with pytest.raises(HarnessError, match="perturbation"):
        derive(1.5, [], delta)


@pytest.mark.parametrize(
    "probe",
    [None, [1.0], np.ones(3), np.ones((2, 1)), np.array([1.0, np.nan]), np.array([np.inf, 1.0])],
    ids=repr,
)
def test_ignores_probes_that_cannot_be_compared(probe: object) -> None:
    """A probe of other form tells nothing about a leaf, and is no reason to fail."""
    expected = np.array([1.1, 1.2])

    assert derive(expected, [probe], DELTA) == derive(expected, [], DELTA)


def test_infinite_elements_do_not_spoil_the_rest() -> None:
    """Scale and spread are those of the finite elements."""
    expected = np.array([2.1, np.inf])
    probe = np.array([2.1 * (1 + DELTA), np.inf])

    tolerance = derive(expected, [probe], DELTA).by_path[""]

    assert tolerance == pytest.approx(SAFETY * EPS64 * 4.2, rel=1e-6)


def test_floats_born_in_float32_are_judged_as_such() -> None:
    """The loss of a float32 net, taken out by item(), carries float32 rounding."""
    loss = torch.tensor([0.1, 0.7]).sum().item()

    assert compare(loss * (1 + 2 * EPS32), loss) is None
    assert compare([loss * (1 + 2 * EPS32)], [loss]) is None
    assert compare(0.8 * (1 + 3 * EPS32), 0.8) is not None


def test_working_precision_of_the_inputs_counts() -> None:
    """The exponential of a float32 loss looks like float64 but is not."""
    perplexity = float(np.exp(float(np.float32(0.7))))
    inputs = [torch.ones(2), 3, "x", 0.5]

    tolerances = derive(perplexity, [], DELTA, coarsest_epsilon(inputs))

    assert coarsest_epsilon(inputs) == EPS32
    assert compare(perplexity * (1 + EPS32), perplexity, tolerances) is None
    assert compare(perplexity * (1 + EPS32), perplexity) is not None
    assert compare(torch.tensor(perplexity * 1.001), perplexity, tolerances).kind == "value"  # type: ignore[union-attr]  # it differs
    assert coarsest_epsilon({"a": [1, None]}) == 0


def test_tolerances_survive_storage() -> None:
    """They are kept beside golden values as plain numbers."""
    tolerances = derive({"a": np.ones(2), "b": 0.1}, [], DELTA)

    assert Tolerances.from_dict(json.loads(json.dumps(tolerances.to_dict()))) == tolerances


@pytest.mark.parametrize("stored", [{"": -1.0}, {"": float("nan")}, {"": float("inf")}, {"": "1"}])
def test_refuses_stored_tolerances_that_accept_everything(stored: Any) -> None:
    """A damaged golden file must not turn into full marks."""
    with pytest.raises(HarnessError, match="no stored tolerance"):
        Tolerances.from_dict(stored)


def test_paths_without_a_tolerance_have_the_default() -> None:
    """So a view of a result can be compared with what was derived for the whole."""
    tolerances = Tolerances.from_dict({"[0]": 0.5})

    assert compare([np.ones(2) + 0.4, np.ones(2)], [np.ones(2), np.ones(2)], tolerances) is None
    found = compare([np.ones(2), np.ones(2) + 0.4], [np.ones(2), np.ones(2)], tolerances)
    assert found is not None
    assert found.path == "[1]"
