"""What is read from syntax trees, where more than one room asks the same."""

from __future__ import annotations

import ast

import pytest

from grader.trees import (
    Flaw,
    defined,
    first_line,
    parse,
    set_in,
    without_docstring,
    written_parameters,
)

DECORATED = """\
x = 1
@plain
def f(): ...
@ (
    called
)
def g(): ...
"""


def test_the_last_definition_of_a_name_counts() -> None:
    """As it does when Python runs the module."""
    body = ast.parse("def f(a): ...\nclass g: ...\ndef f(b): ...\nf = f\n").body

    found = defined(body)

    assert list(found) == ["f", "g"]
    assert found["f"] is body[2]


@pytest.mark.parametrize(("position", "bare", "with_lines"), [(0, 1, 1), (1, 2, 2), (2, 5, 4)])
def test_a_statement_begins_with_its_decorators(position: int, bare: int, with_lines: int) -> None:
    """The @ itself is found where the text is there to look at."""
    node = ast.parse(DECORATED).body[position]

    assert first_line(node) == bare
    assert first_line(node, DECORATED.split("\n")) == with_lines


@pytest.mark.parametrize(
    ("code", "left"), [("'what'\nx = 1", 1), ("x = 1", 1), ("'what'", 0), ("...", 1), ("", 0)]
)
def test_only_a_text_is_a_docstring(code: str, left: int) -> None:
    """Another constant that stands for itself does something: it fills a body."""
    assert len(without_docstring(ast.parse(code).body)) == left


def test_parameters_are_written_without_annotations() -> None:
    """What a caller has to know."""
    node = defined(ast.parse("def f(a: int, /, b: str = 'x', *c, d, **e: float): ...").body)["f"]

    assert isinstance(node, ast.FunctionDef)
    assert written_parameters(node.args) == "a, /, b='x', *c, d, **e"


@pytest.mark.parametrize("text", ["def f(:", "x = 1\0", "(" * 100_000, "-" * 100_000 + "1"])
def test_what_cannot_be_parsed_is_a_flaw(text: str) -> None:
    """No text makes the parser raise."""
    assert isinstance(parse(text), Flaw)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (1, {"a"}),
        (2, {"b", "c"}),
        (3, {"d"}),
        (4, {"key"}),
        (5, {"e"}),
        (6, {"f"}),
        (7, {"f"}),
        (8, set()),
    ],
)
def test_what_a_line_sets_is_told(line: int, names: set[str]) -> None:
    """Variables, attributes and entries, by the last name there is."""
    text = "a = 1\nb, c[0] = 2, 3\nx.d += 1\ny['key'] = 1\ne: int = 1\nf = (\n    1)\ng(a)\n"

    assert set_in(text, line) == names


def test_a_line_of_what_does_not_parse_sets_nothing() -> None:
    """Whatever it looks like."""
    assert set_in("a = (", 1) == set()
