"""``grader hint``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.catalog import all_assignments, find_assignment
from grader.errors import UsageError
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse


def hint(options: argparse.Namespace) -> int:
    """Show one hint of an exercise."""
    lang = pick_language(options.lang, os.environ)
    named, root = options.assignment, options.root
    there = all_assignments(root) if named is None else [find_assignment(named, root)]
    found = [
        (assignment, exercise)
        for assignment in there
        for exercise in assignment.exercises
        if options.exercise == exercise.id or options.exercise in exercise.names
    ]
    if not found:
        raise UsageError(f"no exercise {options.exercise!r} below {root.resolve()}/assignments")
    if len({assignment.id for assignment, _ in found}) > 1:
        owners = ", ".join(assignment.id for assignment, _ in found)
        raise UsageError(
            f"{owners} have an exercise {options.exercise}: "
            f"grader hint {found[0][0].id} {options.exercise}"
        )
    exercise = found[0][1]
    count = len(exercise.hints)
    if options.number > count:
        raise UsageError(f"{exercise.id} has {count} hints")
    print(exercise.hints[options.number - 1].in_language(lang))
    return 0
