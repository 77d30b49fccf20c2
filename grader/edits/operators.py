"""What could stand in the place of a piece of code: slips of the hand, and of the mind.

Each operator is a mistake that people make in numerical code: a sign, a bound, an operand or a
transpose lost, brackets forgotten, arguments or lines in the wrong order, a variable taken for its
neighbour, the first or last step of a loop left out. What would fail at once, whatever the suite
(an unbound name, an attribute of a module that it lacks), is left out where syntax can tell: it
would only flatter the score.
"""

from __future__ import annotations

import ast
import copy
import itertools
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from grader.edits.neighbours import Neighbours

_SWAPPED: Final[dict[type[ast.AST], type[Any]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
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
_CONFUSED: Final = {
    "argmax": "argmin",
    "ljust": "rjust",
    "lower": "upper",
    "max": "min",
    "mean": "sum",
    "ones": "zeros",
    "sigmoid": "tanh",  # of torch; NumPy has none, and is left out by `_confused`
    "sum": "mean",
    "tanh": "sigmoid",
    "upper": "lower",
    "zeros": "ones",
    "zeros_like": "ones_like",
}
_DROPPABLE: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_DELETABLE: Final = (ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.Delete)
_SUMS: Final = (ast.Add, ast.Sub)
_PRODUCTS: Final = (ast.Mult, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod)


def alternatives(node: ast.AST, around: Neighbours) -> list[ast.AST]:
    """List what could stand in the place of a node; always in the same order.

    Parameters
    ----------
    node : ast.AST
        Part of a definition; it is not changed.
    around : Neighbours
        The names in that definition.

    Returns
    -------
    list of ast.AST
        Some may come to the same.
    """
    found: list[ast.AST] = []
    swapped = _SWAPPED.get(type(node))
    if swapped is not None:
        found.append(swapped())
    if isinstance(node, ast.stmt):
        found += [*_of_statement(node), *_of_lines(node, around)]
    elif isinstance(node, ast.Call):
        found += _of_call(node, around)
    elif type(node) in _OF_EXPRESSIONS:
        found += _OF_EXPRESSIONS[type(node)](node)
    return found + around.of(node)


def _with(node: Any, **fields: object) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _in_other_order(elements: list[ast.expr]) -> list[list[ast.expr]]:
    """Exchange neighbours, each pair in turn."""
    if any(isinstance(one, ast.Starred) for one in elements):
        return []
    return [
        [*elements[:at], elements[at + 1], elements[at], *elements[at + 2 :]]
        for at in range(len(elements) - 1)
    ]


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.MatMult):
        yield ast.BinOp(node.right, ast.MatMult(), node.left)
    if isinstance(node.op, _DROPPABLE):
        yield from (node.left, node.right)
    yield from _of_brackets(node)


def _of_sign(node: ast.UnaryOp) -> list[ast.AST]:
    return [node.operand] if isinstance(node.op, ast.USub | ast.Not) else []


def _of_elements(node: ast.List | ast.Tuple) -> list[ast.AST]:
    is_text = all(isinstance(getattr(one, "value", None), str) for one in node.elts)
    if is_text or not isinstance(node.ctx, ast.Load):  # of names one by one, the order is nothing
        return []
    return [_with(node, elts=elements) for elements in _in_other_order(node.elts)]


def _of_brackets(node: ast.BinOp) -> Iterator[ast.AST]:
    """Forget brackets, or put them around the later one of two products."""
    left, right, op = node.left, node.right, node.op
    if isinstance(left, ast.BinOp) and _matters(left.op, op, inner=left.op, outer=op):
        yield ast.BinOp(left.left, left.op, ast.BinOp(left.right, op, right))
    if isinstance(right, ast.BinOp) and _matters(op, right.op, inner=right.op, outer=op):
        yield ast.BinOp(ast.BinOp(left, op, right.left), right.op, right.right)


def _matters(
    first: ast.operator, second: ast.operator, *, inner: ast.operator, outer: ast.operator
) -> bool:
    """Tell whether to group x first y second z otherwise is a slip, and not the same."""
    if not all(isinstance(op, (*_SUMS, *_PRODUCTS)) for op in (first, second)):
        return False  # of powers, shifts and bits, no brackets are touched
    if isinstance(inner, _PRODUCTS) and isinstance(outer, _SUMS):
        return False  # there are no brackets to forget
    return not (
        (isinstance(first, ast.Add) and isinstance(second, _SUMS))
        or (isinstance(first, ast.Mult) and isinstance(second, ast.Mult | ast.Div))
        or (isinstance(first, ast.MatMult) and isinstance(second, ast.MatMult))
    )


def _of_comparison(node: ast.Compare) -> list[ast.AST]:
    """Take what is zero, or empty, for what is not there."""
    other = node.comparators[0]
    if len(node.ops) > 1 or not (isinstance(other, ast.Constant) and other.value is None):
        return []
    if isinstance(node.ops[0], ast.Is):
        return [ast.UnaryOp(ast.Not(), node.left)]
    return [node.left]


def _of_constant(node: ast.Constant) -> list[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        return [ast.Constant(not value)]
    if isinstance(value, int):
        return [ast.Constant(value + 1), ast.Constant(value - 1)]
    if isinstance(value, float):
        return [ast.Constant(value * 2 if value else 1.0)]
    return []


def _of_attribute(node: ast.Attribute) -> list[ast.AST]:
    if node.attr in {"T", "mT"}:
        return [node.value]
    other = _CONFUSED.get(node.attr)
    module = node.value.id if isinstance(node.value, ast.Name) else ""
    if other is None or ("sigmoid" in {node.attr, other} and module != "torch"):
        return []
    return [_with(node, attr=other)]


def _of_call(node: ast.Call, around: Neighbours) -> list[ast.AST]:
    found: list[ast.AST] = []
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    is_method = receiver is not None and around.is_value(receiver)
    is_plain = not node.keywords and not any(isinstance(one, ast.Starred) for one in node.args)
    if is_plain and len(node.args) == 1 and not is_method:
        found.append(node.args[0])
    if receiver is not None and (is_method or (is_plain and not node.args)):
        found.append(receiver)
    if isinstance(node.func, ast.Name) and node.func.id in _CONFUSED:
        found.append(_with(node, func=ast.Name(_CONFUSED[node.func.id], ast.Load())))
    found += [_with(node, args=arguments) for arguments in _in_other_order(node.args)]
    for left_out in node.keywords:
        kept = [keyword for keyword in node.keywords if keyword is not left_out]
        found.append(_with(node, keywords=kept))
    return found


def _without_a_bound(node: ast.Slice) -> list[ast.AST]:
    bounds = [name for name in ("lower", "upper", "step") if getattr(node, name) is not None]
    return [_with(node, **{name: None}) for name in bounds]


def _of_statement(node: ast.stmt) -> list[ast.AST]:
    found: list[ast.AST] = []
    if isinstance(node, _DELETABLE):
        found.append(ast.Pass())
    if isinstance(node, ast.AugAssign):
        found.append(ast.Assign([node.target], node.value))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
        found += _unpacked_otherwise(node)
    if isinstance(node, ast.If | ast.While):
        found.append(_with(node, test=ast.UnaryOp(ast.Not(), node.test)))
    if isinstance(node, ast.For):
        found += _of_loop(node)
    if isinstance(node, ast.Break):
        found.append(ast.Continue())
    if isinstance(node, ast.Continue):
        found.append(ast.Break())
    if isinstance(node, ast.Return) and node.value is not None:
        found.append(ast.Return(ast.Constant(None)))
    return found


def _unpacked_otherwise(node: ast.Assign) -> list[ast.AST]:
    """Exchange neighbours among the names that a result is unpacked into."""
    (target,) = node.targets
    if isinstance(node.value, ast.Tuple) or not isinstance(target, ast.Tuple):
        return []  # there the values are exchanged
    orders = _in_other_order(target.elts)
    return [ast.Assign([_with(target, elts=elements)], node.value) for elements in orders]


def _of_loop(node: ast.For) -> list[ast.AST]:
    """Leave out the first or the last step, or go through all of them backwards."""
    everything = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
    one, back = ast.Constant(1), ast.UnaryOp(ast.USub(), ast.Constant(1))
    ranges = [ast.Slice(one, None, None), ast.Slice(None, back, None)]
    targets = {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)} - {"_"}
    used = {name.id for part in node.body for name in ast.walk(part) if isinstance(name, ast.Name)}
    is_reversed = isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "reversed"
    is_listed = isinstance(node.iter, ast.Tuple | ast.List)
    if (
        targets & used and not is_reversed and not is_listed
    ):  # else it comes to the same, or is another operator's
        ranges.append(ast.Slice(None, None, back))
    found: list[ast.AST] = [
        _with(node, iter=ast.Subscript(everything, steps, ast.Load())) for steps in ranges
    ]
    if isinstance(node.iter, ast.Tuple | ast.List):
        elements = node.iter.elts
        for at in range(1, len(elements) - 1):  # the ends are left out above
            kept = [*elements[:at], *elements[at + 1 :]]
            found.append(_with(node, iter=_with(node.iter, elts=kept)))
    return found


def _of_lines(node: Any, around: Neighbours) -> list[ast.AST]:
    """Exchange two lines of a block, where that makes a difference."""
    body = getattr(node, "body", [])
    return [
        _with(node, body=[*body[:at], second, first, *body[at + 2 :]])
        for at, (first, second) in enumerate(itertools.pairwise(body))
        if around.depend(first, second)
    ]


_OF_EXPRESSIONS: Final[dict[type[ast.AST], Callable[[Any], Iterable[ast.AST]]]] = {
    ast.BinOp: _of_operation,
    ast.UnaryOp: _of_sign,
    ast.Compare: _of_comparison,
    ast.Constant: _of_constant,
    ast.Attribute: _of_attribute,
    ast.Slice: _without_a_bound,
    ast.List: _of_elements,
    ast.Tuple: _of_elements,
    ast.IfExp: lambda node: [node.body, node.orelse],
}
