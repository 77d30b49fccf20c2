"""A submission's values are found among the reference's by value, and where they part by reason."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.steps import SAW, Matching, Run, grouped, in_place_of, mark_behind, marked
from grader.steps.layouts import same
from grader.worker.recording import Recorder

if TYPE_CHECKING:
    from grader.steps import Marked, Outset

RIGHT = """
def f(X, W, V):
    h, states = np.zeros(len(W)), []
    for x in X:
        z = V @ x + W @ h
        h = np.tanh(z)
        states.append(h)
    H = np.array(states)
    return H * (1 - H) * H.max()
"""


def _traced(code: str, own: tuple[str, ...] = ()) -> tuple[Run, Marked]:
    from grader import wire  # noqa: PLC0415

    found = marked(textwrap.dedent(code).strip(), 0, own)
    assert found is not None
    recorder = Recorder()
    recorder.begin(wire.Record(nonce=1, keep=True))
    scope: dict[str, Any] = {"np": np, SAW: recorder.saw}
    exec(found.code, scope)  # noqa: S102 - our own code, with marks
    rng = np.random.default_rng(0)
    scope["f"](rng.normal(size=(5, 3)), rng.normal(size=(4, 4)), rng.normal(size=(4, 3)))
    run = Run.read(recorder.begin(wire.Record(nonce=2)))
    assert run is not None
    return run, found


def _matching(code: str, own: tuple[str, ...] = ()) -> Matching:
    run, found = _traced(code, own)
    right, reference = _traced(RIGHT)
    return Matching(run, grouped(right, [reference]), [found])


def _outsets(code: str, most: int = 1, own: tuple[str, ...] = ()) -> list[Outset]:
    return _matching(code, own).outsets(most)


OTHER_WAYS = {
    "all at once": """
        def f(X, W, V):
            drive = np.einsum("hd,td->ht", V, X)
            H = np.zeros((len(W), len(X)))
            h = np.zeros(len(W))
            for t in range(len(X)):
                H[:, t] = h = np.tanh(drive[:, t] + h @ W.T)
            return (H * H.max() * (1 - H)).T
    """,
    "as columns": """
        def f(X, W, V):
            h, out = np.zeros((len(W), 1)), []
            for row in X:
                h = np.tanh(W @ h + V @ row[:, None])
                out.append(h)
            every = np.stack(out)
            slope = every * (1 - every)
            return slope[..., 0] * every.max()
    """,
}


@pytest.mark.parametrize("code", OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_other_ways_have_the_same_steps(code: str) -> None:
    """Turned, all at once, or with another order of factors: arrays that it computes are steps."""
    matching = _matching(code)

    wrong = [one.spot.text for one in matching.outsets(2) if np.ptp(one.told.value) > 0]
    assert wrong == []


def test_an_expression_that_leaves_the_steps_is_an_outset() -> None:
    """At its first wrong value, out of right ones; what is wrong because of it is none."""
    code = RIGHT.replace("h = np.tanh(z)", "h = np.tanh(z) - 0.3 * h")

    found = _outsets(code)

    assert [one.spot.text for one in found] == ["0.3 * h", "np.tanh(z) - 0.3 * h"]
    assert [one.told.at for one in found] == [1, 1]  # the first state before is zero
    assert {line for one in found for _, line in one.made_in} == {5}


def test_what_is_made_in_two_lines_is_told_with_both() -> None:
    """And not at all where that is too many."""
    code = RIGHT.replace("H = np.array(states)", "odd = W[0] / 7\n    H = np.array(states) + odd")

    one, two = (_outsets(code, most) for most in (1, 2))

    assert "np.array(states) + odd" not in [found.spot.text for found in one]
    (found,) = [found for found in two if found.spot.text == "np.array(states) + odd"]
    assert {line for _, line in found.made_in} == {7, 8}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("W @ h", "W @ h * np.random.rand(4)"),  # what is drawn has reasons elsewhere
        ("np.tanh(z)", "mine(z)"),  # told inside of it
        ("H = np.array(states)", "H = np.array(states[::-1])"),  # right values in a wrong order
    ],
)
def test_what_has_reasons_elsewhere_is_no_outset(old: str, new: str) -> None:
    """Not in that expression, and in none that is made of it."""
    code = RIGHT.replace(old, new) + "\ndef mine(z):\n    return z"
    texts = {one.spot.text for one in _outsets(code, own=("mine",))}

    assert not any(new in text for text in texts)


def test_a_number_that_is_written_down_is_no_step() -> None:
    """Though the solution has it, too: the line in which it is written counts."""
    code = RIGHT.replace("z = V", "four = 4\n        z = V").replace("W @ h\n", "W @ h * four\n")
    most_one, most_two = ({one.spot.text for one in _outsets(code, most)} for most in (1, 2))

    assert "W @ h * four" not in most_one
    assert "W @ h * four" in most_two
    assert "W @ h * len(W)" in {
        one.spot.text for one in _outsets(code.replace("* four", "* len(W)"))
    }


def test_what_could_take_its_place_is_listed_in_its_form() -> None:
    """By the reference's marks, whose values agree first; not what is there already."""
    run, found = _traced(OTHER_WAYS["as columns"].replace("np.tanh(W", "np.arctan(W"))
    right, reference = _traced(RIGHT)
    (spot,) = [spot for spot in found.spots if spot.text.startswith("np.arctan(")]

    listed = in_place_of(run.by_number[spot.number], right)

    (tanh,) = [spot.number for spot in reference.spots if spot.text == "np.tanh(z)"]
    (one,) = [one for one in listed if tanh in one.marks][:1]
    assert [value.shape for value in one.values] == [(4, 1)] * 5
    assert np.allclose(one.values[2][:, 0], right.by_number[tanh][2].value)


def test_parts_of_products_and_sums_belong_to_their_mark() -> None:
    """In any order of factors."""
    right, reference = _traced(RIGHT)
    (product,) = [spot for spot in reference.spots if spot.text == "H * (1 - H) * H.max()"]

    parts = {
        number: every[0].value
        for number, every in grouped(right, [reference]).by_number.items()
        if number not in right.by_number
    }

    assert {mark_behind(number) for number in parts} == {product.number}
    (states,) = [spot.number for spot in reference.spots if spot.text == "np.array(states)"]
    h = right.by_number[states][0].value
    for wanted in (h * (1 - h), h * h.max(), (1 - h) * h.max()):
        assert any(np.allclose(value, wanted) for value in parts.values())


SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=3)
NUMBERS = st.floats(-1e6, 1e6)


@given(arrays.arrays(float, SHAPES, elements=NUMBERS), st.data())
def test_the_order_of_axes_does_not_matter(value: np.ndarray, data: st.DataObject) -> None:
    """Nor does the shape that it is brought into, nor an axis of one."""
    axes = data.draw(st.permutations(range(value.ndim)))

    assert same(value.transpose(axes).reshape(-1), value, 1e-9)
    assert same(value.transpose(axes)[None], value, 1e-9)


@given(arrays.arrays(float, (2, 3), elements=st.integers(-50, 50), unique=True))
def test_the_order_of_entries_does(value: np.ndarray) -> None:
    """A row that is turned round is another value."""
    assert not same(value[:, ::-1], value, 1e-9)
    assert not same(value, value + 1, 1e-9)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e308])
def test_odd_numbers_equal_themselves_alone(odd: float) -> None:
    """And raise no warning."""
    value = np.array([odd, 1.0])

    assert same(value, value.copy(), 1e-9)
    assert not same(value, np.array([2.0, 1.0]), 1e-9)
