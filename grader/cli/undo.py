"""``grader undo``: a mark or a comment taken back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.cli.gradebooks import assignment_of, login, opened, renew
from grader.cli.printing import say
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse


def undo(options: argparse.Namespace) -> int:
    """Take entries of the log back, all or none; see ``grader undo --help``."""
    lang = pick_language(options.lang, os.environ)
    with opened(options.out) as book:
        assignment = assignment_of(book, options.root)
        found = book.by_hand.undo(options.entries, options.by or login(), options.because)
        renew(book, assignment, options.out, lang, {one.student for one in found})
    for one in found:
        say(
            f"Entry {one.id} is taken back: {one.kind} of {one.student}, {one.exercise or 'total'}."
        )
    return 0
