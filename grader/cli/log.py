"""``grader log``: what was done by hand, by whom, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.cli.gradebooks import opened
from grader.scoring import two_decimals

if TYPE_CHECKING:
    import argparse

    from grader.gradebook import Entry


def log(options: argparse.Namespace) -> int:
    """Print the log; see ``grader log --help``."""
    with opened(options.out) as book:
        entries = book.by_hand.log(options.student)
    if options.json:
        for entry in entries:
            print(msgspec.json.encode(entry, enc_hook=str).decode())
        return 0
    table = Table(title=f"Log of {options.out}", title_justify="left")
    for name in ("entry", "when (UTC)", "who", "what", "student", "mark", "text"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        table.add_row(*map(escape, _cells(entry)))
    Console(soft_wrap=False).print(table)
    return 0


def _cells(entry: Entry) -> tuple[str, ...]:
    what = entry.kind if entry.undoes is None else f"undo of {entry.undoes}"
    mark = entry.exercise or ("total" if entry.student else "")
    if entry.points is not None:
        mark = f"{mark}: {two_decimals(entry.points)}"
    what = f"{what} (undone)" if entry.undone else what
    return (str(entry.id), entry.at, entry.who, what, entry.student, mark, entry.text)
