"""``grader ci``: grade one submission and write what course platforms read."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING, Final

from rich.console import Console

from grader.batch import BatchOptions, grade_all, kept_from_workers, with_present_texts
from grader.catalog import find_assignment
from grader.cli.folders import output_folder, writing
from grader.cli.grade import read_salt, tell_what_is_not_run
from grader.cli.printing import ClassTable
from grader.cli.repository import paths_in_repository
from grader.intake import Submission, read_submission
from grader.model import Grade, Message, Status
from grader.report import FORMATS, Push, annotation_commands, check_format
from grader.sandbox import open_server
from grader.texts import pick_language, render

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from grader.catalog import Assignment

OURS: Final = 3
BELOW: Final = 1
OWN_SUITES: Final = "suites_handed_in"


def ci(options: argparse.Namespace) -> int:
    """Grade one submission; see ``grader ci --help``."""
    assignment = find_assignment(options.assignment, options.root)
    lang = pick_language(options.lang, os.environ)
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    submission = read_submission(
        options.path, modules=assignment.modules, exercises=names, assignment=assignment.id
    )
    push = push_from(os.environ)
    formats = options.format or ["json"]
    for name in formats:
        check_format(name, push)
    submission = with_warning(assignment, submission, options.path)
    for told in submission.notes:
        if told.key == OWN_SUITES:
            print(f"grader: {render(told, lang)}", file=sys.stderr)
    output_folder(options.out)
    batch = BatchOptions(jobs=1, salt=read_salt(options.salt_file), timing=options.timing)
    grades: list[Grade] = []

    def keep(_submission: Submission, made: Grade) -> None:
        grades.append(made)

    torch = any(exercise.torch for exercise in assignment.exercises)
    kept = kept_from_workers(assignment, options.salt_file)
    with open_server(options.isolation, torch=torch, kept=kept) as server:
        tell_what_is_not_run(assignment, server, kept)
        grade_all(assignment, [submission], batch, server, keep)
    (made,) = with_present_texts(assignment, grades)
    table = ClassTable(assignment, lang)
    table.add(made)
    table.print()
    for name in formats:
        file_format = FORMATS[name]
        path = options.out / file_format.file_name
        written = file_format.write(assignment, made, lang, push)
        with writing(path):
            path.write_bytes(written)
        Console(highlight=False).print(f"wrote {path}", soft_wrap=True)
    if "github" in formats:
        path_of = paths_in_repository(options.path)
        print(annotation_commands(assignment, made, lang, path_of), end="")
    if made.status is Status.NOT_GRADED:
        return OURS
    return BELOW if _is_below(made, options.fail_under) else 0


def with_warning(assignment: Assignment, submission: Submission, path: Path) -> Submission:
    """Let every report say so where the suites lie in the tree that was handed in.

    Who can change the submission can then change suites, catalogue and stored values as well; the
    score is worth as much as that.
    """
    handed_in, suites = path.resolve(), assignment.folder
    if handed_in not in (suites, *suites.parents) and suites not in handed_in.parents:
        return submission
    warning = Message(OWN_SUITES, {"assignment": assignment.id})
    return dataclasses.replace(submission, notes=(warning, *submission.notes))


def push_from(environ: Mapping[str, str]) -> Push | None:
    """Read what Classroom 50 tells in the environment; None outside of it."""
    if "CLASSROOM" not in environ:
        return None
    return Push(
        classroom=environ.get("CLASSROOM", ""),
        assignment=environ.get("ASSIGNMENT", ""),
        assignment_type=environ.get("ASSIGNMENT_TYPE", "individual"),
        owner=environ.get("OWNER", ""),
        submission=environ.get("SUBMISSION_TAG", ""),
        commit=environ.get("COMMIT_URL", ""),
        release=environ.get("RELEASE_URL", ""),
        review=environ.get("REVIEW_URL", ""),
        datetime=environ.get("COMMIT_TIME", ""),
    )


def _is_below(made: Grade, percent: float | None) -> bool:
    if percent is None:
        return False
    return made.score is None or made.score * 100 < made.max_score * percent
