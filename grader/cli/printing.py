"""What is shown of a batch on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.batch import changes
from grader.cli.progress import counts_in_words, slowest_in_words
from grader.model import ExerciseResult, Grade, Status
from grader.report.wording import holds_nothing, status_name
from grader.scoring import deduction, final_score, two_decimals
from grader.texts import render, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.catalog import Assignment
    from grader.cli.progress import Pace
    from grader.gradebook import Outlook
    from grader.model import Conditions

LISTED: Final = 4  # exercises named in a line of the class table
NAMED: Final = 10  # submissions named in a sentence


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


class ClassTable:
    """One line a submission, and what all of them come to; of a grade no more is kept.

    Parameters
    ----------
    assignment : Assignment
        For its title.
    lang : str
        ``en`` or ``zh``.
    """

    def __init__(self, assignment: Assignment, lang: str) -> None:
        self._lang = lang
        title = assignment.title.in_language(lang)
        self._table = Table(title=title, title_justify="left")
        self._table.add_column("submission", overflow="fold")
        self._table.add_column("status")
        self._table.add_column("score", justify="right")
        self._table.add_column("lost on", overflow="fold")
        self.count = 0
        self.not_graded = 0
        self.conditions: Conditions | None = None

    def add(self, made: Grade) -> None:
        """Take in a grade; lines are in the order in which they come."""
        final = final_score(made)
        score = "" if final is None else two_decimals(final)
        lost_on = escape(_lost_on(made, self._lang))
        self._table.add_row(escape(made.id), status_name(made), score, lost_on)
        self.count += 1
        self.not_graded += made.status is Status.NOT_GRADED
        self.conditions = self.conditions or made.conditions

    def print(self) -> None:
        """Print it."""
        Console(soft_wrap=False).print(self._table)


def print_footer(
    out: Path,
    conditions: Conditions | None,
    pace: Pace,
    lang: str,
    *,
    kept: int,
    elapsed_s: float,
) -> None:
    """Print where the results lie, under what they were made, and how long it took."""
    console = Console(highlight=False)
    graded = pace.done
    per_submission = f", {elapsed_s / graded:.2f} s a submission" if graded else ""
    again = f"; {kept} were graded before" if kept else ""
    told = f"graded {graded} in {elapsed_s:.1f} s{per_submission}{again}"
    console.print(told, soft_wrap=True)
    if graded:
        console.print(escape(counts_in_words(pace.verdicts, lang)), soft_wrap=True)
        console.print(escape(slowest_in_words(pace.slowest, lang)), soft_wrap=True)
    if conditions is not None:
        console.print(
            f"isolation: {conditions.isolation}; suites {conditions.suite_hash}; "
            f"salt {conditions.salt_fingerprint}",
            soft_wrap=True,
        )
    console.print(f"results: {out}/  (open {out}/index.html)", soft_wrap=True)


def _lost_on(made: Grade, lang: str) -> str:
    """Say in a few words where points were lost, or why there are none."""
    if made.status is Status.MISSING:
        return words_of("reports", lang)("missing")
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
    late = f"late {two_decimals(deduction(made))}" if deduction(made) else ""
    return "; ".join(part for part in (late, listed, missing) if part)


def _is_unwritten(result: ExerciseResult) -> bool:
    """Tell whether nothing of an exercise is there."""
    counted = [case for case in result.cases if case.verdict.counts]
    return bool(counted) and all(case.verdict.is_unwritten for case in counted)
