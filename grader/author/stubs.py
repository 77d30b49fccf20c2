"""Reference modules -> student stubs: each marked block becomes one `raise`.

Outside of functions nothing takes a block's place, so that the stub can still be imported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.author.blocks import END, Block, find_blocks, scope_of
from grader.errors import CatalogError
from grader.trees import FUNCTIONS, bound_names, is_unwritten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.catalog import Assignment

_DEFINING: Final = (*FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign)


def stub_text(solution: str, origin: str) -> str:
    """Write the student's stub of a reference module.

    Parameters
    ----------
    solution : str
        Text of the reference module, with markers.
    origin : str
        What errors call it.

    Returns
    -------
    str
        The same text with each block replaced; it compiles and ends with a newline.

    Raises
    ------
    CatalogError
        For markers without a partner, nested, misspelt or across statements, and for a stub that
        does not compile; the message names file and line.
    """
    blocks = find_blocks(solution, origin)
    tree = _parse(solution, origin)
    lines = solution.split("\n")
    kept: list[str] = []
    at = 0
    for block in blocks:
        kept += lines[at : block.begin - 1]
        at = block.end
        scope = scope_of(tree, block, origin)
        if scope.in_function:
            indent = _indent(lines, block)
            kept.append(f'{indent}raise NotImplementedError("{scope.name}: not written yet")')
        else:
            at += _doubled_blanks(kept, lines[at:])
    kept += lines[at:]
    stub = "\n".join(kept).rstrip("\n") + "\n"
    _parse(stub, f"the stub of {origin}")
    return stub


def read_solution(assignment: Assignment, module: str) -> tuple[str, str]:
    """Return the text of a reference module and what errors call it.

    Raises
    ------
    CatalogError
        When the file is not there or is no UTF-8.
    """
    path = assignment.solution / f"{module}.py"
    origin = f"solutions/{assignment.id}/{module}.py"
    try:
        return path.read_text(encoding="utf-8"), origin
    except OSError as error:
        raise CatalogError(
            f"{path} cannot be read ({error.strerror}); stubs are made from the reference modules"
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path} is not UTF-8: {error.reason}") from error


def module_stub(assignment: Assignment, module: str) -> str:
    """Write the stub of one module and check it against exercises.toml.

    Parameters
    ----------
    assignment : Assignment
        Says which names are graded and which are given.
    module : str
        One of its modules.

    Returns
    -------
    str
        A stub in which every graded name is unwritten and every given one as in the reference.

    Raises
    ------
    CatalogError
        When it is not so; the message names the file and the name.
    """
    solution, origin = read_solution(assignment, module)
    stub = stub_text(solution, origin)
    before, after = definitions(solution), definitions(stub)
    for exercise in assignment.exercises:
        if exercise.module == module:
            for name in exercise.names:
                _check_graded(before, after, name, origin)
    for name in assignment.given.get(module, ()):
        _check_given(before, after, name, origin)
    return stub


def definitions(text: str) -> dict[str, ast.stmt]:
    """Map each name that a module's top level defines to its last definition."""
    return {name: node for node in ast.parse(text).body for name in defined_names(node)}


def defined_names(statement: ast.stmt) -> tuple[str, ...]:
    """Return the names that a definition or an assignment binds; none for other statements."""
    return tuple(bound_names([statement])) if isinstance(statement, _DEFINING) else ()


def _parse(text: str, origin: str) -> ast.Module:
    try:
        compile(text, origin, "exec", dont_inherit=True)
        return ast.parse(text, origin)
    except SyntaxError as error:
        raise CatalogError(f"{origin}:{error.lineno}: does not compile: {error.msg}") from error


def _indent(lines: Sequence[str], block: Block) -> str:
    inside = (line for line in lines[block.begin : block.end] if line.strip())
    code = next(line for line in inside if not line.lstrip().startswith("#"))
    return code[: len(code) - len(code.lstrip())]


def _doubled_blanks(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the blank lines after a removed block that repeat those before it."""
    if not before:
        return _leading_blanks(after)
    return min(_leading_blanks(before[::-1]), _leading_blanks(after))


def _leading_blanks(lines: Sequence[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def _check_graded(
    solution: Mapping[str, ast.stmt], stub: Mapping[str, ast.stmt], name: str, origin: str
) -> None:
    if name not in solution:
        raise CatalogError(f"{origin}: defines no {name}, which exercises.toml grades")
    line = solution[name].lineno
    if name not in stub:
        raise CatalogError(
            f"{origin}:{line}: {name} is graded by exercises.toml; "
            "its first line must stand outside the markers"
        )
    if not is_unwritten(stub[name]):
        raise CatalogError(
            f"{origin}:{line}: the stub of {name} would count as written; only assignments may "
            f"stand before its block, and nothing after {END!r}"
        )


def _check_given(
    solution: Mapping[str, ast.stmt], stub: Mapping[str, ast.stmt], name: str, origin: str
) -> None:
    if name not in solution:
        raise CatalogError(f"{origin}: defines no {name}, which exercises.toml gives out")
    if name not in stub or ast.dump(stub[name]) != ast.dump(solution[name]):
        raise CatalogError(
            f"{origin}:{solution[name].lineno}: {name} is given out by exercises.toml; "
            "it can hold no marked block nor stand in one"
        )
