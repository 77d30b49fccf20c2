"""What a submission calls things: names that are nearly right, and functions of another form.

All of it is read off the text of the submission and of the handout, never off what a call gave: the
same for every case, so that it may be told of hidden ones.
"""

from __future__ import annotations

import ast
import builtins
import difflib
from typing import TYPE_CHECKING, Final

from grader.intake import definition_text
from grader.trees import defined, parse, written_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader import wire
    from grader.catalog import Assignment
    from grader.model import Exercise

NEAR: Final = 0.8  # of difflib's ratio: a letter or two in a name of ten
LONGEST: Final = 80  # comparing takes the square of it, and longer names are no slips of the pen
MOST: Final = 5_000  # names that are compared with a missing one
LONGEST_TEXT: Final = 300  # of a signature; longer ones help nobody


def near_name(source: wire.Source, name: str, taken: Iterable[str]) -> str:
    """Find a function or class of a submission that may be meant by a name that is missing.

    Parameters
    ----------
    source : Source
        The submission.
    name : str
        The name that it does not define.
    taken : iterable of str
        Names that mean something else, such as those of other exercises.

    Returns
    -------
    str
        The name that is nearest; empty where none is near.
    """
    defined = [
        defined
        for module in source.modules
        for piece in module.pieces
        if piece.kind == "definition"
        for defined in piece.names
    ]
    return _nearest(name, set(defined) - set(taken))


def near_word(source: wire.Source, name: str) -> str:
    """Find what is set somewhere in a submission and differs from a name by a slip of the pen."""
    words = set(dir(builtins))
    for module in source.modules:
        for piece in module.pieces:
            tree = _parsed(piece.code)
            for node in ast.walk(tree) if tree is not None else ():
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    words.add(node.id)
                elif isinstance(node, ast.arg):
                    words.add(node.arg)
            words.update(piece.names)
    return _nearest(name, words - {name})


def _nearest(name: str, known: Iterable[str]) -> str:
    if len(name) > LONGEST:
        return ""
    plain = {_plain(one): one for one in sorted(known)[:MOST] if len(one) <= LONGEST}
    found = difflib.get_close_matches(_plain(name), plain, 1, NEAR)
    return plain[found[0]] if found else ""


def named_in(text: str, names: Iterable[str]) -> str:
    """Return whose call Python's text is about, where what is given made it; empty if nobody's."""
    return next((name for name in names if text.startswith(f"{name}() ")), "")


def misfit(
    assignment: Assignment, source: wire.Source, exercise: Exercise, name: str, method: str
) -> tuple[str, str] | None:
    """Compare the parameters of a submission's function with those in the handout.

    Parameters
    ----------
    assignment : Assignment
        Its stubs have what the handout says.
    source : Source
        The submission.
    exercise : Exercise
        The exercise.
    name : str
        The function or class.
    method : str
        The method of the class; empty for the function, or for the making of an object.

    Returns
    -------
    (str, str) or None
        How the handout calls it and how the submission has it, ``clip(gradients, maxValue)``; None
        if the submission's can be called as the handout does, or if that cannot be told.
    """
    text = definition_text(source, exercise.module, name)
    stub = assignment.folder / f"{exercise.module}.py"
    if not text or not stub.is_file():
        return None
    wanted = _arguments(stub.read_text("utf-8"), name, method)
    given = _arguments(text, name, method)
    if wanted is None or given is None or all(_takes(given, count) for count in _counts(wanted)):
        return None
    shown = f"{name}.{method}" if method else name
    ours, theirs = _written(wanted), _written(given)
    if ours is None or theirs is None:
        return None
    return f"{shown}({ours})", f"{shown}({theirs})"


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _arguments(text: str, name: str, method: str) -> ast.arguments | None:
    """Read the parameters off a definition, for a method without ``self``."""
    tree = _parsed(text)
    node = None if tree is None else defined(tree.body).get(name)
    if isinstance(node, ast.ClassDef):
        node = defined(node.body).get(method or "__init__")
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and node.args.args:
            node.args.args.pop(0)
            return node.args
        return None
    if isinstance(node, ast.FunctionDef) and not method and not node.decorator_list:
        return node.args
    return None


def _parsed(text: str) -> ast.Module | None:
    found = parse(text)
    return found if isinstance(found, ast.Module) else None


def _positional(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args]


def _counts(arguments: ast.arguments) -> range:
    """List how many arguments may be given by position, as defaults allow."""
    most = len(_positional(arguments))
    return range(most - len(arguments.defaults), most + 1)


def _takes(arguments: ast.arguments, count: int) -> bool:
    """Tell whether a function can be called with so many arguments by position."""
    names = len(_positional(arguments))
    required = names - len(arguments.defaults)
    keywords = any(default is None for default in arguments.kw_defaults)
    return required <= count and (count <= names or arguments.vararg is not None) and not keywords


def _written(arguments: ast.arguments) -> str | None:
    """Write parameters as Python; None for what cannot be written, or is too long to be read.

    There is code that Python reads and does not write: a default that is a number of thousands of
    digits, or an f-string with a space that is no ordinary one in its braces.
    """
    try:
        text = written_parameters(arguments)
    except (ValueError, RecursionError):
        return None
    return text if len(text) <= LONGEST_TEXT else None
