"""``grader release`` and ``grader hint``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.author.release import stale, student_archive, write_release
from grader.batch import golden_bytes, is_golden_stale, known_mistakes, stale_mistakes
from grader.catalog import find_assignment, load_assignment
from grader.diagnose import pick_language
from grader.errors import UsageError

if TYPE_CHECKING:
    import argparse


def release(options: argparse.Namespace) -> int:
    """Make stubs, notebooks and golden values from the solutions, or tell what is stale."""
    assignment = find_assignment(options.assignment, options.root)
    if options.check:
        problems = stale(assignment)
        if not problems:
            problems += is_golden_stale(assignment)
            problems += stale_mistakes(assignment)
        for problem in problems:
            print(f"stale: {problem}")
        print(f"{assignment.id}: {len(problems)} generated files are out of date")
        return 1 if problems else 0
    for path in write_release(assignment, assignment.folder):
        print(f"wrote {path}")
    assignment.golden.parent.mkdir(parents=True, exist_ok=True)
    assignment.golden.write_bytes(golden_bytes(assignment))
    print(f"wrote {assignment.golden}")
    assignment.known_mistakes.write_bytes(known_mistakes(assignment).to_bytes())
    print(f"wrote {assignment.known_mistakes}")
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        archive = options.out / f"{assignment.id}.zip"
        archive.write_bytes(student_archive(assignment))
        print(f"wrote {archive}")
    return 0


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
