"""``grader grade`` and ``grader report``: a folder of submissions -> results."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader import clock
from grader.batch import BatchOptions, grade_all, source_digest, write_reports
from grader.catalog import Assignment, find_assignment
from grader.diagnose import pick_language, render
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.intake import Submission, collect, shown
from grader.model import ExerciseResult, Grade, Status, Verdict
from grader.sandbox import HIDDEN_REFUSED, open_server, remedy
from grader.scoring import two_decimals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from grader.intake import Layout
    from grader.sandbox import ForkServer

GRADEBOOK: Final = "gradebook.sqlite"
OURS: Final = 3
LISTED: Final = 4  # exercises named in a line of the class table


def grade(options: argparse.Namespace) -> int:
    """Grade a folder of submissions; see ``grader grade --help``."""
    assignment = find_assignment(options.assignment, options.root)
    lang = pick_language(options.lang, os.environ)
    jobs = options.jobs or os.cpu_count() or 1
    batch = BatchOptions(jobs=jobs, salt=read_salt(options.salt_file), timing=options.timing)
    submissions = read_submissions(assignment, options.path, options.layout, lang)
    started_s = clock.monotonic()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.fresh:
        for path in options.out.glob(f"{GRADEBOOK}*"):
            path.unlink()
    torch = any(exercise.torch for exercise in assignment.exercises)
    kept = kept_from_workers(assignment, options.out, options.path, options.salt_file)
    with (
        open_server(options.isolation, torch=torch, kept=kept) as server,
        Gradebook.open(options.out / GRADEBOOK) as book,
    ):
        tell_what_is_not_run(assignment, server, kept)
        book.begin(assignment.id, batch.conditions(assignment, server.tier))
        digests = {submission.id: source_digest(submission.source) for submission in submissions}
        done = book.done(digests)
        waiting = [submission for submission in submissions if submission.id not in done]
        with _progress(len(waiting)) as advance:

            def keep(submission: Submission, made: Grade) -> None:
                book.record(made, digests[submission.id])
                advance(submission.id)

            grade_all(assignment, waiting, batch, server, keep)
        ids = {submission.id for submission in submissions}
        grades = [found for found in book.grades() if found.id in ids]
    write_reports(assignment, grades, options.out, lang)
    elapsed_s = clock.monotonic() - started_s
    print_class(assignment, grades, lang)
    print_footer(options.out, grades, graded=len(waiting), elapsed_s=elapsed_s)
    return OURS if any(found.status is Status.NOT_GRADED for found in grades) else 0


def report(options: argparse.Namespace) -> int:
    """Write the reports of a gradebook again; see ``grader report --help``."""
    path = options.out / GRADEBOOK
    if not path.is_file():
        raise UsageError(f"{path} is not there; name the folder that `grader grade -o` wrote")
    with Gradebook.open(path) as book:
        grades = list(book.grades())
    if not grades:
        raise UsageError(f"{path} holds no grades yet; run `grader grade` first")
    assignment = find_assignment(grades[0].assignment, options.root)
    lang = pick_language(options.lang, os.environ)
    write_reports(assignment, grades, options.out, lang)
    print_class(assignment, grades, lang)
    return 0


def read_submissions(
    assignment: Assignment, path: Path, layout: Layout, lang: str
) -> list[Submission]:
    """Read all submissions below a path, and say on stderr how, where that is not plain.

    Raises
    ------
    UsageError
        When there is none.
    """
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    collected = collect(
        path,
        modules=assignment.modules,
        exercises=names,
        assignment=assignment.id,
        layout=layout,
    )
    console = Console(stderr=True, highlight=False)
    for told in collected.notes:
        console.print(escape(render(told, lang)), soft_wrap=True)
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
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the salt file {path} cannot be read: {error}") from error


def kept_from_workers(assignment: Assignment, *paths: Path | None) -> list[Path]:
    """List what no submission may read: the solutions and their history, and the paths given."""
    history = [folder / ".git" for folder in assignment.solution.absolute().parents]
    kept = [assignment.solution, *[path for path in history if path.exists()][:1], *paths]
    return [path for path in kept if path is not None and path.exists()]


def tell_what_is_not_run(assignment: Assignment, server: ForkServer, kept: Sequence[Path]) -> None:
    """Say on stderr that hidden suites are left out for want of isolation, and what helps."""
    if server.tier == HIDDEN_REFUSED and assignment.hidden.is_dir():
        console = Console(stderr=True, highlight=False)
        for reason in server.reasons:
            console.print(escape(reason), soft_wrap=True)
        console.print(
            f"hidden suites are not run, for nothing here confines submissions. What helps: "
            f"{escape(remedy(kept))}. `grader doctor` tells more.",
            soft_wrap=True,
        )


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on the terminal; yields what moves it on, given the name of what is done."""
    progress = Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
        console=Console(stderr=True),
        auto_refresh=False,  # a refreshing thread would be lost in every fork
    )
    with progress:
        task = progress.add_task("grading", total=total, last="")

        def advance(name: str) -> None:
            progress.update(task, advance=1, last=escape(name))
            progress.refresh()

        yield advance


def print_class(assignment: Assignment, grades: Sequence[Grade], lang: str) -> None:
    """Print one line a submission."""
    table = Table(title=assignment.title.in_language(lang), title_justify="left")
    table.add_column("submission", overflow="fold")
    table.add_column("status")
    table.add_column("score", justify="right")
    table.add_column("lost on", overflow="fold")
    for made in grades:
        score = "" if made.score is None else two_decimals(made.score)
        table.add_row(escape(made.id), made.status.value, score, escape(_lost_on(made, lang)))
    Console(soft_wrap=False).print(table)


def print_footer(out: Path, grades: Sequence[Grade], *, graded: int, elapsed_s: float) -> None:
    """Print where the results lie, under what they were made, and how long it took."""
    console = Console(highlight=False)
    per_submission = f", {elapsed_s / graded:.2f} s a submission" if graded else ""
    resumed = len(grades) - graded
    again = f"; {resumed} were graded before" if resumed else ""
    console.print(f"graded {graded} in {elapsed_s:.1f} s{per_submission}{again}")
    if grades:
        conditions = grades[0].conditions
        console.print(
            f"isolation: {conditions.isolation}; suites {conditions.suite_hash}; "
            f"salt {conditions.salt_fingerprint}"
        )
    console.print(f"results: {out}/  (open {out}/index.html)", soft_wrap=True)


def _lost_on(made: Grade, lang: str) -> str:
    """Say in a few words where points were lost, or why there are none."""
    if made.status is Status.UNREADABLE:
        return render(made.notes[0], lang) if made.notes else ""
    unwritten = [result for result in made.exercises if _is_unwritten(result)]
    lost = [
        f"{result.id} {two_decimals(result.points - result.score)}"
        if result.score is not None
        else f"{result.id} ?"
        for result in made.exercises
        if result not in unwritten and (result.score is None or result.score < result.points)
    ]
    if made.score == 0:
        return f"all {len(made.exercises)} exercises"
    more = len(lost) - LISTED
    listed = ", ".join(lost[:LISTED]) + (f" and {more} more" if more > 0 else "")
    missing = f"{len(unwritten)} not written" if unwritten else ""
    return "; ".join(part for part in (listed, missing) if part)


def _is_unwritten(result: ExerciseResult) -> bool:
    """Tell whether nothing of an exercise is there."""
    verdicts = {case.verdict for case in result.cases} - {Verdict.SKIPPED}
    return bool(verdicts) and verdicts <= {Verdict.MISSING, Verdict.NOT_IMPLEMENTED}
