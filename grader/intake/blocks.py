"""What can be run of a block once the work in it is left out, and how that is cut from its text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from grader.intake.rules import IMPORTS, is_fill
from grader.trees import BLOCKS, DETAIL_CHARS, bound_names, children, first_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.intake.rules import Rules
    from grader.intake.syntax import Block


def undone(node: ast.stmt, rules: Rules) -> list[ast.stmt] | None:
    """List what must not be run of a block, so that the rest of it can be.

    None where no part of it can: the head asks for work, or nothing is left but work.
    """
    try:
        return _undone(node, rules, frozenset(bound_names([node])))
    except RecursionError:  # an ``elif`` chain of a thousand branches
        return None


def _undone(node: ast.stmt, rules: Rules, inside: frozenset[str]) -> list[ast.stmt] | None:
    if not _may_enter(node, rules):
        return None
    in_loop = isinstance(node, ast.For)
    dropped: list[ast.stmt] = []
    keeps = fills = False
    for child in children(node):
        if isinstance(child, BLOCKS):
            inner = _undone(child, rules, inside)
            dropped += [child] if inner is None else inner
            keeps = keeps or inner is not None
            fills = fills or inner is not None
        elif rules.fills(child, inside):
            keeps = fills = True
        elif rules.kind(child, inside) and not (in_loop and isinstance(child, IMPORTS)):
            keeps = True
            fills = fills or is_fill(child)
        elif not rules.is_silent(child):
            dropped.append(child)
    if in_loop and (not fills or not all(isinstance(one, ast.Expr) for one in dropped)):
        return None  # work, of which filling a table is a part
    return dropped if keeps else None


def _may_enter(node: ast.stmt, rules: Rules) -> bool:
    if isinstance(node, ast.If):
        return rules.is_pure(node.test)
    if isinstance(node, ast.With):
        return all(rules.is_pure(item.context_expr) for item in node.items)
    if isinstance(node, ast.For):
        return rules.is_pure(node.iter)
    if isinstance(node, ast.Try | ast.TryStar):
        # A handler that does nothing would hide what went wrong; then each part is taken alone.
        handled = [child for handler in node.handlers for child in handler.body]
        raised = any(isinstance(child, ast.Raise) for child in handled)
        return not raised and (not handled or any(rules.kind(child) for child in handled))
    return False


def kept_inside(node: ast.stmt, without: Sequence[ast.stmt]) -> list[ast.stmt]:
    """List the statements of a block that are left, those of blocks inside of it too."""
    dropped = set(map(id, without))
    kept: list[ast.stmt] = []
    waiting = [node]
    while waiting:
        for child in children(waiting.pop()):
            if id(child) not in dropped:
                kept.append(child)
                waiting.append(child)
    return kept


def bound_inside(node: ast.stmt, without: Sequence[ast.stmt] = ()) -> tuple[str, ...]:
    """List the names that a statement binds when some parts of it are not run."""
    if not without:
        return tuple(bound_names([node]))
    names: list[str] = []
    for one in [node, *kept_inside(node, without)]:
        if isinstance(one, ast.For):
            names += bound_names([one.target])
        elif isinstance(one, ast.With):
            names += bound_names([item.optional_vars for item in one.items if item.optional_vars])
        elif not isinstance(one, BLOCKS):
            names += bound_names([one])
    return tuple(dict.fromkeys(names))


class Place(msgspec.Struct, frozen=True):
    """A block of statements within its file or cell.

    Parameters
    ----------
    filename : str
        What tracebacks call the file or cell.
    shown : list of str
        Its lines as the student wrote them.
    block : Block
        The lines that parse, and where they begin.
    """

    filename: str
    shown: list[str]
    block: Block

    def line(self, node: ast.stmt) -> int:
        """Return the line of a statement in its file or cell, decorators included."""
        return self.block.first + first_line(node, self.block.lines)

    def detail(self, node: ast.stmt) -> str:
        """Return the first line of a statement, for messages."""
        return self.shown[self.line(node) - 1].strip()[:DETAIL_CHARS]

    def cut(self, node: ast.stmt, without: Iterable[ast.stmt] = ()) -> tuple[str, int]:
        """Return the text of a statement, and the line on which it begins.

        Parameters
        ----------
        node : ast.stmt
            The statement. Where it has a body and is indented, an ``if True:`` is put before it,
            since its lines, which may lie within strings, cannot be moved to the left.
        without : iterable of ast.stmt
            Statements inside of it that are to do nothing.
        """
        begin = first_line(node, self.block.lines)
        # The columns of a tree count bytes.
        lines = [line.encode() for line in self.block.lines[begin - 1 : node.end_lineno]]
        lines[-1] = lines[-1][: node.end_col_offset]
        for left in sorted(without, key=lambda one: (one.lineno, one.col_offset), reverse=True):
            _silence(lines, left, begin)
        # Before a statement there is nothing but its indent, which a form feed begins anew.
        indent = self.block.lines[begin - 1].encode()[: node.col_offset].rpartition(b"\f")[2]
        if hasattr(node, "body") and indent:
            return b"\n".join([b"if True:", *lines]).decode(), self.line(node) - 1
        if begin == node.lineno:
            lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode(), self.line(node)


def _silence(lines: list[bytes], node: ast.stmt, begin: int) -> None:
    """Put something in the place of a statement that does nothing and takes as many lines."""
    first, last = node.lineno - begin, (node.end_lineno or node.lineno) - begin
    rest = lines[last][node.end_col_offset :]
    if first == last:
        lines[first] = lines[first][: node.col_offset] + b"pass" + rest
        return
    lines[first] = lines[first][: node.col_offset] + b"("
    lines[first + 1 : last] = [b""] * (last - first - 1)
    lines[last] = b")" + rest
