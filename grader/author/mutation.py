"""Mutation score: how many small changes to the reference the suites notice."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from grader.author.validate import CALL_S, Section
from grader.batch import BatchOptions, grade_all
from grader.edits import Mutant, mutants_of
from grader.errors import CatalogError
from grader.intake import Submission
from grader.mistakes import put_in
from grader.model import Verdict
from grader.suite.session import RunSettings
from grader.suite.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.catalog import Assignment
    from grader.model import CaseResult, Exercise, Grade
    from grader.sandbox import ForkServer

WANTED: Final = 0.95  # of the mutants of each exercise that are not declared equivalent
EQUIVALENT: Final = "equivalent.toml"
QUICK: Final = RunSettings(call_s=CALL_S, diagnose=False, redraw=False)


class _Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exercise: str
    before: str
    after: str
    why: str


class _Declarations(msgspec.Struct, forbid_unknown_fields=True):
    equivalent: list[_Declared] = []


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    exercise: str
    mutant: Mutant
    submission: Submission
    noticed_by: str  # the first case that fails; "" if none does
    errors: list[str]

    @property
    def killed(self) -> bool:
        return bool(self.noticed_by)


def check_mutants(
    assignment: Assignment, server: ForkServer, jobs: int, idle: Sequence[CaseResult] = ()
) -> Section:
    """Prove that the suites notice at least 95 % of the changes to each exercise's reference.

    Survivors that do the same as the reference are declared, with the reason, in
    ``solutions/ID/equivalent.toml``; a declaration that fits no survivor is a problem.

    Parameters
    ----------
    assignment : Assignment
        The assignment, with solutions.
    server : ForkServer
        Running.
    jobs : int
        Mutants at a time.
    idle : sequence of CaseResult
        Cases that catch no known mistake; a note says which of them might as well be left out.
    """
    declared = _declared(assignment)
    runs = _run(assignment, server, jobs)
    noticed = sum(run.killed for run in runs)
    some = "" if noticed == len(runs) else f"{noticed} of "
    section = Section(f"{some}{len(runs)} mutants of the reference are noticed")
    unused = Counter((one.exercise, one.before, one.after) for one in declared)
    for exercise in assignment.exercises:
        own = [run for run in runs if run.exercise == exercise.id]
        survivors = [run for run in own if not run.killed]
        left = []
        for run in survivors:
            key = (run.exercise, run.mutant.before, run.mutant.after)
            if key in unused:
                unused[key] = 0
            else:
                left.append(run)
        counted = len(own) - (len(survivors) - len(left))
        score = (counted - len(left)) / counted if counted else 1.0
        section.notes.append(
            f"{exercise.id:<22} {100 * score:5.1f} %  {counted - len(left)} of {counted} noticed, "
            f"{len(survivors) - len(left)} equivalent"
        )
        for run in left:
            section.notes += [f"  survives in {exercise.id}:", *_indented(run.mutant.diff)]
        if score < WANTED:
            section.problems.append(
                f"{exercise.id}: the suites notice {100 * score:.1f} % of its mutants; add a case "
                f"for each survivor, or declare it in {EQUIVALENT} with the reason"
            )
    section.problems += [
        f"{EQUIVALENT}: {exercise}: no surviving mutant turns {before!r} into {after!r}"
        for (exercise, before, after), count in unused.items()
        if count
    ]
    section.problems += [error for run in runs for error in run.errors]
    section.notes += [
        f"idle, catches no known mistake, and no mutant that another case misses: {case}"
        for case in _still_idle(assignment, server, jobs, idle, runs)
    ]
    return section


def _run(assignment: Assignment, server: ForkServer, jobs: int) -> list[_Run]:
    """Run every mutant on its exercise, up to the first case that notices it."""
    mutants = dict(_submissions(assignment))
    grades: dict[str, Grade] = {}

    grade_all(
        assignment,
        [submission for submission, _, _ in mutants.values()],
        BatchOptions(jobs=jobs, run=msgspec.structs.replace(QUICK, only_first_failure=True)),
        server,
        lambda submission, grade: grades.__setitem__(submission.id, grade),
        lambda submission: [mutants[submission.id][1].id],
    )
    return [
        _Run(
            exercise.id,
            mutant,
            submission,
            noticed_by=next(iter(_failed(grades[key])), ""),
            errors=_errors(grades[key]),
        )
        for key, (submission, exercise, mutant) in mutants.items()
    ]


def _still_idle(
    assignment: Assignment,
    server: ForkServer,
    jobs: int,
    idle: Sequence[CaseResult],
    runs: Sequence[_Run],
) -> list[str]:
    """List the cases that catch no mutant, but for those that every case of an exercise catches.

    Here mutants run to the end: the first case to notice one need not be the only one.
    """
    waiting = {case.id: case.exercise for case in idle}
    exercises = {run.submission.id: run.exercise for run in runs if run.killed}

    def forget(_: Submission, grade: Grade) -> None:
        cases = [case for result in grade.exercises for case in result.cases]
        if any(case.verdict is Verdict.PASSED for case in cases):
            for case in _failed(grade):
                waiting.pop(case, None)

    def still_needed(submission: Submission) -> list[str]:
        exercise = exercises[submission.id]
        return [exercise] if exercise in waiting.values() else []

    again = [run.submission for run in runs if run.killed and run.exercise in waiting.values()]
    options = BatchOptions(jobs=jobs, run=QUICK)
    grade_all(assignment, again, options, server, forget, still_needed)
    return sorted(waiting)


def _failed(grade: Grade) -> list[str]:
    """List the cases that a submission does not pass, in order."""
    return [case.id for result in grade.exercises for case in result.cases if case.verdict.is_wrong]


def _errors(grade: Grade) -> list[str]:
    """Say where the grader failed: whether the suites notice that change, nobody knows."""
    return [
        f"{grade.id}: {case.id}: the grader failed: {case.message.fields}"
        for result in grade.exercises
        for case in result.cases
        if case.verdict.is_ours
    ]


def _submissions(
    assignment: Assignment,
) -> Iterator[tuple[str, tuple[Submission, Exercise, Mutant]]]:
    variants = Variants(assignment)
    for exercise in assignment.exercises:
        text = variants.text(exercise.module)
        path = assignment.solution / f"{exercise.module}.py"
        for name in exercise.names:
            for number, mutant in enumerate(mutants_of(text, name)):
                id = f"{exercise.id}.{name}.{number}"  # noqa: A001 - what a submission calls it
                changed = put_in(text, {name: mutant.code})
                source = variants.with_text(exercise.module, changed)
                yield id, (Submission(id, id, path, source), exercise, mutant)


def _declared(assignment: Assignment) -> list[_Declared]:
    path = assignment.solution / EQUIVALENT
    if not path.is_file():
        return []
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_Declarations).equivalent
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from error


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]
