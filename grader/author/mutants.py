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
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from grader.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWAPPED: Final[dict[type[ast.AST], type[Any]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitXor: ast.BitOr,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_DROPPABLE: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_DELETABLE: Final = (ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.Delete)


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
    """

    name: str
    before: str
    after: str
    code: str
    diff: str


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
    for position, node in enumerate(_nodes(original)):
        for number in range(len(_alternatives(node))):
            code = _changed(original, position, number)
            if code not in seen:
                seen.add(code)
                yield _mutant(name, plain, code)


def _definition(text: str, name: str) -> ast.stmt:
    """Find a definition; without docstrings and annotations, which nothing executes."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            for inner in ast.walk(node):
                _strip(inner)
            return node
    raise CatalogError(f"the module defines no {name}")


def _strip(node: ast.AST) -> None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
    if isinstance(node, ast.FunctionDef):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None
    body = getattr(node, "body", None)
    if isinstance(body, list):
        node.body = [_plain_assignment(one) for one in body]  # type: ignore[attr-defined]  # it has one


def _plain_assignment(node: ast.stmt) -> ast.stmt:
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ast.copy_location(ast.Assign([node.target], node.value), node)
    return node


def _nodes(tree: ast.AST) -> list[ast.AST]:
    return list(ast.walk(tree))


def _changed(original: ast.stmt, position: int, number: int) -> str:
    tree = copy.deepcopy(original)
    node = _nodes(tree)[position]
    other = _alternatives(node)[number]
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
            elif isinstance(value, list) and any(one is node for one in value):
                setattr(parent, field, [other if one is node else one for one in value])
    return ast.unparse(ast.fix_missing_locations(tree))


def _alternatives(node: ast.AST) -> list[ast.AST]:
    """List what could stand in the place of a node; always in the same order."""
    found: list[ast.AST] = []
    swapped = _SWAPPED.get(type(node))
    if swapped is not None:
        found.append(swapped())
    if isinstance(node, ast.BinOp):
        found += _of_operation(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        found.append(node.operand)
    elif isinstance(node, ast.Constant):
        found += [ast.Constant(value) for value in _of_constant(node.value)]
    elif isinstance(node, ast.Attribute) and node.attr in {"T", "mT"}:
        found.append(node.value)
    elif isinstance(node, ast.Call):
        found += _of_call(node)
    elif isinstance(node, ast.stmt):
        found += _of_statement(node)
    elif isinstance(node, ast.IfExp):
        found += [node.body, node.orelse]
    return found


def _of_operation(node: ast.BinOp) -> list[ast.AST]:
    if isinstance(node.op, ast.MatMult):
        return [ast.BinOp(node.right, ast.MatMult(), node.left)]
    return [node.left, node.right] if isinstance(node.op, _DROPPABLE) else []


def _of_constant(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value * 2 if value else 1.0]
    return []


def _of_call(node: ast.Call) -> list[ast.AST]:
    found: list[ast.AST] = []
    plain = not node.keywords
    if plain and len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        found.append(node.args[0])
    if plain and not node.args and isinstance(node.func, ast.Attribute):
        found.append(node.func.value)
    if len(node.args) > 1:
        first, second, *rest = node.args
        found.append(ast.Call(node.func, [second, first, *rest], node.keywords))
    for left_out in node.keywords:
        kept = [keyword for keyword in node.keywords if keyword is not left_out]
        found.append(ast.Call(node.func, node.args, kept))
    return found


def _of_statement(node: ast.stmt) -> list[ast.AST]:
    found: list[ast.AST] = []
    if isinstance(node, _DELETABLE):
        found.append(ast.Pass())
    if isinstance(node, ast.AugAssign):
        found.append(ast.Assign([node.target], node.value))
    if isinstance(node, ast.If | ast.While):
        negated = copy.copy(node)
        negated.test = ast.UnaryOp(ast.Not(), node.test)
        found.append(negated)
    if isinstance(node, ast.Break):
        found.append(ast.Continue())
    if isinstance(node, ast.Continue):
        found.append(ast.Break())
    if isinstance(node, ast.Return) and node.value is not None:
        found.append(ast.Return(ast.Constant(None)))
    return found


def _mutant(name: str, plain: str, code: str) -> Mutant:
    old, new = plain.split("\n"), code.split("\n")
    diff = list(difflib.unified_diff(old, new, name, name, lineterm="", n=2))
    changed = diff[2:]
    return Mutant(
        name=name,
        before="\n".join(line[1:].strip() for line in changed if line.startswith("-")),
        after="\n".join(line[1:].strip() for line in changed if line.startswith("+")),
        code=code,
        diff="\n".join(changed),
    )
