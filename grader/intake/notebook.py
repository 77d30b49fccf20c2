"""The JSON of a notebook -> its cells.

Versions 1 to 4 are read here rather than through nbformat: all that is wanted are the code cells,
outputs of many megabytes need no validation, and a notebook that breaks some rule of the schema
still holds its student's code.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from grader.intake.notes import UnreadableError, printable

MAX_CELLS: Final = 2_000
MAX_CODE_CHARS: Final = 2 << 20
_KINDS: Final = frozenset({"code", "markdown", "raw", "html"})
_MARK: Final = re.compile(
    r"^[ \t]*#.*\bGRADED[ \t]+(?:FUNCTION|CLASS)(?:[ \t]*:)?[ \t]*(\w+(?:[ \t]*,[ \t]*\w+)*)",
    re.IGNORECASE | re.MULTILINE,
)


class Cell(msgspec.Struct, frozen=True):
    """One cell.

    Parameters
    ----------
    number : int
        Counted over all code cells, empty ones too, from 1; for other cells, the code cell before.
    text : str
        Its source, with line feeds as line ends.
    exercise : str
        What its metadata says it is for; empty if nothing.
    """

    number: int
    text: str
    exercise: str
    kind: str = "code"


def read_cells(text: str, file: str) -> list[Cell]:
    """Read the cells of a notebook: those of code, and what else holds text.

    Parameters
    ----------
    text : str
        The notebook's JSON.
    file : str
        Its name, for messages.

    Raises
    ------
    UnreadableError
        When it is no notebook, or larger than anybody's homework.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError("intake_not_a_notebook", file=file, detail=str(error)) from error
    found = _all_cells(notebook, file)
    count = sum(_get(cell, "cell_type") == "code" for cell in found)
    if count > MAX_CELLS:
        raise UnreadableError("intake_too_many_cells", file=file, cells=count, limit=MAX_CELLS)
    cells: list[Cell] = []
    number = 0
    for cell in found:
        kind = _get(cell, "cell_type")
        number += kind == "code"
        if isinstance(kind, str) and kind in _KINDS:
            cells.append(Cell(number, _source(cell), _exercise(cell), kind))
    if sum(len(cell.text) for cell in cells if cell.kind == "code") > MAX_CODE_CHARS:
        raise UnreadableError("intake_too_much_code", file=file, limit_mib=MAX_CODE_CHARS >> 20)
    return cells


def _all_cells(notebook: Any, file: str) -> list[Any]:
    """Find the cells: at the top since version 4, in worksheets before."""
    sheets = _get(notebook, "worksheets")
    lists = [_get(notebook, "cells")]
    if isinstance(sheets, list):
        lists += [_get(sheet, "cells") for sheet in sheets]
    found = [cells for cells in lists if isinstance(cells, list)]
    if not found:
        raise UnreadableError("intake_not_a_notebook", file=file, detail="it has no cells")
    return [cell for cells in found for cell in cells]


def _source(cell: Any) -> str:
    source = _get(cell, "source")
    if source is None:
        source = _get(cell, "input")  # before version 4
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    return printable(source).replace("\r\n", "\n").replace("\r", "\n")


def _exercise(cell: Any) -> str:
    exercise = _get(_get(_get(cell, "metadata"), "grader"), "exercise")
    return exercise if isinstance(exercise, str) else ""


def _get(value: Any, key: str) -> Any:
    """Look a key up in what may be any JSON."""
    return value.get(key) if isinstance(value, dict) else None


def marks_in(text: str) -> frozenset[str]:
    """Return the casefolded names in lines such as ``### GRADED FUNCTION: clip``."""
    listed = (name.strip() for match in _MARK.findall(text) for name in match.split(","))
    return frozenset(name.casefold() for name in listed)
