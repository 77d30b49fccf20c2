"""``grader report``: the reports of a gradebook, written again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch import with_present_texts, write_reports
from grader.catalog import find_assignment
from grader.cli.folders import results_folder, writing
from grader.cli.printing import ClassTable, named, tell_withdrawn
from grader.errors import UsageError
from grader.gradebook import Gradebook, place_of
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from grader.catalog import Assignment
    from grader.gradebook import Database
    from grader.model import Grade


def report(options: argparse.Namespace) -> int:
    """Write the reports of a gradebook again; see ``grader report --help``."""
    place = existing(options.out)
    lang = pick_language(options.lang, os.environ)
    with results_folder(options.out), Gradebook.open(place) as book:
        number = _batch(book, place, options.batch)
        first = next(book.grades(number), None)
        if first is None:
            raise UsageError(f"{place} holds no grades yet; run `grader grade` first")
        assignment = find_assignment(first.assignment, options.root)
        table = write_and_tell(assignment, book, options.out, lang, number)
        table.print()
        missing = len(book.handed_in(number)) - table.count
    if missing:
        print(f"{missing} submissions are not graded yet; `grader grade` goes on where it stopped")
    return 0


def existing(out: Path) -> Path | Database:
    """Return where the gradebook of a folder of results is.

    Raises
    ------
    UsageError
        When there is none.
    """
    place = place_of(out)
    if isinstance(place, Path) and not place.is_file():
        raise UsageError(f"{place} is not there; name the folder that `grader grade -o` wrote")
    return place


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


def _batch(book: Gradebook, place: Path | Database, number: int | None) -> int | None:
    """Check the number of a batch that was asked for; None for the present one."""
    there = [batch.id for batch in book.batches()]
    if number is None or number in there:
        return number
    raise UsageError(
        f"{place} has no batch {number}; it has {named(list(map(str, there))) or 'none'}"
    )
