"""What an operator of `grader.edits.operators` has changed, by the keys of the texts."""

from __future__ import annotations

import ast
from typing import Final

# What is changed where a node of these kinds is, whatever stands there now.
_BY_NODE: Final[tuple[tuple[tuple[type[ast.AST], ...], str], ...]] = (
    ((ast.operator, ast.boolop), "edit_operator"),
    ((ast.cmpop, ast.Compare), "edit_comparison"),
    ((ast.Constant,), "edit_number"),
    ((ast.UnaryOp,), "edit_sign"),
    ((ast.Slice,), "edit_index"),
    ((ast.List, ast.Tuple), "edit_listed"),
)
_NAMED: Final = (ast.Name, ast.Attribute, ast.Subscript)


def kind_of(node: ast.AST, other: ast.AST) -> str:
    """Say what is changed where one node stands in the place of another."""
    for types, kind in _BY_NODE:
        if isinstance(node, types):
            return kind
    if isinstance(node, ast.stmt):
        return _of_statement(node, other)
    return _of_expression(node, other)


def _of_expression(node: ast.AST, other: ast.AST) -> str:
    if isinstance(node, ast.BinOp) and other in {node.left, node.right}:
        return "edit_extra"
    if isinstance(node, ast.BinOp) and isinstance(other, ast.BinOp):
        return "edit_order" if other.left is node.right else "edit_brackets"
    if isinstance(node, ast.Call) and isinstance(other, ast.Call):
        return "edit_argument"
    if isinstance(node, ast.Attribute) and node.attr in {"T", "mT"} and other is node.value:
        return "edit_transposed"
    if isinstance(node, _NAMED) and type(node) is type(other):
        return "edit_function" if _is_of_module(node) else "edit_variable"
    return "edit_extra"


def _of_statement(node: ast.stmt, other: ast.AST) -> str:
    if isinstance(other, ast.Pass):
        return "edit_extra_line"
    if isinstance(node, ast.AugAssign):
        return "edit_assigned"
    if isinstance(node, ast.Return | ast.Assign):
        return "edit_listed"
    same = getattr(other, "body", None) is getattr(node, "body", other)
    if isinstance(node, ast.For):
        return "edit_steps" if same else "edit_lines"
    return "edit_condition" if same else "edit_lines"


def _is_of_module(node: ast.AST) -> bool:
    holder = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(holder, ast.Name) and holder.id != "self"
