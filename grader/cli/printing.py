"""What is shown of a batch on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader.batch import changes
from grader.model import ExerciseResult, Grade, Status
from grader.report.wording import holds_nothing, status_name
from grader.scoring import two_decimals
from grader.texts import render, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from grader.catalog import Assignment
    from grader.gradebook import Outlook
    from grader.model import Conditions

LISTED: Final = 4  # exercises named in a line of the class table
NAMED: Final = 10  # submissions named in a sentence


class Bar:
    """A bar on the terminal's standard error, from the moment when its length is known."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[last]}"),
            console=Console(stderr=True),
            auto_refresh=False,  # a refreshing thread would be lost in every fork
        )
        self.done = 0

    def __enter__(self) -> Bar:
        """Return it; nothing is shown yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave it as it stands."""
        self._progress.stop()

    def begin(self, total: int) -> None:
        """Show it, unless there is nothing to do."""
        if not total:
            return
        self._progress.add_task("grading", total=total, last="")
        self._progress.start()

    def advance(self, name: str) -> None:
        """Move on by one, given the name of what is done."""
        self.done += 1
        for task in self._progress.task_ids:
            self._progress.update(task, advance=1, last=escape(name))
        self._progress.refresh()


def tell_outlook(outlook: Outlook, conditions: Conditions, out: Path, *, fresh: bool) -> None:
    """Say on stderr which grades do not count for this run, and why."""
    previous = outlook.previous
    if previous is None or not previous.grades:
        return
    why = changes(previous.conditions, conditions)
    if outlook.batch is not None:
        reason = f"its conditions are those of batch {outlook.batch.id}, which is gone on with"
    elif fresh:
        reason = "a new one begins"
    else:
        reason = f"what its grades were made under has changed: {', '.join(why)}"
    say(
        f"Batch {previous.id}, begun {previous.begun_at}, is set aside: {reason}. Grades in it: "
        f"{previous.grades}. They stay in the gradebook; `grader report {out} --batch "
        f"{previous.id}` writes their reports."
    )


def tell_withdrawn(withdrawn: Sequence[str], removed: Sequence[str]) -> None:
    """Say on stderr who is not handed in any more, and which pages went with them."""
    if withdrawn:
        say(
            f"Not handed in any more, or under another name: {named(withdrawn)}. Their grades stay "
            "in the gradebook and are in no report."
        )
    if removed:
        say(f"Removed, since no grade of this batch belongs to them: {named(removed)}.")


def named(names: Sequence[str]) -> str:
    """List names, the first few of many."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def say(text: str) -> None:
    """Print a sentence on stderr, as it is."""
    Console(stderr=True, highlight=False).print(escape(text), soft_wrap=True)


def print_class(assignment: Assignment, grades: Sequence[Grade], lang: str) -> None:
    """Print one line a submission."""
    table = Table(title=assignment.title.in_language(lang), title_justify="left")
    table.add_column("submission", overflow="fold")
    table.add_column("status")
    table.add_column("score", justify="right")
    table.add_column("lost on", overflow="fold")
    for made in grades:
        score = "" if made.score is None else two_decimals(made.score)
        table.add_row(escape(made.id), status_name(made), score, escape(_lost_on(made, lang)))
    Console(soft_wrap=False).print(table)


def print_footer(
    out: Path, grades: Sequence[Grade], *, graded: int, kept: int, elapsed_s: float
) -> None:
    """Print where the results lie, under what they were made, and how long it took."""
    console = Console(highlight=False)
    per_submission = f", {elapsed_s / graded:.2f} s a submission" if graded else ""
    again = f"; {kept} were graded before" if kept else ""
    told = f"graded {graded} in {elapsed_s:.1f} s{per_submission}{again}"
    console.print(told, soft_wrap=True)
    if grades:
        conditions = grades[0].conditions
        console.print(
            f"isolation: {conditions.isolation}; suites {conditions.suite_hash}; "
            f"salt {conditions.salt_fingerprint}",
            soft_wrap=True,
        )
    console.print(f"results: {out}/  (open {out}/index.html)", soft_wrap=True)


def _lost_on(made: Grade, lang: str) -> str:
    """Say in a few words where points were lost, or why there are none."""
    if made.status is Status.UNREADABLE:
        return render(made.notes[0], lang) if made.notes else ""
    if holds_nothing(made):
        return words_of("reports", lang)("no_exercise")
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
    counted = [case for case in result.cases if case.verdict.counts]
    return bool(counted) and all(case.verdict.is_unwritten for case in counted)
