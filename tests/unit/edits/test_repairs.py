"""Small edits: each slip below is put right by one of them, in its line, under its name."""

from __future__ import annotations

import ast
import textwrap

import pytest

from grader.edits import LAST_TIER, Edit, edits_of, under_other_names


def _every(code: str) -> list[Edit]:
    return [one for tier in range(LAST_TIER + 1) for one in edits_of(code, tier)]


def _puts_right(wrong: str, right: str) -> set[tuple[int, str]]:
    """Name the lines and kinds of the edits that turn one text into the other."""
    wanted = ast.unparse(ast.parse(textwrap.dedent(right)))
    return {(one.line, one.kind) for one in _every(textwrap.dedent(wrong)) if one.code == wanted}


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("a + b", "a - b", "operator"),
        ("a @ b", "b @ a", "order"),
        ("a * b + c", "a * (b + c)", "brackets"),
        ("f(a) + b", "f(a + b)", "brackets"),
        ("a @ b", "a @ b.T", "transposed"),
        ("a @ b.T", "a @ b", "transposed"),
        ("a * 3", "a * 4", "number"),
        ("a[b]", "a[b + 1]", "index"),
        ("a[1:]", "a[:]", "index"),
        ("a.sum()", "a.sum(axis=0)", "argument"),
        ("f(a, b)", "f(b, a)", "argument"),
        ("f(a, axis=1)", "f(a)", "argument"),
        ("a < b", "a <= b", "comparison"),
        ("f(a)", "a", "extra"),
        ("a / 2", "a", "extra"),
        ("f(a[0]).b()", "a", "extra"),
        ("a + b", "-a + b", "sign"),
        ("a + b", "a + c", "variable"),
        ("a + b", "a + b * c", "missing"),
        ("a", "a / len(b)", "missing"),
        ("[a, b]", "[b, a]", "listed"),
        ("[a, b]", "[b]", "listed"),
        ("a * a + (1 - a * a) * b", "a + (1 - a) * b", "extra"),
        ("(1 - a) * b + a * c", "a * b + (1 - a) * c", "variable"),
        ("0.99 * a", "0.999 * a", "number"),
        ("[a]", "[copy.copy(a)]", "copied"),
    ],
)
def test_an_expression_is_put_right(wrong: str, right: str, kind: str) -> None:
    """Whatever it was that was meant."""
    head = "def f(a, b, c):\n    d = copy.copy(c)\n    return "

    assert (3, f"edit_{kind}") in _puts_right(head + wrong, head + right)


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("range(5)", "range(b)", "number"),
        ("f(a, 27)", "f(a, len(c))", "number"),
        ("f(a, 27)", "f(a, SIZE)", "number"),
        ("a * 0.01", "a * b", "number"),
        ("f(len(a))", "f(len(letters))", "variable"),
        ("f(SIZE)", "f(d)", "variable"),
        ("a == b[0]", "a == e", "variable"),
        ("a > b", "-a > b", "sign"),
        ("a * (b + c)", "a * (b + c + 7)", "missing"),
        ("(a - b) * c", "(a - b) * c * (1 - c)", "missing"),
        ("f(a, '')", "f(a, ' ')", "text"),
        ("a['db'] + b['dby']", "a['dby'] + b['dby']", "text"),
    ],
)
def test_a_size_is_put_right(wrong: str, right: str, kind: str) -> None:
    """A number where a name belongs, and a name of the file where a variable does."""
    head = "def f(a, b, c):\n    d = letters.index(a) + SIZE + 7\n    e = c\n    return "

    assert (4, f"edit_{kind}") in _puts_right(head + wrong, head + right)


@pytest.mark.parametrize("value", ["np", "Linear", "float", "helper"])
def test_what_is_no_value_takes_no_place(value: str) -> None:
    """Modules, classes, what is built in, and what is called."""
    head = "def f(a):\n    b = np.ones(3, dtype=float) + Linear(a) + helper(a)\n    return "

    assert not _puts_right(f"{head}a", f"{head}{value}")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "kind"),
    [
        ("for t in x:\n    a += t\n    return a", "for t in x:\n    a += t\nreturn a", 4, "inside"),
        ("a = 0\nfor t in x:\n    b(a)", "for t in x:\n    a = 0\n    b(a)", 2, "outside"),
        ("a = 1\nb = a\nreturn b", "b = a\na = 1\nreturn b", 2, "lines"),
        ("a = 1\na = 2\nreturn a", "a = 1\nreturn a", 3, "extra_line"),
        ("x += 1\nreturn x", "x = 1\nreturn x", 2, "assigned"),
        ("x.data = y\nreturn x", "x = y\nreturn x", 2, "assigned"),
        ("for t in range(x):\n    y(t)", "for t in range(x - 1):\n    y(t)", 2, "steps"),
        ("for t in x:\n    y(t)", "for t in list(x)[::-1]:\n    y(t)", 2, "steps"),
        ("y.append(x)\nreturn y", "y.append(x.clone())\nreturn y", 2, "copied"),
        ("l.backward()\no.step()", "l.backward()\no.zero_grad()\no.step()", 3, "missing_line"),
        ("if x:\n    y = 1\nreturn y", "y = 1\nreturn y", 2, "condition"),
    ],
)
def test_lines_are_put_right(wrong: str, right: str, line: int, kind: str) -> None:
    """By which they are, in which order, and in which block."""

    def put(body: str) -> str:
        return "def f(x, y, l, o):\n" + textwrap.indent(body, "    ")

    assert (line, f"edit_{kind}") in _puts_right(put(wrong), put(right))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("def f(a, b=7): return a", "def f(a, b=8): return a"),
        ("def f(a, *, b=True): return a", "def f(a, *, b=False): return a"),
        ("class A:\n    def f(self, b=.1): ...", "class A:\n    def f(self, b=.01): ..."),
    ],
)
def test_a_default_is_put_right(wrong: str, right: str) -> None:
    """In the head of a function or method, and said to be one."""
    line = 1 + wrong.count("\n")

    assert (line, "edit_default") in _puts_right(wrong, right)


def test_a_forgotten_parameter_is_tried_early() -> None:
    """One that is never read was perhaps left out, and comes before whole terms of others."""
    edits = edits_of("def f(a, b):\n    return a", 1)

    assert "def f(a, b):\n    return a @ b" in [one.code for one in edits]


def test_methods_are_edited_one_by_one() -> None:
    """The rest of the class stays, and lines are counted from its first."""
    code = "class A:\n    k = 1\n\n    def f(self, x):\n        return -x\n\n    def g(self): ...\n"

    (found,) = [one for one in edits_of(code, 0) if one.kind == "edit_sign"]

    assert found.line == 5
    assert found.code == ast.unparse(ast.parse(code.replace("-x", "x")))


def test_each_edit_is_another_text_and_parses() -> None:
    """None is the text that was given, none comes twice, and they are the same each time."""
    code = "def f(a, b):\n    for t in range(3):\n        a[t] = a[t] @ b + 1\n    return a"

    for tier in range(LAST_TIER + 1):
        edits = edits_of(code, tier)

        texts = [one.code for one in edits]
        assert len(set(texts)) == len(texts) > 20
        assert ast.unparse(ast.parse(code)) not in texts
        assert all(ast.parse(text) for text in texts)
        assert edits == edits_of(code, tier)


@pytest.mark.parametrize(
    "code",
    [
        "def f(:",
        "def f(x):\n    return " + "(" * 150 + "x" + ")" * 150,
        "def f(x):\n    return " + "-" * 5000 + "x",
        "def f(x):\n    return x" + " + x" * 3000,
        "def f(x):\n    return 0x" + "f" * 6000,
        "def f(x):\n    return f'''a\n{x}'''",
        "x = 1",
        "",
    ],
)
def test_strange_texts_have_none_or_few(code: str) -> None:
    """Nothing is raised, whatever a text is like."""
    assert len(_every(code)) < 3000


def test_definitions_get_other_names() -> None:
    """Wherever the names stand: in calls of their own, in arguments, as a class's own name."""
    code = "class A(B):\n    def f(self, B):\n        super(A, self).f(B=B)\n        return B"

    assert under_other_names(code, {"A", "B"}, "_1") == (
        "class A_1(B_1):\n\n    def f(self, B_1):\n"
        "        super(A_1, self).f(B_1=B_1)\n        return B_1"
    )
