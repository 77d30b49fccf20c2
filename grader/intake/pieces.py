"""Sort the statements of one module: what is run when it is loaded, and what is left out."""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING, Final

from grader import wire
from grader.intake import marks
from grader.intake.imports import Dotted, import_codes, imported_paths
from grader.intake.notes import UnreadableError
from grader.intake.purity import dotted, is_pure
from grader.intake.stubs import is_unwritten
from grader.intake.syntax import MAX_CHUNKS, Block, Broken, split
from grader.intake.trees import bound_names, decorated_line, flat_targets, root_name, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_STATEMENTS: Final = 20_000
_DETAIL_CHARS: Final = 200
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS: Final = (ast.Import, ast.ImportFrom)
_ASSIGNMENTS: Final = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_SILENT: Final = (ast.Pass, ast.Global, ast.Nonlocal)
_FILLS: Final = frozenset({"append", "add", "extend", "insert", "setdefault", "update"})


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """One file or cell.

    Parameters
    ----------
    filename : str
        What tracebacks call it.
    text : str
        Python source, line for line as in `shown`.
    shown : str
        The text as the student wrote it, magics included.
    marked : frozenset of str or None
        Casefolded names that the cell is marked for; None where each definition of a file is
        marked by the comments above it.
    """

    filename: str
    text: str
    shown: str
    marked: frozenset[str] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A piece, and what decides between it and others of the same name."""

    piece: wire.Piece
    callable: bool = False
    unwritten: bool = False
    marked: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    """The statements of one module."""

    found: list[Found]
    left_out: list[wire.LeftOut]


def sort_statements(origins: Sequence[Origin], file: str) -> Sorted:
    """Sort the statements of the files or cells that make up one module.

    Parameters
    ----------
    origins : sequence of Origin
        In the order in which they are run.
    file : str
        Name of the module's file, for messages.

    Returns
    -------
    Sorted
        Pieces in order, those from under a main guard last; and what is left out.

    Raises
    ------
    UnreadableError
        When there are more statements than anybody writes.
    """
    parts = []
    chunks_left = MAX_CHUNKS
    for origin in origins:
        blocks, broken = split(origin.text, chunks_left)
        if broken:
            chunks_left -= len(origin.text.split("\n"))
        parts.append((origin, blocks, broken))
    count = sum(len(block.body) for _, blocks, _ in parts for block in blocks)
    if count > MAX_STATEMENTS:
        raise UnreadableError(
            "intake_too_many_statements", file=file, statements=count, limit=MAX_STATEMENTS
        )
    sorter = _Sorter([block for _, blocks, _ in parts for block in blocks])
    for origin, blocks, broken in parts:
        sorter.add(origin, blocks, broken)
    return Sorted(sorter.found + sorter.fallbacks, sorter.left_out)


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A block within its origin: cuts statements out and counts lines."""

    origin: Origin
    shown: list[str]
    block: Block

    def line(self, node: ast.stmt) -> int:
        return self.block.first + decorated_line(node, self.block.lines)

    def code(self, node: ast.stmt, *, whole_lines: bool = False) -> str:
        begin = decorated_line(node, self.block.lines)
        lines = self.block.lines[begin - 1 : node.end_lineno]
        # The columns of a tree count bytes.
        lines[-1] = lines[-1].encode()[: node.end_col_offset].decode()
        if not whole_lines and begin == node.lineno:
            lines[0] = lines[0].encode()[node.col_offset :].decode()
        return "\n".join(lines)

    def detail(self, node: ast.stmt) -> str:
        return self.shown[self.line(node) - 1].strip()[:_DETAIL_CHARS]


class _Sorter:
    """Goes through the statements of a module in order, and remembers which names are there."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        nodes = [node for block in blocks for node in statements(block.body)]
        self._imported: dict[str, Dotted] = imported_paths(nodes)
        self._defined = {name for node in nodes if _defines(node) for name in bound_names([node])}
        self._bound: set[str] = set()
        self.found: list[Found] = []
        self.fallbacks: list[Found] = []
        self.left_out: list[wire.LeftOut] = []

    def add(self, origin: Origin, blocks: Iterable[Block], broken: Iterable[Broken]) -> None:
        shown = origin.shown.split("\n")
        done = 0
        for block in blocks:
            place = _Place(origin, shown, block)
            for node in block.body:
                end = block.first + (node.end_lineno or node.lineno)
                marked = origin.marked
                if marked is None:
                    marked = marks.in_comments("\n".join(shown[done:end]))
                self._statement(node, place, marked)
                done = end
        for part in broken:
            reason = "magic" if part.magic else "syntax"
            left = wire.LeftOut(part.names, origin.filename, part.line, reason, part.text)
            self.left_out.append(left)

    def _statement(self, node: ast.stmt, place: _Place, marked: frozenset[str]) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, place)
        elif isinstance(node, ast.If) and _is_main_guard(node.test):
            for child in node.body:
                self._guarded(child, place)
            for child in node.orelse:
                self._leave(child, place)
        elif isinstance(node, ast.Try) and not self._kind(node):
            self._broken_up(node, place)
        elif not self._is_silent(node):
            kind = self._kind(node)
            if kind:
                self._keep(node, place, kind, marked)
            else:
                self._leave(node, place)

    def _import(self, node: ast.Import | ast.ImportFrom, place: _Place) -> None:
        """Keep an import; of ``import a, b``, each by itself, for one may be missing."""
        codes = import_codes(node) or [(place.code(node), tuple(bound_names([node])))]
        for code, names in codes:
            piece = wire.Piece(code, place.origin.filename, place.line(node), "import", names)
            self.found.append(Found(piece))

    def _keep(self, node: ast.stmt, place: _Place, kind: str, marked: frozenset[str]) -> None:
        names = tuple(bound_names([node]))
        filename = place.origin.filename
        piece = wire.Piece(place.code(node), filename, place.line(node), kind, names)
        is_callable = kind == "definition" or self._may_be_callable(node)
        self.found.append(Found(piece, is_callable, is_unwritten(node), marked))
        self._bound.update(names)

    def _guarded(self, node: ast.stmt, place: _Place) -> None:
        """Keep what a main guard sets up; functions may read it as if it were global."""
        if self._is_silent(node):
            return
        if not self._kind(node):
            self._leave(node, place)
            return
        code, line = place.code(node), place.line(node)
        if hasattr(node, "body"):
            code, line = "if True:\n" + place.code(node, whole_lines=True), line - 1
        names = tuple(bound_names([node]))
        piece = wire.Piece(code, place.origin.filename, line, "fallback", names)
        self.fallbacks.append(Found(piece))
        self._bound.update(names)

    def _broken_up(self, node: ast.Try, place: _Place) -> None:
        """Keep the imports at the head of a ``try`` that does more than import."""
        imports = [child for child in node.body if isinstance(child, _IMPORTS)]
        for child in imports:
            self._import(child, place)
        self._leave(node, place, besides=bound_names(imports))

    def _leave(self, node: ast.stmt, place: _Place, besides: Sequence[str] = ()) -> None:
        asks_ipython = any(
            isinstance(part, ast.Name) and part.id == "get_ipython" for part in ast.walk(node)
        )
        names = tuple(name for name in bound_names([node]) if name not in besides)
        reason = "magic" if asks_ipython else "call"
        line, detail = place.line(node), place.detail(node)
        self.left_out.append(wire.LeftOut(names, place.origin.filename, line, reason, detail))

    def _kind(self, node: ast.stmt) -> str:
        """Return the kind of piece that a statement makes, or nothing if it is not run."""
        if isinstance(node, ast.If | ast.Try):
            inner = list(statements([node]))
            bound = self._bound | set(bound_names([node]))
            if not all(self._is_kept_inside(child, bound) for child in inner):
                return ""
            imports = any(isinstance(child, _IMPORTS) for child in inner)
            return "import" if imports and isinstance(node, ast.Try) else "constant"
        if isinstance(node, ast.For):
            fills = self._only_fills(node, self._bound) and any(map(_is_fill, ast.walk(node)))
            return "constant" if fills else ""
        return self._simple_kind(node, self._bound)

    def _only_fills(self, node: ast.stmt, bound: set[str]) -> bool:
        """Tell whether a loop does nothing but fill tables that the submission has made."""
        if isinstance(node, ast.For | ast.If):
            head = node.iter if isinstance(node, ast.For) else node.test
            inner = bound | set(bound_names([node]))
            return self._is_pure(head) and all(
                self._only_fills(child, inner) for child in (*node.body, *node.orelse)
            )
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_fill(node):
            call = node.value
            arguments = [*call.args, *(word.value for word in call.keywords)]
            return root_name(call.func) in bound and all(map(self._is_pure, arguments))
        if not isinstance(node, _ASSIGNMENTS):
            return self._is_silent(node)
        return bool(self._simple_kind(node, bound))

    def _is_kept_inside(self, node: ast.stmt, bound: set[str]) -> bool:
        if isinstance(node, ast.If):
            return self._is_pure(node.test)
        if isinstance(node, ast.Try):
            return True
        return self._is_silent(node) or bool(self._simple_kind(node, bound))

    def _simple_kind(self, node: ast.stmt, bound: set[str]) -> str:
        if isinstance(node, _IMPORTS):
            return "import"
        if isinstance(node, _DEFINITIONS):
            return "definition"
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or not node.value:
            return ""
        if not all(self._may_set(target, node, bound) for target in flat_targets(node)):
            return ""
        if _defines(node):
            return "definition"
        return "constant" if self._is_pure(node.value) else ""

    def _may_set(self, target: ast.expr, node: ast.stmt, bound: set[str]) -> bool:
        """Allow new names, and changes to objects that the submission itself has made."""
        if isinstance(target, ast.Name):
            return not isinstance(node, ast.AugAssign) or target.id in bound
        return root_name(target) in bound and self._is_pure(target)

    def _is_silent(self, node: ast.stmt) -> bool:
        """Tell whether a statement does nothing: text, a value to display, a bare annotation."""
        if isinstance(node, ast.Expr):
            return self._is_pure(node.value)
        return isinstance(node, _SILENT) or (isinstance(node, ast.AnnAssign) and not node.value)

    def _is_pure(self, node: ast.expr) -> bool:
        return is_pure(node, self._imported, self._defined)

    def _may_be_callable(self, node: ast.stmt) -> bool:
        """Tell ``clip = my_clip`` from ``clip = 5``, which can be no answer to an exercise."""
        if not isinstance(node, _ASSIGNMENTS):
            return any(_defines(child) for child in statements([node]))
        value = node.value
        if isinstance(value, ast.Call):
            path = dotted(value.func)
            return bool(path) and self._imported.get(path[0], ("",))[0] == "functools"
        path = dotted(value) if value else ()
        return bool(path) and (path[0] in self._imported or path[0] in self._defined)


def _is_fill(node: ast.AST) -> bool:
    """Tell whether a statement puts something into a table: ``d[k] = v``, ``names.append(x)``."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Subscript) for target in node.targets)
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in _FILLS
    )


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda):
        return all(isinstance(target, ast.Name) for target in flat_targets(node))
    return isinstance(node, _DEFINITIONS)


def _is_main_guard(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = [test.left, test.comparators[0]]
    return isinstance(test.ops[0], ast.Eq) and any(
        isinstance(side, ast.Name) and side.id == "__name__" for side in sides
    )
