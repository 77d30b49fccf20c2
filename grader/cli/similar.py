"""``grader similar``: which submissions share passages that few others have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.batch.comparing import comparison_of, groups_of
from grader.cli.gradebooks import assignment_of, opened
from grader.cli.printing import say
from grader.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from grader.similarity import Similarity

_PERCENT = 100


def similar(options: argparse.Namespace) -> int:
    """Compare what was handed in; see ``grader similar --help``."""
    with opened(options.out) as book:
        assignment = assignment_of(book, options.root)
        compared, lost = comparison_of(assignment, book, options.common)
        same = groups_of(book)
    if lost:
        say(f"Not kept in the gradebook, and so not compared: {', '.join(lost)}.")
    if compared is None:
        raise UsageError("there are no two submissions to compare")
    found = compared.similarity(options.share / _PERCENT, same)
    if options.json:
        print(msgspec.json.encode(found).decode())
        return 0
    _print(found, options.share, options.common)
    return 0


def _print(found: Similarity, share: float, common: int) -> None:
    console = Console(soft_wrap=False, highlight=False)
    table = Table(
        title=f"Pairs that share {share:g} % or more of the smaller one's code",
        title_justify="left",
    )
    table.add_column("shared", justify="right")
    table.add_column("one", overflow="fold")
    table.add_column("other", overflow="fold")
    for pair in found.pairs:
        table.add_row(f"{_PERCENT * pair.share:.0f} %", escape(pair.one), escape(pair.other))
    console.print(table)
    left_out = ""
    if found.left_out:
        left_out = f" Too little code to be compared: {', '.join(found.left_out)}."
    usual = f"{found.compared} pairs compared; the median shares {_PERCENT * found.median:.0f} %."
    console.print(
        escape(
            f"{usual} Not counted is what the handout has, and what more than {common} have."
            f"{left_out} A number is no verdict: read both side by side, on the desk, and ask "
            "before you judge."
        ),
        soft_wrap=True,
    )
