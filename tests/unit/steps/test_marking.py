"""Marks tell what expressions give, and change nothing."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pytest

from grader.steps import SAW, Marked, marked

CODES = [
    "def f(x):\n    return x",
    "def f(x, n=3):\n    y = x * n\n    y += 1\n    return y[0], y.sum()",
    "def f(x):\n    out = []\n    for i, v in enumerate(x):\n        if v < 0:\n"
    "            continue\n        out.append(v ** 2 + i)\n    else:\n        out.append(7)\n"
    "    return out",
    "def f(x):\n    def g(v):\n        return v - x[0]\n\n    return [g(v) for v in x if v > 0]",
    "def f(x):\n    n = 0\n    while True:\n        n += 1\n        if n > len(x):\n"
    "            break\n    return {'n': n, **{k: v for k, v in enumerate(x)}}",
    "def f(x):\n    try:\n        return x['a']\n    except IndexError as error:\n"
    "        return type(error).__name__\n    finally:\n        x = None",
    "def f(x):\n    h = lambda v, *w: v + sum(w)\n    return h(*x), f'{x[0]:.2f} {len(x)!r}'",
    "def f(x):\n    a, *b = x\n    (c := a + 1)\n    return a if b else c, -a, not b, a < c < 9",
    "def f(x):\n    with np.errstate(all='ignore'):\n        z = np.asarray(x)\n"
    "    z[1:2] *= 3\n    z[0], q = z[-1], z.max()\n    return z @ z.T, q, z[::-1][..., None]",
    "def f(x):\n    match len(x):\n        case 3:\n            return sum(x)\n"
    "        case n if n > 3:\n            return n\n    return None",
    "class A:\n    n = 2\n\n    def __init__(self, x):\n        super().__init__()\n"
    "        self.x = x\n\n    def __len__(self):\n        return self.n * len(self.x)\n\n"
    "def f(x):\n    return len(A(x))",
    "def f(x):\n    def g():\n        for v in x:\n            got = yield v\n"
    "            yield got\n\n    return list(g())",
]


def _run(code: str, value: Any, saw: Any = None) -> Any:
    scope: dict[str, Any] = {"np": np, SAW: saw}
    exec(code, scope)  # noqa: S102 - our own code, with and without marks
    try:
        return scope["f"](value)
    except Exception as error:  # noqa: BLE001 - both sides are to fail alike
        return type(error), str(error)


def _told(code: str, value: Any) -> list[tuple[str, Any]]:
    """Return expressions and what they gave, in order."""
    found = _marked(code)
    texts = {spot.number: spot.text for spot in found.spots}
    told = []

    def saw(number: int, value: Any) -> Any:
        if texts[number]:
            told.append((texts[number], value))
        return value

    _run(found.code, value, saw)
    return told


def _marked(code: str, first: int = 0, own: tuple[str, ...] = ()) -> Marked:
    found = marked(textwrap.dedent(code), first, own)
    assert found is not None
    return found


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("value", [[1.0, -2.0, 3.0], [], [4, 5, 6, 7]])
def test_code_does_what_it_did(code: str, value: list[float]) -> None:
    """Whatever it is made of, results and errors are the same."""
    before = _run(code, list(value))
    after = _run(_marked(code).code, list(value), lambda _number, value: value)

    np.testing.assert_equal(after, before)


def test_each_expression_tells_its_value_in_order() -> None:
    """Parts first, as Python computes them."""
    told = _told("def f(x):\n    y = x * 2 + 1\n    return y", 3)

    assert told == [("x", 3), ("x * 2", 6), ("x * 2 + 1", 7), ("y", 7)]


def test_a_spot_says_where_it_stands_and_what_it_is_made_of() -> None:
    """Lines count in the definition, numbers from the first."""
    found = _marked("def f(x):\n    y = abs(x)\n    return y + x", first=10)

    by_text = {spot.text: spot for spot in found.spots}
    total = by_text["y + x"]
    assert (total.line, total.statement, total.returned) == (3, (3, 3), True)
    assert [found.spots[number - 10].text for number in total.parts] == ["y", "x"]
    assert found.spots[0].number == 10
    assert [(name, line) for _, name, line in found.bound] == [("y", 2)]


@pytest.mark.parametrize(
    ("expression", "computes"),
    [
        ("x + 1", True),
        ("x.T", True),
        ("np.tanh(x)", True),
        ("abs(x)", True),
        ("x[0]", True),
        ("x.grad", False),  # who has set it is not seen here
        ("np.random.rand(3)", False),
        ("np.random.choice(x)", False),
        ("next(x)", False),
        ("mine(x)", False),  # told inside
    ],
)
def test_only_what_its_parts_decide_computes(expression: str, computes: bool) -> None:
    """Draws, state and the submission's own functions have reasons elsewhere."""
    found = _marked(f"def f(x):\n    return {expression}", own=("mine",))

    assert found.spots[-1].text == expression
    assert found.spots[-1].computes is computes


def test_turns_of_loops_are_told() -> None:
    """That one begins, and that it comes round."""
    found = _marked("def f(x):\n    for v in x:\n        v + 1\n    return 0")
    (loop,) = {spot.loop for spot in found.spots if spot.loop is not None}
    told = []

    def saw(number: int, value: Any) -> Any:
        told.append((number, value))
        return value

    _run(found.code, [5, 6], saw)

    assert [value for number, value in told if number == loop] == [False, True, True]


def test_what_cannot_be_read_has_no_marks() -> None:
    """Neither broken text nor text that nests too deeply."""
    assert marked("def f(:", 0) is None
    assert marked("def f(x):\n    return " + "-" * 20_000 + "x", 0) is None
