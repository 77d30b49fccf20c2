"""Code that tells what it computes: a mark around each expression of a definition.

``h = np.tanh(W @ x)`` becomes ``h = saw(3, np.tanh(saw(2, saw(0, W) @ saw(1, x))))``. What `saw` is
given, it keeps, and gives back: the code does what it did before. Order of evaluation, names and
loops stay as they are. Defaults, decorators, annotations and what stands outside of functions have
no marks.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.steps.binding import BINDERS, FUNCTIONS, bindings, bound_in, terms
from grader.steps.spots import Marked, Spot
from grader.trees import Flaw, dotted, parse, root_name

if TYPE_CHECKING:
    from collections.abc import Collection

SAW: Final = "__grader_saw__"
# What takes values and gives another. A name gives what was computed elsewhere.
_COMPUTES: Final = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript, ast.Attribute)
_MARKED: Final = (*_COMPUTES, ast.Name, ast.IfExp, ast.ListComp, ast.DictComp)
# Other attributes are state: who has changed them is not seen in the expression.
_VIEWS: Final = frozenset({"T", "mT", "H", "data", "shape", "size", "ndim"})
# What gives another value each time, for reasons that are not seen in the expression either.
_STATEFUL: Final = frozenset(
    {"next", "pop", "popitem", "popleft", "read", "readline", "choice", "choices", "shuffle"}
    | {"sample", "permutation", "multinomial", "bernoulli", "normal", "uniform", "dropout"}
    | {"rand", "randn", "randint", "random", "integers", "standard_normal", "grad", "backward"}
)
_LOOPS: Final = (ast.For, ast.While)


def marked(code: str, first: int, own: Collection[str] = ()) -> Marked | None:
    """Put marks into a definition.

    Parameters
    ----------
    code : str
        The definition.
    first : int
        The number of its first mark.
    own : collection of str
        Functions and classes whose insides are marked as well: what they give is told there.

    Returns
    -------
    Marked or None
        None where the text cannot be read, or be written again.
    """
    tree = parse(code)
    if isinstance(tree, Flaw):
        return None
    try:
        marker = _Marker(first, own)
        for function in _functions(tree):
            marker.enter(function)
        text = ast.unparse(ast.fix_missing_locations(tree))
    except RecursionError:
        return None
    return Marked(text, tuple(marker.spots), tuple(marker.bound))


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List functions and methods that stand in no other function."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, FUNCTIONS):
            found.append(node)
        elif isinstance(node, ast.Module | ast.ClassDef):
            waiting.extend(node.body)
    return found


class _Marker:
    """Puts marks into functions, one after the other."""

    def __init__(self, first: int, own: Collection[str]) -> None:
        self.spots: list[Spot] = []
        self.bound: list[tuple[int, str, int]] = []
        self._next = first
        self._own = frozenset(own)  # and functions within functions, once they are met
        self._local: frozenset[str] = frozenset()
        self._loop: int | None = None
        self._function = -1
        self._statement = (0, 0)
        self._results: list[ast.expr] = []

    def enter(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Mark the body of a function; what is bound in one around it is local to it, too."""
        kept = self._local, self._loop, self._function
        self._function, self._loop = self._next, None
        self._local = self._local | frozenset(bound_in(function))
        self._own |= {one.name for one in ast.walk(function) if isinstance(one, BINDERS)}
        self.bound += [(self._function, *one) for one in bindings(function)]
        self._block(function.body)
        self._local, self._loop, self._function = kept

    def _block(self, body: list[ast.stmt]) -> None:
        put: list[ast.stmt] = []
        for statement in body:
            counter = self._next if isinstance(statement, _LOOPS) else None
            if isinstance(statement, _LOOPS):
                put.append(self._counter(statement))
            self._mark(statement, counter)
            put.append(statement)
        body[:] = put

    def _counter(self, loop: ast.For | ast.While) -> ast.stmt:
        """Make what tells, before a loop, that it begins."""
        number = self._next
        self._next += 1
        lines = (loop.lineno, loop.lineno)
        self.spots.append(
            Spot(
                number, loop.lineno, lines, "", (), computes=False, name="",
                loop=self._loop, function=self._function,
            )
        )  # fmt: skip
        return _told(number, ast.Constant(value=False))

    def _mark(self, statement: ast.stmt, counter: int | None) -> None:
        if isinstance(statement, FUNCTIONS):
            self.enter(statement)
            return
        if isinstance(statement, ast.ClassDef | ast.Import | ast.ImportFrom | ast.Delete):
            return
        last = statement.end_lineno or statement.lineno
        inner = getattr(statement, "body", None)
        if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
            last = max(statement.lineno, inner[0].lineno - 1)
        for field, value in ast.iter_fields(statement):
            if isinstance(value, ast.expr) and field not in {"annotation", "target"}:
                self._statement = statement.lineno, last
                self._results = _results(statement)
                setattr(statement, field, self._expression(value)[0])
            elif isinstance(value, list):
                self._list(statement, field, value, last, counter)

    def _list(
        self, statement: ast.stmt, field: str, values: list[ast.AST], last: int, counter: int | None
    ) -> None:
        """Mark a block of a statement, or the blocks of its handlers and cases."""
        if values and all(isinstance(one, ast.stmt) for one in values):
            kept = self._loop
            block = [one for one in values if isinstance(one, ast.stmt)]
            if counter is not None and field == "body":
                self._loop = counter
            self._block(block)
            if counter is not None and field == "body":
                block.insert(0, _told(counter, ast.Constant(value=True)))
            self._loop = kept
            setattr(statement, field, block)
        for one in values:
            if isinstance(one, ast.ExceptHandler | ast.match_case):
                self._block(one.body)
            elif isinstance(one, ast.withitem):
                self._statement, self._results = (statement.lineno, last), []
                one.context_expr = self._expression(one.context_expr)[0]

    def _expression(self, node: ast.expr) -> tuple[ast.expr, tuple[int, ...]]:
        """Return an expression with marks, and the outermost of their numbers."""
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return node, ()
        if isinstance(node, ast.Name):
            if node.id not in self._local or not isinstance(node.ctx, ast.Load):
                return node, ()
            return self._told(node, (), computes=False)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return node, ()
        text = ast.unparse(node)
        operation, held = terms(node)
        elsewhere = self._comes_from_elsewhere(node)
        parts = self._inside(node)
        if not isinstance(node, _MARKED) or not isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            return node, parts
        marks = [(_number_of(holder, field), sign) for holder, field, sign in held]
        operands = tuple((number, sign) for number, sign in marks if number is not None)
        whole = len(operands) == len(held)
        return self._told(
            node, parts, computes=isinstance(node, _COMPUTES) and not elsewhere,
            elsewhere=elsewhere, text=text,
            operation=operation if whole else "", operands=operands if whole else (),
        )  # fmt: skip

    def _inside(self, node: ast.AST) -> tuple[int, ...]:
        """Mark what an expression is made of."""
        found: tuple[int, ...] = ()
        for field, value in ast.iter_fields(node):
            if isinstance(node, ast.Call) and field == "func":
                found += self._called(node)
            elif isinstance(value, ast.expr) and field != "target":
                marked, numbers = self._expression(value)
                setattr(node, field, marked)
                found += numbers
            elif isinstance(value, ast.comprehension | ast.keyword | ast.Slice):
                found += self._inside(value)
            elif isinstance(value, list) and field not in {"ops"}:
                found += self._each(value)
        return found

    def _each(self, values: list[ast.AST]) -> tuple[int, ...]:
        found: tuple[int, ...] = ()
        for at, value in enumerate(values):
            if isinstance(value, ast.Starred):
                value.value, numbers = self._expression(value.value)
            elif isinstance(value, ast.expr):
                values[at], numbers = self._expression(value)
            elif isinstance(value, ast.comprehension | ast.keyword):
                numbers = self._inside(value)
            else:
                continue
            found += numbers
        return found

    def _called(self, node: ast.Call) -> tuple[int, ...]:
        """Mark what a call is asked of: an object that has a method, or a local function."""
        if isinstance(node.func, ast.Attribute):
            if (root := root_name(node.func)) and root not in self._local:
                return ()  # a module's function
            node.func.value, found = self._expression(node.func.value)
            return found
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return ()
        node.func, found = self._expression(node.func)
        return found

    def _comes_from_elsewhere(self, node: ast.expr) -> bool:
        """Tell whether the parts of an expression do not say all about its value."""
        if isinstance(node, ast.Attribute):
            return node.attr not in _VIEWS and root_name(node) in self._local
        if not isinstance(node, ast.Call):
            return False
        path = dotted(node.func)
        last = node.func.attr if isinstance(node.func, ast.Attribute) else "".join(path[-1:])
        return root_name(node.func) in self._own or last in _STATEFUL or "random" in path

    def _told(
        self,
        node: ast.expr,
        parts: tuple[int, ...],
        *,
        computes: bool,
        elsewhere: bool = False,
        text: str = "",
        operation: str = "",
        operands: tuple[tuple[int, int], ...] = (),
    ) -> tuple[ast.expr, tuple[int, ...]]:
        number = self._next
        self._next += 1
        name = node.id if isinstance(node, ast.Name) else ""
        returned = any(node is one for one in self._results)
        self.spots.append(
            Spot(
                number, node.lineno, self._statement, text or name, parts, computes, name,
                self._loop, self._function, operation, operands, elsewhere,
                returned,
            )
        )  # fmt: skip
        saw = ast.Call(ast.Name(SAW, ast.Load()), [ast.Constant(number), node], [])
        return ast.copy_location(saw, node), (number,)


def _told(number: int, value: ast.expr) -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(SAW, ast.Load()), [ast.Constant(number), value], []))


def _number_of(holder: ast.AST, field: str) -> int | None:
    """Return the number of the mark that was put around a term."""
    match getattr(holder, field):
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(int(number)), _]) if name == SAW:
            return number
    return None


def _results(statement: ast.stmt) -> list[ast.expr]:
    """List what a statement returns."""
    if not isinstance(statement, ast.Return) or statement.value is None:
        return []
    value = statement.value
    return [value, *value.elts] if isinstance(value, ast.Tuple) else [value]
