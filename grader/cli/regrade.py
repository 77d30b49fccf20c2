"""``grader regrade``: some submissions graded again, as they were handed in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader import clock
from grader.analysis import Selection
from grader.batch import (
    BatchOptions,
    PartialRun,
    cache_folder,
    changes,
    grade_all,
    kept_from_workers,
)
from grader.cli.engines import start_server
from grader.cli.folders import results_folder
from grader.cli.grade import OURS, read_salt, tell_what_is_not_run
from grader.cli.gradebooks import assignment_of, login, opened
from grader.cli.printing import print_footer, say
from grader.cli.processors import available_processors
from grader.cli.progress import Events, reporter
from grader.cli.report import write_and_tell
from grader.errors import UsageError
from grader.texts import pick_language

if TYPE_CHECKING:
    import argparse

    from grader.gradebook import Batch, Gradebook
    from grader.intake import Submission
    from grader.model import Conditions, Grade


def regrade(options: argparse.Namespace) -> int:
    """Grade what is meant again; see ``grader regrade --help``."""
    lang = pick_language(options.lang, os.environ)
    selection = Selection.parse(options.where)
    jobs = options.jobs or available_processors()
    proofs = cache_folder(os.environ)
    batch = BatchOptions(
        jobs=jobs, salt=read_salt(options.salt_file), timing=options.timing, proofs=proofs
    )
    started_s = clock.monotonic()
    with results_folder(options.out), opened(options.out) as book:
        assignment = assignment_of(book, options.root)
        submissions = chosen(book, selection)
        kept = kept_from_workers(assignment, options.out, options.salt_file, proofs)
        torch = any(exercise.torch for exercise in assignment.exercises)
        with (
            start_server(options.isolation, torch=torch, kept=kept) as server,
            reporter(lang, json=options.json) as progress,
        ):
            tell_what_is_not_run(assignment, server, kept)

            def begin(present: Batch, conditions: Conditions) -> None:
                _tell(present, conditions, len(submissions))
                progress.begin(assignment.id, len(submissions), 0)

            run = PartialRun(book, begin)

            def keep(submission: Submission, made: Grade) -> None:
                run.keep(submission, made)
                progress.advance(made)

            grade_all(assignment, submissions, batch, server, keep, plan=run)
            what = f"{' '.join(selection.words())}: {len(submissions)} submissions"
            book.by_hand.note_regrade(what, options.by or login())
            table = write_and_tell(assignment, book, options.out, lang)
    elapsed_s = clock.monotonic() - started_s
    code = OURS if table.not_graded else 0
    if isinstance(progress, Events):
        progress.end(options.out, code, kept=0, elapsed_s=elapsed_s)
    else:
        table.print()
        print_footer(
            options.out, table.conditions, progress.pace, lang, kept=0, elapsed_s=elapsed_s
        )
    return code


def chosen(book: Gradebook, selection: Selection) -> list[Submission]:
    """Return every attempt that may count of the students who are meant, as it was handed in.

    Raises
    ------
    UsageError
        When nobody is meant, or what somebody handed in was not kept.
    """
    meant = set(selection.of(book.grades()))
    ids = sorted(
        {
            attempt.submission
            for student in book.students()
            if student.id in meant
            for attempt in student.candidates
        }
    )
    if not ids:
        raise UsageError(f"nothing was handed in that {' '.join(selection.words())} means")
    found = [(one, book.submission(one)) for one in ids]
    lost = [one for one, submission in found if submission is None]
    if lost:
        raise UsageError(
            f"what {lost[0]} handed in is not in the gradebook; `grader grade` grades it again"
        )
    return [submission for _, submission in found if submission is not None]


def _tell(present: Batch, conditions: Conditions, count: int) -> None:
    """Say on stderr that grades of two kinds will stand beside each other."""
    why = changes(present.conditions, conditions)
    if why and count < present.grades:
        say(
            f"What grades are made under has changed: {', '.join(why)}. {count} are made anew, the "
            "others stay as they are, and every report says that there are two kinds; "
            "`grader grade` makes the others anew, too."
        )
