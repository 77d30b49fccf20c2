"""``grader export``: grades and feedback for a course platform to take in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from grader.batch import with_present_texts, write_feedback_zip
from grader.cli.folders import output_folder, write_whole, writing
from grader.cli.gradebooks import assignment_of, opened
from grader.cli.printing import named, say
from grader.cli.tables import table_of
from grader.report.gradebooks import PLATFORMS, canvas_csv, moodle_csv
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse

    from grader.report.gradebooks import Filled

TABLE: Final = "grades.csv"
PAGES: Final = "feedback.zip"
_WRITERS: Final = {"canvas": canvas_csv, "moodle": moodle_csv}


def export(options: argparse.Namespace) -> int:
    """Write what a platform imports; see ``grader export --help``."""
    lang = pick_language(options.lang, os.environ)
    platform: str = options.to
    csv = options.gradebook_csv
    table = None if csv is None else table_of(csv, options.columns)
    folder = options.folder or options.out / platform
    with opened(options.out) as book:
        assignment = assignment_of(book, options.root)
        grades = list(book.grades())
        filled = _WRITERS[platform](assignment, grades, lang, table, options.column)
        output_folder(folder)
        with writing(folder):
            write_whole(folder / TABLE, filled.data)
            there, without = write_feedback_zip(
                assignment, with_present_texts(assignment, grades), platform, folder / PAGES, lang
            )
    _tell(filled, PLATFORMS[platform], without)
    print(f"wrote {folder / TABLE}: {len(filled.graded)} scores")
    print(f"wrote {folder / PAGES}: {len(there)} pages")
    return 0


def _tell(filled: Filled, platform: str, without: list[str]) -> None:
    """Say on stderr whose grades do not go where they were meant to."""
    if filled.scale != 1:
        say(
            f"{platform} gives the assignment other points than exercises.toml does: scores are "
            f"multiplied by {filled.scale}."
        )
    if filled.left_as_is:
        say(f"No score, so the cell stays as it was: {named(filled.left_as_is)}.")
    if filled.excused:
        say(
            f"{platform} wants no score of them (EX, N/A), so the cell stays as it was: "
            f"{named(filled.excused)}."
        )
    if filled.uncommented:
        say(
            f"{platform}'s table has no column for comments that is known, so none is written; "
            "--columns comments=... says which it is."
        )
    if filled.not_listed:
        say(f"Graded here, and not in {platform}'s table: {named(filled.not_listed)}.")
    if without:
        say(
            f"No page of their own in the zip, since {platform}'s download has nothing under their "
            f"name: {named(without)}."
        )
