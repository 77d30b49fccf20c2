"""``grader grade``: a folder of submissions -> results."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from grader import clock
from grader.batch import BatchOptions, KeptRun, cache_folder, grade_all, kept_from_workers
from grader.catalog import Assignment, find_assignment
from grader.cli import engines
from grader.cli.folders import results_folder
from grader.cli.printing import print_footer, say, tell_outlook
from grader.cli.processors import available_processors
from grader.cli.progress import Events, reporter
from grader.cli.report import write_and_tell
from grader.cli.tables import table_of
from grader.course import Deadline, extensions_of, join, people_of
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.intake import Submission, shown
from grader.intake.collect import collect
from grader.sandbox import HIDDEN_REFUSED, remedy
from grader.texts import pick_language, render

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from grader.gradebook import Outlook
    from grader.intake.layout import Layout
    from grader.model import Conditions, Grade
    from grader.sandbox import ForkServer

OURS: Final = 3
SALT_CHARACTERS: Final = 16


def grade(options: argparse.Namespace) -> int:
    """Grade a folder of submissions; see ``grader grade --help``.

    Nothing is written, but for an empty gradebook, until assignment, submissions, salt, device,
    sandbox, suites and reference have been found to be in order.
    """
    assignment = find_assignment(options.assignment, options.root)
    lang = pick_language(options.lang, os.environ)
    engines.check(options)
    # How many a node of another cluster can do is known there.
    jobs = options.jobs or (available_processors() if options.scheduler is None else 0)
    timing, gpu = engines.timing_of(options)
    proofs = cache_folder(os.environ)
    batch = BatchOptions(
        jobs=jobs, salt=read_salt(options.salt_file), timing=timing, gpu=gpu, proofs=proofs
    )
    roster, extensions = options.roster, options.extensions
    deadline = Deadline.of(assignment.late)
    people = None if roster is None else people_of(table_of(roster, options.columns))
    extended = [] if extensions is None else extensions_of(table_of(extensions), deadline)
    own = (options.out, options.salt_file, roster, extensions)
    ours = [path for path in own if path is not None]
    everything = read_submissions(assignment, options.path, options.layout, lang, skip=ours)
    joined = join(everything, deadline, people, extended)
    for told in joined.notes:
        say(render(told, lang))
    submissions = [one for one in everything if one.id in joined.graded]
    started_s = clock.monotonic()
    torch = any(exercise.torch for exercise in assignment.exercises)
    with results_folder(options.out):
        kept = kept_from_workers(assignment, options.out, options.path, options.salt_file, proofs)
        with (
            Gradebook.of(options.out) as book,
            engines.server_of(options, torch=torch, kept=kept) as server,
            reporter(lang, json=options.json) as progress,
        ):
            tell_what_is_not_run(assignment, server, kept)

            def look(outlook: Outlook, conditions: Conditions) -> None:
                tell_outlook(outlook, conditions, options.out, fresh=options.fresh)
                kept = len(outlook.done)
                progress.begin(assignment.id, len(submissions) - kept, kept)

            run = KeptRun(
                book,
                assignment.id,
                submissions,
                students=joined.students,
                fresh=options.fresh,
                on_outlook=look,
            )

            def keep(submission: Submission, made: Grade) -> None:
                run.keep(submission, made)
                progress.advance(made)

            open_engine = engines.opener(options, jobs, kept)
            grade_all(
                assignment, submissions, batch, server, keep, plan=run, open_engine=open_engine
            )
            table = write_and_tell(assignment, book, options.out, lang)
    elapsed_s = clock.monotonic() - started_s
    code = OURS if table.not_graded else 0
    if isinstance(progress, Events):
        progress.end(options.out, code, kept=run.kept, elapsed_s=elapsed_s)
    else:
        table.print()
        print_footer(
            options.out,
            table.conditions,
            progress.pace,
            lang,
            kept=run.kept,
            elapsed_s=elapsed_s,
        )
    return code


def read_submissions(
    assignment: Assignment, path: Path, layout: Layout, lang: str, skip: Sequence[Path] = ()
) -> list[Submission]:
    """Read all submissions below a path, and say on stderr how, where that is not plain.

    What is to be skipped, such as the results, is no submission wherever below it lies.

    Raises
    ------
    UsageError
        When there is none, or the very folder is to be skipped.
    """
    if any(path.is_dir() and os.path.realpath(ours) == os.path.realpath(path) for ours in skip):
        raise UsageError(
            f"{shown(path)} is the folder of the submissions, each entry of which is a row; give "
            f"another folder for the results, such as {shown(path / 'results')}"
        )
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    collected = collect(
        path,
        modules=assignment.modules,
        exercises=names,
        assignment=assignment.id,
        layout=layout,
        skip=skip,
    )
    for told in collected.notes:
        say(render(told, lang))
    if not collected.submissions:
        raise UsageError(
            f"{shown(path)} holds no submission: no .py, no .ipynb, no folder or archive of such"
        )
    return list(collected.submissions)


def read_salt(path: Path | None) -> str | None:
    """Read the salt file; None without one."""
    if path is None:
        return None
    try:
        salt = path.read_text("utf-8").strip()
    except OSError as error:
        raise UsageError(f"the salt file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the salt file {path} is no text in UTF-8") from error
    if not salt:
        raise UsageError(f"the salt file {path} is empty; anybody could guess that")
    if len(salt) < SALT_CHARACTERS:
        raise UsageError(
            f"the salt in {path} has {len(salt)} characters and could be guessed from its "
            f"fingerprint, which every report holds; write at least {SALT_CHARACTERS} of them, as "
            "`openssl rand -hex 16` does"
        )
    return salt


def tell_what_is_not_run(assignment: Assignment, server: ForkServer, kept: Sequence[Path]) -> None:
    """Say on stderr that hidden suites are left out for want of isolation, and what helps."""
    if server.tier == HIDDEN_REFUSED and assignment.hidden.is_dir():
        for reason in server.reasons:
            say(reason)
        say(
            f"hidden suites are not run, for nothing here confines submissions. What helps: "
            f"{remedy(kept)}. `grader doctor` tells more."
        )
