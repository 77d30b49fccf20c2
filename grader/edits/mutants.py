"""Small changes to the reference, one at a time, that a good suite should notice.

The maintained tools for mutation testing change files on disk and start a test runner for each
mutant; here a mutant is a text that goes straight to a forked worker. So only the operators are
ours, and `ast` does the rest. Strings are left alone: most are dictionary keys, and a misspelt key
is noticed by any test.
"""

from __future__ import annotations

import ast
import copy
import difflib
import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.edits.kinds import kind_of
from grader.edits.neighbours import Neighbours
from grader.edits.operators import alternatives
from grader.edits.places import lines_of
from grader.errors import CatalogError
from grader.trees import defined, without_docstring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What is too much in right code is what is missing in wrong code.
_SEEN_FROM_WRONG: Final = {"edit_extra": "edit_missing", "edit_extra_line": "change_line"}


class Mutant(NamedTuple):
    """One change.

    Parameters
    ----------
    name : str
        The function or class that was changed.
    before, after : str
        The lines that differ, without indentation.
    code : str
        The whole definition after the change.
    diff : str
        The change as a unified diff.
    kind : str
        What is to be looked at in code that has it, by the key of its text.
    place : str
        What the line that was changed is for: ``sets``, ``returned``, ``loop``, ``condition``; else
        empty.
    sets : tuple of str
        The names that it gives a value to.
    """

    name: str
    before: str
    after: str
    code: str
    diff: str
    kind: str = ""
    place: str = ""
    sets: tuple[str, ...] = ()


def mutants_of(text: str, name: str) -> Iterator[Mutant]:
    """Change a definition of a module in every way there is, one at a time.

    Parameters
    ----------
    text : str
        The module.
    name : str
        A function or class at its top.

    Yields
    ------
    Mutant
        Each differs from the original and from every other one.
    """
    original = _definition(text, name)
    plain = ast.unparse(original)
    seen = {plain}
    around = Neighbours(original)
    places = lines_of(original)
    for position, node in enumerate(_nodes(original)):
        for number, other in enumerate(alternatives(node, around)):
            code = _changed(original, around, position, number)
            if code not in seen:
                seen.add(code)
                place, sets = places[node]
                kind = kind_of(node, other)
                kind = _SEEN_FROM_WRONG.get(kind, kind)
                yield _mutant(name, plain, code)._replace(kind=kind, place=place, sets=sets)


def _definition(text: str, name: str) -> ast.stmt:
    """Find a definition; without docstrings and annotations, which nothing executes."""
    node = defined(ast.parse(text).body).get(name)
    if node is None:
        raise CatalogError(f"the module defines no {name}")
    for inner in ast.walk(node):
        _strip(inner)
        _own_operators(inner)
    return node


def _strip(node: ast.AST) -> None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        node.body = without_docstring(node.body) or [ast.Pass()]
    if isinstance(node, ast.FunctionDef):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None
    body = getattr(node, "body", None)
    if isinstance(body, list):
        node.body = [_plain_assignment(one) for one in body]  # type: ignore[attr-defined]  # it has one


def _own_operators(node: ast.AST) -> None:
    """Give a node operators of its own: the parser puts one and the same object everywhere."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.operator | ast.boolop | ast.unaryop):
            setattr(node, field, type(value)())
    if isinstance(node, ast.Compare):
        node.ops = [type(one)() for one in node.ops]


def _plain_assignment(node: ast.stmt) -> ast.stmt:
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ast.copy_location(ast.Assign([node.target], node.value), node)
    return node


def _nodes(tree: ast.AST) -> list[ast.AST]:
    return list(ast.walk(tree))


def _changed(original: ast.stmt, around: Neighbours, position: int, number: int) -> str:
    tree: ast.AST = copy.deepcopy(original)
    node = _nodes(tree)[position]
    other = alternatives(node, around)[number]
    if node is tree:
        tree = other
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
            elif isinstance(value, list) and any(one is node for one in value):
                setattr(parent, field, [other if one is node else one for one in value])
    for statement in ast.walk(tree):
        _drop_idle_lines(statement)
    return ast.unparse(ast.fix_missing_locations(tree))


def _drop_idle_lines(node: ast.AST) -> None:
    """Put `pass` in the place of a line that only names a value: it is a call left out."""
    body = getattr(node, "body", None)
    if isinstance(body, list):
        node.body = [  # type: ignore[attr-defined]  # it has one
            ast.Pass() if isinstance(one, ast.Expr) and not isinstance(one.value, ast.Call) else one
            for one in body
        ]


def _mutant(name: str, plain: str, code: str) -> Mutant:
    old, new = plain.split("\n"), code.split("\n")
    diff = list(difflib.unified_diff(old, new, name, name, lineterm="", n=2))
    start = _same(zip(old, new, strict=False))
    rest = min(len(old), len(new)) - start
    end = _same(itertools.islice(zip(reversed(old), reversed(new), strict=False), rest))
    return Mutant(
        name=name,
        before="\n".join(line.strip() for line in old[start : len(old) - end]),
        after="\n".join(line.strip() for line in new[start : len(new) - end]),
        code=code,
        diff="\n".join(diff[2:]),
    )


def _same(pairs: Iterable[tuple[str, str]]) -> int:
    """Count the pairs of equal lines before the first that differs."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
