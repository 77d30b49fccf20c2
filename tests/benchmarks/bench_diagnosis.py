"""How often a diagnosis says where a mistake is or what it is called, and how often it is wrong.

    python -m tests.benchmarks.bench_diagnosis [--homework ID] [--exercise ID] [--student] [--all]

Every wrong version of `tests.variants` is graded as an instructor would: in confined workers, with
hidden cases. With ``--student``, as in a student's pytest: in this process, on public cases alone,
with stored values in place of the reference. Each counts in the first of these columns that fits:

false    something is said that is not true: a name, a sentence about numbers, a line
named    a known mistake is named, alone or among others, and it is that
line     a wrong line is pointed at; where an error came up elsewhere, that is no untruth
hint     true sentences about numbers alone
silent   nothing but numbers

``--all`` prints what became of each version; right versions are graded too, and what is said of one
is false. The times are those of the diagnosis alone.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
from collections import Counter
from typing import TYPE_CHECKING, Final

from grader.catalog import find_assignment
from grader.diagnose import explain
from grader.sandbox import open_server
from grader.suite.running import Access
from tests.variants import FOLDERS, KNOWN, RIGHT, ROOT, WRONG, bench

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Diagnosis
    from tests.variants import Found, Variant

COLUMNS: Final = ("false", "named", "line", "hint", "silent")


def judged(variant: Variant, found: Found) -> str:
    """Say in which column a version counts."""
    diagnosis = found.diagnosis
    if diagnosis is None:
        return "silent"
    named = {mistake.id for mistake in diagnosis.mistakes}
    said = {one.message.key.removeprefix("finding_") for one in diagnosis.findings}
    is_named = named == variant.names if diagnosis.together else bool(named & variant.names)
    if (named and not is_named) or not said <= variant.must | variant.may:
        return "false"
    fault = diagnosis.fault
    pointed = {place.line for place in fault.places} if fault is not None else set()
    if pointed and not pointed & found.true:
        return "false"
    marked = {*pointed, *(diagnosis.code.marked if diagnosis.code is not None else ())}
    at_line = bool(marked & found.true)
    return "named" if named else "line" if at_line else "hint" if said else "silent"


def graded(
    homework: str, variants: Sequence[Variant], *, as_student: bool
) -> Iterator[tuple[Variant, Found]]:
    """Grade the versions of one homework."""
    assignment = find_assignment(homework, ROOT)
    exercises = {variant.exercise for variant in variants}
    with contextlib.ExitStack() as opened:
        access = None
        if not as_student:
            torch = any(assignment.exercise(one).torch for one in exercises)
            access = Access(opened.enter_context(open_server("best", torch=torch)).worker)
        place = opened.enter_context(
            bench(assignment, access, exercises=exercises, as_student=as_student)
        )
        for variant in variants:
            yield variant, place.run(variant)


def table(counts: dict[tuple[str, str], Counter[str]]) -> Iterator[str]:
    """Write the table, with a line for each exercise, and totals."""
    yield f"{'':<6}{'':<24}{'wrong':>7}" + "".join(f"{name:>8}" for name in COLUMNS)
    for (homework, exercise), count in counts.items():
        yield f"{homework:<6}{exercise:<24}" + _row(count)
    total = sum(counts.values(), Counter[str]())
    yield f"{'':<6}{'all':<24}" + _row(total)
    shares = (f"{100 * total[name] / total.total():>7.1f}%" for name in COLUMNS)
    yield f"{'':<6}{'':<24}{'':>7}" + "".join(shares)


def _row(count: Counter[str]) -> str:
    return f"{count.total():>7}" + "".join(f"{count[name] or '':>8}" for name in COLUMNS)


def _print_told(diagnosis: Diagnosis | None, *, to_student: bool) -> None:
    for line in explain(diagnosis, "en", to_student=to_student) if diagnosis is not None else ():
        print(f"          {line}")


def main() -> None:
    """Run the benchmark and print the table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--homework", choices=FOLDERS)
    arguments.add_argument("--exercise", default="")
    arguments.add_argument("--student", action="store_true", help="as in a student's pytest")
    arguments.add_argument("--all", action="store_true", help="print each version")
    options = arguments.parse_args()
    counts: dict[tuple[str, str], Counter[str]] = {}
    seconds: list[float] = []
    noisy = 0
    for homework in FOLDERS if options.homework is None else (options.homework,):
        chosen = [
            variant
            for variant in (*WRONG, *KNOWN, *RIGHT)
            if variant.homework == homework and options.exercise in {"", variant.exercise}
        ]
        for variant, found in graded(homework, chosen, as_student=options.student):
            if variant in RIGHT:
                noisy += found.diagnosis is not None
                continue
            column = judged(variant, found)
            counts.setdefault((homework, variant.exercise), Counter())[column] += 1
            seconds.append(found.seconds)
            if options.all:
                print(f"{column:<7} {variant}")
                _print_told(found.diagnosis, to_student=options.student)
    print("\n".join(table(counts)))
    print(f"right versions of which something is said: {noisy}")
    print(f"diagnosis: median {statistics.median(seconds):.3f} s, largest {max(seconds):.3f} s")


if __name__ == "__main__":
    main()
