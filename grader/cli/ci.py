"""``grader ci``: grade one submission and write what course platforms read."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from rich.console import Console

from grader.batch import (
    BatchOptions,
    cache_folder,
    grade_all,
    kept_from_workers,
    with_present_texts,
)
from grader.catalog import find_assignment
from grader.cli.engines import start_server
from grader.cli.folders import output_folder, writing
from grader.cli.grade import read_salt, tell_what_is_not_run
from grader.cli.handing_in import corrected, dated, handed_in
from grader.cli.printing import ClassTable, say
from grader.cli.repository import paths_in_repository
from grader.course import Deadline
from grader.intake import Submission, read_submission
from grader.model import Grade, Message, Status
from grader.report import (
    ELSEWHERE,
    FORMATS,
    SUMMARY_BYTES,
    Around,
    Push,
    annotation_commands,
    check_formats,
    platform_of,
    step_summary,
)
from grader.scoring import final_score
from grader.texts import pick_language, render

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

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
    platform = platform_of(os.environ, lambda path: Path(path).exists())
    formats = options.format or platform.formats
    if not options.format and platform is not ELSEWHERE:
        say(f"{platform.sign} is there, so this writes {' and '.join(formats)}.")
    check_formats(formats, push)
    out = options.out or Path(platform.out if not options.format else "")
    submission = with_warning(assignment, submission, options.path)
    for told in submission.notes:
        if told.key == OWN_SUITES:
            print(f"grader: {render(told, lang)}", file=sys.stderr)
    deadline = Deadline.of(assignment.late)
    found = handed_in(options.path, os.environ, formats, deadline)
    came_in = corrected(found, options.handed_in, options.due, deadline)
    if came_in is not None and deadline.due is not None:
        say(f"Handed in at {came_in.at}, says {came_in.by}.")
    output_folder(out)
    proofs = cache_folder(os.environ)
    batch = BatchOptions(
        jobs=1, salt=read_salt(options.salt_file), timing=options.timing, proofs=proofs
    )
    grades: list[Grade] = []

    def keep(_submission: Submission, made: Grade) -> None:
        grades.append(made)

    torch = any(exercise.torch for exercise in assignment.exercises)
    kept = kept_from_workers(assignment, options.salt_file, proofs)
    with start_server(options.isolation, torch=torch, kept=kept) as server:
        tell_what_is_not_run(assignment, server, kept)
        grade_all(assignment, [submission], batch, server, keep)
    (made,) = with_present_texts(assignment, [dated(grades[0], deadline, came_in)])
    table = ClassTable(assignment, lang)
    table.add(made)
    table.print()
    around = Around(push, paths_in_repository(options.path))
    for name in formats:
        path = out / FORMATS[name].file_name
        written = FORMATS[name].write(assignment, made, lang, around)
        with writing(path):
            path.write_bytes(written)
        Console(highlight=False).print(f"wrote {path}", soft_wrap=True)
    if "github" in formats:
        add_step_summary(partial(step_summary, assignment, made, lang), os.environ)
        print(annotation_commands(assignment, made, lang, around.path_of), end="")
    if "autolab" in formats:  # which reads the last line that is printed
        print(FORMATS["autolab"].write(assignment, made, lang, around).decode(), end="")
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
    return msgspec.structs.replace(submission, notes=(warning, *submission.notes))


def add_step_summary(summary: Callable[[int], str], environ: Mapping[str, str]) -> None:
    """Show a summary on the page of the job, where GitHub has said in which file.

    What an earlier command of the same step has written there counts: GitHub shows nothing of a
    file that is too large.
    """
    if environ.get("GITHUB_STEP_SUMMARY"):
        path = Path(environ["GITHUB_STEP_SUMMARY"])
        with writing(path), path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(summary(SUMMARY_BYTES - os.fstat(file.fileno()).st_size))


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
    final = final_score(made)
    return final is None or final * 100 < made.max_score * percent
