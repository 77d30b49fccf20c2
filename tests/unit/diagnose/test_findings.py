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
from grader.diagnose import render
from grader.diagnose.findings import find
from grader.diagnose.texts import texts
from grader.model import Message

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


EXAMPLES: list[tuple[str, Any, Any, dict[str, Any]]] = [
    ("transposed", RIGHT.T, RIGHT, {}),
    ("transposed", SQUARE.T, SQUARE, {}),
    ("transposed", np.swapaxes(SQUARE[..., None] * VECTOR, 0, 1), SQUARE[..., None] * VECTOR, {}),
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
    ("all_zero", 0, 2.5, {}),
    ("sign", -RIGHT, RIGHT, {}),
    ("sign", -2.5, 2.5, {}),
    ("factor", RIGHT * 1.5, RIGHT, {"factor": 1.5}),
    ("factor", RIGHT * -3, RIGHT, {"factor": -3.0}),
    ("offset", RIGHT + 0.25, RIGHT, {"offset": 0.25}),
    ("late", np.concatenate([VECTOR[:1] * 0, VECTOR[:-1]]), VECTOR, {}),
    ("late", np.concatenate([RIGHT[:1], RIGHT[:-1]]), RIGHT, {}),
    ("early", np.concatenate([RIGHT[1:], RIGHT[:1] * 9]), RIGHT, {}),
    ("reversed", RIGHT[::-1], RIGHT, {}),
    ("reversed", RIGHT[1::-1], RIGHT[:2], {}),
    ("first_only", _first_only(0, 2), RIGHT, {}),
    ("last_only", _first_only(3, 1), RIGHT, {}),
]


@pytest.mark.parametrize(
    ("name", "actual", "expected", "fields"),
    EXAMPLES,
    ids=[f"{name}-{number}" for number, (name, *_) in enumerate(EXAMPLES)],
)
def test_each_finding_is_found_where_it_is_true(
    name: str, actual: Any, expected: Any, fields: dict[str, Any]
) -> None:
    """On an array made for it; once, with the numbers that it tells."""
    (found,) = find(actual, expected)

    assert found.key == f"finding_{name}"
    assert found.fields.pop("where") == "result"
    for field, value in fields.items():
        shown = found.fields[field]
        assert shown == (pytest.approx(value) if isinstance(value, float) else value)


def test_every_finding_about_values_has_an_example() -> None:
    """A finding without a test would be one that nobody has seen."""
    about_calls = {
        "as_if_zero", "as_if_transposed", "depends_on_earlier_calls", "ignores_argument",
        "changes_input", "reads_global", "returns_none",
    }  # fmt: skip
    known = {
        key.removeprefix("finding_") for key in texts("en").message if key.startswith("finding_")
    }

    assert known - about_calls == {name for name, *_ in EXAMPLES}


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
        (({0: RIGHT, 1: RIGHT}, -1.5), ({0: RIGHT, 1: RIGHT}, 1.5), "result[1]"),
        ([-RIGHT, -RIGHT], [RIGHT, RIGHT], "result"),
        (np.concatenate([-RIGHT, -RIGHT]), [RIGHT, RIGHT], "result"),
        (torch.from_numpy(-RIGHT), torch.from_numpy(RIGHT), "result"),
    ],
)
def test_the_first_wrong_part_is_named(actual: Any, expected: Any, where: str) -> None:
    """By its path, as one would write it; right parts before it are passed over."""
    (found,) = find(actual, expected)

    assert (found.key, found.fields["where"]) == ("finding_sign", where)


def test_a_dictionary_of_steps_is_looked_at_as_a_whole() -> None:
    """States are often kept by their step, ``-1`` for the first one."""
    expected = {**BY_STEP, -1: np.full(3, 0.5)}
    late = {step: expected[step - 1] if step >= 0 else expected[3] for step in expected}

    (found,) = find(late, expected)

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
    assert find(actual, expected) == []


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
        assert found.key in texts("en").message


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
        assert find(actual, expected) == []
        beside = find((actual, -RIGHT), (expected, RIGHT))
        assert beside == [Message("finding_sign", {"where": "result[1]"})]


def _telling_finds() -> list[Message]:
    return [find(actual, expected)[0] for _, actual, expected, _ in EXAMPLES]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_a_hidden_case_shows_can_be_said_without_a_number(lang: str) -> None:
    """Without its fields a finding is a whole sentence that holds no place and no number."""
    for found in _telling_finds():
        bare = render(Message(found.key), lang)

        assert not re.search(r"[0-9{}\[\]']", bare)
        assert bare != render(found, lang)
