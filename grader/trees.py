"""What is read from syntax trees: names bound and read, imports, definitions, stubs.

Without recursion wherever the text is not ours, for hostile text nests deeply.
"""

from __future__ import annotations

import ast
import functools
import symtable
import warnings
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Dotted = tuple[str, ...]
Defined = ast.FunctionDef | ast.ClassDef

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS: Final = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
)  # fmt: skip
_SCOPES: Final = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_COMPREHENSIONS: Final = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
_CACHED: Final = 4_096
DETAIL_CHARS: Final = 200


class Flaw(msgspec.Struct, frozen=True):
    """Why a text does not parse; `line` counts from 1 in that text."""

    line: int
    text: str


def parse(text: str) -> ast.Module | Flaw:
    """Parse a text; whatever the parser makes of hostile text becomes a `Flaw`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" and the like are the student's business
            return ast.parse(text)
    except SyntaxError as error:
        return Flaw(max(1, error.lineno or 1), str(error.msg)[:DETAIL_CHARS])
    except (RecursionError, MemoryError):
        return Flaw(1, "nested too deeply")
    except ValueError as error:  # null bytes
        return Flaw(1, str(error)[:DETAIL_CHARS])


# Statements, and where they begin.


def statements(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements in order, each block followed by what stands inside of it.

    What stands inside of functions and classes has a scope of its own and is not among them.
    """
    waiting = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def children(node: ast.stmt) -> list[ast.stmt]:
    """List the statements of a block, all its branches one after the other."""
    if isinstance(node, BLOCKS):
        handled = [child for handler in getattr(node, "handlers", ()) for child in handler.body]
        final = getattr(node, "finalbody", ())
        return [*node.body, *handled, *getattr(node, "orelse", ()), *final]
    if isinstance(node, ast.Match):
        return [child for case in node.cases for child in case.body]
    return []


def first_line(node: ast.stmt, lines: Sequence[str] = ()) -> int:
    """Return the line, from 1, on which a statement begins, decorators included.

    With the lines of the text, the @ is found too where it stands above what it applies.
    """
    decorators = getattr(node, "decorator_list", ())
    line: int = decorators[0].lineno if decorators else node.lineno
    while decorators and lines and line > 1 and not lines[line - 1].lstrip().startswith("@"):
        line -= 1  # before a bracket or backslash
    return line


# Names.


def bound_names(nodes: Iterable[ast.AST]) -> list[str]:
    """List the names that statements bind in their own scope, each once, in order."""
    names: dict[str, None] = {}
    waiting: list[ast.AST] = []
    waiting.extend(reversed(list(nodes)))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(dict.fromkeys(imported_names(node)))
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                names[node.id] = None
        elif not isinstance(node, _SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))
    return list(names)


def flat_targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[ast.expr]:
    """List what an assignment sets, tuples and lists taken apart."""
    waiting: list[ast.expr] = list(node.targets) if isinstance(node, ast.Assign) else [node.target]
    flat: list[ast.expr] = []
    while waiting:
        target = waiting.pop()
        if isinstance(target, ast.Tuple | ast.List):
            waiting.extend(target.elts)
        elif isinstance(target, ast.Starred):
            waiting.append(target.value)
        else:
            flat.append(target)
    return flat


def set_in(text: str, line: int) -> set[str]:
    """List the names, attributes and entries that a statement on a line of a text sets."""
    tree = parse(text)
    nodes = ast.walk(tree) if isinstance(tree, ast.Module) else ()
    return {
        _last_name(target)
        for node in nodes
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        for target in flat_targets(node)
    } - {""}


def _last_name(node: ast.expr) -> str:
    """Return ``a`` for ``a`` and ``a[0]``, ``b`` for ``a.b`` and ``a["b"]``."""
    match node:
        case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(str(name))):
            return name
        case ast.Subscript():
            return root_name(node)
    return node.id if isinstance(node, ast.Name) else ""


def root_name(node: ast.expr) -> str:
    """Return ``a`` for ``a.b[0].c``; nothing where a call or literal is the root."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def loaded_names(node: ast.AST) -> set[str]:
    """Collect every name that is read somewhere in a tree."""
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }


def dotted(node: ast.expr) -> Dotted:
    """Return ``("np", "random", "rand")`` for ``np.random.rand``; empty if no name is its root."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


class Reads(msgspec.Struct, frozen=True):
    """The global names that a piece reads.

    Parameters
    ----------
    now : frozenset of str
        Read when it is run: in expressions, class bodies, decorators and defaults.
    later : frozenset of str
        Read inside of its functions.
    """

    now: frozenset[str]
    later: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every name that is read at some time."""
        return self.now | self.later


@functools.lru_cache(maxsize=_CACHED)
def reads_of(code: str) -> Reads:
    """Find the global names that a piece reads; all names, where Python cannot say."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(code, "piece", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = parse(code)
        names = frozenset() if isinstance(tree, Flaw) else frozenset(loaded_names(tree))
        return Reads(names, names)
    now: set[str] = set()
    later: set[str] = set()
    waiting = [(top, False)]
    while waiting:
        table, inside = waiting.pop()
        (later if inside else now).update(
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table is top or symbol.is_global())
        )
        for child in table.get_children():
            is_body = child.get_type() == "function" and child.get_name() not in _COMPREHENSIONS
            waiting.append((child, inside or is_body))
    return Reads(frozenset(now), frozenset(later))


# Imports.


def imported_paths(nodes: Iterable[ast.stmt]) -> dict[str, Dotted]:
    """Map each imported name to the dotted path that it stands for."""
    paths: dict[str, Dotted] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = tuple(alias.name.split("."))
                paths[alias.asname or parts[0]] = parts if alias.asname else parts[:1]
        elif isinstance(node, ast.ImportFrom):
            module = tuple(node.module.split(".")) if node.module and not node.level else (".",)
            for alias in node.names:
                paths[alias.asname or alias.name] = (*module, alias.name)
    return paths


def imported_names(node: ast.Import | ast.ImportFrom) -> tuple[str, ...]:
    """List the names that an import binds; none for ``from x import *``."""
    if isinstance(node, ast.Import):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    return tuple(alias.asname or alias.name for alias in node.names if alias.name != "*")


def import_codes(node: ast.Import | ast.ImportFrom) -> list[tuple[str, tuple[str, ...]]]:
    """Write an import anew where it has to be taken apart or made absolute; else nothing.

    Notes
    -----
    Of ``import a, b`` each is run by itself, for one may be missing. The files of a submission
    import each other by plain name, so ``from .cells import gru`` loses its dot.
    """
    if isinstance(node, ast.Import):
        if len(node.names) == 1:
            return []
        names = imported_names(node)
        return [
            (f"import {_written(alias)}", (name,))
            for alias, name in zip(node.names, names, strict=True)
        ]
    if not node.level or (not node.module and not imported_names(node)):
        return []
    listed = ", ".join(map(_written, node.names))
    sibling = (node.module or "").rpartition(".")[2]
    code = f"from {sibling} import {listed}" if sibling else f"import {listed}"
    return [(code, imported_names(node))]


def _written(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


# Definitions.


def defined(body: Iterable[ast.stmt]) -> dict[str, Defined]:
    """Map names to the functions and classes that a body defines; the last of a name counts."""
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a body that do something."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def written_parameters(arguments: ast.arguments) -> str:
    """Write parameters as they may be called, without annotations: ``x, n=3``."""
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(arguments)


def is_unwritten(node: ast.stmt) -> bool:
    """Tell whether a function or class is still as it was handed out.

    Notes
    -----
    A function is unwritten when nothing but assignments stand before a final
    ``raise NotImplementedError``, or nothing but ``pass`` or ``...`` stands in it at all. A class
    is when one of its methods ends in that ``raise``, or when it is empty and derives from
    nothing.
    """
    if isinstance(node, FUNCTIONS):
        body = without_docstring(node.body)
        return all(map(_is_filler, body)) or _is_stub_body(body)
    if isinstance(node, ast.ClassDef):
        if not node.bases and all(map(_is_filler, without_docstring(node.body))):
            return True
        return any(
            _is_stub_body(without_docstring(method.body))
            for method in node.body
            if isinstance(method, FUNCTIONS)
        )
    return False


def _is_stub_body(body: list[ast.stmt]) -> bool:
    if not body or not _raises_not_implemented(body[-1]):
        return False
    return all(
        _is_filler(node) or isinstance(node, ast.Assign | ast.AnnAssign) for node in body[:-1]
    )


def _raises_not_implemented(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _is_filler(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
    )
