"""Each operator changes exactly what it is for, one place at a time."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.edits.mutants import mutants_of
from grader.errors import CatalogError
from grader.mistakes import put_in

ROOT = Path(__file__).parents[3]


def _changes(body: str) -> list[str]:
    """List what the body of a function is turned into, without the change of its last line."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    text = f"def f():\n{lines}"  # no variables of its own, so that none is taken for another
    head = len("def f():\n")
    bodies = [mutant.code[head:] for mutant in mutants_of(text, "f")]
    return ["\n".join(line[4:] for line in found.split("\n")) for found in bodies]


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("a + b", ["a - b", "a", "b"]),
        ("a - b", ["a + b", "a", "b"]),
        ("a * b", ["a / b", "a", "b"]),
        ("a / b", ["a * b", "a", "b"]),
        ("a // b", ["a * b"]),
        ("a % b", ["a // b"]),
        ("a ** b", ["a * b"]),
        ("a @ b", ["b @ a", "a * b"]),
        ("a ^ b", ["a | b"]),
        ("a & b", ["a | b"]),
        ("a | b", ["a & b"]),
        ("a << b", ["a >> b"]),
        ("a >> b", ["a << b"]),
        ("a < b", ["a <= b"]),
        ("a <= b", ["a < b"]),
        ("a > b", ["a >= b"]),
        ("a >= b", ["a > b"]),
        ("a == b", ["a != b"]),
        ("a != b", ["a == b"]),
        ("a is b", ["a is not b"]),
        ("a is not b", ["a is b"]),
        ("a in b", ["a not in b"]),
        ("a not in b", ["a in b"]),
        ("a and b", ["a or b"]),
        ("a or b", ["a and b"]),
        ("not a", ["a"]),
        ("-a", ["a"]),
        ("+a", []),
        ("3", ["4", "2"]),
        ("2.5", ["5.0"]),
        ("0.0", ["1.0"]),
        ("-1", ["1", "-2", "-0"]),
        ("True", ["False"]),
        ("'text'", []),
        ("b'text'", []),
        ("a.T", ["a"]),
        ("a.mT", ["a"]),
        ("a.t", []),
        ("a if b else c", ["a", "c"]),
        ("f(a)", ["a"]),
        ("f(*a)", []),
        ("a.copy()", ["a"]),
        ("f()", []),
        ("f(a, b, c)", ["f(b, a, c)", "f(a, c, b)"]),
        ("f(a, n=b)", ["f(a)"]),
        ("f(n=a, m=b)", ["f(m=b)", "f(n=a)"]),
        ("a.f(b)", ["b"]),
        ("a[1:]", ["a[2:]", "a[0:]", "a[:]"]),
    ],
)
def test_an_expression_is_changed_in_every_way_there_is(
    expression: str, changed: list[str]
) -> None:
    """And in no other; that nothing is returned comes besides."""
    wanted = [f"return {other}" for other in changed]

    assert sorted(_changes(f"return {expression}")) == sorted([*wanted, "return None"])


@pytest.mark.parametrize(
    ("statement", "changed"),
    [
        ("a.append(b)", ["pass"]),
        ("x = a", ["pass"]),
        ("x += a", ["pass", "x -= a", "x = a"]),
        ("x @= a", ["pass", "x *= a", "x = a"]),
        ("del a[b]", ["pass"]),
        ("if a:\n    del b", ["pass", "if not a:\n    del b", "if a:\n    pass"]),
        ("while a:\n    break", ["while not a:\n    break", "while a:\n    continue"]),
        (
            "for x in a:\n    continue",
            [
                "for x in a:\n    break",
                "for x in list(a)[1:]:\n    continue",
                "for x in list(a)[:-1]:\n    continue",
            ],
        ),
        ("return", []),
        ("raise a", []),
        ("x: int = a", ["pass"]),
        ("pass", []),
        ("return None", []),
    ],
)
def test_a_statement_is_changed_in_every_way_there_is(statement: str, changed: list[str]) -> None:
    """Left out, negated, or ended otherwise."""
    assert sorted(_changes(statement)) == sorted(changed)


def test_equal_operators_are_changed_one_at_a_time() -> None:
    """Parsed trees share them; a mutant differs in one place all the same."""
    assert sorted(_changes("return a + b + c")) == sorted(
        f"return {other}"
        for other in ("a + b - c", "a - b + c", "a + b", "a + c", "b + c", "c", "None")
    )
    assert "return a < b <= c" in _changes("return a < b < c")
    assert "return a <= b < c" in _changes("return a < b < c")


TEXT = '''\
import math

@cached
def clip(x: int, n: int = 3) -> int:
    """Clip 1 + 1."""
    m: int = 2
    def inner(y):
        """Add 1 + 1."""
        return y
    return min(x, n)

class Cell:
    """A cell."""
    size = 4

    def __init__(self):
        """Make it."""
        self.size = 1
'''


def test_docstrings_and_annotations_are_no_code() -> None:
    """No mutant is made of them, nor of the names of parameters; decorators and defaults are."""
    codes = [mutant.code for mutant in mutants_of(TEXT, "clip")]

    assert all('"""' not in code and "int" not in code for code in codes)
    assert sum("n=4" in code or "n=2" in code for code in codes) == 2
    assert all(code.startswith("@cached\ndef clip(x, n") for code in codes)


def test_a_class_is_changed_in_all_its_methods() -> None:
    """Its own statements too."""
    changes = {(mutant.before, mutant.after) for mutant in mutants_of(TEXT, "Cell")}

    assert changes == {
        ("size = 4", "size = 5"),
        ("size = 4", "size = 3"),
        ("size = 4", "pass"),
        ("self.size = 1", "self.size = 2"),
        ("self.size = 1", "self.size = 0"),
        ("self.size = 1", "pass"),
    }


def test_a_mutant_says_what_it_changes() -> None:
    """The lines before and after, and both in their surroundings."""
    mutants = list(mutants_of("def f(a):\n    b = a\n    return -b\n", "f"))

    (negated,) = (mutant for mutant in mutants if mutant.after == "return b")
    assert (negated.name, negated.before) == ("f", "return -b")
    assert negated.code == "def f(a):\n    b = a\n    return b"
    assert negated.diff.split("\n")[1:] == [
        " def f(a):",
        "     b = a",
        "-    return -b",
        "+    return b",
    ]


def test_a_name_that_is_not_there_is_told() -> None:
    """An exercise without a reference cannot be mutated."""
    with pytest.raises(CatalogError, match="the module defines no clap"):
        list(mutants_of(TEXT, "clap"))


def test_mutants_of_a_real_module_are_distinct_and_can_be_put_in() -> None:
    """None twice, none equal to the original, each differs and parses where it stands."""
    text = (ROOT / "solutions" / "hw8" / "gated_cells.py").read_text("utf-8")
    name = next(node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    mutants = list(mutants_of(text, name))

    assert len({mutant.code for mutant in mutants}) == len(mutants) > 5
    original = {ast.dump(ast.parse(text))}
    for mutant in mutants:
        assert mutant.before != mutant.after
        original.add(ast.dump(ast.parse(put_in(text, {name: mutant.code}))))
    assert len(original) == len(mutants) + 1


def test_the_same_text_gives_the_same_mutants() -> None:
    """In the same order, so that their numbers mean something."""
    assert list(mutants_of(TEXT, "clip")) == list(mutants_of(TEXT, "clip"))
