"""What the line is for that was changed, and which names get their value there."""

from __future__ import annotations

import pytest

from grader.edits import Mutant, mutants_of

TEXT = '''
def f(x, w, d):
    """Compute."""
    a, b = x + 1, x * 2
    d["key"] += a @ w.T
    steps = []
    for t in range(3):
        if t > 1:
            steps.append(a - b)
    self.size[t] = 7
    return a * b
'''


def _mutant(before: str, after: str) -> Mutant:
    (found,) = (one for one in mutants_of(TEXT, "f") if (one.before, one.after) == (before, after))
    return found


@pytest.mark.parametrize(
    ("before", "after", "place", "sets", "kind"),
    [
        ("a, b = (x + 1, x * 2)", "a, b = (x - 1, x * 2)", "sets", ("a",), "edit_operator"),
        ("a, b = (x + 1, x * 2)", "a, b = (x + 1, x)", "sets", ("b",), "edit_missing"),
        ("d['key'] += a @ w.T", "d['key'] += a @ w", "sets", ("key",), "edit_transposed"),
        ("d['key'] += a @ w.T", "d['key'] = a @ w.T", "sets", ("key",), "edit_assigned"),
        ("d['key'] += a @ w.T", "pass", "sets", ("key",), "change_line"),
        ("for t in range(3):", "for t in range(4):", "loop", (), "edit_number"),
        ("if t > 1:", "if t >= 1:", "condition", (), "edit_comparison"),
        ("steps.append(a - b)", "steps.append(a + b)", "sets", ("steps",), "edit_operator"),
        ("self.size[t] = 7", "self.size[t] = 8", "sets", ("size",), "edit_number"),
        ("return a * b", "return a / b", "returned", (), "edit_operator"),
    ],
)
def test_a_mutant_says_where_it_is_and_what_to_look_at(
    before: str, after: str, place: str, sets: tuple[str, ...], kind: str
) -> None:
    """A key stands for itself; in ``a, b = x, y`` each value has its own name."""
    mutant = _mutant(before, after)

    assert (mutant.place, mutant.sets, mutant.kind) == (place, sets, kind)
