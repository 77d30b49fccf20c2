"""What would put an expression right that lacks something, or says another thing."""

from __future__ import annotations

import ast
import copy
import itertools
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.edits.pool import Pool

_OPERATORS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod)
_COMPARED: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
LAST_TIER: Final = 4
_LEAVES: Final = (ast.Name, ast.Attribute, ast.Subscript)
MOST_PARTS: Final = 12
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
        yield from (Change(other, "edit_index", 1) for other in _indices(node, parent))
        return
    for kind, found in (
        ("edit_operator", _operators(node)),
        ("edit_brackets", _in_and_out(node)),
        ("edit_brackets", _bracketed(node)),
        ("edit_listed", _without_an_item(node)),
        ("edit_extra", _within(node, pool)),
        ("edit_comparison", _comparisons(node)),
        ("edit_number", _numbers(node)),
        ("edit_index", _indices(node, parent)),
        ("edit_argument", _arguments(node)),
        ("edit_steps", _ranges(node, parent)),
        ("edit_function", _functions(node, pool)),
        ("edit_variable", pool.like(node)),
    ):
        yield from (Change(other, kind, 1) for other in found)
    if not _is_operand(node, parent) or not pool.is_value(node):
        return
    if _is_factor(node, parent):
        yield Change(ast.Attribute(node, "T", ast.Load()), "edit_transposed", 1)
    yield Change(ast.UnaryOp(ast.USub(), node), "edit_sign", 1)
    yield from (Change(ast.Call(one, [node], []), "edit_missing", 1) for one in pool.functions)
    yield from (Change(other, "edit_order", 1) for other in _turned(node))
    yield from (Change(other, "edit_copied", 1) for other in _copies(node, parent))
    yield from (Change(other, "edit_missing", 2) for other in _with_factor(node))
    if not isinstance(node, ast.Name):
        yield from (Change(name, "edit_variable", 2) for name in pool.names)
    for value in (*pool.forgotten, *pool.values):
        is_forgotten = any(value is one for one in pool.forgotten)
        for other, tier in _with(node, value, parent):
            yield Change(other, "edit_missing", 1 if is_forgotten else tier)


def _changed(node: Any, **fields: object) -> Any:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _constant(value: float) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


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
    kinds = (ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Dict, ast.ListComp, ast.DictComp)
    return isinstance(parent, kinds)


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
                yield _changed(node, op=op())
        if not isinstance(node.op, ast.Add | ast.Mult):
            yield _changed(node, left=node.right, right=node.left)
    elif isinstance(node, ast.BoolOp):
        yield from node.values


def _bracketed(node: ast.expr) -> Iterator[ast.AST]:
    """Let the later operator of two bind more tightly, as with brackets around it."""
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
        if isinstance(left, ast.BinOp):
            yield _changed(left, right=_changed(node, left=left.right))
        if isinstance(right, ast.BinOp):
            yield _changed(right, left=_changed(node, right=right.left))


def _in_and_out(node: ast.expr) -> Iterator[ast.AST]:
    """Take a term into the brackets of a call, or out of them."""
    if isinstance(node, ast.BinOp):
        for name in ("left", "right"):
            call = getattr(node, name)
            if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
                inner = _changed(node, **{name: call.args[0]})
                yield _changed(call, args=[inner])
    elif isinstance(node, ast.Call) and len(node.args) == 1:
        (inner,) = node.args
        if isinstance(inner, ast.BinOp):
            yield _changed(inner, left=_changed(node, args=[inner.left]))
            yield _changed(inner, right=_changed(node, args=[inner.right]))


def _without_an_item(node: ast.expr) -> Iterator[ast.AST]:
    if isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load):
        for at in range(len(node.elts)):
            yield _changed(node, elts=[*node.elts[:at], *node.elts[at + 1 :]])


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
                yield _changed(node, ops=[op()])
    elif isinstance(node, ast.IfExp):
        yield _changed(node, body=node.orelse, orelse=node.body)


def _numbers(node: ast.expr) -> Iterator[ast.AST]:
    value = node.value if isinstance(node, ast.Constant) else None
    if type(value) is int and abs(value) < 1 << 31:
        others: Iterable[float] = (0, 1, -1, 2, -2, value * 2, value // 2, -value)
        yield from (_constant(other) for other in dict.fromkeys(others) if other != value)
    elif type(value) is float:
        for other in (1 - value, value / 2, value * 10, value / 10, value * 100, value / 100):
            yield _constant(float(f"{other:.12g}"))


def _indices(node: ast.expr, parent: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript):
        yield node.value
        if isinstance(node.slice, ast.Slice):
            yield from (_changed(node, slice=other) for other in _slices(node.slice))
        elif isinstance(node.slice, ast.Tuple):
            parts = node.slice.elts
            for at in range(len(parts) - 1):
                swapped = [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
                yield _changed(node, slice=ast.Tuple(swapped, ast.Load()))
    is_index = isinstance(parent, ast.Subscript) and node is parent.slice
    is_part = isinstance(parent, ast.Tuple | ast.Slice)
    if (is_index or is_part) and isinstance(node, ast.Name | ast.BinOp):
        one = ast.Constant(1)
        yield ast.BinOp(node, ast.Add(), one)
        yield ast.BinOp(node, ast.Sub(), one)
        yield from (_constant(value) for value in (0, -1))
        if isinstance(node, ast.BinOp):
            yield from (node.left, node.right)


def _slices(node: ast.Slice) -> Iterator[ast.Slice]:
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is None:
            yield _changed(node, **{name: _constant(1 if name == "lower" else -1)})
        else:
            yield _changed(node, **{name: ast.BinOp(bound, ast.Add(), ast.Constant(1))})
            yield _changed(node, **{name: ast.BinOp(bound, ast.Sub(), ast.Constant(1))})
    if node.step is None:
        yield _changed(node, step=_constant(-1))


def _arguments(node: ast.expr) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        rest = [one for one in node.keywords if one is not keyword]
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg is not None and type(value) is int:
            for other in (0, 1, -1, 2):
                if other != value:
                    put = ast.keyword(keyword.arg, _constant(other))
                    yield _changed(node, keywords=[*rest, put])
    name = getattr(node.func, "attr", "")
    if name in {"sum", "mean", "max", "min", "argmax", "softmax", "cumsum", "flip"}:
        word = "axis"
        given = {keyword.arg for keyword in node.keywords}
        if not given & {"axis", "dim"}:
            for axis in (0, 1, -1):
                yield _changed(node, keywords=[*node.keywords, ast.keyword(word, _constant(axis))])
        if not given & {"keepdims", "keepdim"}:
            put = ast.keyword("keepdims", ast.Constant(value=True))
            yield _changed(node, keywords=[*node.keywords, put])


def _ranges(node: ast.expr, parent: ast.AST) -> Iterator[ast.AST]:
    """Let a loop make other steps: begin or end elsewhere, go the other way."""
    is_steps = isinstance(parent, ast.For | ast.comprehension) and node is parent.iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        one = ast.Constant(1)
        if node.func.id == "range" and node.args:
            for at, bound in enumerate(node.args):
                for op in (ast.Add(), ast.Sub()):
                    args = [*node.args]
                    args[at] = ast.BinOp(bound, op, one)
                    yield _changed(node, args=args)
            if len(node.args) == 1:
                yield _changed(node, args=[one, *node.args])
        elif node.func.id == "enumerate" and len(node.args) == 1 and not node.keywords:
            yield _changed(node, args=[*node.args, one])
        elif node.func.id in {"reversed", "sorted", "set"} and len(node.args) == 1:
            yield node.args[0]
    if is_steps:
        everything = ast.Call(ast.Name("list", ast.Load()), [node], [])
        back = ast.Slice(None, None, _constant(-1))
        yield ast.Subscript(everything, back, ast.Load())
        yield ast.Subscript(everything, ast.Slice(_constant(1), None, None), ast.Load())
        yield ast.Subscript(everything, ast.Slice(None, _constant(-1), None), ast.Load())


def _functions(node: ast.expr, pool: Pool) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        own = ast.unparse(node.func)
        for other in pool.functions:
            if ast.unparse(other) != own:
                yield _changed(node, func=other)


def _turned(node: ast.expr) -> Iterator[ast.AST]:
    """Read a sequence from its other end."""
    if isinstance(node, ast.Name | ast.Attribute):
        yield ast.Subscript(node, ast.Slice(None, None, _constant(-1)), ast.Load())


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
            ast.BinOp(node, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Sub(), value)),
            ast.BinOp(node, ast.Mult(), slope),
        ):
            yield other, LAST_TIER
