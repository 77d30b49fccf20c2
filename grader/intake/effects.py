"""What code does besides computing: nothing, so that it may be run, or files, training, chance."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Final

from grader.trees import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from grader.trees import Dotted


def words(text: str) -> frozenset[str]:
    """Split a list of words that is written as one text."""
    return frozenset(text.split())


# What an expression without effects is made of, and may call.
_PURE_NODES: Final = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred,
    ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue,
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
    ast.Lambda, ast.arguments, ast.arg, ast.Call, ast.keyword,
    ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip

_PURE_BUILTINS: Final = words(
    "abs all any bin bool bytearray bytes callable chr complex dict divmod enumerate filter float "
    "format frozenset hasattr hash hex int isinstance issubclass iter len list map max memoryview "
    "min object oct ord pow range repr reversed round set slice sorted str sum tuple type zip"
)

_PURE_ROOTS: Final = words(
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
_PURE_PATHS: Final = (
    ("os", "path"), ("os", "environ", "get"), ("os", "getenv"), ("os", "getcwd"),
    ("importlib", "util", "find_spec"),
)  # fmt: skip

_PURE_METHODS: Final = words(
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

# What goes beyond computing.
_BUILTINS: Final = words("open input exec eval compile __import__ exit quit breakpoint")
_ROOTS: Final = words(
    "asyncio concurrent csv datasets gdown glob google http huggingface_hub kagglehub "
    "multiprocessing pickle requests shutil socket sqlite3 subprocess tarfile tempfile "
    "threading torchtext torchvision urllib urllib3 wget zipfile"
)
# Parts of a library's dotted name, and methods of any object, that touch files or machines.
_PARTS: Final = words(
    "chdir download download_url environ fromfile genfromtxt glob hub iterdir listdir load loadtxt "
    "makedirs memmap mkdir open open_memmap popen read read_bytes read_csv read_text readline "
    "readlines remove rename rglob rmdir save savetxt savez savez_compressed sleep system tofile "
    "touch unlink urlopen urlretrieve walk write write_bytes write_text writelines FileHandler"
)
_METHODS: Final = words(
    "glob iterdir mkdir open read read_bytes read_text readline readlines rglob touch unlink "
    "urlopen write_bytes write_text"
)
_TRAINS: Final = words("backward fit")
_SEEDS: Final = words("seed manual_seed manual_seed_all set_seed seed_all")
_DRAWS: Final = words(
    "rand randn rand_like randn_like randint randint_like randperm normal uniform choice choices "
    "shuffle permutation bernoulli multinomial poisson sample random gauss standard_normal"
)
# What stands for the state of the random generators among the names that code reads.
RANDOM: Final = "<random>"


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
        if not isinstance(part, _PURE_NODES):
            return False
        if isinstance(part, ast.Call) and not _is_pure_call(part.func, imported, defined):
            return False
    return True


def _is_pure_call(func: ast.expr, imported: Mapping[str, Dotted], defined: Set[str]) -> bool:
    path = dotted(func)
    if path and path[0] in imported:
        full = (*imported[path[0]], *path[1:])
        if any(full[: len(known)] == known for known in _PURE_PATHS):
            return True
        if full[0] in {"numpy", "random", "torch"} and full[-1] in _OWN_GENERATORS:
            return True
        return full[0] in _PURE_ROOTS and not any(
            part in _EFFECTS or part.startswith("set_") for part in full
        )
    if isinstance(func, ast.Name):
        return func.id in _PURE_BUILTINS and func.id not in defined
    return isinstance(func, ast.Attribute) and func.attr in _PURE_METHODS


def _calls(node: ast.AST, imported: Mapping[str, Dotted]) -> Iterable[tuple[Dotted, bool]]:
    """Yield what each call calls as a dotted name, and whether an import is its root."""
    for path in _called(node):
        if path[0] in imported:
            yield (*imported[path[0]], *path[1:]), True
        else:
            yield path, False


# Nobody changes a tree, and several questions are asked of one statement before the next comes.
@functools.lru_cache(maxsize=64)
def _called(node: ast.AST) -> tuple[Dotted, ...]:
    """List what each call calls, as written; of what is no name the last attribute alone."""
    found: list[Dotted] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            if path := dotted(part.func):
                found.append(path)
            elif isinstance(part.func, ast.Attribute):
                found.append(("", part.func.attr))
    return tuple(found)


def goes_outside(node: ast.AST, imported: Mapping[str, Dotted]) -> bool:
    """Tell whether code, or what it defines, touches files, other machines or the keyboard."""
    for path, known in _calls(node, imported):
        if known and (path[0] in _ROOTS or not _PARTS.isdisjoint(path)):
            return True
        if not known and (path[-1] in _METHODS if len(path) > 1 else path[0] in _BUILTINS):
            return True
    return False


def trains(node: ast.AST, imported: Mapping[str, Dotted]) -> bool:
    """Tell whether code looks like training."""
    return any(path[-1] in _TRAINS and len(path) > 1 for path, _ in _calls(node, imported))


def seeds(node: ast.stmt, imported: Mapping[str, Dotted]) -> bool:
    """Tell whether a statement does nothing but seed a random generator."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    path = dotted(node.value.func)
    return bool(path) and path[0] in imported and path[-1] in _SEEDS


def draws(node: ast.AST, imported: Mapping[str, Dotted]) -> bool:
    """Tell whether code draws at random from a library's own generator."""
    return any(known and path[-1] in _DRAWS for path, known in _calls(node, imported))
