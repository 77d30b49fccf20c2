"""Sort the statements of one module: what is run when it is loaded, and what is left out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.intake import effects
from grader.intake.blocks import Place, bound_inside, kept_inside, undone
from grader.intake.marimo import app_name, unwrapped
from grader.intake.notebook import marks_in
from grader.intake.notes import UnreadableError
from grader.intake.rules import DEFINITIONS, IMPORTS, Rules, asks_ipython
from grader.intake.syntax import MAX_CHUNKS, Block, Broken, split
from grader.intake.work import settle_work
from grader.trees import BLOCKS, bound_names, children, import_codes, is_unwritten, statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MAX_STATEMENTS: Final = 20_000


class Origin(msgspec.Struct, frozen=True):
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
    inner : dict of int to Origin
        Texts that stand, as strings, in calls on certain lines, and are run in their place.
    """

    filename: str
    text: str
    shown: str
    marked: frozenset[str] | None = None
    inner: Mapping[int, Origin] = msgspec.field(default_factory=dict)


class Found(msgspec.Struct, frozen=True):
    """A piece, and what decides whether it is run and which of its name counts.

    Parameters
    ----------
    piece : wire.Piece
        What is run.
    callable, unwritten : bool
        Whether what it defines can be called, and whether it is still a stub.
    marked : frozenset of str
        Casefolded names that it is marked for.
    works : bool
        Whether it is run only if something graded needs it.
    outside, trains, draws : bool
        What it, or what it defines, would do besides computing.
    changes : tuple of str
        Objects that it changes without binding their names.
    detail : str
        Its first line, for messages.
    """

    piece: wire.Piece
    callable: bool = False
    unwritten: bool = False
    marked: frozenset[str] = frozenset()
    works: bool = False
    outside: bool = False
    trains: bool = False
    draws: bool = False
    changes: tuple[str, ...] = ()
    detail: str = ""


_Part = tuple[Origin, list[Block], list[Broken]]


class Sorted(msgspec.Struct, frozen=True):
    """The statements of one module."""

    found: list[Found]
    left_out: list[wire.LeftOut]


def sort_statements(origins: Sequence[Origin], file: str, graded: Collection[str] = ()) -> Sorted:
    """Sort the statements of the files or cells that make up one module.

    Parameters
    ----------
    origins : sequence of Origin
        In the order in which they are run.
    file : str
        Name of the module's file, for messages.
    graded : collection of str
        Names that the assignment grades.

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
    every = [one for origin in origins for one in (origin, *origin.inner.values())]
    for origin in every:
        app = app_name(origin.text)
        blocks, broken = split(origin.text, chunks_left)
        if broken:
            chunks_left -= len(origin.text.split("\n"))
        if app:
            blocks = [
                msgspec.structs.replace(block, body=unwrapped(block.body, app)) for block in blocks
            ]
        parts.append((origin, blocks, broken))
    count = sum(len(block.body) for _, blocks, _ in parts for block in blocks)
    if count > MAX_STATEMENTS:
        raise UnreadableError(
            "intake_too_many_statements", file=file, statements=count, limit=MAX_STATEMENTS
        )
    nodes = [node for _, blocks, _ in parts for block in blocks for node in statements(block.body)]
    sorter = _Sorter(Rules(nodes, graded), {part[0].filename: part for part in parts})
    for origin in origins:
        sorter.add(origin.filename)
    found, unneeded = settle_work(sorter.found, graded)
    order = {origin.filename: at for at, origin in enumerate(every)}
    left_out = sorted(
        [*sorter.left_out, *unneeded], key=lambda left: (order[left.filename], left.line)
    )
    return Sorted(found + sorter.fallbacks, left_out)


class _Sorter:
    """Goes through the statements of a module in order."""

    def __init__(self, rules: Rules, parts: Mapping[str, _Part]) -> None:
        self._rules = rules
        self._parts = parts
        self.found: list[Found] = []
        self.fallbacks: list[Found] = []
        self.left_out: list[wire.LeftOut] = []

    def add(self, filename: str) -> None:
        origin, blocks, broken = self._parts[filename]
        shown = origin.shown.split("\n")
        done = 0
        for block in blocks:
            place = Place(origin.filename, shown, block)
            for node in block.body:
                end = block.first + (node.end_lineno or node.lineno)
                marked = origin.marked
                if marked is None:
                    marked = marks_in("\n".join(shown[done:end]))
                inner = origin.inner.get(place.line(node))
                if inner is not None and isinstance(node, ast.Expr):
                    self.add(inner.filename)
                else:
                    self._statement(node, place, marked)
                done = end
        for part in broken:
            reason = "magic" if part.magic else "newer" if part.needs else "syntax"
            detail = part.needs or part.text
            left = wire.LeftOut(part.names, origin.filename, part.line, reason, detail)
            self.left_out.append(left)

    def _statement(self, node: ast.stmt, place: Place, marked: frozenset[str]) -> None:
        rules = self._rules
        if isinstance(node, IMPORTS):
            self._import(node, place)
        elif isinstance(node, ast.If) and _is_main_guard(node.test):
            for child in node.body:
                self._guarded(child, place)
            for child in node.orelse:
                self._leave(child, place)
        elif isinstance(node, BLOCKS):
            self._block(node, place, marked)
        elif kind := rules.kind(node):
            self._keep(node, place, kind, marked)
        elif rules.is_work(node):
            self._keep(node, place, "constant", marked, works=True)
        elif not rules.is_silent(node):
            self._leave(node, place)

    def _import(self, node: ast.Import | ast.ImportFrom, place: Place) -> None:
        """Keep an import; of ``import a, b``, each by itself, for one may be missing."""
        code, line = place.cut(node)
        for one, names in import_codes(node) or [(code, tuple(bound_names([node])))]:
            self.found.append(Found(wire.Piece(one, place.filename, line, "import", names)))

    def _block(self, node: ast.stmt, place: Place, marked: frozenset[str]) -> None:
        """Keep a block less what it may not do; or else what it defines, piece by piece."""
        without = undone(node, self._rules)
        if without is not None:
            kind = _kind_of_block(node, kept_inside(node, without))
            self._keep(node, place, kind, marked, without)
            for left in without:
                self._leave(left, place)
        elif isinstance(node, ast.Try | ast.TryStar):
            for child in [*node.body, *node.orelse, *node.finalbody]:
                self._statement(child, place, marked)
            handled = [child for handler in node.handlers for child in handler.body]
            if bound_names(handled):
                self._leave(node, place, bound_names(handled))
        else:
            self._taken_apart(node, place, marked)

    def _taken_apart(self, node: ast.stmt, place: Place, marked: frozenset[str]) -> None:
        """Keep the definitions of a block that is not entered; a second branch's come last."""
        second = node.orelse if isinstance(node, ast.If) else []
        names: set[str] = set()
        for child in children(node):
            inner = [one for one in statements([child]) if isinstance(one, DEFINITIONS)]
            if not inner:
                continue
            if child in second:
                self._guarded(child, place)
            else:
                self._statement(child, place, marked)
            names.update(bound_names(inner))
        left = [name for name in bound_names([node]) if name not in names]
        if left or not names:
            self._leave(node, place, left)

    def _keep(
        self,
        node: ast.stmt,
        place: Place,
        kind: str,
        marked: frozenset[str],
        without: Sequence[ast.stmt] = (),
        *,
        works: bool = False,
    ) -> None:
        rules = self._rules
        code, line = place.cut(node, without)
        names = bound_inside(node, without)
        amends = rules.amends(node)
        seeds = effects.seeds(node, rules.imported)
        self.found.append(
            Found(
                wire.Piece(code, place.filename, line, kind, names, (), amends),
                callable=kind == "definition" or rules.may_be_callable(node),
                unwritten=is_unwritten(node),
                marked=marked,
                works=works,
                outside=not without and effects.goes_outside(node, rules.imported),
                trains=effects.trains(node, rules.imported),
                draws=not seeds and effects.draws(node, rules.imported),
                changes=(effects.RANDOM,) if seeds else (*rules.changes(node), *amends),
                detail=place.detail(node),
            )
        )
        rules.bound.update(names)

    def _guarded(self, node: ast.stmt, place: Place) -> None:
        """Keep what a main guard sets up; functions may read it as if it were global."""
        rules = self._rules
        without: Sequence[ast.stmt] | None = ()
        if isinstance(node, BLOCKS):
            without = undone(node, rules)
        elif not rules.kind(node):
            without = None
            if rules.is_silent(node):
                return
        if without is None:
            self._leave(node, place)
            return
        code, line = place.cut(node, without)
        names = bound_inside(node, without)
        self.fallbacks.append(Found(wire.Piece(code, place.filename, line, "fallback", names)))
        for left in without:
            self._leave(left, place)
        rules.bound.update(names)

    def _leave(self, node: ast.stmt, place: Place, names: Iterable[str] | None = None) -> None:
        reason = "magic" if asks_ipython(node) else "call"
        if reason == "call" and effects.goes_outside(node, self._rules.imported):
            reason = "outside"
        bound = tuple(bound_names([node]) if names is None else names)
        left = wire.LeftOut(bound, place.filename, place.line(node), reason, place.detail(node))
        self.left_out.append(left)


def _kind_of_block(node: ast.stmt, kept: Sequence[ast.stmt]) -> str:
    if any(isinstance(child, DEFINITIONS) for child in kept):
        return "definition"
    imports = any(isinstance(child, IMPORTS) for child in kept)
    return "import" if imports and isinstance(node, ast.Try) else "constant"


def _is_main_guard(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = [test.left, test.comparators[0]]
    return isinstance(test.ops[0], ast.Eq) and any(
        isinstance(side, ast.Name) and side.id == "__name__" for side in sides
    )
