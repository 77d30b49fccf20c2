"""Two changes of one text, made at once."""

from __future__ import annotations

import pytest

from grader.edits import pair
from grader.edits.pairs import both

TEXT = "def f(x, w):\n    z = w @ x + 1  # sum\n    return tanh(z)\n"


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (
            TEXT.replace("w @ x", "x @ w"),
            TEXT.replace("tanh(z)", "z"),
            "def f(x, w):\n    z = x @ w + 1  # sum\n    return z\n",
        ),
        (
            TEXT.replace("    z = w @ x + 1  # sum\n", "    z = w @ x + 1  # sum\n    z = 2 * z\n"),
            TEXT.replace("tanh", "sigmoid"),
            "def f(x, w):\n    z = w @ x + 1  # sum\n    z = 2 * z\n    return sigmoid(z)\n",
        ),
        (
            TEXT.replace("w @ x", "x @ w"),
            TEXT.replace("1 ", "2 "),
            "def f(x, w):\n    z = x @ w + 2  # sum\n    return tanh(z)\n",
        ),
    ],
    ids=["two lines", "a line more", "one line"],
)
def test_changes_that_stand_apart_are_both_made(first: str, second: str, together: str) -> None:
    """In either order."""
    assert both(TEXT, first, second) == together
    assert both(TEXT, second, first) == together


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TEXT.replace("w @ x", "x @ w"), TEXT.replace("w @ x", "w * x")),
        (TEXT.replace(" + 1", " + 2"), TEXT.replace(" + 1", "")),
        (TEXT.replace("tanh(z)", "z"), TEXT.replace("tanh(z)", "tanh(x)")),
    ],
)
def test_changes_that_meet_are_not_made(first: str, second: str) -> None:
    """What both would come to, nobody has said."""
    assert both(TEXT, first, second) is None


def test_a_pair_has_the_definitions_of_both() -> None:
    """Each of two definitions with its own mistake, or one with both."""
    right = {"f": TEXT.rstrip("\n").split("\n"), "g": ["def g():", "    return 1"]}
    one, other = {"f": TEXT.rstrip("\n").replace("+ 1", "- 1")}, {"g": "def g():\n    return 2"}
    third = {"f": TEXT.rstrip("\n").replace("tanh(z)", "z")}

    assert pair(right, one, other) == one | other
    assert pair(right, one, third) == {"f": "def f(x, w):\n    z = w @ x - 1  # sum\n    return z"}
    assert pair(right, one, one) is None
