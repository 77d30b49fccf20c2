"""``grader override``: a mark set by hand."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.cli.gradebooks import assignment_of, login, opened, renew
from grader.cli.printing import say
from grader.errors import UsageError
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
            points(options.points),
            options.because,
            options.by or login(),
        )
        renew(book, assignment, options.out, lang, {options.student})
    say(f"Entry {entry}; `grader undo {options.out} {entry}` takes it back.")
    return 0


def points(text: str) -> Fraction:
    """Read points: ``7``, ``7.5`` or ``22/3``.

    Raises
    ------
    UsageError
        When it is no number.
    """
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(f"{text!r} is no number of points; write 7, 7.5 or 22/3") from error
