"""Tables of students that commands are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.cli.printing import say
from grader.course import read_table, told_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.course import Table


def table_of(path: Path, columns: Sequence[str] = ()) -> Table:
    """Read a table, and say on stderr in what it is written where that had to be guessed.

    Parameters
    ----------
    path : Path
        A CSV file.
    columns : sequence of str
        What ``--columns`` says.

    Raises
    ------
    UsageError
        When it cannot be read, or has no such columns.
    """
    table = read_table(path, told_columns(columns))
    if table.encoding != "UTF-8":
        foreign = next((cell for _, row in table.rows for cell in row if not cell.isascii()), "")
        example = f", as in {foreign!r}" if foreign else ""
        say(
            f"{path} is not written in UTF-8; it was read as {table.encoding}{example}. If that is "
            "wrong, save it once more as CSV UTF-8."
        )
    return table
