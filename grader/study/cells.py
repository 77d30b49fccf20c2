"""A notebook as it would be if it were saved now, as far as its kernel knows.

What is graded in the end is the file. What has been run since it was saved is newer than what it
holds; what was never run is in the file alone. Where there is no file to be found, as in a hosted
notebook, there is only what was run.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from grader.intake import names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.study.messages import Ran

# What the format of notebooks takes for an id; other tools call their cells by something else.
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

Cell = dict[str, Any]


def as_saved_now(ran: Sequence[Ran], saved: str | None) -> str:
    """Write the notebook.

    Parameters
    ----------
    ran : sequence of Ran
        What was run, in that order.
    saved : str or None
        The JSON of the file; None where there is none.

    Returns
    -------
    str
        JSON of a notebook. Without a file, code cells are counted as ``In [n]`` counts them.
    """
    left = _newest(ran)
    notebook = _notebook(saved)
    if notebook is None:
        return json.dumps({"cells": _counted(left), "metadata": {}, "nbformat": 4})
    cells = notebook["cells"]
    own = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    for one in left:
        found = _place(one, own)
        if found is None:
            cells.append(_code(one.text))
        else:
            found["source"] = one.text
    return json.dumps(notebook)


def _newest(ran: Sequence[Ran]) -> list[Ran]:
    """Leave out what was run again since, in the same cell or, as it seems, in another form."""
    kept: list[Ran] = []
    for one in ran:
        names = set(names_in(one.text))
        kept = [before for before in kept if not _replaces(one, names, before)]
        kept.append(one)
    return kept


def _replaces(one: Ran, names: set[str], before: Ran) -> bool:
    if one.cell and before.cell:
        return one.cell == before.cell
    defined = names_in(before.text)
    return before.text == one.text or (bool(defined) and names.issuperset(defined))


def _place(one: Ran, cells: Sequence[Cell]) -> Cell | None:
    """Find the cell of the file that was run; None for one that is not in the file."""
    for cell in cells:
        if one.cell and cell.get("id") == one.cell:
            return cell
    same = [cell for cell in cells if _text(cell) == one.text]
    if same:
        return same[-1]
    if _ID.fullmatch(one.cell) and any("id" in cell for cell in cells):
        return None  # ids tell: it is a new one
    names = set(names_in(one.text))
    alike = [
        cell for cell in cells if (defined := names_in(_text(cell))) and names.issuperset(defined)
    ]
    for cell in alike[:-1]:
        cell["source"] = ""
    return alike[-1] if alike else None


def _notebook(saved: str | None) -> dict[str, Any] | None:
    if saved is None:
        return None
    try:
        found = json.loads(saved)
    except (ValueError, RecursionError):
        return None
    is_one = isinstance(found, dict) and isinstance(found.get("cells"), list)
    return found if is_one else None


def _counted(ran: Sequence[Ran]) -> list[Cell]:
    """Put each text where its number is that of the cell."""
    texts = {one.count: one.text for one in ran}
    return [_code(texts.get(number, "")) for number in range(1, max(texts, default=0) + 1)]


def _code(text: str) -> Cell:
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": []}


def _text(cell: Cell) -> str:
    source = cell.get("source")
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""
