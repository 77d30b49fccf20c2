"""Names that one could be taken for another, and lines that do not commute."""

from __future__ import annotations

import ast
import copy
from typing import Final, NamedTuple

_BLOCKS: Final = (ast.FunctionDef, ast.ClassDef)
_LEAVING: Final = (ast.Return, ast.Break, ast.Continue, ast.Raise, ast.Pass)


class _Place(NamedTuple):
    """A variable, an attribute of ``self``, or an entry under a constant key."""

    holder: str
    name: str


class _Touched(NamedTuple):
    reads: set[_Place]
    writes: set[_Place]


class Neighbours:
    """The names in one definition.

    Parameters
    ----------
    definition : ast.stmt
        A function, or a class with its methods.
    """

    def __init__(self, definition: ast.stmt) -> None:
        self._bound: dict[str, int] = {}  # the line after which a name has a value
        self._scopes: dict[int, ast.AST] = {}  # by line; a method's names are its own
        self._places: dict[ast.AST, list[_Place]] = {}
        self._holders = {  # of a method, or of a key: few values have the same ones
            _position(holder)
            for node in ast.walk(definition)
            if (holder := _holder(node)) is not None
        }
        for node in ast.walk(definition):  # breadth first: inner functions come later
            if isinstance(node, ast.FunctionDef):
                for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    self._scopes[line] = node
        for node in sorted(
            (node for node in ast.walk(definition) if hasattr(node, "lineno")), key=_position
        ):
            self._note(node)

    def of(self, node: ast.AST) -> list[ast.AST]:
        """Put the nearest names that resemble a node's in its place, one on either side."""
        place = _place(node)
        scope = self._scopes.get(getattr(node, "lineno", 0))
        if place is None or scope is None or (not place.holder and not self._is_local(node)):
            return []
        known = self._places[scope]
        at = known.index(place)
        usable = [
            [other for other in side if self._could_be(place, other, node)]
            for side in (reversed(known[:at]), known[at + 1 :])
        ]
        return [_named(node, side[0].name) for side in usable if side]

    def is_value(self, node: ast.expr) -> bool:
        """Tell whether an expression is computed here, and is no module and no ``self``."""
        if isinstance(node, ast.Attribute):
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            return self.is_value(root) or getattr(root, "id", "") == "self"
        if isinstance(node, ast.Name):
            return node.id in self._bound and node.id != "self"
        return not isinstance(node, ast.Constant)

    def depend(self, first: ast.stmt, second: ast.stmt) -> bool:
        """Tell whether two lines could be exchanged, and whether that may make a difference."""
        if any(isinstance(one, (*_BLOCKS, *_LEAVING)) for one in (first, second)):
            return False
        if _are_for_effect(first, second):
            return True
        before, after = self._touched(first), self._touched(second)
        made = _common(before.writes, after.reads)
        late = {place.name for place in made if not place.holder}
        if any(self._bound.get(name, 0) >= first.lineno for name in late):
            return False  # it would read what is not there yet
        return bool(made or _common(before.reads | before.writes, after.writes))

    def _note(self, node: ast.AST) -> None:
        place, scope = _place(node), self._scopes.get(getattr(node, "lineno", 0))
        if isinstance(node, ast.arg):
            place = _Place("", node.arg)
        if place is None or scope is None:
            return
        if isinstance(node, ast.arg):
            self._bound[place.name] = 0
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self._bound.setdefault(place.name, node.lineno)
        known = self._places.setdefault(scope, [])
        if place not in known:
            known.append(place)

    def _is_local(self, node: ast.AST) -> bool:
        is_read = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        return is_read and self.is_value(node) and _position(node) not in self._holders  # type: ignore[arg-type]  # a name

    def _could_be(self, place: _Place, other: _Place, node: ast.AST) -> bool:
        if other.holder or place.holder:
            return other.holder == place.holder
        line: int = getattr(node, "lineno", 0)
        is_there = self._bound.get(other.name, line) < line
        return is_there and other.name not in {"_", "self"} and _alike(place.name, other.name)

    def _touched(self, statement: ast.stmt) -> _Touched:
        touched = _Touched(set(), set())
        for node in ast.walk(statement):
            place = _place(node)
            if (
                place is None
                or place.name in {"_", "self"}
                or not (place.holder or place.name in self._bound)
            ):
                continue
            if isinstance(getattr(node, "ctx", None), ast.Store):
                touched.writes.add(place)
            elif not (isinstance(node, ast.Name) and _holds_entry(statement, node)):
                touched.reads.add(place)
            if isinstance(statement, ast.AugAssign) and node is statement.target:
                touched.reads.add(place)
        if isinstance(statement, ast.Expr):  # a method may change what it is called on
            root: ast.AST = statement.value
            while isinstance(root, ast.Call | ast.Attribute | ast.Subscript):
                root = root.func if isinstance(root, ast.Call) else root.value
            if isinstance(root, ast.Name) and root.id in self._bound:
                touched.writes.add(_Place("", root.id))
        return touched


def _alike(one: str, other: str) -> bool:
    return (
        one[0] == other[0]
        or len(one) == len(other) == 1
        or not set(one.split("_")).isdisjoint(other.split("_"))
    )


def _position(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]  # the caller looks


def _holder(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node.value if isinstance(node, ast.Subscript) and _place(node) is not None else None


def _place(node: ast.AST) -> _Place | None:
    if isinstance(node, ast.Name):
        return _Place("", node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return _Place("self", node.attr) if node.value.id == "self" else None
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return _Place(node.value.id, key.value)
    return None


def _named(node: ast.AST, name: str) -> ast.AST:
    other: ast.AST = copy.copy(node)
    if isinstance(other, ast.Name):
        other.id = name
    elif isinstance(other, ast.Attribute):
        other.attr = name
    elif isinstance(other, ast.Subscript):
        other.slice = ast.Constant(name)
    return other


def _holds_entry(statement: ast.stmt, name: ast.Name) -> bool:
    """Tell whether a name stands only before a constant key."""
    return any(
        isinstance(node, ast.Subscript) and node.value is name and _place(node) is not None
        for node in ast.walk(statement)
    )


def _common(one: set[_Place], other: set[_Place]) -> set[_Place]:
    """Find what both touch; an entry belongs to its holder."""
    return {
        first
        for first in one
        for second in other
        if first == second
        or (first.holder or first.name) == second.name
        or first.name == (second.holder or second.name)
    }


def _are_for_effect(first: ast.stmt, second: ast.stmt) -> bool:
    """Tell whether both lines are calls for their effects, other than on a list each."""
    methods = [
        one.value.func.attr
        for one in (first, second)
        if isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Call)
        and isinstance(one.value.func, ast.Attribute)
    ]
    return len(methods) > 1 and methods != ["append", "append"]
