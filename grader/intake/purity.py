"""Which expressions may be run when a submission is loaded: those without effects of their own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from grader.intake.imports import Dotted

_NODES: Final = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred,
    ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue,
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
    ast.Lambda, ast.arguments, ast.arg, ast.Call, ast.keyword,
    ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip


def words(text: str) -> frozenset[str]:
    """Split a list of words that is written as one text."""
    return frozenset(text.split())


_BUILTINS: Final = words(
    "abs all any bin bool bytearray bytes callable chr complex dict divmod enumerate filter float "
    "format frozenset hasattr hash hex int isinstance issubclass iter len list map max memoryview "
    "min object oct ord pow range repr reversed round set slice sorted str sum tuple type zip"
)

_ROOTS: Final = words(
    "numpy torch math cmath string itertools functools collections operator copy re typing "
    "dataclasses enum fractions decimal contextlib datetime logging pathlib platform sys time "
    "types warnings"
)

# Parts of a dotted name that touch files, the network, global settings or a random generator.
_EFFECTS: Final = words(
    "load loads loadtxt genfromtxt fromfile memmap open_memmap save savez savez_compressed "
    "savetxt tofile dump hub random seed manual_seed seed_all initial_seed rand rand_like randn "
    "randn_like randint randint_like randperm normal bernoulli multinomial poisson init "
    "DataSource seterr multiprocessing distributed cpp_extension sleep exit settrace setprofile "
    "FileHandler RotatingFileHandler"
)
# Generators of one's own: what is drawn from them touches no other.
_OWN_GENERATORS: Final = words("default_rng Generator RandomState SeedSequence PCG64 Random")
_KNOWN: Final = (
    ("os", "path"), ("os", "environ", "get"), ("os", "getenv"), ("os", "getcwd"),
    ("importlib", "util", "find_spec"),
)  # fmt: skip

_METHODS: Final = words(
    "lower upper title capitalize casefold swapcase strip lstrip rstrip split rsplit splitlines "
    "partition join replace format zfill center ljust rjust encode decode startswith endswith "
    "find index count isdigit isalpha isalnum isspace islower isupper translate maketrans "
    "removeprefix removesuffix copy items keys values get fromkeys from_iterable most_common "
    "union intersection difference issubset issuperset astype reshape tolist item flatten ravel "
    "squeeze unsqueeze transpose permute view expand repeat clone detach numpy float double long "
    "int bool type to cpu t sum mean std var min max argmin argmax argsort cumsum dot clip round "
    "size dim numel nonzero requires_grad_ resolve joinpath with_suffix exists is_file is_dir "
    "absolute expanduser as_posix"
)


def is_pure(node: ast.expr, imported: Mapping[str, Dotted], defined: Set[str]) -> bool:
    """Tell whether an expression has no effect that grading could notice.

    Parameters
    ----------
    node : ast.expr
        The expression.
    imported : mapping of str to tuple of str
        What `imported_paths` found in the whole module.
    defined : set of str
        Functions and classes of the module: calling them runs the student's code.
    """
    for part in ast.walk(node):
        if not isinstance(part, _NODES):
            return False
        if isinstance(part, ast.Call) and not _is_pure_call(part.func, imported, defined):
            return False
    return True


def dotted(node: ast.expr) -> Dotted:
    """Return ``("np", "random", "rand")`` for ``np.random.rand``; empty if no name is its root."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def _is_pure_call(func: ast.expr, imported: Mapping[str, Dotted], defined: Set[str]) -> bool:
    path = dotted(func)
    if path and path[0] in imported:
        full = (*imported[path[0]], *path[1:])
        if any(full[: len(known)] == known for known in _KNOWN):
            return True
        if full[0] in {"numpy", "random", "torch"} and full[-1] in _OWN_GENERATORS:
            return True
        return full[0] in _ROOTS and not any(
            part in _EFFECTS or part.startswith("set_") for part in full
        )
    if isinstance(func, ast.Name):
        return func.id in _BUILTINS and func.id not in defined
    return isinstance(func, ast.Attribute) and func.attr in _METHODS
