"""What the numbers of a wrong value show, and that nothing is claimed of a right one."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.compare import compare
from grader.diagnose.findings import find
from grader.model import Message
from grader.texts import render, words_of

RIGHT = np.random.default_rng(5).standard_normal((4, 3))
SQUARE = np.random.default_rng(6).standard_normal((3, 3))
CUBE = np.random.default_rng(7).standard_normal((4, 3, 2))
VECTOR = np.random.default_rng(8).standard_normal(5)
BY_STEP = {step: RIGHT[step] for step in range(4)}


def _nan_at(step: int) -> Any:
    array = RIGHT.copy()
    array[step:, 1] = np.nan
    return array


def _first_only(first: int, wrong: int) -> Any:
    array = RIGHT + 1 + np.arange(4)[:, None]
    array[first] = RIGHT[first]
    array[wrong] += 1
    return array


ALL_STEPS = ("", "[0]", "[1]")
EXAMPLES: list[tuple[str, Any, Any, dict[str, Any]]] = [
    ("transposed", RIGHT.T, RIGHT, {}),
    ("transposed", SQUARE.T, SQUARE, {}),
    ("axes_swapped", np.swapaxes(SQUARE[..., None] * VECTOR, 0, 1), SQUARE[..., None] * VECTOR, {}),
    ("axes_swapped", np.swapaxes(CUBE, 0, 1), CUBE, {}),
    ("shape_only", VECTOR, VECTOR[:, None], {"shape": "(5, 1)"}),
    ("shape_only", CUBE.reshape(3, 4, 2), CUBE, {"shape": "(4, 3, 2)"}),
    ("shape_only", VECTOR[:1], VECTOR[0], {"shape": "()"}),
    ("broadcast", VECTOR + VECTOR[:, None], VECTOR, {"shape": "(5, 5)", "wanted": "(5,)"}),
    ("broadcast", VECTOR - VECTOR[:, None], VECTOR[:, None], {"wanted": "(5, 1)"}),
    ("broadcast", np.tile(VECTOR, (2, 1)), VECTOR, {"shape": "(2, 5)"}),
    ("summed", RIGHT.sum(0), RIGHT, {"axis": 0}),
    ("summed", RIGHT.sum(1, keepdims=True), RIGHT, {"axis": 1}),
    ("summed", CUBE.sum(2), CUBE, {"axis": 2}),
    ("not_finite", np.nan, 2.5, {}),
    ("not_finite", _nan_at(0), RIGHT, {}),
    ("not_finite_from", _nan_at(2), RIGHT, {"step": 2}),
    ("not_finite_from", np.concatenate([RIGHT[:3], RIGHT[3:] * np.inf]), RIGHT, {"step": 3}),
    ("all_zero", RIGHT * 0, RIGHT, {}),
    ("sign", -RIGHT, RIGHT, {}),
    ("factor", RIGHT * 1.5, RIGHT, {"factor": 1.5}),
    ("factor", RIGHT * -3, RIGHT, {"factor": -3.0}),
    ("offset", RIGHT + 0.25, RIGHT, {"offset": 0.25}),
    ("last_everywhere", RIGHT[[3, 3, 3, 3]], RIGHT, {}),
    ("late", np.concatenate([VECTOR[:1] * 0, VECTOR[:-1]]), VECTOR, {}),
    ("late", np.concatenate([RIGHT[:1], RIGHT[:-1]]), RIGHT, {}),
    ("early", np.concatenate([RIGHT[1:], RIGHT[:1] * 9]), RIGHT, {}),
    ("reversed", RIGHT[::-1], RIGHT, {}),
    ("reversed", RIGHT[1::-1], RIGHT[:2], {}),
    ("first_only", _first_only(0, 2), RIGHT, {}),
    ("last_only", _first_only(3, 1), RIGHT, {}),
    ("nearly", RIGHT * (1 + 1e-7), RIGHT, {}),
    ("nearly", 16.5821964, 16.5821998, {}),
]
ABOUT_STEPS = {"not_finite_from", "last_everywhere", "late", "early", "first_only", "last_only"}


@pytest.mark.parametrize(
    ("name", "actual", "expected", "fields"),
    EXAMPLES,
    ids=[f"{name}-{number}" for number, (name, *_) in enumerate(EXAMPLES)],
)
def test_each_finding_is_found_where_it_is_true(
    name: str, actual: Any, expected: Any, fields: dict[str, Any]
) -> None:
    """On an array made for it; once, with the numbers that it tells."""
    (found,) = find(actual, expected, steps=ALL_STEPS)

    assert found.key == f"finding_{name}"
    assert found.fields.pop("where") == "result"
    for field, value in fields.items():
        shown = found.fields[field]
        assert shown == (pytest.approx(value) if isinstance(value, float) else value)


def test_every_finding_about_values_has_an_example() -> None:
    """A finding without a test would be one that nobody has seen."""
    about_calls = {
        "as_if_zero", "as_if_transposed", "depends_on_earlier_calls", "ignores_argument",
        "ignores_all", "changes_input", "reads_global", "returns_none",
    }  # fmt: skip
    of_several = {"parts", "factor_varies", "one_change"}
    known = {
        key.removeprefix("finding_")
        for key in words_of("findings", "en").templates
        if key.startswith("finding_")
    }

    assert known - about_calls - of_several == {name for name, *_ in EXAMPLES}


def _keys(*args: Any, **options: Any) -> list[str]:
    return [found.key.removeprefix("finding_") for found in find(*args, **options)]


class TestSilence:
    """A false sentence is worse than none."""

    @pytest.mark.parametrize(
        ("name", "actual", "expected", "fields"),
        [example for example in EXAMPLES if example[0] in ABOUT_STEPS],
    )
    def test_nothing_is_said_of_steps_where_none_are_declared(
        self, name: str, actual: Any, expected: Any, fields: Any
    ) -> None:
        """The first axis of a matrix is time only if the exercise says so."""
        assert name not in _keys(actual, expected)
        assert name not in _keys((actual, 1.0), (expected, 1.0), steps=["[1]"])
        assert name in _keys((actual, 1.0), (expected, 1.0), steps=["[0]"])

    @pytest.mark.parametrize(
        ("name", "actual", "expected", "fields"),
        [example for example in EXAMPLES if example[0] not in {"shape_only", "broadcast"}],
        ids=[
            f"{name}-{number}"
            for number, (name, *_) in enumerate(EXAMPLES)
            if name not in {"shape_only", "broadcast"}
        ],
    )
    def test_nothing_is_said_that_another_case_contradicts(
        self, name: str, actual: Any, expected: Any, fields: Any
    ) -> None:
        """A case that is wrong in another way, or one that is right, where it would show there."""
        other = np.asarray(expected) ** 2 + np.asarray(expected)

        assert name not in _keys(actual, expected, [(other, expected)], steps=ALL_STEPS)
        if name not in {"not_finite", "not_finite_from", "nearly"}:
            assert name not in _keys(actual, expected, [(expected, expected)], steps=ALL_STEPS)

    @pytest.mark.parametrize(
        ("name", "actual", "expected", "fields"),
        [
            example
            for example in EXAMPLES
            if example[0] not in {"summed", "offset", "first_only", "last_only"}
            and (np.shape(example[1]) == np.shape(example[2]) or example[0] == "shape_only")
        ],
    )
    def test_a_case_in_which_it_cannot_show_does_not_contradict(
        self, name: str, actual: Any, expected: Any, fields: Any
    ) -> None:
        """Zeros stay zeros under almost everything."""
        zeros = np.zeros_like(expected)
        others = [(zeros, zeros)]

        assert name in _keys(actual, expected, others, steps=ALL_STEPS)

    @pytest.mark.parametrize(
        ("actual", "expected"), [(68, 1101), (4.0, 1.0), (-2.5, 2.5), (0, 2.5), (3.5, 2.5)]
    )
    def test_a_single_number_shows_nothing(self, actual: float, expected: float) -> None:
        """It is always another one's multiple, and a constant away from it."""
        assert find(actual, expected) == []

    def test_single_numbers_show_what_three_of_them_agree_in(self) -> None:
        """And what two agree in, a third may not."""
        others = [(-1.5, 1.5), (-7.0, 7.0)]

        assert _keys(-2.5, 2.5, others) == ["sign"]
        assert _keys(-2.5, 2.5, others[:1]) == []
        assert _keys(-2.5, 2.5, [*others, (-1.5, 1.25)]) == []
        assert _keys(10.0, 2.5, [(6.0, 1.5), (28.0, 7.0)]) == ["factor"]
        assert _keys(4.0, 1.0, [(68, 17), (68, 1101)]) == []

    def test_a_symmetric_matrix_is_no_transpose(self) -> None:
        """It is its own, so what is wrong with it is something else."""
        even = SQUARE + SQUARE.T

        assert _keys(even.T + 1, even) == ["offset"]
        assert _keys(SQUARE.T, SQUARE, [(even, even)]) == ["transposed"]
        assert _keys(SQUARE.T, SQUARE, [(even + 1, even)]) == []

    def test_a_constant_that_differs_is_said_to_differ(self) -> None:
        """A mean in place of a sum depends on how many there are."""
        others = [(CUBE / 3, CUBE), (VECTOR[:1] * 9, VECTOR[:1])]

        assert _keys(RIGHT / 4, RIGHT, others) == ["factor_varies"]
        assert find(RIGHT / 4, RIGHT, others)[0].fields["factor"] == pytest.approx(0.25)
        assert _keys(RIGHT / 4, RIGHT, [*others, (RIGHT, RIGHT)]) == []
        assert _keys(RIGHT / 4, RIGHT, [*others, (RIGHT**2, RIGHT)]) == []
        assert _keys(RIGHT / 4, RIGHT, [*others, (np.ones_like(RIGHT), RIGHT * 0)]) == []

    def test_items_of_a_tuple_are_no_steps(self) -> None:
        """States and outputs may have the same shape, and are different things."""
        assert _keys((RIGHT, RIGHT**2), (RIGHT, RIGHT + 3), steps=ALL_STEPS) == ["parts"]

    def test_one_step_is_no_sequence(self) -> None:
        """A single right step is right; a single wrong one contradicts."""
        first_only = _first_only(0, 2)

        right, wrong = (RIGHT[:1], RIGHT[:1]), (RIGHT[:1] ** 2, RIGHT[:1])
        assert _keys(first_only, RIGHT, [right], steps=ALL_STEPS) == ["first_only"]
        assert _keys(first_only, RIGHT, [wrong], steps=ALL_STEPS) == []

    def test_two_steps_are_too_few_to_tell(self) -> None:
        """One of them is right by chance, or because the first state is zero."""
        pair = (np.stack([RIGHT[0], RIGHT[1] ** 2]), RIGHT[:2])

        assert _keys(*pair, steps=ALL_STEPS) == []
        assert _keys(*pair, [pair], steps=ALL_STEPS) == ["first_only"]

    def test_a_large_error_elsewhere_is_not_nearly_right(self) -> None:
        """In another part or in another case."""
        near = RIGHT * (1 + 1e-7)

        assert _keys(near, RIGHT, [(RIGHT * 1.1 + 1, RIGHT)]) == []
        assert "nearly" not in _keys((near, RIGHT**2), (RIGHT, RIGHT))


class TestParts:
    """Which parts of a result are right each time, and which are not."""

    def test_they_are_told_apart(self) -> None:
        """By their paths."""
        wrong = {"dW": RIGHT**2, "db": VECTOR, "dU": SQUARE}
        right = {"dW": RIGHT, "db": VECTOR, "dU": SQUARE}

        (found,) = find(wrong, right, [(right, right)])

        assert found == Message(
            "finding_parts", {"right": "result['db'], result['dU']", "wrong": "result['dW']"}
        )

    @pytest.mark.parametrize(
        "other",
        [VECTOR**2, VECTOR * (1 + 1e-8), VECTOR * np.nan],
        ids=["wrong", "not exactly right", "nan"],
    )
    def test_a_part_that_is_once_not_right_is_not_called_right(self, other: Any) -> None:
        """Nearly right is not right: the suites may have seen a mistake there."""
        assert _keys((RIGHT**2, VECTOR), (RIGHT, VECTOR), [((RIGHT, other), (RIGHT, VECTOR))]) == []

    def test_zeros_are_no_merit(self) -> None:
        """A part that has to be zero is right without any work."""
        assert _keys((RIGHT**2, VECTOR * 0), (RIGHT, VECTOR * 0)) == []

    def test_many_are_cut(self) -> None:
        """Six are enough."""
        right: dict[str, Any] = {f"p{number}": VECTOR + number for number in range(9)}

        (found,) = find({**right, "q": RIGHT**2}, {**right, "q": RIGHT})

        assert str(found.fields["right"]).endswith("result['p5'], ...")


@pytest.mark.parametrize(
    ("actual", "expected", "where"),
    [
        ((RIGHT, -VECTOR), (RIGHT, VECTOR), "result[1]"),
        ({"dW": -RIGHT, "x": 0}, {"dW": RIGHT}, "result['dW']"),
        ([RIGHT, {"b": [VECTOR, -SQUARE]}], [RIGHT, {"b": [VECTOR, SQUARE]}], "result[1]['b'][1]"),
        ((RIGHT, (-SQUARE,)), (RIGHT, (SQUARE,)), "result[1][0]"),
        ((RIGHT, -SQUARE), (RIGHT, (SQUARE,)), "result[1][0]"),
        ((RIGHT, -SQUARE[None]), (RIGHT, (SQUARE,)), "result[1][0]"),
        ((RIGHT, (-SQUARE,)), (RIGHT, SQUARE), "result[1]"),
        (({0: RIGHT, 1: RIGHT}, -VECTOR), ({0: RIGHT, 1: RIGHT}, VECTOR), "result[1]"),
        ([-RIGHT, -RIGHT], [RIGHT, RIGHT], "result"),
        (np.concatenate([-RIGHT, -RIGHT]), [RIGHT, RIGHT], "result"),
        (torch.from_numpy(-RIGHT), torch.from_numpy(RIGHT), "result"),
    ],
)
def test_the_first_wrong_part_is_named(actual: Any, expected: Any, where: str) -> None:
    """By its path, as one would write it; right parts before it are passed over."""
    found, *parts = find(actual, expected)

    assert (found.key, found.fields["where"]) == ("finding_sign", where)
    assert {one.key for one in parts} <= {"finding_parts"}


@pytest.mark.parametrize("scale", [1, 0.3])
def test_an_index_of_zero_is_a_number_like_any_other(scale: float) -> None:
    """A number that is always zero has not been computed, perhaps; an index is often zero."""
    others = [(0 * scale, right * scale) for right in (2, 3, 5)]

    found = find(0 * scale, 7 * scale, others)

    assert [one.key for one in found] == ["finding_all_zero"] * (scale != 1)


def test_a_dictionary_of_steps_is_looked_at_as_a_whole() -> None:
    """States are often kept by their step, ``-1`` for the first one."""
    expected = {**BY_STEP, -1: np.full(3, 0.5)}
    late = {step: expected[step - 1] if step >= 0 else expected[3] for step in expected}

    (found,) = find(late, expected, steps=[""])

    assert found == Message("finding_late", {"where": "result"})


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ((np.zeros(3), RIGHT + RIGHT**2), (np.zeros(3), RIGHT)),
        ({"a": 0.0, "b": RIGHT**2}, {"a": 0, "b": RIGHT}),
        (np.array([[1, 2], [0, 0], [5, 7.0]]), np.array([[1, 2], [0, 0], [5, 9.0]])),
        (np.array([[5, 7], [0, 0], [1, 2.0]]), np.array([[5, 9], [0, 0], [1, 2.0]])),
        (np.array([[1, 2], [np.nan, 0], [5, 7.0]]), np.array([[1, 2], [np.nan, 0], [5, 9.0]])),
        (np.zeros((3, 2)), np.zeros((2, 3))),
        (RIGHT, 2.5),
        (np.stack([RIGHT, RIGHT**2]), RIGHT),
        (RIGHT**2, RIGHT),
        (RIGHT[:2], RIGHT),
        ("text", RIGHT),
        (None, RIGHT),
        (RIGHT > 0, RIGHT),
        (RIGHT, RIGHT > 0),
        ([], [RIGHT]),
        ([RIGHT, RIGHT[:2] ** 2], [RIGHT, RIGHT[:2]]),
        ({"a": 1}, {"b": 1}),
        (1e308, -3.0),
        (np.full(2, 1e308), np.array([-1.5e308, 1e307])),
        (RIGHT + 1j, RIGHT),
        (RIGHT, RIGHT + 1j),
        (RIGHT * 2, RIGHT * (1 + 1j)),
        (np.zeros((0, 3)), RIGHT),
    ],
)
def test_nothing_is_claimed_that_is_not_so(actual: Any, expected: Any) -> None:
    """Zeros where zeros belong, a step that is right by chance, more steps than were asked for."""
    assert [one for one in find(actual, expected, steps=ALL_STEPS) if "parts" not in one.key] == []


VALUES = st.recursive(
    st.floats(allow_nan=False)
    | st.integers(-5, 5)
    | arrays.arrays(
        st.sampled_from(["float32", "float64", "int64", "complex128"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["a", "b"]) | st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_any_two_values_can_be_looked_at(one: Any, other: Any) -> None:
    """Nothing that a submission returns makes it raise, or warn."""
    for found in find(one, other):
        assert found.key in words_of("findings", "en").templates


def _forms(value: Any) -> Any:
    """Draw a form in which a right value may come."""
    if isinstance(value, list | tuple):
        same = st.tuples(*map(_forms, value))
        forms: list[Any] = [same, same.map(list)]
        arrays_ = [item for item in value if isinstance(item, np.ndarray)]
        if value and len(arrays_) == len(value) and len({item.shape for item in arrays_}) == 1:
            forms.append(st.just(np.stack(arrays_)))
            forms += [st.just(np.concatenate(arrays_))] if arrays_[0].ndim else []
        if isinstance(value, tuple) and len(value) == 1:
            forms.append(_forms(value[0]))
        return st.one_of(forms)
    if isinstance(value, dict):
        return st.fixed_dictionaries({key: _forms(item) for key, item in value.items()}).map(
            lambda drawn: {**drawn, "more": 1}
        )
    return st.just(value) | st.just((value,))


@settings(max_examples=200, deadline=None)
@given(expected=VALUES, data=st.data())
def test_nothing_is_claimed_of_a_right_value(expected: Any, data: Any) -> None:
    """In whatever form it comes, as long as the comparator accepts it."""
    actual = data.draw(_forms(expected))

    if compare(actual, expected) is None:
        assert [one for one in _keys(actual, expected) if one != "nearly"] == []
        beside = find((actual, -RIGHT), (expected, RIGHT))
        assert beside[0] == Message("finding_sign", {"where": "result[1]"})


def _telling_finds() -> list[Message]:
    return [find(actual, expected, steps=ALL_STEPS)[0] for _, actual, expected, _ in EXAMPLES]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_a_hidden_case_shows_can_be_said_without_a_number(lang: str) -> None:
    """Without its fields a finding is a whole sentence that holds no place and no number."""
    for found in _telling_finds():
        bare = render(Message(found.key), lang)

        assert not re.search(r"[0-9{}\[\]']", bare)
        assert bare != render(found, lang)
