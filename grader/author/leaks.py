"""A second look at what is handed out: nothing of it may come from behind the markers.

`stubs` cuts the solutions out; this looks for what came back another way: a formula of the
handout that is the answer, a solved notebook left in the folder, a suite copied from the hidden
ones.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from grader.author.blocks import find_blocks
from grader.author.stubs import definitions, read_solution, stub_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.catalog import Assignment

_SHORT: Final = 20  # characters; anybody may write `return outputs, state`


@dataclass(frozen=True, slots=True)
class _Secret:
    """A line that only the reference has, its runs of blanks reduced to one."""

    text: str
    place: str


class _Notebook(msgspec.Struct):
    """The part of a notebook that people read."""

    cells: list[dict[str, object]]


def find_leaks(assignment: Assignment, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Find what files about to be handed out have in common with the solutions.

    Parameters
    ----------
    assignment : Assignment
        Its solution folder must be there.
    files : mapping of str to bytes
        Contents by path.

    Returns
    -------
    tuple of str
        One sentence a find, with file and line or cell; empty if there is none. A line counts when
        it stands between markers, is longer than 20 characters, is no import and no plain call of
        a public function with its own parameters, and appears in no stub.

    Raises
    ------
    CatalogError
        When a reference module cannot be read or its markers are broken.
    """
    secrets = _secrets(assignment)
    copies = _secret_files(assignment)
    found: list[str] = []
    for path, content in sorted(files.items()):
        lines = [(place, squeezed(line)) for place, line in _lines(path, content)]
        whole = "\n".join(line for _, line in lines)
        for secret in secrets:
            if secret.text in whole:
                place = next(place for place, line in lines if secret.text in line)
                found.append(
                    f"{place} gives away {secret.place}: {secret.text!r}; "
                    "reword it there or move it out of the markers"
                )
        if content in copies:
            found.append(f"{path} is a copy of {copies[content]}; take it out")
    return tuple(found)


def _secrets(assignment: Assignment) -> tuple[_Secret, ...]:
    sources = [read_solution(assignment, module) for module in assignment.modules]
    stubs = [stub_text(*source) for source in sources]
    public = "\n".join(squeezed(line) for stub in stubs for line in stub.split("\n"))
    known = {name: node for stub in stubs for name, node in definitions(stub).items()}
    kept = {
        text: _Secret(text, f"{origin}:{line}")
        for solution, origin in sources
        for line, text in marked_lines(solution, origin)
        if text not in public and not _is_plain_call(text, known)
    }
    return tuple(kept.values())


def marked_lines(solution: str, origin: str) -> Iterator[tuple[int, str]]:
    """Yield what stands between the markers: number and text of each line that tells something."""
    lines = solution.split("\n")
    for block in find_blocks(solution, origin):
        for at in range(block.begin, block.end - 1):
            text = squeezed(lines[at])
            if len(text) > _SHORT and not text.startswith(("import ", "from ")):
                yield at + 1, text


def _is_plain_call(text: str, known: Mapping[str, ast.stmt]) -> bool:
    """Tell whether a line says no more than a stub's def line, as examples in a handout do."""
    try:
        parsed = ast.parse(text).body
    except SyntaxError:
        return False
    match parsed:
        case [
            ast.Assign(value=ast.Call(func=ast.Name(name), args=arguments, keywords=[]))
            | ast.Expr(value=ast.Call(func=ast.Name(name), args=arguments, keywords=[]))
        ]:
            function = known.get(name)
        case _:
            return False
    if not isinstance(function, ast.FunctionDef):
        return False
    parameters = [parameter.arg for parameter in function.args.args]
    return [ast.unparse(argument) for argument in arguments] == parameters[: len(arguments)]


def _secret_files(assignment: Assignment) -> dict[bytes, str]:
    """Map the contents of all files below solutions/ID, tool caches left out, to their paths."""
    found: dict[bytes, str] = {}
    for path in sorted(assignment.solution.rglob("*")):
        below = path.relative_to(assignment.solution)
        hidden = any(part.startswith((".", "__pycache__")) for part in below.parts)
        if path.is_file() and not hidden and (content := path.read_bytes()).strip():
            found[content] = f"solutions/{assignment.id}/{below.as_posix()}"
    return found


def squeezed(line: str) -> str:
    """Reduce each run of blanks to one."""
    return " ".join(line.split())


def _lines(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each line with its place: file and line, or file and cell of a notebook."""
    text = content.decode("utf-8", errors="replace")
    if path.endswith(".ipynb"):
        try:
            cells = msgspec.json.decode(text, type=_Notebook).cells
        except msgspec.DecodeError:
            pass  # no notebook after all: read as plain text
        else:
            for number, cell in enumerate(cells, start=1):
                for line in "\n".join(_strings(cell)).split("\n"):
                    yield f"{path}[cell {number}]", line
            return
    for number, line in enumerate(text.split("\n"), start=1):
        yield f"{path}:{number}", line


def _strings(value: object) -> Iterator[str]:
    """Yield every text in a JSON value; a list of texts is one, as in a cell's source."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
