"""The gradebook of a folder of results, for commands that work on one."""

from __future__ import annotations

import contextlib
import getpass
from typing import TYPE_CHECKING

from grader.batch.renewing import renew_reports
from grader.catalog import find_assignment
from grader.cli.printing import say
from grader.cli.report import existing
from grader.errors import UsageError
from grader.gradebook import Gradebook

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from grader.catalog import Assignment


@contextlib.contextmanager
def opened(out: Path) -> Iterator[Gradebook]:
    """Open the gradebook of a folder of results, which has grades.

    Raises
    ------
    UsageError
        When there is none, or nothing was graded in it.
    """
    place = existing(out)
    with Gradebook.open(place) as book:
        if not book.batches():
            raise UsageError(f"{place} holds no grades yet; run `grader grade` first")
        yield book


def assignment_of(book: Gradebook, root: Path) -> Assignment:
    """Return the assignment that a gradebook is of."""
    return find_assignment(book.batches()[-1].assignment, root)


def renew(
    book: Gradebook, assignment: Assignment, out: Path, lang: str, students: Collection[str]
) -> None:
    """Write again what tells of students whose marks or comments have changed.

    While a batch is running, it is left to that one, which writes all reports in the end.
    """
    running = renew_reports(assignment, book.grades(), out, lang, students)
    if running:
        say(f"A run is at work here ({running}); it writes the reports when it ends.")


def login() -> str:
    """Return who is at the keyboard, as the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
