"""``grader validate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader import clock
from grader.author import validate as proof
from grader.author.mutation import check_mutants
from grader.catalog import all_assignments, find_assignment
from grader.cli.processors import available_processors
from grader.course import Deadline
from grader.errors import UsageError
from grader.sandbox import HIDDEN_REFUSED, open_server

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from grader.author.validate import Section
    from grader.catalog import Assignment
    from grader.model import CaseResult


def validate(options: argparse.Namespace) -> int:
    """Prove the suites of assignments; see ``grader validate --help``."""
    chosen = [find_assignment(name, options.root) for name in options.assignments]
    if options.samples is not None and not options.samples.is_dir():
        raise UsageError(f"--samples {options.samples}: there is no such folder")
    if options.samples is not None and len(chosen) != 1:
        raise UsageError("--samples goes with one assignment")
    chosen = chosen or all_assignments(options.root)
    for assignment in chosen:
        if not assignment.solution.is_dir():
            raise UsageError(f"{assignment.solution} is not there; this is for authors")
    problems = [_validate(assignment, options) for assignment in chosen]
    return 1 if any(problems) else 0


def _validate(assignment: Assignment, options: argparse.Namespace) -> int:
    """Prove one assignment; return how many problems there are."""
    Deadline.of(assignment.late)  # a zone that is none stops a class from being graded
    jobs = options.jobs or available_processors()
    samples = options.samples or options.root / "tests" / assignment.id / "submissions"
    torch = any(exercise.torch for exercise in assignment.exercises)
    problems = 0
    idle: list[CaseResult] = []
    with open_server(options.isolation, torch=torch) as server:
        if server.tier == HIDDEN_REFUSED:
            raise UsageError("hidden suites cannot be run here; `grader doctor` says why")

        def mistakes() -> Section:
            section, found = proof.check_mistakes(
                assignment, server, jobs, thorough=options.thorough
            )
            idle.extend(found)
            if not options.mutants:  # which may need them
                section.notes += [f"idle, catches no known mistake: {case.id}" for case in idle]
            return section

        parts: list[Callable[[], Section]] = [
            lambda: proof.check_texts(assignment),
            lambda: proof.check_formulas(assignment),
            lambda: proof.check_calls(assignment),
            lambda: proof.check_told_apart(assignment),
            lambda: proof.check_stored(assignment),
            lambda: proof.check_reference(assignment),
            lambda: proof.check_stubs(assignment, server),
            mistakes,
        ]
        if samples.is_dir() and not options.no_samples:
            parts.append(lambda: proof.check_samples(assignment, server, jobs, samples))
        if options.mutants:
            parts.append(lambda: check_mutants(assignment, server, jobs, idle))
        for part in parts:
            started_s = clock.monotonic()
            section = part()
            _print(section, clock.monotonic() - started_s)
            problems += len(section.problems)
    print(f"\n{assignment.id}: {problems} problems", flush=True)
    return problems


def _print(section: Section, seconds: float) -> None:
    mark = "ok  " if not section.problems else "FAIL"
    print(f"\n{mark} {section.title} ({seconds:.0f} s)", flush=True)
    for note in section.notes:
        print(f"     {note}")
    for problem in section.problems:
        print(f"     problem: {problem}", flush=True)
