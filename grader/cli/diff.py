"""``grader diff``: whose marks have moved between two gradings, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.analysis import causes, moves
from grader.batch import changes
from grader.cli.gradebooks import opened
from grader.errors import UsageError
from grader.report import diff_json
from grader.scoring import two_decimals

if TYPE_CHECKING:
    import argparse
    from fractions import Fraction
    from pathlib import Path

    from grader.analysis import CaseMove, ExerciseMove, Move
    from grader.model import Conditions, Grade

    Side = tuple[str, Conditions, list[Grade]]

LISTED = 12


def diff(options: argparse.Namespace) -> int:
    """Compare two gradings; see ``grader diff --help``."""
    if options.after is None:
        before, after = _of_one(options.before, options.batch)
    elif options.batch is not None:
        raise UsageError("--batch is for two batches of one folder; leave it or OUT2 out")
    else:
        before, after = _of(options.before), _of(options.after)
    if before[2] and after[2] and before[2][0].assignment != after[2][0].assignment:
        raise UsageError(
            f"{before[0]} has grades of {before[2][0].assignment}, {after[0]} of "
            f"{after[2][0].assignment}; only grades of one assignment can be compared"
        )
    found = moves(before[2], after[2])
    if options.json:
        print(diff_json(found, changes(before[1], after[1])).decode(), end="")
        return 0
    _print(before, after, found)
    return 0


def _of_one(out: Path, batch: int | None) -> tuple[Side, Side]:
    """Return an earlier batch of a folder, and the present one."""
    with opened(out) as book:
        there = {one.id: one for one in book.batches()}
        present = book.present()
        earlier = [one for one in there if one != present.id]
        if batch is None and not earlier:
            raise UsageError(f"{out} has one batch only; give another folder to compare with")
        number = max(earlier) if batch is None else batch
        if number not in earlier:
            listed = ", ".join(map(str, earlier)) or "none"
            raise UsageError(f"{out} has no earlier batch {number}; there is {listed}")
        return (
            (f"batch {number}", there[number].conditions, list(book.grades(number))),
            (f"batch {present.id}", present.conditions, list(book.grades())),
        )


def _of(out: Path) -> Side:
    with opened(out) as book:
        return str(out), book.present().conditions, list(book.grades())


def _print(before: Side, after: Side, found: list[Move]) -> None:
    console = Console(soft_wrap=False, highlight=False)
    why = ", ".join(changes(before[1], after[1])) or "nothing that decides about verdicts"
    console.print(escape(f"{before[0]} -> {after[0]}; changed: {why}"), soft_wrap=True)
    if not found:
        console.print("No mark has moved.")
        return
    table = Table(title=f"{len(found)} rows have moved", title_justify="left")
    for name in ("student", "before", "after", "moved"):
        table.add_column(name, overflow="fold")
    for move in found:
        table.add_row(
            escape(move.id), _points(move.before), _points(move.after), escape(_where(move))
        )
    console.print(table)
    counted = causes(found)
    if counted:
        cases = Table(title="Cases that end otherwise", title_justify="left")
        for name in ("students", "case", "before", "after"):
            cases.add_column(name, overflow="fold")
        for case, count in counted:
            cases.add_row(str(count), escape(case.case), *map(_verdict, _sides(case)))
        console.print(cases)


def _where(move: Move) -> str:
    if move.there != "both":
        return f"only {move.there}"
    told = [_exercise(each) for each in move.exercises]
    more = len(told) - LISTED
    return "; ".join(told[:LISTED]) + (f" and {more} more" if more > 0 else "")


def _exercise(each: ExerciseMove) -> str:
    text = f"{each.exercise} {_points(each.before)} -> {_points(each.after)}"
    if each.worth:
        text += f" of {_points(each.worth[0])} -> {_points(each.worth[1])}"
    return text + (" (by hand)" if each.by_hand else "")


def _points(value: Fraction | None) -> str:
    return "none" if value is None else two_decimals(value)


def _sides(case: CaseMove) -> tuple[str | None, str | None]:
    return case.before and case.before.value, case.after and case.after.value


def _verdict(verdict: str | None) -> str:
    return verdict or "no such case"
