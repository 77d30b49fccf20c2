"""``grader override``: a mark set by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.cli.gradebooks import assignment_of, login, opened, renew
from grader.cli.printing import say
from grader.scoring import points_of
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse

TOTAL = "total"


def override(options: argparse.Namespace) -> int:
    """Set a mark; see ``grader override --help``."""
    lang = pick_language(options.lang, os.environ)
    exercise = "" if options.exercise == TOTAL else options.exercise
    with opened(options.out) as book:
        assignment = assignment_of(book, options.root)
        entry = book.by_hand.override(
            options.student,
            exercise,
            points_of(options.points),
            options.because,
            options.by or login(),
        )
        renew(book, assignment, options.out, lang, {options.student})
    say(f"Entry {entry}; `grader undo {options.out} {entry}` takes it back.")
    return 0
