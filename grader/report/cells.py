"""Cells of tables that spreadsheets open: none of them is ever run as a formula."""

from __future__ import annotations

import re
from typing import Final

from grader.report.plain import one_line

# What begins so is run as a formula by spreadsheets; the wide forms count in East Asia.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant
_NUMBER: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)?%?", re.ASCII)


def cell(text: str) -> str:
    """Neutralise a formula, and keep a row on one line.

    Parameters
    ----------
    text : str
        Anything, such as a name that a student has chosen.

    Returns
    -------
    str
        The text, behind an apostrophe where a spreadsheet would run it.
    """
    mark = "'" if text.startswith(FORMULA) else ""
    line = one_line(text)
    return mark + line if mark or not line.startswith(FORMULA) else "'" + line


def kept_cell(text: str) -> str:
    """Keep a cell that a platform wrote: numbers stay numbers, also below zero, formulas do not.

    A lone hyphen, with which Moodle marks what there is none of, becomes an empty cell.
    """
    if text.strip() == "-":
        return ""
    return text if _NUMBER.fullmatch(text) or not _may_run(text) else cell(text)


def _may_run(text: str) -> bool:
    return text.lstrip().startswith(FORMULA) or text.startswith(FORMULA)
