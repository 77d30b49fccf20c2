"""An upstream put in from outside behaves as the handout's function does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    Served = Callable[..., Any]


def asked(served: Served, text: str, signature: str, answer: Any, *args: Any) -> Any:
    """Run a submission whose ``up`` is answered by a function of ours."""
    questions = []

    def ask(question: wire.Asked) -> wire.Supplied:
        given = wire.decode(question.args_payload)
        questions.append((question.name, given))
        result = answer(*given)
        return wire.Supplied(wire.encode(result), wire.encode(given))

    host = served(text, supplied={"up": signature}, ask=ask)
    return host.value("f", *args), questions


def test_an_upstream_takes_the_place_of_the_submissions_own(served: Served) -> None:
    """Also of a name that another file imported from there."""
    text = "def up(x): return 'wrong'\ndef f(x): return up(x)"

    value, questions = asked(served, text, "(x)", lambda x: x + 1, 1)

    assert (value, questions) == (2, [("up", (1,))])


def test_an_upstream_keeps_parameter_names_and_defaults(served: Served) -> None:
    """It can be called by keyword, and without what has a default."""
    text = "def up(x, n=3, rate=0.5): pass\ndef f(x): return up(n=x, x=1)"

    _, questions = asked(served, text, "(x, n=3, rate=0.5)", lambda *_: None, 7)

    assert questions == [("up", (1, 7, 0.5))]


@pytest.mark.parametrize(
    "signature",
    [
        "(*x)",
        "(x, shape=(1, 2))",
        "(x, *, n=3)",
        "(x, text='a,b')",
        "(x, /)",
        "(x, f=max(1, 2))",
    ],
)
def test_any_signature_can_be_put_in(served: Served, signature: str) -> None:
    """Defaults may hold commas and brackets; parameters may be keyword-only."""
    value, _ = asked(served, "def f(x): return up(x)", signature, lambda x, *_: x, 4)

    assert value == 4


def test_arrays_change_in_place(served: Served) -> None:
    """What the upstream changes, the submission sees in its own array."""

    def answer(x: Any) -> None:
        x += 1

    text = "import numpy as np\ndef f(x):\n    up(x)\n    return x"

    value, _ = asked(served, text, "(x)", answer, np.zeros((2, 2)))

    assert value.tolist() == [[1.0, 1.0]] * 2


def test_nested_containers_change_in_place(served: Served) -> None:
    """Dictionaries of arrays, lists of them, new keys, and aliases of what is inside."""

    def answer(parameters: Any) -> Any:
        parameters["W"] += 1
        parameters["list"][1][...] = 5
        parameters["inner"]["b"] = 7
        parameters["new"] = 8
        return parameters

    text = """
    def f(parameters):
        alias = parameters['W']
        up(parameters)
        return alias, parameters
    """
    start = {"W": np.zeros(2), "list": [1, np.zeros(1)], "inner": {"b": 0}}

    (alias, after), _ = asked(served, text, "(parameters)", answer, start)

    assert alias.tolist() == [1.0, 1.0]
    assert after["list"][1].tolist() == [5.0]
    assert (after["inner"], after["new"]) == ({"b": 7}, 8)


def test_an_entry_replaced_by_another_shape_is_replaced(served: Served) -> None:
    """The dictionary holds afterwards what it holds after the reference."""

    def answer(parameters: Any) -> None:
        parameters["W"] = np.ones(3)

    text = "def f(parameters):\n    up(parameters)\n    return parameters['W']"

    value, _ = asked(served, text, "(parameters)", answer, {"W": np.zeros(2)})

    assert value.tolist() == [1.0, 1.0, 1.0]


def test_numbers_in_a_list_change_in_place(served: Served) -> None:
    """A list of plain numbers is as changeable as one of arrays."""

    def answer(numbers: Any) -> None:
        numbers[0] = 5

    text = "def f(numbers):\n    up(numbers)\n    return numbers"

    assert asked(served, text, "(numbers)", answer, [1, 2])[0] == [5, 2]


def test_an_argument_that_cannot_cross_is_the_students(served: Served) -> None:
    """A generator handed to the upstream is named as unusable."""
    host = served("def f(): return up(x for x in 'ab')", supplied={"up": "(x)"})

    assert host.call("f").key == "unusable_type"
