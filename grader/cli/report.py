"""``grader report``: the reports of a gradebook, written again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from grader.batch import with_present_texts, write_reports
from grader.catalog import find_assignment
from grader.cli.folders import results_folder, writing
from grader.cli.printing import ClassTable, named, tell_withdrawn
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.model import Grade

GRADEBOOK: Final = "gradebook.sqlite"


def report(options: argparse.Namespace) -> int:
    """Write the reports of a gradebook again; see ``grader report --help``."""
    path = options.out / GRADEBOOK
    if not path.is_file():
        raise UsageError(f"{path} is not there; name the folder that `grader grade -o` wrote")
    lang = pick_language(options.lang, os.environ)
    with results_folder(options.out), Gradebook.open(path) as book:
        number = _batch(book, path, options.batch)
        first = next(book.grades(number), None)
        if first is None:
            raise UsageError(f"{path} holds no grades yet; run `grader grade` first")
        assignment = find_assignment(first.assignment, options.root)
        table = write_and_tell(assignment, book, options.out, lang, number)
        table.print()
        missing = len(book.handed_in(number)) - table.count
    if missing:
        print(f"{missing} submissions are not graded yet; `grader grade` goes on where it stopped")
    return 0


def write_and_tell(
    assignment: Assignment, book: Gradebook, out: Path, lang: str, batch: int | None = None
) -> ClassTable:
    """Write the reports of a batch, with the texts as they are now, and tell who is in none.

    Grades are read one by one, so that memory does not grow with the class.

    Returns
    -------
    ClassTable
        What was written, a line each.
    """
    table = ClassTable(assignment, lang)

    def told() -> Iterator[Grade]:
        for grade in with_present_texts(assignment, book.grades(batch)):
            table.add(grade)
            yield grade

    with writing(out):
        removed = write_reports(assignment, told(), out, lang, ever=book.ever())
    tell_withdrawn(book.withdrawn(batch), removed)
    return table


def _batch(book: Gradebook, path: Path, number: int | None) -> int | None:
    """Check the number of a batch that was asked for; None for the present one."""
    there = [batch.id for batch in book.batches()]
    if number is None or number in there:
        return number
    raise UsageError(
        f"{path} has no batch {number}; it has {named(list(map(str, there))) or 'none'}"
    )
