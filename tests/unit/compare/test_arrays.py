"""Policy for arrays and tensors: kind, shape, dtype, finiteness, values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from grader.compare import Tolerances, compare
from grader.compare.kinds import EPS32, EPS64

if TYPE_CHECKING:
    from grader.model import Difference


def differ(actual: object, expected: object, tolerances: Tolerances | None = None) -> Difference:
    """Compare two values that must not be accepted."""
    difference = compare(actual, expected, tolerances)
    assert difference is not None, "accepted"
    return difference


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([[1.0, 2.0], [3.0, 4.0]], np.array([[1.0, 2.0], [3.0, 4.0]])),
        (((1, 2), (3, 4)), np.array([[1.0, 2.0], [3.0, 4.0]])),
        ([np.ones(3), np.ones(3)], np.ones((2, 3))),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1, 2], np.uint8), np.array([1, 2], np.int64)),
        (np.ones(2, np.float64), np.ones(2, np.float32)),
        (np.ones(2, np.float32), np.ones(2)),
        ([], np.zeros((0,), np.int64)),
        (2.5, np.array(2.5)),
        ((np.ones(3),), np.ones(3)),
        ((1.0,), np.ones(1)),
        ([True, False], np.array([True, False])),
        (np.array([1.0]), np.array([1.0 + 0j])),
    ],
    ids=repr,
)
def test_accepts_arrays_of_other_origin(actual: object, expected: object) -> None:
    """Lists make arrays, ints stand for floats, a higher precision does no harm."""
    assert compare(actual, expected) is None


@pytest.mark.parametrize(
    ("actual", "expected", "kind"),
    [
        (torch.ones(2), np.ones(2), "kind"),
        ([torch.ones(()), torch.ones(())], np.ones(2), "kind"),
        ([[1.0], [1.0, 2.0]], np.ones((2, 2)), "kind"),
        ([1.0, None], np.ones(2), "kind"),
        ([1.0, "1.0"], np.ones(2), "kind"),
        ([True, 1.0], np.ones(2), "kind"),
        ("11", np.ones(2), "kind"),
        (None, np.ones(2), "kind"),
        ({"a": 1}, np.ones(1), "kind"),
        (np.array([1.0, None], dtype=object), np.ones(2), "dtype"),
        (torch.tensor([1.0, 2.0]), torch.tensor([1, 2]), "dtype"),
        (np.array([True, True]), np.array([1, 1]), "dtype"),
        (np.array([1, 1]), np.array([True, True]), "dtype"),
        (np.array([1j, 1j]), np.ones(2), "dtype"),
        ([1.0, 2.5], np.array([1, 2]), "value"),
        (np.array([1.0, np.nan]), np.array([1, 2]), "not_finite"),
    ],
    ids=repr,
)
def test_tells_families_of_arrays_apart(actual: object, expected: object, kind: str) -> None:
    """A tensor is no array; floats are no indices; truth values are no numbers."""
    assert differ(actual, expected).kind == kind


SHAPES: list[tuple[int, ...]] = [(), (1,), (3,), (3, 1), (1, 3), (0,), (0, 3), (3, 0), (3, 3)]


@pytest.mark.parametrize("actual", SHAPES, ids=str)
@pytest.mark.parametrize("expected", SHAPES, ids=str)
def test_never_broadcasts(actual: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Arrays of ones are equal exactly when their shapes are; so are tensors and nested lists."""
    same = actual == expected

    for make in (np.ones, torch.ones):
        difference = compare(make(actual), make(expected))
        assert (difference is None) is same
        assert same or (difference is not None and difference.kind == "shape")
    listed = compare(np.ones(actual).tolist(), np.ones(expected))
    shape_of_list = np.asarray(np.ones(actual).tolist()).shape
    assert (listed is None) is (shape_of_list == expected)


@pytest.mark.parametrize("empty", [[], (), {}, None, "", np.zeros(0), torch.zeros(0), [[]], ([],)])
@pytest.mark.parametrize(
    "expected",
    [0.0, [0.0], (0.0,), [np.zeros(2)], np.zeros(2), np.zeros((1, 2)), torch.zeros(2), {"a": 0.0}],
    ids=repr,
)
def test_empty_equals_nothing_that_is_not(empty: object, expected: object) -> None:
    """What holds no number shows nothing about the expected ones."""
    assert compare(empty, expected) is not None
    assert compare(expected, empty) is not None or isinstance(empty, dict)


@pytest.mark.parametrize("actual", [np.ones(2), [1.0, 1.0], (1.0, 1.0), 1.0, None], ids=repr)
def test_a_tensor_is_wanted_where_one_is_expected(actual: object) -> None:
    """Gradients flow through tensors alone."""
    assert differ(actual, torch.ones(2)).kind == "kind"


def test_requires_grad_and_parameters_do_not_matter() -> None:
    """Only the numbers of a tensor are compared."""
    expected = torch.arange(3.0)

    assert compare(torch.arange(3.0, requires_grad=True), expected) is None
    assert compare(torch.nn.Parameter(torch.arange(3.0)), expected) is None
    assert compare((expected,), expected) is None
    assert compare(torch.arange(3), expected) is None
    assert differ(expected, torch.arange(3)).kind == "dtype"


def test_names_lower_precision_as_such() -> None:
    """A value that only half precision spoils is a difference in dtype, a wrong one in value."""
    expected = np.array([0.1, 0.2, 0.3])

    coarse = differ(expected.astype(np.float16), expected)
    wrong = differ((expected * 1.01).astype(np.float32), expected)

    assert (coarse.kind, coarse.total) == ("dtype", 3)
    assert wrong.kind == "value"
    assert differ(torch.tensor(0.1, dtype=torch.bfloat16), 0.1).kind == "dtype"


def test_float32_is_judged_with_the_tolerance_that_it_deserves() -> None:
    """As many roundings are allowed as in float64, but of float32; and a note is taken."""
    expected, notes = np.array([0.1, 0.2, 0.3]), set[str]()
    single = expected.astype(np.float32)

    assert compare(single, expected, notes=notes) is None
    assert notes == {"precision"}
    assert compare(single.astype(np.float64), expected) is None
    assert compare(single * (1 + 100 * EPS32), expected) is None
    assert differ(single * (1 + 300 * EPS32), expected).kind == "value"
    assert differ(expected * (1 + 100 * EPS32), expected).kind == "value"


def test_float32_scales_the_tolerance_that_was_derived() -> None:
    """Where a case amplifies rounding, it amplifies that of float32, up to what still judges."""
    expected = np.array([1.0, 2.0])
    tolerances = Tolerances({"": 1000 * 128 * EPS64})
    off = np.array([1.0, 2.01])

    assert compare(off.astype(np.float32), expected, tolerances) is None
    assert differ(off, expected, tolerances).kind == "value"
    assert differ(np.array([1.0, 2.1], np.float32), expected, tolerances).kind == "value"
    vast = Tolerances({"": 1e6 * 128 * EPS64})
    assert differ(np.array([1.0, 2.1], np.float32), expected, vast).kind == "value"


def test_nothing_is_told_of_values_in_the_form_that_was_asked_for() -> None:
    """Neither float64 nor integers, nor float32 where that is expected, need a word."""
    notes = set[str]()

    for value in (np.array([0.1]), np.array([1, 2]), 7, torch.tensor([0.1]), [0.1, 0.7], "a"):
        assert compare(value, value, notes=notes) is None

    assert notes == set()


def test_whole_floats_may_stand_for_integers() -> None:
    """An array or number of floats that equals the integers is right, and one is told."""
    notes = set[str]()

    assert compare(np.array([1.0, 0.0]), np.array([1, 0]), notes=notes) is None
    assert notes == {"whole"}
    assert compare(np.float32(12.0), 12) is None
    assert compare(12.0, 12) is None
    assert compare([3.0, 1.0], [3, 1]) is None
    assert differ(True, 1).kind == "kind"
    assert differ(torch.tensor([3.0, 1.0]), torch.tensor([3, 1])).kind == "dtype"


def test_half_precision_never_passes_by_a_vacuous_tolerance() -> None:
    """The relative tolerance stays below 1/64 even where eps alone would allow everything."""
    expected = torch.ones(3, dtype=torch.bfloat16)

    assert compare(expected.clone(), expected) is None
    assert differ(expected * 1.25, expected).kind == "value"


def test_finds_the_element_furthest_off() -> None:
    """The difference counts wrong elements and shows the worst."""
    expected = np.arange(1.0, 13.0).reshape(3, 4)
    actual = expected.copy()
    actual[0, 1] += 1e-3
    actual[2, 3] -= 0.5

    difference = differ({"dWax": [actual]}, {"dWax": [expected]})

    assert difference.path == "['dWax'][0]"
    assert difference.index == (2, 3)
    assert (difference.expected, difference.actual) == ("12.0", "11.5")
    assert difference.error == 0.5
    assert (difference.wrong, difference.total) == (2, 12)
    assert difference.tolerance is not None
    assert 0 < difference.tolerance < 1e-9


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_should_be_finite_must_be(bad: float) -> None:
    """NaN compares as nothing, so it is looked for first."""
    expected = np.ones((2, 3))
    actual = expected.copy()
    actual[1, 2] = bad
    actual[0, 0] = 7.0

    difference = differ(actual, expected)

    assert (difference.kind, difference.index, difference.wrong) == ("not_finite", (1, 2), 1)


def test_expected_infinities_and_nans_stand_in_place() -> None:
    """Perplexity may be infinite; then it must be so, with its sign."""
    expected = np.array([1.0, np.inf, -np.inf, np.nan])

    assert compare(expected.copy(), expected) is None
    for wrong in ([1, np.inf, np.inf, np.nan], [1, 2, -np.inf, np.nan], [1, np.inf, -np.inf, 0]):
        difference = differ(np.array(wrong), expected)
        assert difference.kind == "value"
        assert difference.error is None
    assert differ([1.0, np.inf, -np.inf, 2.0], [1.0, np.inf, -np.inf, np.nan]).index == (3,)


def test_huge_errors_are_no_warning() -> None:
    """The distance of two huge numbers overflows to infinity, silently."""
    assert differ(np.array([1.7e308]), np.array([-1.7e308])).error == np.inf


def test_large_ints_are_compared_exactly() -> None:
    """Ints that no float tells apart are different all the same."""
    assert differ(np.array([2**53 + 1]), np.array([2**53])).kind == "value"
    assert compare(np.array([2**63], np.uint64), np.array([2**63], np.uint64)) is None
    assert differ(np.array([2**64 - 1], np.uint64), np.array([-1])).kind == "value"
