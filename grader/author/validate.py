"""Prove an assignment: reference, stubs, known mistakes, samples, texts and stored values."""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING, Final

from grader.author.confusion import grade_mistakes, submissions_with_mistakes, table
from grader.author.release import stale
from grader.author.versions import stale_versions
from grader.batch import BatchOptions, grade_all, is_golden_stale, stale_mistakes
from grader.diagnose import consistent
from grader.intake import read_submission
from grader.intake.collect import collect
from grader.mistakes import load_mistakes
from grader.model import LANGUAGES, Verdict
from grader.suite.collecting import collected
from grader.suite.known import Known, KnownExercise
from grader.suite.session import RunSettings, prove_under
from grader.trees import defined, loaded_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from grader.author.confusion import Confusion
    from grader.catalog import Assignment
    from grader.mistakes import Mistake
    from grader.model import CaseResult, ExerciseResult, Grade
    from grader.sandbox import ForkServer

SALTS: Final = 10
CALL_S: Final = 2.0  # what never returns need not be waited for as long as a student's code


@dataclasses.dataclass(slots=True)
class Section:
    """One part of the proof.

    Parameters
    ----------
    title : str
        What was looked at.
    problems : list of str
        What must be mended; empty if it holds.
    notes : list of str
        What an author may want to know.
    """

    title: str
    problems: list[str] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)


def check_reference(assignment: Assignment) -> Section:
    """Prove that the reference earns full marks, whatever the hidden suites draw."""
    section = Section(f"the reference earns full marks under {SALTS} salts")

    with collected(assignment) as suites:
        prove_under(suites, [f"validate {number}" for number in range(SALTS)])
    return section


def check_stubs(assignment: Assignment, server: ForkServer) -> Section:
    """Prove that who hands in the stubs earns nothing."""
    section = Section("the stubs earn nothing")
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    stubs = read_submission(
        assignment.folder,
        modules=assignment.modules,
        exercises=names,
        assignment=assignment.id,
    )
    grades: list[Grade] = []
    options = BatchOptions(run=RunSettings(skip_absent=False))  # a case may call nothing
    grade_all(assignment, [stubs], options, server, lambda _, grade: grades.append(grade))
    for grade in grades:
        section.problems += [
            f"{result.id} earns {result.score}" for result in grade.exercises if result.score != 0
        ]
    return section


def check_calls(assignment: Assignment) -> Section:
    """Prove that an exercise whose reference calls another one declares that it uses it.

    What does not call an exercise, directly or not, cannot lose marks by a mistake in it.
    """
    section = Section("exercises declare what they call")
    owners = {name: exercise for exercise in assignment.exercises for name in exercise.names}
    for module in assignment.modules:
        text = (assignment.solution / f"{module}.py").read_text("utf-8")
        reads = {name: loaded_names(node) for name, node in defined(ast.parse(text).body).items()}
        for name in reads.keys() & owners.keys():
            caller = owners[name]
            for called in sorted(_reached(name, reads) & owners.keys()):
                callee = owners[called].id
                if caller.id not in _users(assignment, callee):
                    section.problems.append(f"{caller.id} calls {called}; let it use {callee}")
    section.problems.sort()
    return section


def _reached(name: str, reads: Mapping[str, set[str]]) -> set[str]:
    """Return what a definition reads, and what that reads in turn, without itself."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for read in reads.get(waiting.pop(), set()) & reads.keys():
            if read not in found:
                found.add(read)
                waiting.append(read)
    return found - {name}


def check_mistakes(
    assignment: Assignment, server: ForkServer, jobs: int, *, thorough: bool = False
) -> tuple[Section, list[CaseResult]]:
    """Prove that each mistake costs marks where it should alone, and is known by its name.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    server : ForkServer
        Running.
    jobs : int
        Processes at a time.
    thorough : bool
        Whether a mistake is graded on all exercises of its module, or on its own one alone; that
        others cannot lose marks then follows from `check_calls`.

    Returns
    -------
    Section, list of CaseResult
        The proof, and the cases that catch no mistake.
    """

    def exercises_of(mistake: Mistake) -> list[str]:
        return _of_module(assignment, mistake) if thorough else [mistake.exercise]

    submissions = submissions_with_mistakes(assignment)
    section = Section(f"{len(submissions)} known mistakes cost marks, and are named")
    # What each case catches on its own is asked; redrawn ones would fail by the hidden ones.
    options = BatchOptions(jobs=jobs, run=RunSettings(call_s=CALL_S, redraw=False))
    confusions = grade_mistakes(assignment, submissions, exercises_of, options, server)
    section.notes += table(confusions)
    for one in confusions:
        section.problems += _problems_of(assignment, one)
    cases = [case for one in confusions for case in one.result.cases]
    caught = {case.id for case in cases if not case.verdict.is_fine}
    idle = {
        case.id: case
        for case in cases
        if case.verdict is Verdict.PASSED and case.id not in caught  # what is skipped shows nothing
    }
    return section, [idle[case] for case in sorted(idle)]


def check_told_apart(assignment: Assignment) -> Section:
    """Prove that public cases alone tell every mistake from the others, as a student's copy must.

    What is stored of each mistake is looked at as if a submission had given it.
    """
    known = Known.read(assignment.known_mistakes).exercises
    section = Section("public cases alone tell the known mistakes apart")
    for exercise, mistakes in load_mistakes(assignment).items():
        stored = known.get(exercise, KnownExercise())
        for mistake in mistakes:
            own = next((o for o in stored.mistakes if o.explanation.id == mistake.id), None)
            found = [
                other.explanation.id
                for other in stored.mistakes
                if own is not None and consistent(own.traces, other.traces, stored.right)
            ]
            if mistake.id not in found or not set(found) <= {mistake.id, *mistake.ties}:
                listed = ", ".join(found) or "nothing"
                section.problems.append(f"{exercise}.{mistake.id} is taken for {listed}")
    return section


def check_samples(assignment: Assignment, server: ForkServer, jobs: int, samples: Path) -> Section:
    """Prove that what public cases say of a sample submission, hidden ones say too."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    submissions = collect(
        samples, modules=assignment.modules, exercises=names, assignment=assignment.id
    ).submissions
    section = Section(f"hidden and public suites agree on {len(submissions)} samples")
    settings = RunSettings(call_s=CALL_S, diagnose=False, redraw=False)
    options = BatchOptions(jobs=jobs, run=settings)

    def judge(_submission: object, grade: Grade) -> None:
        section.problems += [
            f"{grade.id}: {result.id}: {text}"
            for result in grade.exercises
            if (text := _disagreement(result))
        ]

    grade_all(assignment, submissions, options, server, judge)
    section.problems.sort()
    return section


def check_texts(assignment: Assignment) -> Section:
    """Prove that every exercise has what its students read, in both languages."""
    section = Section("handout, titles and hints are there in both languages")
    for lang in LANGUAGES:
        path = assignment.folder / ("handout.md" if lang == "en" else f"handout.{lang}.md")
        handout = path.read_text("utf-8") if path.is_file() else ""
        for exercise in assignment.exercises:
            if f"\n## {exercise.id}\n" not in handout:
                section.problems.append(f"{path.name} has no section {exercise.id}")
            texts = [exercise.title, *exercise.hints]
            if not exercise.hints or not all(text.in_language(lang).strip() for text in texts):
                section.problems.append(f"{exercise.id} lacks a title or a hint in {lang}")
    return section


def check_formulas(assignment: Assignment) -> Section:
    """Prove that what is quoted from the handout stands there, or in the stubs."""
    section = Section("formulas that are quoted stand in the handout")
    handout = (assignment.folder / "handout.md").read_text("utf-8")
    for exercise in assignment.exercises:
        stub = assignment.folder / f"{exercise.module}.py"
        texts = (handout, stub.read_text("utf-8"))
        section.problems += [
            f"{exercise.id}: neither the handout nor {stub.name} has the formula {formula!r}"
            for formula in exercise.formulas
            if " = " not in formula or not any(formula in text for text in texts)
        ]
    return section


def check_stored(assignment: Assignment) -> Section:
    """Prove that nothing that is made from the solutions is out of date."""
    section = Section("generated files and stored values are up to date")
    section.problems += [*stale(assignment), *is_golden_stale(assignment)]
    section.problems += [*stale_mistakes(assignment), *stale_versions(assignment)]
    return section


def _of_module(assignment: Assignment, mistake: Mistake) -> list[str]:
    """List the exercises that a mistake could touch: no other module ever calls its own."""
    module = assignment.exercise(mistake.exercise).module
    return [exercise.id for exercise in assignment.exercises if exercise.module == module]


def _problems_of(assignment: Assignment, one: Confusion) -> Iterator[str]:
    where = f"{one.mistake.exercise}.{one.mistake.id}"
    if one.result.score is None or one.result.score >= one.result.points:
        yield f"{where} loses no marks"
    elif not one.is_right:
        yield f"{where} is taken for {', '.join(one.named) or 'nothing known'}"
    users = _users(assignment, one.mistake.exercise)
    for result in one.grade.exercises:
        if result.id not in users and result.score != result.points:
            yield f"{where} loses marks on {result.id}, which does not use {one.mistake.exercise}"


def _users(assignment: Assignment, exercise: str) -> set[str]:
    """Return an exercise and all that use it, directly or not."""
    users = {exercise}
    for other in assignment.exercises:  # in order: an upstream comes first
        if users & set(other.uses):
            users.add(other.id)
    return users


def _disagreement(result: ExerciseResult) -> str:
    # What costs no more than an edge may is told where students see it, and need not be told twice.
    is_edge = result.score is not None and 4 * (result.points - result.score) <= result.points
    cases = ((case.suite, case.verdict.is_fine) for case in result.cases)
    return disagreement(cases, is_edge=is_edge)


def disagreement(cases: Iterable[tuple[str, bool]], *, is_edge: bool) -> str:
    """Say how public and hidden cases of an exercise disagree.

    Parameters
    ----------
    cases : iterable of (str, bool)
        The suite of each case, and whether it was passed.
    is_edge : bool
        Whether all that failed costs no more than an edge case may.

    Returns
    -------
    str
        Empty if they agree.
    """
    passed: dict[str, bool] = {}
    for suite, fine in cases:
        passed[suite] = passed.get(suite, True) and fine
    if len(set(passed.values())) <= 1:
        return ""
    if passed["public"]:
        return "only hidden cases fail"
    return "" if is_edge else "only public cases fail"
