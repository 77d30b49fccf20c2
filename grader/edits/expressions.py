"""What would put an expression right that lacks something, or says another thing."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.edits.choosing import arguments_of, changed, constant, indices_of, ranges_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.edits.pool import Pool

_OPERATORS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod)
_COMPARED: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
LAST_TIER: Final = 4
_LEAVES: Final = (ast.Name, ast.Attribute, ast.Subscript)
MOST_PARTS: Final = 12
LEAST_SIZE: Final = 3  # smaller numbers are steps, axes and factors
_COPYING: Final = frozenset({"array", "clone", "copy", "deepcopy"})
_PRODUCTS: Final = frozenset({"matmul", "dot", "mm", "bmm"})


class Change(NamedTuple):
    """What stands in the place of a node.

    Parameters
    ----------
    node : ast.AST
        That.
    kind : str
        What is changed by it, by the key of its text.
    tier : int
        How far it is from what is written: 0 for a slip, up to `LAST_TIER` for a whole term.
    """

    node: ast.AST
    kind: str
    tier: int


def changes_of(node: ast.expr, parent: ast.AST, pool: Pool) -> Iterator[Change]:
    """List what may have been meant where an expression stands.

    Parameters
    ----------
    node : ast.expr
        The expression; it is not changed.
    parent : ast.AST
        What it is part of.
    pool : Pool
        What its function has at hand.
    """
    if isinstance(parent, ast.Call) and node is parent.func:
        return  # what is called is another's matter: the call's
    if not isinstance(getattr(node, "ctx", None), ast.Load | None):
        yield from (Change(other, "edit_index", 1) for other in indices_of(node, parent))
        return
    for kind, found in (
        ("edit_operator", _operators(node)),
        ("edit_brackets", _in_and_out(node)),
        ("edit_brackets", _bracketed(node)),
        ("edit_variable", _exchanged(node)),
        ("edit_listed", _without_an_item(node)),
        ("edit_extra", _within(node, pool)),
        ("edit_comparison", _comparisons(node)),
        ("edit_number", _numbers(node)),
        ("edit_index", indices_of(node, parent)),
        ("edit_argument", arguments_of(node)),
        ("edit_steps", ranges_of(node, parent)),
        ("edit_function", _functions(node, pool)),
        ("edit_variable", pool.like(node)),
    ):
        yield from (Change(other, kind, 1) for other in found)
    yield from _named(node, parent, pool)
    yield from _texts(node, pool)
    if not _is_operand(node, parent) or not pool.is_value(node):
        return
    if _is_factor(node, parent):
        yield Change(ast.Attribute(node, "T", ast.Load()), "edit_transposed", 1)
    yield Change(ast.UnaryOp(ast.USub(), node), "edit_sign", 1)
    yield from _called(node, parent, pool)
    yield from (Change(other, "edit_order", 1) for other in _turned(node))
    yield from (Change(other, "edit_copied", 1) for other in _copies(node, parent))
    yield from (Change(other, "edit_missing", 2) for other in _with_factor(node))
    for number in pool.numbers:
        yield Change(ast.BinOp(node, ast.Add(), number), "edit_missing", 2)
        yield Change(ast.BinOp(node, ast.Mult(), number), "edit_missing", 2)
    yield from (Change(value, "edit_variable", 0) for value in pool.forgotten)
    yield from (Change(value, "edit_variable", 1) for value in pool.unread)
    if not isinstance(node, ast.Name):
        yield from (Change(name, "edit_variable", 2) for name in pool.names)
    for value in (*pool.forgotten, *pool.values):
        is_forgotten = any(value is one for one in pool.forgotten)
        for other, tier in _with(node, value, parent):
            yield Change(other, "edit_missing", 1 if is_forgotten else tier)


def _is_operand(node: ast.expr, parent: ast.AST) -> bool:
    """Tell whether a node is a value that is computed with: an operand, an argument, a result."""
    if not isinstance(node, ast.BinOp | ast.Call | ast.Name | ast.Attribute | ast.Subscript):
        return False
    if not isinstance(getattr(node, "ctx", None), ast.Load | None):
        return False
    if isinstance(parent, ast.Call):
        return node is not parent.func
    if isinstance(parent, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return):
        return node is parent.value
    kinds = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Tuple, ast.List, ast.Dict)
    return isinstance(parent, (*kinds, ast.ListComp, ast.DictComp))


def _is_factor(node: ast.expr, parent: ast.AST) -> bool:
    """Tell whether a transposition may have been left out."""
    if isinstance(parent, ast.Call):
        name = getattr(parent.func, "attr", "")
        return name in _PRODUCTS
    is_product = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult)
    return is_product or isinstance(node, ast.BinOp | ast.Name | ast.Subscript | ast.Attribute)


def _operators(node: ast.expr) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        for op in _OPERATORS:
            if type(node.op) is not op:
                yield changed(node, op=op())
        if not isinstance(node.op, ast.Add | ast.Mult):
            yield changed(node, left=node.right, right=node.left)
    elif isinstance(node, ast.BoolOp):
        yield from node.values


def _bracketed(node: ast.expr) -> Iterator[ast.AST]:
    """Let the later operator of two bind more tightly, as with brackets around it."""
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
        if isinstance(left, ast.BinOp):
            yield changed(left, right=changed(node, left=left.right))
        if isinstance(right, ast.BinOp):
            yield changed(right, left=changed(node, right=right.left))


def _exchanged(node: ast.expr) -> Iterator[ast.AST]:
    """Let two products of a sum have each other's factor: what is kept, and what is new."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
        return
    one, other = node.left, node.right
    if all(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult) for part in (one, other)):
        left = changed(one, left=other.left)  # type: ignore[attr-defined]  # both are products
        yield changed(node, left=left, right=changed(other, left=one.left))  # type: ignore[attr-defined]


def _in_and_out(node: ast.expr) -> Iterator[ast.AST]:
    """Take a term into the brackets of a call, or out of them."""
    if isinstance(node, ast.BinOp):
        for name in ("left", "right"):
            call = getattr(node, name)
            if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
                inner = changed(node, **{name: call.args[0]})
                yield changed(call, args=[inner])
    elif isinstance(node, ast.Call) and len(node.args) == 1:
        (inner,) = node.args
        if isinstance(inner, ast.BinOp):
            yield changed(inner, left=changed(node, args=[inner.left]))
            yield changed(inner, right=changed(node, args=[inner.right]))


def _without_an_item(node: ast.expr) -> Iterator[ast.AST]:
    if isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load):
        for at in range(len(node.elts)):
            yield changed(node, elts=[*node.elts[:at], *node.elts[at + 1 :]])


def _within(node: ast.expr, pool: Pool) -> Iterator[ast.AST]:
    """Keep of an expression a part of it, however deep inside."""
    if isinstance(node, ast.BinOp | ast.Call | ast.Subscript | ast.IfExp):
        inner = (one for one in _all_parts(node) if pool.is_value(one))
        yield from itertools.islice(inner, MOST_PARTS)


def _all_parts(node: ast.expr) -> Iterator[ast.expr]:
    for part in _parts(node):
        yield part
        yield from _all_parts(part)


def _parts(node: ast.expr) -> list[ast.expr]:
    """List what an expression is computed from."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Call):
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        given = [*receiver, *node.args]
        return [one for one in given if not isinstance(one, ast.Starred | ast.Constant)]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    return [node.value] if isinstance(node, ast.Subscript | ast.Attribute) else []


def _comparisons(node: ast.expr) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in _COMPARED:
            if type(node.ops[0]) is not op:
                yield changed(node, ops=[op()])
    elif isinstance(node, ast.IfExp):
        yield changed(node, body=node.orelse, orelse=node.body)


def _numbers(node: ast.expr) -> Iterator[ast.AST]:
    value = node.value if isinstance(node, ast.Constant) else None
    if type(value) is int and abs(value) < 1 << 31:
        others: Iterable[float] = (0, 1, -1, 2, -2, value * 2, value // 2, -value)
        yield from (constant(other) for other in dict.fromkeys(others) if other != value)
    elif type(value) is float:
        for other in (1 - value, value / 2, value * 10, value / 10, value * 100, value / 100):
            yield constant(float(f"{other:.12g}"))
        if 0 < value < 1:  # a rate that lacks a nine or two
            for tenth in (10, 100):
                yield constant(float(f"{1 - (1 - value) / tenth:.12g}"))


def _named(node: ast.expr, parent: ast.AST, pool: Pool) -> Iterator[Change]:
    """Let a number be what has a name: a parameter that nothing reads; a variable, a length."""
    value = node.value if isinstance(node, ast.Constant) else None
    if type(value) not in (int, float):
        return
    yield from (Change(name, "edit_number", 0) for name in pool.forgotten)
    # As a factor, a name may be the right number by accident.
    if type(value) is int and value >= LEAST_SIZE and not _is_factor_or_term(node, parent):
        for name in (*pool.names, *pool.around):
            length = ast.Call(ast.Name("len", ast.Load()), [name], [])
            yield from (Change(other, "edit_number", 2) for other in (name, length))


def _texts(node: ast.expr, pool: Pool) -> Iterator[Change]:
    """Let a text be a blank, or nothing, or one that stands elsewhere: another key or mark."""
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, str):
        return
    for blank in ("", " "):
        if blank != value:
            yield Change(ast.Constant(blank), "edit_text", 1)
    yield from (Change(one, "edit_text", 2) for one in pool.texts if one.value != value)


def _is_factor_or_term(node: ast.expr, parent: ast.AST) -> bool:
    is_divisor = isinstance(getattr(parent, "op", None), ast.Div | ast.FloorDiv)
    return isinstance(parent, ast.BinOp) and not (is_divisor and node is parent.right)


def _functions(node: ast.expr, pool: Pool) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        own = ast.unparse(node.func)
        for other in (*pool.functions, *pool.others):
            if ast.unparse(other) != own:
                yield changed(node, func=other)


def _called(node: ast.expr, parent: ast.AST, pool: Pool) -> Iterator[Change]:
    """Call a function on a value: one that the text calls elsewhere, or another of its kind."""
    is_whole = not isinstance(parent, ast.BinOp | ast.UnaryOp)
    is_factor = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult)
    for functions, tier in (
        (pool.functions, 2 if is_factor else 1),
        (pool.others, 1 if is_whole else 2),
    ):
        for one in functions:
            is_copy = ast.unparse(one).rpartition(".")[2] in _COPYING
            kind = "edit_copied" if is_copy else "edit_missing"
            yield Change(ast.Call(one, [node], []), kind, tier)


def _turned(node: ast.expr) -> Iterator[ast.AST]:
    """Read a sequence from its other end."""
    if isinstance(node, ast.Name | ast.Attribute):
        yield ast.Subscript(node, ast.Slice(None, None, constant(-1)), ast.Load())


def _copies(node: ast.expr, parent: ast.AST) -> Iterator[ast.AST]:
    """Take a copy, or one that no gradient goes through."""
    if not isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
        return
    if isinstance(parent, ast.BinOp | ast.UnaryOp):
        return
    for method in ("copy", "clone", "detach"):
        yield ast.Call(ast.Attribute(node, method, ast.Load()), [], [])


def _with_factor(node: ast.expr) -> Iterator[ast.AST]:
    yield ast.BinOp(node, ast.Div(), ast.Constant(2))
    yield ast.BinOp(ast.Constant(2), ast.Mult(), node)
    yield ast.BinOp(ast.Constant(1), ast.Sub(), node)
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))
    yield ast.BinOp(node, ast.Pow(), ast.Constant(2))


def _with(node: ast.expr, value: ast.expr, parent: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """Add a term or a factor that was left out; with how far that is from what is written."""
    whole = not isinstance(parent, ast.BinOp | ast.Call) or not isinstance(node, _LEAVES)
    term = whole or (isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.Sub))
    likely = LAST_TIER - 1 if term else LAST_TIER
    yield ast.BinOp(node, ast.Mult(), value), likely
    yield ast.BinOp(node, ast.MatMult(), value), likely
    yield ast.BinOp(value, ast.MatMult(), node), likely
    yield ast.BinOp(node, ast.Add(), value), likely if whole else LAST_TIER
    if whole:
        slope = ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(value, ast.Mult(), value))
        for other in (
            ast.BinOp(node, ast.Sub(), value),
            ast.BinOp(node, ast.Div(), value),
            ast.BinOp(node, ast.Div(), ast.Call(ast.Name("len", ast.Load()), [value], [])),
        ):
            yield other, LAST_TIER
        # The rest of a slope, where half of it is there.
        is_read = any(
            isinstance(part, ast.Name) and part.id == getattr(value, "id", "")
            for part in ast.walk(node)
        )
        for factor in (ast.BinOp(ast.Constant(1), ast.Sub(), value), slope):
            yield ast.BinOp(node, ast.Mult(), factor), 2 if is_read else LAST_TIER
