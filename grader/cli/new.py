"""``grader new``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.author.new import write_new
from grader.cli.folders import writing

if TYPE_CHECKING:
    import argparse


def new(options: argparse.Namespace) -> int:
    """Write the files of a new assignment, and say how to go on."""
    with writing(options.root, remedy="mend that, or give another folder with --root"):
        written = write_new(options.assignment, options.root)
    for path in written:
        print(f"wrote {path}")
    print(
        f"{options.assignment} is a whole assignment with one exercise. Make what students get\n"
        f"with `grader release {options.assignment}`, prove it with "
        f"`grader validate {options.assignment}`, and make it yours."
    )
    return 0
