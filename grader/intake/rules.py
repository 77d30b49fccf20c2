"""What kind of statement one is: a definition, a constant, nothing at all, or work."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, Final

from grader.intake.effects import is_pure, seeds
from grader.trees import bound_names, dotted, flat_targets, imported_paths, root_name, statements

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.trees import Dotted

IMPORTS: Final = (ast.Import, ast.ImportFrom)
DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNMENTS: Final = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_SILENT: Final = (ast.Pass, ast.Global, ast.Nonlocal)
_FILLS: Final = frozenset({"append", "add", "extend", "insert", "setdefault", "update"})


class Rules:
    """Judges the statements of one module; `bound` are the names set so far.

    Parameters
    ----------
    nodes : sequence of ast.stmt
        All statements of the module, those in blocks too.
    graded : collection of str
        Names that the assignment grades.
    """

    def __init__(self, nodes: Sequence[ast.stmt], graded: Collection[str]) -> None:
        self.imported: dict[str, Dotted] = imported_paths(nodes)
        self.defined = {name for node in nodes if defines(node) for name in bound_names([node])}
        self.bound: set[str] = set()
        self._graded = graded
        self._makers = {
            node.name for node in nodes if isinstance(node, DEFINITIONS) and _makes_function(node)
        }

    def kind(self, node: ast.stmt, inside: Collection[str] = ()) -> str:
        """Return the kind of piece that a statement makes; nothing if it may not simply be run.

        Parameters
        ----------
        node : ast.stmt
            No block.
        inside : collection of str
            Names that are set by the blocks around it.
        """
        if isinstance(node, IMPORTS):
            return "import"
        if defines(node):
            return "definition"
        if isinstance(node, _ASSIGNMENTS):
            return self._kind_of_assignment(node, inside)
        is_constant = (
            self._restores(node)
            if isinstance(node, ast.Delete)
            # Python 3.12: ``type Vector = list[float]``, which is evaluated when it is asked for.
            else bool(self.amends(node)) or type(node).__name__ == "TypeAlias"
        )
        return "constant" if is_constant else ""

    def _kind_of_assignment(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, inside: Collection[str]
    ) -> str:
        targets = flat_targets(node)
        if node.value is None or not all(self._may_set(one, node, inside) for one in targets):
            return ""
        if self._wraps(node):
            return "definition"
        return "constant" if self.is_pure(node.value) else ""

    def is_work(self, node: ast.stmt) -> bool:
        """Tell whether a statement is run if something graded needs what it sets."""
        if asks_ipython(node):
            return False
        if isinstance(node, _ASSIGNMENTS):
            return node.value is not None and all(
                self._may_set(target, node, ()) for target in flat_targets(node)
            )
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            return False
        return seeds(node, self.imported) or self._own_object(node.value) != ""

    def changes(self, node: ast.stmt) -> tuple[str, ...]:
        """List the objects that a statement changes rather than binds."""
        if isinstance(node, ast.Expr):
            call = node.value
            return tuple(filter(None, [self._own_object(call), *self.amends(node)]))
        found = [self.amends(node)]
        for inner in statements([node]):
            if isinstance(inner, _ASSIGNMENTS):
                targets = flat_targets(inner)
                roots = [root_name(one) for one in targets if not isinstance(one, ast.Name)]
                found.append(tuple(roots))
            elif is_fill(inner) and isinstance(inner, ast.Expr):
                found.append((self._own_object(inner.value),))
        return tuple(dict.fromkeys(name for names in found for name in names if name))

    def amends(self, node: ast.stmt) -> tuple[str, ...]:
        """List the definitions of the module to which a statement adds something."""
        if isinstance(node, ast.Assign):
            attributes = [one for one in flat_targets(node) if isinstance(one, ast.Attribute)]
            names = [root_name(target) for target in attributes]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
            names = [arg.id for call in calls for arg in call.args if isinstance(arg, ast.Name)]
        else:
            match node:
                case ast.Expr(ast.Call(func=ast.Name("setattr"), args=[ast.Name(name), *rest])) if (
                    all(map(self.is_pure, rest))
                ):
                    names = [name]
                case _:
                    names = []
        return tuple(name for name in names if name in self.defined)

    def is_silent(self, node: ast.stmt) -> bool:
        """Tell whether a statement does nothing: text, a value to display, a bare annotation."""
        if isinstance(node, ast.Expr):
            return self.is_pure(node.value)
        return isinstance(node, _SILENT) or (isinstance(node, ast.AnnAssign) and not node.value)

    def is_pure(self, node: ast.expr) -> bool:
        """Tell whether an expression has no effect that grading could notice."""
        return is_pure(node, self.imported, self.defined)

    def fills(self, node: ast.stmt, inside: Collection[str]) -> bool:
        """Tell whether a statement puts something pure into a table of the submission's own."""
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_fill(node)):
            return False
        call = node.value
        arguments = [*call.args, *(word.value for word in call.keywords)]
        own = root_name(call.func) in self.bound or root_name(call.func) in inside
        return own and all(map(self.is_pure, arguments))

    def may_be_callable(self, node: ast.stmt) -> bool:
        """Tell ``clip = my_clip`` from ``clip = 5``, which can be no answer to an exercise."""
        if not isinstance(node, _ASSIGNMENTS):
            return any(defines(child) for child in statements([node]))
        value = node.value
        if isinstance(value, ast.Call):
            path = dotted(value.func)
            is_partial = bool(path) and self.imported.get(path[0], ("",))[0] == "functools"
            return is_partial or self._wraps(node)
        path = dotted(value) if value else ()
        return bool(path) and (path[0] in self.imported or path[0] in self.defined)

    def _may_set(self, target: ast.expr, node: ast.stmt, inside: Collection[str]) -> bool:
        """Allow new names, and changes to objects that the submission itself has made."""
        if isinstance(target, ast.Name):
            return not isinstance(node, ast.AugAssign) or self._is_own(target.id, inside)
        return self._is_own(root_name(target), inside) and self.is_pure(target)

    def _is_own(self, name: str, inside: Collection[str]) -> bool:
        return name in self.bound or name in inside

    def _own_object(self, call: ast.expr) -> str:
        """Return the object of the submission whose method is called: ``vocab.build(text)``."""
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return ""
        name = root_name(call.func)
        own = name in self.bound and name not in self.imported and name not in self.defined
        return name if own else ""

    def _wraps(self, node: ast.stmt) -> bool:
        """Tell whether an assignment defines a function out of another: ``f = logged(f)``."""
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            return False
        if not all(isinstance(target, ast.Name) for target in flat_targets(node)):
            return False
        path = dotted(node.value.func)
        if not path or path[0] in self._graded:
            return False
        if path[0] in self._makers and path[0] in self.bound:
            return True
        names = [arg.id for arg in node.value.args if isinstance(arg, ast.Name)]
        targets = bound_names([node])
        return path[0] in self.imported and any(
            name in self.defined and name in targets for name in names
        )

    def _restores(self, node: ast.Delete) -> bool:
        """Tell whether deleting a name brings back what Python has under it: ``del max``.

        Any other name may still be read by a function, as cells are run in any order at home.
        """
        return all(
            isinstance(target, ast.Name)
            and target.id in self.bound
            and hasattr(builtins, target.id)
            for target in node.targets
        )


def defines(node: ast.stmt) -> bool:
    """Tell whether a statement is a definition, which runs nothing of its body."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda):
        return all(isinstance(target, ast.Name) for target in flat_targets(node))
    return isinstance(node, DEFINITIONS)


def is_fill(node: ast.AST) -> bool:
    """Tell whether a statement puts something into a table: ``d[k] = v``, ``names.append(x)``."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Subscript) for target in node.targets)
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in _FILLS
    )


def asks_ipython(node: ast.stmt) -> bool:
    """Tell whether a statement is a magic, or stands where one stood."""
    return any(isinstance(part, ast.Name) and part.id == "get_ipython" for part in ast.walk(node))


def _makes_function(node: ast.stmt) -> bool:
    """Tell whether calling a definition gives something that can be called in turn."""
    if isinstance(node, ast.ClassDef):
        return any(
            isinstance(child, ast.FunctionDef) and child.name == "__call__" for child in node.body
        )
    if not isinstance(node, ast.FunctionDef):
        return False
    inner = list(statements(node.body))
    made = {child.name for child in inner if isinstance(child, DEFINITIONS)}
    values = [child.value for child in inner if isinstance(child, ast.Return)]
    return any(
        isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in made)
        for value in values
    )
