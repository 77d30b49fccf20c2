"""``grader hint``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.catalog import load_assignment
from grader.diagnose import pick_language
from grader.errors import UsageError

if TYPE_CHECKING:
    import argparse


def hint(options: argparse.Namespace) -> int:
    """Show one hint of an exercise."""
    lang = pick_language(options.lang, os.environ)
    for path in sorted(options.root.glob("assignments/*/exercises.toml")):
        for exercise in load_assignment(path.parent).exercises:
            if options.exercise == exercise.id or options.exercise in exercise.names:
                count = len(exercise.hints)
                if options.number > count:
                    raise UsageError(f"{exercise.id} has {count} hints")
                print(exercise.hints[options.number - 1].in_language(lang))
                return 0
    raise UsageError(f"no exercise {options.exercise!r} below {options.root.resolve()}/assignments")
