"""What a definition has at hand: the values that it reads, the functions that it calls."""

from __future__ import annotations

import ast
import builtins
import copy
from typing import Final

import msgspec

from grader.trees import dotted, root_name

MOST_VALUES: Final = 16
MOST_NAMES: Final = 32
MOST_FUNCTIONS: Final = 10
MOST_NUMBERS: Final = 3
# What one of them is easily taken for; those of one argument that keep its shape.
ENTRYWISE: Final = {
    "np": ("tanh", "exp", "log", "abs", "sqrt", "sum", "mean"),
    "numpy": ("tanh", "exp", "log", "abs", "sqrt", "sum", "mean"),
    "torch": ("tanh", "sigmoid", "relu", "exp", "log", "abs"),
}
_NO_STEP: Final = frozenset(
    {"enumerate", "len", "ones", "print", "range", "rand", "randn", "zeros"}
)
_OF_VALUES: Final = frozenset({"get", "index", "items", "keys", "shape", "values"})
_LIBRARIES: Final = {"nn": "torch", "F": "torch"}  # what comes along with another


class Pool(msgspec.Struct, frozen=True):
    """What could have been meant in a function.

    Parameters
    ----------
    forgotten : tuple of ast.expr
        Parameters that it does not read, attributes of ``self`` that no method does.
    values : tuple of ast.expr
        What it reads: variables, entries, attributes of ``self``; each once, in order.
    functions : tuple of ast.expr
        What its text calls with one argument.
    others : tuple of ast.expr
        What one of a library's is easily taken for.
    own : frozenset of str
        Its variables.
    around : tuple of ast.Name
        What it reads and does not set: names of its file, in order.
    unread : tuple of ast.Name
        Variables that it sets and does not read.
    numbers : tuple of ast.Constant
        Numbers that are written in it, but for 0 and 1; each once.
    texts : tuple of ast.Constant
        Texts that are written in it; each once.
    """

    forgotten: tuple[ast.expr, ...]
    values: tuple[ast.expr, ...]
    functions: tuple[ast.expr, ...]
    others: tuple[ast.expr, ...]
    own: frozenset[str]
    around: tuple[ast.Name, ...] = ()
    unread: tuple[ast.Name, ...] = ()
    numbers: tuple[ast.Constant, ...] = ()
    texts: tuple[ast.Constant, ...] = ()

    @property
    def names(self) -> list[ast.expr]:
        """Its variables, in alphabetical order, as values."""
        return [ast.Name(name, ast.Load()) for name in sorted(self.own)[:MOST_NAMES]]

    def is_value(self, node: ast.expr) -> bool:
        """Tell whether something is computed here, and is no module and no name of one."""
        root = root_name(node)
        return not root or root in self.own or root == "self"

    def like(self, node: ast.expr) -> list[ast.expr]:
        """List other values of a node's form: variables, entries of the same, attributes."""
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return []
        if not self.is_value(node) and ast.unparse(node) not in map(ast.unparse, self.around):
            return []
        return [
            other
            for other in (*self.values, *self.around, *self.unread)
            if type(other) is type(node)
            and ast.unparse(other) != ast.unparse(node)
            and _holder(other) == _holder(node)
        ]


def pool_of(function: ast.AST, text: ast.AST) -> Pool:
    """Collect what a function, and the text that it stands in, have at hand."""
    callees = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    own = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    if isinstance(function, ast.FunctionDef):
        arguments = function.args
        own |= {one.arg for one in (*arguments.posonlyargs, *arguments.args)}
    values: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.expr) and id(node) not in callees and _is_value(node, own):
            values.setdefault(ast.unparse(node), copy.deepcopy(node))
    unread = sorted(own - values.keys() - {"_", "self"})
    declared = (*_parameters(function), *_attributes(text))
    forgotten = [value for value in declared if ast.unparse(value) not in values]
    called = _called(text)
    return Pool(
        forgotten=tuple(forgotten[:MOST_VALUES]),
        values=tuple(values.values())[:MOST_VALUES],
        functions=tuple(called.values())[:MOST_FUNCTIONS],
        others=tuple(one for name, one in _of_libraries(text).items() if name not in called),
        own=frozenset(own),
        around=tuple(_around(function, own | {"self"})),
        unread=tuple(ast.Name(name, ast.Load()) for name in unread),
        numbers=tuple(one for one in _written(function, int, float) if one.value not in (0, 1))[
            :MOST_NUMBERS
        ],
        texts=tuple(_written(function, str))[:MOST_VALUES],
    )


def _around(function: ast.AST, own: set[str]) -> list[ast.Name]:
    """List what a function reads of its file: no module or class, and nothing that is called."""
    others = {
        id(node.func if isinstance(node, ast.Call) else node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        or (isinstance(node, ast.Attribute) and node.attr not in _OF_VALUES)
    }
    read = [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and id(node) not in others and node.id not in own
    ]
    return [ast.Name(name, ast.Load()) for name in dict.fromkeys(read) if _is_constant(name)]


def _written(function: ast.AST, *types: type) -> list[ast.Constant]:
    """List the constants of some types that are written in a function."""
    found = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and type(node.value) in types
    ]
    return [ast.Constant(value) for value in dict.fromkeys(found)]


def _is_constant(name: str) -> bool:
    """Tell whether a name is written as that of a value is, and not as a class's."""
    return not hasattr(builtins, name) and (name.isupper() or not name[:1].isupper())


def _parameters(function: ast.AST) -> list[ast.expr]:
    if not isinstance(function, ast.FunctionDef):
        return []
    return [ast.Name(one.arg, ast.Load()) for one in function.args.args if one.arg != "self"]


def _attributes(text: ast.AST) -> list[ast.expr]:
    """List the attributes that methods set and none reads."""
    own = [
        node
        for node in ast.walk(text)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self"
    ]
    read = {node.attr for node in own if isinstance(node.ctx, ast.Load)}
    made = dict.fromkeys(node.attr for node in own if isinstance(node.ctx, ast.Store))
    holder = ast.Name("self", ast.Load())
    return [ast.Attribute(holder, name, ast.Load()) for name in made if name not in read]


def _is_value(node: ast.expr, own: set[str]) -> bool:
    """Tell whether a node is read, and is a variable, an attribute, or an entry of one."""
    if not isinstance(getattr(node, "ctx", None), ast.Load):
        return False
    if isinstance(node, ast.Name):
        return node.id in own - {"self", "_"}
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "self"
    if isinstance(node, ast.Subscript):
        is_plain = not any(isinstance(part, ast.Slice | ast.Call) for part in ast.walk(node.slice))
        return isinstance(node.value, ast.Name) and node.value.id in own and is_plain
    return False


def _holder(node: ast.expr) -> str:
    return ast.unparse(node.value) if isinstance(node, ast.Attribute | ast.Subscript) else ""


def _called(text: ast.AST) -> dict[str, ast.expr]:
    """Map what is called with one argument."""
    return {
        ".".join(path): copy.deepcopy(node.func)
        for node, path in _calls(text)
        if len(node.args) == 1 and not node.keywords and _is_computed_by(path[-1])
    }


def _is_computed_by(name: str) -> bool:
    """Tell whether a function may have been left out: no class, nothing that takes a size."""
    return not name[:1].isupper() and name not in _NO_STEP


def _of_libraries(text: ast.AST) -> dict[str, ast.expr]:
    """Map what the libraries that are called have of the kind that changes entry by entry."""
    found: dict[str, ast.expr] = {}
    for root in dict.fromkeys(path[0] for _, path in _calls(text) if len(path) > 1):
        library = _LIBRARIES.get(root, root)
        for name in ENTRYWISE.get(library, ()):
            called = ast.Attribute(ast.Name(library, ast.Load()), name, ast.Load())
            found.setdefault(f"{library}.{name}", called)
    return found


def _calls(text: ast.AST) -> list[tuple[ast.Call, tuple[str, ...]]]:
    """List the calls of functions that have a name, and that."""
    calls = [node for node in ast.walk(text) if isinstance(node, ast.Call)]
    named = [(node, tuple(path)) for node in calls if (path := dotted(node.func))]
    return [(node, path) for node, path in named if path[0] != "self"]
