"""An upstream put in from outside behaves as the handout's function does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

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


def test_tensors_change_in_place(served: Served) -> None:
    """The same tensor holds what the reference has made of it."""

    def answer(tensors: Any) -> None:
        tensors[0] += 1

    text = """
    def f(tensors):
        alias = tensors[0]
        up(tensors)
        return alias, tensors[0] is alias
    """

    (alias, same), _ = asked(served, text, "(tensors)", answer, [torch.zeros(2, 2)])

    assert alias.tolist() == [[1.0, 1.0]] * 2
    assert same


OWN = """
import torch
def up(params, *, rate=1.0): return [rate * param for param in params]
def learn(params):
    sum(ASKED).sum().backward()
    return [param.grad for param in params]
@torch.no_grad()
def look(params):
    return ASKED
"""


@pytest.mark.parametrize("call", ["up(params, rate=2.0)", "up(iter(params), rate=2.0)"])
def test_a_call_that_loses_gradients_is_the_submissions_own(served: Served, call: str) -> None:
    """So is one with arguments that cannot cross."""
    text = OWN.replace("ASKED", call)
    host = served(text, supplied={"up": "(params, *, rate=1.0)"})

    value = host.value("learn", [torch.ones(2, requires_grad=True)])

    assert value[0].tolist() == [2.0, 2.0]


def test_a_gradient_that_is_there_is_not_lost(served: Served) -> None:
    """What works on the gradients of its arguments is the submission's own, under no_grad too."""
    text = """
    import torch
    def up(params):
        for param in params:
            param.grad *= 0.5
    def f(params):
        params[0].sum().backward()
        with torch.no_grad():
            up(params)
        return params[0].grad
    """

    value, questions = asked(
        served, text, "(params)", lambda *_: None, [torch.ones(2, requires_grad=True)]
    )

    assert value.tolist() == [0.5, 0.5]
    assert questions == []


def test_what_records_nothing_is_asked_for(served: Served) -> None:
    """A parameter alone loses nothing: the reference's version is used under no_grad."""
    questions = []

    def ask(question: wire.Asked) -> wire.Supplied:
        questions.append(question.name)
        return wire.Supplied(wire.encode(7), wire.encode(wire.decode(question.args_payload)))

    host = served(OWN.replace("ASKED", "up(params)"), supplied={"up": "(params)"}, ask=ask)

    assert host.value("look", [torch.ones(2, requires_grad=True)]) == 7
    assert questions == ["up"]


def test_a_version_of_its_own_that_is_not_there_is_missed(served: Served) -> None:
    """As it is where nothing is put in."""
    text, x = "def f(x): return up(x * 2)", torch.ones(2, requires_grad=True)

    reply = served(text, supplied={"up": "(x)"}).call("f", x)

    assert reply == served(text).call("f", x)
