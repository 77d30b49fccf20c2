"""A piece of code with one small edit in it, for all small edits that there are.

What an operator of `grader.edits.operators` does to right code, another edit undoes; so the same
ones are tried on wrong code, and beside them those that put in what was left out. Which of them
puts the code right is for whoever runs it to find out.
"""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.edits.expressions import changes_of
from grader.edits.kinds import kind_of
from grader.edits.lines import blocks_of
from grader.edits.naming import rename
from grader.edits.neighbours import Neighbours
from grader.edits.operators import alternatives
from grader.edits.pool import Pool, pool_of
from grader.edits.text import Text
from grader.trees import FUNCTIONS, Flaw, parse, without_docstring

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MOST_NODES: Final = 3_000
MOST_CHARS: Final = 20_000
_NO_CODE: Final = (ast.expr_context, ast.arg, ast.arguments)

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Edit(NamedTuple):
    """A definition with one small edit in it.

    Parameters
    ----------
    line : int
        The line that is another, from 1 in the definition's text.
    kind : str
        What is changed, by the key of its text.
    tier : int
        How far it is from what was written, up to `LAST_TIER`.
    code : str
        The definition, after the edit.
    """

    line: int
    kind: str
    tier: int
    code: str


class _Slot(NamedTuple):
    """Where a node stands."""

    parent: ast.AST
    field: str
    at: int | None
    node: ast.AST
    line: int
    within: int | None  # which statement of the function; None for one of them as a whole

    def put(self, node: object) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def edits_of(
    code: str,
    tier: int,
    names: Collection[str] = (),
    ending: str = "",
    most: int | None = None,
) -> list[Edit]:
    """List a definition's small edits of one tier.

    Parameters
    ----------
    code : str
        A function or class.
    tier : int
        See `Edit`.
    names : collection of str
        Names that get another ending.
    ending : str
        That.
    most : int or None
        How many to list at most; None for all.

    Returns
    -------
    list of Edit
        Each makes another text, and none the one that was given; in the order of the lines. Empty
        where the text does not parse, or is longer than anybody's solution.
    """
    tree = _tree_of(code, names, ending)
    if tree is None:
        return []
    try:
        found = list(itertools.islice(_edits(tree, tier), most))
    except (RecursionError, ValueError):  # what nests deeply, or is no number that can be written
        return []
    return sorted(found, key=lambda one: one.line)


def unedited(code: str, names: Collection[str] = (), ending: str = "") -> str:
    """Write a definition as `edits_of` does, with no edit in it; empty where there are none."""
    tree = _tree_of(code, names, ending)
    try:
        return "" if tree is None else ast.unparse(tree)
    except (RecursionError, ValueError):
        return ""


def _tree_of(code: str, names: Collection[str], ending: str) -> ast.Module | None:
    tree = parse(code) if len(code) <= MOST_CHARS else Flaw(1, "too long")
    if isinstance(tree, Flaw) or sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        return None
    rename(tree, names, ending)
    _strip(tree)
    return tree


def _edits(tree: ast.Module, tier: int) -> Iterator[Edit]:
    """Change a tree in place, write it, and change it back."""
    seen = {ast.unparse(tree)}
    for top in tree.body:
        around = Neighbours(top)
        for function in _functions(top):
            pool = pool_of(function, tree)
            text = Text(tree, function)
            changes = (
                (change, text.written(change.within))
                for change in _changes(function, pool, around)
                if change.tier == tier
            )
            heads = (
                (change, ast.unparse(ast.fix_missing_locations(tree)))
                for change in _changes_of_head(function, pool, around)
                if change.tier == tier
            )
            for change, code in itertools.chain(heads, changes):
                if code not in seen:
                    seen.add(code)
                    yield Edit(change.line, change.kind, tier, code)


class _Made(NamedTuple):
    """A change that has been made: which statement of the function is another."""

    within: int | None
    line: int
    kind: str
    tier: int


def _changes_of_head(function: Function, pool: Pool, around: Neighbours) -> Iterator[_Made]:
    """Let parameters have other values where none is given."""
    for defaults, field in (
        (function.args.defaults, "defaults"),
        (function.args.kw_defaults, "kw_defaults"),
    ):
        for at, node in enumerate(defaults):
            if node is not None:
                slot = _Slot(function.args, field, at, node, node.lineno, None)
                for made in _in_slot(slot, pool, around):
                    yield made._replace(kind="edit_default")


def _changes(function: Function, pool: Pool, around: Neighbours) -> Iterator[_Made]:
    slots = _slots(function)
    twins: dict[str, list[_Slot]] = {}
    for slot in slots:
        if isinstance(slot.node, ast.BinOp | ast.Call | ast.Constant | ast.Subscript):
            twins.setdefault(ast.dump(slot.node), []).append(slot)
    for slot in slots:
        yield from _in_slot(slot, pool, around)
    for alike in twins.values():
        if len(alike) > 1:
            yield from _in_all(alike, pool, around)
    for owner, field, within in _bodies(function):
        body: list[ast.stmt] = getattr(owner, field)
        for block in blocks_of(body):
            setattr(owner, field, block.body)
            yield _Made(within, block.line, block.kind, block.tier)
        setattr(owner, field, body)


def _in_slot(slot: _Slot, pool: Pool, around: Neighbours) -> Iterator[_Made]:
    node = slot.node
    # Listed before anything is put in its place, which they look at.
    changes = list(changes_of(node, slot.parent, pool)) if isinstance(node, ast.expr) else []
    for other in alternatives(node, around):
        slot.put(other)
        yield _Made(slot.within, _line_of_drop(node, other, slot.line), kind_of(node, other), 0)
    for change in changes:
        slot.put(change.node)
        yield _Made(slot.within, slot.line, change.kind, change.tier)
    slot.put(node)


def _in_all(alike: list[_Slot], pool: Pool, around: Neighbours) -> Iterator[_Made]:
    """Make the same change wherever the same stands in one line."""
    first = alike[0]
    if any(slot.line != first.line or slot.within != first.within for slot in alike):
        return
    node = first.node
    changes = [(other, kind_of(node, other), 1) for other in alternatives(node, around)]
    changes += [
        (one.node, one.kind, one.tier)
        for one in changes_of(node, first.parent, pool)  # type: ignore[arg-type]  # an expression
        if one.tier <= 1
    ]
    for other, kind, tier in changes:
        for slot in alike:
            slot.put(other)
        yield _Made(first.within, first.line, kind, tier)
    for slot in alike:
        slot.put(slot.node)


def _functions(top: ast.stmt) -> list[Function]:
    """List the functions in a definition, methods one by one; nested ones belong to theirs."""
    if isinstance(top, ast.ClassDef):
        return [inner for one in top.body for inner in _functions(one)]
    return [top] if isinstance(top, FUNCTIONS) else []


def _slots(function: Function) -> list[_Slot]:
    """List where nodes stand in a function's body, in the order of its text."""
    found = []
    for number, statement in enumerate(function.body):
        found.append(_Slot(function, "body", number, statement, statement.lineno, None))
        waiting: list[tuple[ast.AST, int]] = [(statement, statement.lineno)]
        while waiting:
            parent, line = waiting.pop()
            inner = []
            for field, value in ast.iter_fields(parent):
                is_list = isinstance(value, list)
                for index, node in enumerate(value if is_list else [value]):
                    if isinstance(node, ast.AST) and not isinstance(node, _NO_CODE):
                        at = getattr(node, "lineno", line)
                        where = index if is_list else None
                        found.append(_Slot(parent, field, where, node, at, number))
                        inner.append((node, at))
            waiting.extend(reversed(inner))
    return found


def _bodies(function: Function) -> list[tuple[ast.AST, str, int | None]]:
    """List the blocks of a function, each with the statement that it is in."""
    inner = [
        (node, field, number)
        for number, statement in enumerate(function.body)
        for node in ast.walk(statement)
        for field in ("body", "orelse")
        if isinstance(getattr(node, field, None), list)
    ]
    return [(function, "body", None), *inner]


def _strip(tree: ast.Module) -> None:
    """Take out docstrings and annotations, which nothing executes."""
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            node.body = without_docstring(node.body) or [ast.Pass()]
        if isinstance(node, FUNCTIONS):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None


def _line_of_drop(node: ast.AST, other: ast.AST, line: int) -> int:
    """Return the line of the operand that is taken out, where one is."""
    if isinstance(node, ast.BinOp) and other is node.left:
        return node.right.lineno
    return line
