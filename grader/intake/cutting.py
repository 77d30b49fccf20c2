"""Cut statements out of a text, and leave some of their parts out, with every line in its place."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from grader.intake.trees import decorated_line

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from grader.intake.syntax import Block

_DETAIL_CHARS: Final = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
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
        return self.block.first + decorated_line(node, self.block.lines)

    def detail(self, node: ast.stmt) -> str:
        """Return the first line of a statement, for messages."""
        return self.shown[self.line(node) - 1].strip()[:_DETAIL_CHARS]

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
        begin = decorated_line(node, self.block.lines)
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
