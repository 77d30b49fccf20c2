"""``grader ci``: grade one submission and write what course platforms read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from rich.console import Console

from grader.batch import BatchOptions, grade_all
from grader.catalog import find_assignment
from grader.cli.grade import kept_from_workers, read_salt, tell_what_is_not_run
from grader.cli.printing import print_class
from grader.diagnose import pick_language
from grader.errors import UsageError
from grader.intake import Submission, read_submission
from grader.model import Grade, Status
from grader.report import FORMATS, Push, annotation_commands
from grader.sandbox import open_server

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

OURS: Final = 3
BELOW: Final = 1


def ci(options: argparse.Namespace) -> int:
    """Grade one submission; see ``grader ci --help``."""
    assignment = find_assignment(options.assignment, options.root)
    lang = pick_language(options.lang, os.environ)
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    submission = read_submission(
        options.path, modules=assignment.modules, exercises=names, assignment=assignment.id
    )
    batch = BatchOptions(jobs=1, salt=read_salt(options.salt_file), timing=options.timing)
    grades: list[Grade] = []

    def keep(_submission: Submission, made: Grade) -> None:
        grades.append(made)

    torch = any(exercise.torch for exercise in assignment.exercises)
    kept = kept_from_workers(assignment, options.salt_file)
    with open_server(options.isolation, torch=torch, kept=kept) as server:
        tell_what_is_not_run(assignment, server, kept)
        grade_all(assignment, [submission], batch, server, keep)
    (made,) = grades
    print_class(assignment, grades, lang)
    for name in options.format or ["json"]:
        file_format = FORMATS[name]
        path = options.out / file_format.file_name
        path.write_bytes(file_format.write(assignment, made, lang, push_from(os.environ)))
        Console(highlight=False).print(f"wrote {path}", soft_wrap=True)
    if "github" in (options.format or []):
        print(annotation_commands(assignment, made, lang), end="")
    if made.status is Status.NOT_GRADED:
        return OURS
    return BELOW if _is_below(made, options.fail_under) else 0


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
    if not 0 <= percent <= 100:  # noqa: PLR2004 - a percentage
        raise UsageError(f"--fail-under takes a percentage from 0 to 100, not {percent:g}")
    return made.score is None or made.score * 100 < made.max_score * percent
