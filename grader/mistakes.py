"""The catalogue of known mistakes beside a reference, and modules with one of them put in.

``solutions/ID/mistakes/EXERCISE.py`` holds wrong versions of an exercise, each a function or class
called by the mistake's id (``ID__NAME`` where the exercise has several names), and
``EXERCISE.toml`` says of each what the student did and asks what leads on. Names that begin with an
underscore serve the wrong versions.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import msgspec

from grader.errors import CatalogError
from grader.model import Explanation, Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Exercise

_DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    did: Text
    ask: Text
    ties: tuple[str, ...] = ()
    why: str = ""
    endless: bool = False


class Mistake(msgspec.Struct, frozen=True):
    """A catalogued wrong implementation.

    Parameters
    ----------
    id : str
        Unique within its exercise.
    exercise : str
        The exercise.
    explanation : Explanation
        What a student who made it is told.
    definitions : dict of str to str
        Its code: for each name of the exercise that it replaces, a definition under that name.
    helpers : str
        Imports and helpers that the code needs.
    ties : tuple of str
        Mistakes that no input tells from this one.
    endless : bool
        Whether it may never return.
    """

    id: str
    exercise: str
    explanation: Explanation
    definitions: dict[str, str]
    helpers: str = ""
    ties: tuple[str, ...] = ()
    endless: bool = False


def load_mistakes(assignment: Assignment) -> dict[str, tuple[Mistake, ...]]:
    """Read the catalogue of an assignment.

    Returns
    -------
    dict of str to tuple of Mistake
        By exercise, in the assignment's order; empty tuples where there is none.

    Raises
    ------
    CatalogError
        When code and texts do not belong together, or a file is no exercise's.
    """
    known = {exercise.id for exercise in assignment.exercises}
    for path in sorted(assignment.mistakes.glob("*")):
        if path.suffix in {".py", ".toml"} and path.stem not in known:
            raise CatalogError(f"{path}: {assignment.id} has no exercise {path.stem}")
    return {
        exercise.id: _load(assignment.mistakes / f"{exercise.id}.py", exercise)
        for exercise in assignment.exercises
    }


def put_in(module: str, definitions: Mapping[str, str], helpers: str = "") -> str:
    """Replace top-level definitions of a module's text.

    Parameters
    ----------
    module : str
        The module.
    definitions : mapping of str to str
        Code for each name that is replaced.
    helpers : str
        What is put before the first of them.

    Returns
    -------
    str
        The module's text; lines outside the definitions are unchanged.

    Raises
    ------
    CatalogError
        When the module defines no such name.
    """
    lines = module.split("\n")
    places = {
        node.name: (_first_line(node), node.end_lineno or node.lineno)
        for node in ast.parse(module).body
        if isinstance(node, _DEFINITIONS)
    }
    missing = sorted(set(definitions) - set(places))
    if missing:
        raise CatalogError(f"the module defines no {', '.join(missing)}")
    ordered = sorted(definitions, key=lambda name: places[name], reverse=True)
    for name in ordered:
        first, last = places[name]
        before = [*helpers.split("\n"), "", ""] if helpers and name == ordered[-1] else []
        lines[first - 1 : last] = [*before, *definitions[name].split("\n")]
    return "\n".join(lines)


def _load(path: Path, exercise: Exercise) -> tuple[Mistake, ...]:
    texts = path.with_suffix(".toml")
    if not path.exists() and not texts.exists():
        return ()
    code, body, entries = _read(path, texts)
    found: dict[str, dict[str, str]] = {}
    helpers: list[str] = []
    for node in body:
        if isinstance(node, _DEFINITIONS) and not node.name.startswith("_"):
            mistake, name = _names(path, node.name, exercise)
            if name in found.setdefault(mistake, {}):
                raise CatalogError(f"{path}: {node.name} stands there twice")
            found[mistake][name] = _renamed(code, node, name)
        elif not _is_docstring(node):
            _check_helper(path, node)
            helpers.append(_text(code, node))
    if list(found) != list(entries):
        odd = sorted(set(found) ^ set(entries)) or "the order differs"
        raise CatalogError(f"{path} and {texts.name} do not hold the same mistakes: {odd}")
    _check_ties(texts, entries)
    return tuple(
        Mistake(
            id=mistake,
            exercise=exercise.id,
            explanation=Explanation(id=mistake, did=entries[mistake].did, ask=entries[mistake].ask),
            definitions=definitions,
            helpers="\n".join(helpers),
            ties=entries[mistake].ties,
            endless=entries[mistake].endless,
        )
        for mistake, definitions in found.items()
    )


def _check_helper(path: Path, node: ast.stmt) -> None:
    """Refuse what would touch other exercises: beside imports, names of its own only."""
    bound = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    public = sorted(name for name in bound if not name.startswith("_"))
    if public and not isinstance(node, _DEFINITIONS):
        raise CatalogError(
            f"{path}: {', '.join(public)} would be set for other exercises too; "
            "begin the name with an underscore"
        )


def _read(path: Path, texts: Path) -> tuple[str, list[ast.stmt], dict[str, _Entry]]:
    try:
        code = path.read_text("utf-8")
        entries = msgspec.toml.decode(texts.read_bytes(), type=dict[str, _Entry])
        return code, ast.parse(code).body, entries
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"the mistakes of {path.stem} cannot be read: {error}") from error
    except msgspec.DecodeError as error:
        raise CatalogError(f"{texts}: {error}") from error
    except (SyntaxError, ValueError) as error:  # the latter for a null byte, before Python 3.11.4
        raise CatalogError(f"{path}: {error}") from error


def _check_ties(texts: Path, entries: Mapping[str, _Entry]) -> None:
    for mistake, entry in entries.items():
        for other in entry.ties:
            if other not in entries or mistake not in entries[other].ties or not entry.why:
                raise CatalogError(f"{texts}: {mistake} and {other} tie: both say so, and why")


def _names(path: Path, name: str, exercise: Exercise) -> tuple[str, str]:
    """Split the name of a wrong version into the mistake's id and the name that it replaces."""
    mistake, _, replaced = name.partition("__")
    if not replaced and len(exercise.names) == 1:
        replaced = exercise.names[0]
    if replaced not in exercise.names:
        listed = ", ".join(f"{mistake}__{known}" for known in exercise.names)
        raise CatalogError(f"{path}: {name} replaces nothing of {exercise.id}; call it {listed}")
    return mistake, replaced


def _renamed(code: str, node: ast.FunctionDef | ast.ClassDef, name: str) -> str:
    keyword = "class" if isinstance(node, ast.ClassDef) else "def"
    head = re.compile(rf"^{keyword} +{node.name}\b", re.MULTILINE)
    return head.sub(f"{keyword} {name}", _text(code, node), count=1)


def _text(code: str, node: ast.stmt) -> str:
    return "\n".join(code.split("\n")[_first_line(node) - 1 : node.end_lineno])


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, _DEFINITIONS) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
