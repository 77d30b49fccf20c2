"""``grader comment``: something said to a student, or to all who are meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.analysis import Selection
from grader.cli.gradebooks import assignment_of, login, opened, renew
from grader.cli.printing import say
from grader.errors import UsageError
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse


def comment(options: argparse.Namespace) -> int:
    """Comment on submissions; see ``grader comment --help``."""
    lang = pick_language(options.lang, os.environ)
    words = [*options.where, *([f"student={options.student}"] if options.student else [])]
    if not words:
        raise UsageError("say to whom: give a STUDENT, or --where")
    selection = Selection.parse(words)
    with opened(options.out) as book:
        assignment = assignment_of(book, options.root)
        students = [options.student] if options.student else []
        if options.where:
            students = selection.of(book.grades())
        if not students:
            raise UsageError(f"nobody is meant by {' '.join(words)}")
        entries = book.by_hand.comment(
            students, options.exercise, options.text, options.by or login()
        )
        renew(book, assignment, options.out, lang, students)
    listed = (
        f"Entry {entries[0]}" if len(entries) == 1 else f"Entries {entries[0]} to {entries[-1]}"
    )
    say(f"{listed}: said to {len(students)}; `grader undo {options.out} NUMBER` takes one back.")
    return 0
