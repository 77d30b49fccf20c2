"""The catalogue of known mistakes beside a reference, and modules with one of them put in.

``solutions/ID/mistakes/EXERCISE.toml`` says of each mistake what the student did, asks what leads
on, and shows the code as a change of the reference::

    [no_carry]
    did = { en = "...", zh = "..." }
    ask = { en = "...", zh = "..." }
    diff = '''
    - dz = (do @ V.T + carry) * h * (1 - h)
    + dz = (do @ V.T) * h * (1 - h)
    '''

Lines with ``-`` are taken out and those with ``+`` put in; a line with two spaces in front only
tells the place. An empty line ends one place and begins the next. What a place quotes stands once
in the definitions of the exercise; how far it is indented there does not matter. Where a diff would
be harder to read than the whole, ``code`` has the whole definition, with the imports and helpers
that it needs.
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

import msgspec

from grader.errors import CatalogError
from grader.model import Explanation, Text
from grader.patch import parsed, patched
from grader.trees import Defined, defined, first_line, without_docstring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Exercise


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    did: Text
    ask: Text
    diff: str = ""
    code: str = ""
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
        When a file is no exercise's or cannot be read, or a mistake does not fit the reference.
    """
    known = {exercise.id for exercise in assignment.exercises}
    for path in sorted(assignment.mistakes.glob("*.toml")):
        if path.stem not in known:
            raise CatalogError(f"{path}: {assignment.id} has no exercise {path.stem}")
    return {
        exercise.id: _load(
            assignment.mistakes / f"{exercise.id}.toml",
            exercise,
            assignment.solution / f"{exercise.module}.py",
        )
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
        name: (first_line(node), node.end_lineno or node.lineno)
        for name, node in defined(ast.parse(module).body).items()
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


def _load(path: Path, exercise: Exercise, module: Path) -> tuple[Mistake, ...]:
    if not path.exists():
        return ()
    try:
        written = path.read_bytes()
    except OSError as error:
        raise CatalogError(f"{path}: {error}") from error
    text = _text(module)
    try:
        return _made(written, exercise.id, exercise.names, text)
    except _BrokenReferenceError as error:
        raise CatalogError(f"{module}: {error}") from error
    except CatalogError as error:
        raise CatalogError(f"{path}: {error}") from error


# A batch asks for them when it begins, when something has gone wrong, and when it writes reports.
@functools.lru_cache(maxsize=256)
def _made(written: bytes, exercise: str, names: tuple[str, ...], text: str) -> tuple[Mistake, ...]:
    """Make the mistakes of an exercise of what is written of them, and the reference's text."""
    try:
        raw = msgspec.toml.decode(written, type=dict[str, dict[str, object]])
    except (UnicodeDecodeError, msgspec.DecodeError) as error:
        raise CatalogError(str(error)) from error
    right = {name: lines for name, lines in _lines(text).items() if name in names}
    entries: dict[str, _Entry] = {}
    mistakes = []
    for name, entry in raw.items():
        try:
            entries[name] = msgspec.convert(entry, _Entry)
            mistakes.append(_mistake(name, exercise, names, entries[name], right))
        except (CatalogError, msgspec.ValidationError) as error:
            raise CatalogError(f"{name}: {error}") from error
    _check_ties(entries)
    return tuple(mistakes)


def _mistake(
    name: str,
    exercise: str,
    names: tuple[str, ...],
    entry: _Entry,
    right: dict[str, list[str]],
) -> Mistake:
    definitions, helpers = _whole(entry.code, exercise, names) if entry.code else ({}, "")
    if entry.diff:
        rest = {one: lines for one, lines in right.items() if one not in definitions}
        definitions |= patched(entry.diff, rest)
    if not definitions:
        raise CatalogError("give its code, as a diff of the reference or as a whole definition")
    return Mistake(
        id=name,
        exercise=exercise,
        explanation=Explanation(id=name, did=entry.did, ask=entry.ask),
        definitions={one: definitions[one] for one in names if one in definitions},
        helpers=helpers,
        ties=entry.ties,
        endless=entry.endless,
    )


def _whole(code: str, exercise: str, names: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """Take definitions that replace a name of the exercise apart from what they need."""
    definitions: dict[str, str] = {}
    helpers = []
    for node in parsed(code):
        text = "\n".join(code.split("\n")[first_line(node) - 1 : node.end_lineno])
        if isinstance(node, Defined) and node.name in names:
            if node.name in definitions:
                raise CatalogError(f"its code defines {node.name} twice")
            definitions[node.name] = text
        else:
            _check_helper(node, exercise)
            helpers.append(text)
    return definitions, "\n".join(helpers)


def _check_helper(node: ast.stmt, exercise: str) -> None:
    """Refuse what would touch other exercises: beside imports, names of its own only."""
    bound = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    names = {node.name} if isinstance(node, Defined) else bound
    public = sorted(name for name in names if not name.startswith("_"))
    if public:
        raise CatalogError(
            f"its code sets {', '.join(public)}, which is no name of {exercise} and would be "
            "set for other exercises too; begin it with an underscore"
        )


def _check_ties(entries: Mapping[str, _Entry]) -> None:
    for mistake, entry in entries.items():
        for other in entry.ties:
            if other not in entries or mistake not in entries[other].ties or not entry.why:
                raise CatalogError(f"{mistake} and {other} tie: both say so, and why")


def reference_lines(module: Path) -> dict[str, list[str]]:
    """Read the lines of each definition at the top of a module, without docstrings.

    Raises
    ------
    CatalogError
        When the module cannot be read.
    """
    text = _text(module)
    try:
        return _lines(text)
    except _BrokenReferenceError as error:
        raise CatalogError(f"{module}: {error}") from error


class _BrokenReferenceError(CatalogError):
    """The reference does not parse."""


def _text(module: Path) -> str:
    try:
        return module.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{module}: {error}") from error


def _lines(text: str) -> dict[str, list[str]]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        raise _BrokenReferenceError(str(error)) from error
    lines = text.split("\n")
    return {name: _without_docstrings(node, lines) for name, node in defined(body).items()}


def _without_docstrings(node: ast.stmt, lines: Sequence[str]) -> list[str]:
    """Return the lines of a definition that say what it does."""
    docstrings: set[int] = set()
    for inner in ast.walk(node):
        if isinstance(inner, Defined) and len(inner.body) > 1:
            rest = without_docstring(inner.body)
            docstrings.update(range(inner.body[0].lineno, first_line(rest[0])))
    span = range(first_line(node), (node.end_lineno or node.lineno) + 1)
    return [lines[number - 1] for number in span if number not in docstrings]
