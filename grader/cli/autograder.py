"""``grader autograder``: what a platform is given so that it grades by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.author.autograder import (
    GITHUB,
    GITLAB,
    GRADESCOPE,
    gradescope_zip,
    pipeline,
    workflow,
)
from grader.catalog import find_assignment
from grader.cli.folders import output_folder, writing
from grader.errors import UsageError

if TYPE_CHECKING:
    import argparse


def autograder(options: argparse.Namespace) -> int:
    """Write an autograder for a platform; see ``grader autograder --help``."""
    assignment = find_assignment(options.assignment, options.root)
    if options.platform == "gradescope":
        if not assignment.solution.is_dir():
            raise UsageError(f"{assignment.solution} is not there; this is for authors")
        name, content = GRADESCOPE, gradescope_zip(assignment)
    elif options.platform == "github":
        name, content = GITHUB, workflow(assignment).encode()
    else:
        name, content = GITLAB, pipeline(assignment).encode()
    path = output_folder(options.out) / name
    with writing(path):
        path.write_bytes(content)
    print(f"wrote {path}")
    return 0
