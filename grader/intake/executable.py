"""A submission's notebooks as they are run from the top: cell by cell, magics left out.

What was read of a notebook holds every code cell; so nothing of the file need be kept to run it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from grader.intake.magics import Cleaner, ForeignCell, WrittenFile

if TYPE_CHECKING:
    from grader import wire

_CELL: Final = re.compile(r"(?P<file>.*\.ipynb)\[cell (?P<number>\d+)\]", re.DOTALL | re.IGNORECASE)


class RunCell(msgspec.Struct, frozen=True):
    """A code cell.

    Parameters
    ----------
    number : int
        Counted over all code cells, from 1.
    filename : str
        What tracebacks call it.
    text : str
        Python, with as many lines as the cell; empty for a cell of another language.
    writes : str
        The file that it writes, where it is a ``%%writefile``; its text is that file's then.
    adds : bool
        Whether it writes behind what the file holds already.
    """

    number: int
    filename: str
    text: str
    writes: str = ""
    adds: bool = False


def notebooks_of(source: wire.Source) -> dict[str, tuple[RunCell, ...]]:
    """List the notebooks of a submission by name, each with its cells in order."""
    found: dict[str, dict[int, tuple[str, str]]] = {}
    for module in source.modules:
        for filename, text in module.cells.items():
            cell = _CELL.fullmatch(filename)
            if cell is not None:
                cells = found.setdefault(cell["file"], {})
                cells.setdefault(int(cell["number"]), (filename, text))
    return {name: tuple(_cleaned(cells)) for name, cells in sorted(found.items())}


def _cleaned(cells: dict[int, tuple[str, str]]) -> list[RunCell]:
    cleaner = Cleaner()
    return [_cell(cleaner, number, *cells[number]) for number in sorted(cells)]


def _cell(cleaner: Cleaner, number: int, filename: str, text: str) -> RunCell:
    cleaned = cleaner.clean(text)
    match cleaned:
        case WrittenFile():
            return RunCell(number, filename, cleaned.text, f"{cleaned.module}.py", cleaned.adds)
        case ForeignCell():
            return RunCell(number, filename, "")
    return RunCell(number, filename, cleaned)
