"""What code would do besides computing: read files, ask the network, train, draw at random."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.intake.purity import dotted, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.intake.imports import Dotted

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


def _calls(node: ast.AST, imported: Mapping[str, Dotted]) -> Iterable[tuple[Dotted, bool]]:
    """Yield what each call calls as a dotted name, and whether an import is its root."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            path = dotted(part.func)
            if path and path[0] in imported:
                yield (*imported[path[0]], *path[1:]), True
            elif path:
                yield path, False
            elif isinstance(part.func, ast.Attribute):
                yield ("", part.func.attr), False


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
