"""``grader report``: the reports of a gradebook, written again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from grader.batch import with_present_texts, write_reports
from grader.catalog import find_assignment
from grader.cli.folders import results_folder, writing
from grader.cli.printing import named, print_class, tell_withdrawn
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
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
        grades = list(book.grades(number))
        missing = len(book.handed_in(number)) - len(grades)
        if not grades:
            raise UsageError(f"{path} holds no grades yet; run `grader grade` first")
        assignment = find_assignment(grades[0].assignment, options.root)
        print_class(assignment, grades, lang)
        write_and_tell(assignment, book, grades, options.out, lang, number)
    if missing:
        print(f"{missing} submissions are not graded yet; `grader grade` goes on where it stopped")
    return 0


def write_and_tell(
    assignment: Assignment,
    book: Gradebook,
    grades: Sequence[Grade],
    out: Path,
    lang: str,
    batch: int | None = None,
) -> None:
    """Write the reports of a batch, with the texts as they are now, and tell who is in none."""
    told = with_present_texts(assignment, grades)
    with writing(out):
        removed = write_reports(assignment, told, out, lang, ever=book.ever())
    tell_withdrawn(book.withdrawn(batch), removed)


def _batch(book: Gradebook, path: Path, number: int | None) -> int | None:
    """Check the number of a batch that was asked for; None for the present one."""
    there = [batch.id for batch in book.batches()]
    if number is None or number in there:
        return number
    raise UsageError(
        f"{path} has no batch {number}; it has {named(list(map(str, there))) or 'none'}"
    )
