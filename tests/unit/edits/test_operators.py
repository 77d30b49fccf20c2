"""Slips of the mind: brackets, order, neighbours, ends of loops."""

from __future__ import annotations

import pytest

from grader.edits.mutants import mutants_of


def _changes(text: str, name: str = "f") -> set[tuple[str, str]]:
    return {(mutant.before, mutant.after) for mutant in mutants_of(text, name)}


def _of_expression(expression: str) -> set[str]:
    """List what an expression of variables that are not the function's own is turned into."""
    head = "return "
    return {
        after.removeprefix(head) for _, after in _changes(f"def f():\n    {head}{expression}\n")
    }


@pytest.mark.parametrize(
    ("expression", "otherwise"),
    [
        ("(a + b) * c", "a + b * c"),
        ("a * (b - c)", "a * b - c"),
        ("(1 - a * a) * b", "1 - a * a * b"),
        ("a * b @ c", "a * (b @ c)"),
        ("a @ (b * c)", "a @ b * c"),
        ("a / (b * c)", "a / b * c"),
        ("a - (b - c)", "a - b - c"),
    ],
)
def test_brackets_are_forgotten_or_put_elsewhere(expression: str, otherwise: str) -> None:
    """Where that makes a difference."""
    assert otherwise in _of_expression(expression)


@pytest.mark.parametrize(
    "expression", ["a + (b + c)", "a + (b - c)", "a * (b * c)", "a * (b / c)", "a @ (b @ c)"]
)
def test_brackets_that_change_rounding_alone_are_kept(expression: str) -> None:
    """Such a mutant would be right."""
    without = expression.replace("(", "").replace(")", "")

    assert without not in _of_expression(expression)


def test_a_sum_is_not_put_in_brackets_that_nobody_writes() -> None:
    """Only brackets that are there can be forgotten."""
    assert not any("(" in other for other in _of_expression("a + b * c"))


@pytest.mark.parametrize(
    ("expression", "others"),
    [
        ("[a, b, c]", {"[b, a, c]", "[a, c, b]"}),
        ("(a, b)", {"(b, a)"}),
        ("(a, *b)", set()),
        ("a[:b]", {"a[:]"}),
        ("a[b:c:d]", {"a[:c:d]", "a[b::d]", "a[b:c]"}),
        ("a is None", {"a is not None", "not a"}),
        ("a is not None", {"a is None", "a"}),
        ("np.zeros(*a)", {"np.ones(*a)"}),
        ("torch.tanh(*a)", {"torch.sigmoid(*a)"}),
        ("np.tanh(*a)", set()),
        ("max(*a)", {"min(*a)"}),
        ("f(a, b, n=c)", {"f(b, a, n=c)", "f(a, b)"}),
    ],
)
def test_what_is_easily_confused_is_exchanged(expression: str, others: set[str]) -> None:
    """Neighbours in a list, bounds, zero with nothing, functions with their counterparts."""
    assert _of_expression(expression) - {"None"} == others


def test_a_method_is_left_out_with_its_arguments() -> None:
    """But not the functions of a module, which would leave the module."""
    changes = _changes("def f(x):\n    return x.transpose(0, 1).sum(dim=1) + np.tanh(x)\n")

    afters = {after for _, after in changes}
    assert "return x.sum(dim=1) + np.tanh(x)" in afters
    assert "return x.transpose(0, 1) + np.tanh(x)" in afters
    assert not any(after.endswith("+ np") for after in afters)


CELL = """\
class Cell:
    def forward(self, x, h_prev):
        h = x @ self.W + h_prev @ self.U
        self.count.add(h)
        return h
"""


def test_a_variable_is_taken_for_its_neighbour() -> None:
    """If the names are alike, and the other one has a value by then."""
    changes = _changes(CELL, "Cell")

    assert ("return h", "return h_prev") in changes
    line = "h = x @ self.W + h_prev @ self.U"
    assert (line, "h = x @ self.U + h_prev @ self.U") in changes
    assert (line, "h = x @ self.W + h_prev @ self.W") in changes
    assert (line, "h = x @ self.W + h @ self.U") not in changes
    assert not any("self @" in after or "h.count" in after for _, after in changes)


def test_an_entry_is_taken_for_its_neighbour() -> None:
    """Keys that the function uses on the same dictionary."""
    changes = _changes("def f(p, g):\n    p['W'] -= g['dW']\n    p['b'] -= g['db']\n")

    assert ("p['W'] -= g['dW']", "p['b'] -= g['dW']") in changes
    assert ("p['W'] -= g['dW']", "p['W'] -= g['db']") in changes
    assert not any("p['db']" in after for _, after in changes)


def test_results_are_unpacked_in_another_order() -> None:
    """Neighbours change places; where values are listed, those do."""
    assert ("a, b = g(x)", "b, a = g(x)") in _changes("def f(x):\n    a, b = g(x)\n")
    listed = _changes("def f(x):\n    a, b = x, 1\n")
    assert ("a, b = (x, 1)", "a, b = (1, x)") in listed
    assert ("a, b = (x, 1)", "b, a = (x, 1)") not in listed


LOOP = """\
def f(xs, h):
    for x in xs:
        h = g(x, h)
        y = k(h)
        print(y)
"""


def test_a_loop_loses_an_end_or_runs_backwards() -> None:
    """Off by one at either end, and the other direction."""
    afters = {after for before, after in _changes(LOOP) if before == "for x in xs:"}

    assert afters == {f"for x in list(xs){part}:" for part in ("[1:]", "[:-1]", "[::-1]")}


@pytest.mark.parametrize(
    "head",
    ["for _ in range(n)", "for i in range(n)", "for x in reversed(xs)", "for x in ('a', 'b')"],
)
def test_a_loop_is_not_turned_round_in_vain(head: str) -> None:
    """Nothing depends on the counter, or `reversed` can be left out, or names come in any order."""
    changes = _changes(f"def f(n, xs, h):\n    {head}:\n        h, _ = g(x, h)\n    return h\n")

    assert not any("[::-1]" in after or "('b', 'a')" in after for _, after in changes)


def test_a_loop_over_names_forgets_each() -> None:
    """The first and the last by the loop's ends, those between by name."""
    changes = _changes("def f(p):\n    for n in ('a', 'b', 'c'):\n        p[n] = 0\n")

    assert ("for n in ('a', 'b', 'c'):", "for n in ('a', 'c'):") in changes


def test_lines_that_depend_on_each_other_change_places() -> None:
    """What is read was there already, so the line works with an old value."""
    changes = _changes("def f(h, x):\n    h = g(x, h)\n    y = k(h)\n    return y\n")

    assert ("h = g(x, h)\ny = k(h)", "y = k(h)\nh = g(x, h)") in changes


@pytest.mark.parametrize(
    "lines",
    [
        "a = g(x)\n    b = g(x)",  # neither needs the other
        "a = g(x)\n    b = g(a)",  # would read what is not there
        "p['a'] += x\n    p['b'] += x",  # two entries
        "y.append(1)\n    x.append(2)",  # two lists
        "self.a = g(x)\n    self.b = g(x)",  # two attributes
        "a = [c for c, _ in x]\n    b = [d for _, d in y]",  # what is left aside
    ],
)
def test_lines_stay_where_it_would_make_no_difference(lines: str) -> None:
    """Or where it would always fail."""
    first, second = lines.split("\n    ")
    changes = _changes(f"def f(self, x, y, p):\n    {lines}\n")

    assert (f"{first}\n{second}", f"{second}\n{first}") not in changes


def test_calls_for_their_effects_change_places() -> None:
    """Syntax cannot tell whether they act on the same."""
    changes = _changes("def f(o, l):\n    o.zero_grad()\n    l.backward()\n")

    assert ("o.zero_grad()\nl.backward()", "l.backward()\no.zero_grad()") in changes


def test_a_line_that_names_a_value_is_left_out_once() -> None:
    """To drop a call that stands alone, or its method, comes to the same."""
    assert [mutant.after for mutant in mutants_of("def f(log, x):\n    log.add(x)\n", "f")] == [
        "pass"
    ]
