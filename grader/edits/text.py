"""A definition whose statements are changed one at a time, written again and again."""

from __future__ import annotations

import ast
import textwrap
from typing import Final

_PLACE: Final = "__grader_body__"


class Text:
    """The text of a tree in which the body of one function changes.

    Parameters
    ----------
    tree : ast.Module
        The tree.
    function : ast.FunctionDef or ast.AsyncFunctionDef
        The function in it; what does not change of it is written once.

    Raises
    ------
    ValueError
        When a string in it goes over several lines, which no line of it could be put around.
    """

    def __init__(self, tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._function = function
        body = function.body
        function.body = [ast.Expr(ast.Name(_PLACE, ast.Load()))]
        try:
            whole = ast.unparse(ast.fix_missing_locations(tree))
        finally:
            function.body = body
        self._head, _, self._tail = whole.partition(_PLACE)
        self._indent = self._head.rpartition("\n")[2]
        self._statements = [_written(statement) for statement in body]

    def written(self, within: int | None) -> str:
        """Write it as it is now; one statement has changed, or with None any of them may have."""
        body = self._function.body
        if within is None:
            parts = [_written(statement) for statement in body]
        else:
            parts = [*self._statements]
            parts[within] = _written(body[within])
        text = textwrap.indent("\n".join(parts), self._indent)
        return f"{self._head}{text.removeprefix(self._indent)}{self._tail}"


def _written(statement: ast.stmt) -> str:
    text = ast.unparse(ast.fix_missing_locations(statement))
    if '"""' in text or "'''" in text:
        raise ValueError("a string of several lines")
    return text
