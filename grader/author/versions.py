"""Run mutants of the reference, and mistakes that meet, on the public cases; store what they give.

That takes minutes, so an exercise is run again only if something has changed that it was made from.
Mutants run confined, as everywhere: one that would delete files cannot.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.resources
import itertools
import re
import warnings
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from grader.author.stubs import definitions
from grader.diagnose.fingerprint import fingerprint
from grader.edits import mutants_of, pair
from grader.errors import CatalogError
from grader.mistakes import load_mistakes, put_in, reference_lines
from grader.sandbox import open_server
from grader.suite.collecting import collected
from grader.suite.known import Known, KnownExercise
from grader.suite.running import Access, run_cases
from grader.suite.session import prove
from grader.suite.versions import FORMAT, PASSED, KnownVersions, Version, Versions, packed
from grader.trees import parse, without_docstring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.catalog import Assignment
    from grader.diagnose import Trace
    from grader.diagnose.fingerprint import Fingerprint
    from grader.model import Exercise
    from grader.suite.case import Case
    from grader.suite.session import Session

CALL_S: Final = 2.0  # what takes longer tells nothing that could be compared
# What makes mutants and pairs.
_MAKERS: Final = (
    "kinds.py",
    "mutants.py",
    "neighbours.py",
    "operators.py",
    "pairs.py",
    "places.py",
)
KEPT: Final = 3  # mutants of a class that are kept by number


class _Answered(NamedTuple):
    """A wrong version, and what it gives in each case; None where it passes."""

    prints: tuple[Fingerprint | None, ...]
    place: str = ""
    step: str = ""
    kind: str = ""
    made: tuple[str, int] | None = None  # a mutant
    mistakes: tuple[str, ...] = ()  # one, which has a name, or two


def renewed_versions(assignment: Assignment, known: Known | None = None) -> tuple[list[str], bytes]:
    """Bring what is stored of mutants up to date.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    known : Known or None
        What the reference gives on the public cases; None for what is stored.

    Returns
    -------
    list of str, bytes
        One line for each exercise that was out of date, and what is to be stored.

    Raises
    ------
    CatalogError
        When the suites are broken.
    """
    path = assignment.known_versions
    known = known or Known.read(assignment.known_mistakes)
    problems = stale_versions(assignment, known)
    if not problems:
        return [], path.read_bytes()
    try:
        stored = KnownVersions.read(path).exercises
    except CatalogError:
        stored = {}
    digests = {one.id: digest_of(assignment, one, known) for one in assignment.exercises}
    kept = {name: one for name, one in stored.items() if one.digest == digests.get(name)}
    return problems, _recorded(assignment, kept, digests).to_bytes()


def stale_versions(assignment: Assignment, known: Known | None = None) -> list[str]:
    """Say of which exercises something has changed that the stored versions were made from."""
    known = known or Known.read(assignment.known_mistakes)
    try:
        stored = KnownVersions.read(assignment.known_versions).exercises
    except CatalogError as error:
        return [str(error)]
    return [
        f"known versions of {exercise.id}"
        for exercise in assignment.exercises
        if stored.get(exercise.id, Versions()).digest != digest_of(assignment, exercise, known)
    ] + [f"known versions of {name}" for name in stored if name not in _ids(assignment)]


def digest_of(assignment: Assignment, exercise: Exercise, known: Known) -> str:
    """Hash what the versions of an exercise are made from.

    Those are the code of the reference and of the mistakes, the public cases, by what the reference
    gives there, and the words of the stubs.
    """
    modules = [assignment.exercise(one).module for one in (exercise.id, *exercise.uses)]
    parts = [FORMAT, repr((exercise.id, exercise.names))]
    paths = [assignment.solution / f"{module}.py" for module in dict.fromkeys(modules)]
    parts += [_code_of(path.read_text("utf-8")) for path in paths]
    right = known.exercises.get(exercise.id, KnownExercise()).right
    parts.append(msgspec.json.encode(right).decode())
    parts.append(repr(sorted(_words(assignment, exercise))))
    mistakes = assignment.mistakes / f"{exercise.id}.toml"
    parts.append(repr(_codes(assignment, exercise)) if mistakes.is_file() else "")
    package = importlib.resources.files("grader.edits")
    parts += [_code_of((package / name).read_text("utf-8")) for name in _MAKERS]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _codes(assignment: Assignment, exercise: Exercise) -> list[object]:
    """List what the known mistakes are, without what is said of them."""
    return [
        (one.id, one.definitions, one.helpers, one.endless)
        for one in load_mistakes(assignment)[exercise.id]
    ]


def _ids(assignment: Assignment) -> set[str]:
    return {exercise.id for exercise in assignment.exercises}


def _code_of(text: str) -> str:
    """Return what a module does, without comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body:
            node.body = without_docstring(node.body)
    return ast.dump(tree)


def _words(assignment: Assignment, exercise: Exercise) -> set[str]:
    """Return the words of an exercise's stubs that are names in its solution as well."""
    stub = (assignment.folder / f"{exercise.module}.py").read_text("utf-8")
    right = (assignment.solution / f"{exercise.module}.py").read_text("utf-8")
    given, solved = definitions(stub), definitions(right)
    words: set[str] = set()
    for name in exercise.names:
        text = ast.get_source_segment(stub, given[name]) or ""
        names = {one.id for one in ast.walk(solved[name]) if isinstance(one, ast.Name)}
        names |= {one.attr for one in ast.walk(solved[name]) if isinstance(one, ast.Attribute)}
        names |= {
            one.value
            for one in ast.walk(solved[name])
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        }
        words |= names & set(re.findall(r"\w+", text))
    return words


def _recorded(
    assignment: Assignment, kept: Mapping[str, Versions], digests: Mapping[str, str]
) -> KnownVersions:
    call_s = min(CALL_S, assignment.limits.call_s)
    limits = msgspec.structs.replace(assignment.limits, call_s=call_s)
    brief = msgspec.structs.replace(assignment, limits=limits)
    torch = any(exercise.torch for exercise in assignment.exercises)
    found: dict[str, Versions] = {}
    with (
        warnings.catch_warnings(),
        collected(assignment, hidden=False) as suites,
        open_server("best", torch=torch) as server,
    ):
        warnings.simplefilter("ignore")  # wrong code overflows and the like
        session = prove(suites, "")
        for exercise in assignment.exercises:
            found[exercise.id] = kept.get(exercise.id) or msgspec.structs.replace(
                _exercise(session, exercise, brief, Access(server.worker)),
                digest=digests[exercise.id],
            )
    return KnownVersions(exercises=found)


def _exercise(session: Session, exercise: Exercise, brief: Assignment, access: Access) -> Versions:
    cases = [case for case in session.suites.of(exercise) if not case.timed]
    right = run_cases(
        session.suites.tests, session.grading(session.diagnostician.variants.right), cases
    )
    groups: list[list[_Answered]] = []
    runner = _Runner(session, exercise, brief, cases, right)
    for one in itertools.chain(runner.mistakes(), runner.mutants(access)):
        alike = next((group for group in groups if _alike(group[0].prints, one.prints)), None)
        if alike is None:
            groups.append([one])
        else:
            alike.append(one)
    told = [group for group in groups if _is_told(group)]
    every = {seen.form for group in told for seen in group[0].prints if seen is not None}
    forms = {form: at for at, form in enumerate(sorted(every))}
    return Versions(
        cases=tuple(case.id for case in cases),
        forms=tuple(forms),
        versions=tuple(_version(group, forms) for group in told),
    )


class _Runner:
    """Runs wrong versions of one exercise; those that pass everything, or do not end, are left out.

    Parameters
    ----------
    session : Session
        Proven on the reference.
    exercise : Exercise
        The exercise.
    brief : Assignment
        With the deadline in force.
    cases : sequence of Case
        Its public cases.
    right : mapping of str to Trace
        What the reference gives in them.
    """

    def __init__(
        self,
        session: Session,
        exercise: Exercise,
        brief: Assignment,
        cases: Sequence[Case],
        right: Mapping[str, Trace],
    ) -> None:
        self._session = session
        self._exercise = exercise
        self._brief = brief
        self._cases = cases
        self._right = right
        self._text = session.diagnostician.variants.text(exercise.module)

    def mutants(self, access: Access) -> Iterator[_Answered]:
        """Run every mutant."""
        words = _words(self._session.assignment, self._exercise)
        for name in self._exercise.names:
            for number, mutant in enumerate(mutants_of(self._text, name)):
                prints = self._prints({name: mutant.code}, access)
                if prints is not None:
                    steps = [one for one in mutant.sets if one in words]
                    place = mutant.place if steps or mutant.place != "sets" else ""
                    place = place or "somewhere"
                    step, kind = ", ".join(steps), mutant.kind
                    yield _Answered(prints, place, step, kind, made=(name, number))

    def mistakes(self) -> Iterator[_Answered]:
        """Run the known mistakes, alone and two at a time, as they are run everywhere: here."""
        assignment, exercise = self._session.assignment, self._exercise
        right = reference_lines(assignment.solution / f"{exercise.module}.py")
        known = [one for one in load_mistakes(assignment)[exercise.id] if not one.endless]
        for mistake in known:
            prints = self._prints(mistake.definitions, Access(), mistake.helpers)
            if prints is not None:
                yield _Answered(prints, mistakes=(mistake.id,))
        for first, second in itertools.combinations(known, 2):
            code = None
            if not first.helpers and not second.helpers:
                code = pair(right, first.definitions, second.definitions)
            prints = None if code is None else self._prints(code, Access())
            if prints is not None:
                yield _Answered(prints, mistakes=(first.id, second.id))

    def _prints(
        self, code: Mapping[str, str], access: Access, helpers: str = ""
    ) -> tuple[Fingerprint | None, ...] | None:
        text = put_in(self._text, code, helpers)
        if not isinstance(parse(text), ast.Module):
            return None  # what two changes make of it
        variants = self._session.diagnostician.variants
        source = variants.with_text(self._exercise.module, text)
        grading = self._session.grading(source, access, self._brief)
        traces = run_cases(self._session.suites.tests, grading, self._cases)
        prints = tuple(
            _print(traces.get(case.id), self._right.get(case.id)) for case in self._cases
        )
        return prints if any(prints) and not any(map(_is_late, traces.values())) else None


def _print(trace: Trace | None, right: Trace | None) -> Fingerprint | None:
    return None if trace is None or trace.passed else fingerprint(trace, right)


def _is_late(trace: Trace) -> bool:
    return any(one.error.startswith("timed_out") for one in trace.answers)


def _alike(one: Sequence[Fingerprint | None], other: Sequence[Fingerprint | None]) -> bool:
    return all(_agree(a, b) for a, b in zip(one, other, strict=True))


def _agree(one: Fingerprint | None, other: Fingerprint | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.form == other.form and all(
        abs(a - b) <= one.tolerance for a, b in zip(one.numbers, other.numbers, strict=True)
    )


def _is_told(group: Sequence[_Answered]) -> bool:
    """Tell whether one thing is to be said of a class, and no name says it already."""
    if any(one.mistakes for one in group):
        return len(group) == 1 and len(group[0].mistakes) > 1
    return any(_shared(group))


def _shared(group: Sequence[_Answered]) -> tuple[str, str, str]:
    """Return what all mutants of a class have in common: place, step and kind; empty if nothing.

    A place that the handout has no name for is ``somewhere``, which is told with a kind alone.
    """
    places = {(one.place, one.step) for one in group}
    kinds = {one.kind for one in group}
    kind = group[0].kind if len(kinds) == 1 else ""
    place, step = next(iter(places)) if len(places) == 1 else ("somewhere", "")
    return (place, step, kind) if kind or place != "somewhere" else ("", "", "")


def _version(group: Sequence[_Answered], forms: Mapping[bytes, int]) -> Version:
    mistakes = group[0].mistakes
    place, step, kind = ("", "", "") if mistakes else _shared(group)
    prints = group[0].prints
    return Version(
        place=place,
        step=step,
        kind=kind,
        mistakes=mistakes,
        made=tuple(one.made for one in group[:KEPT] if one.made is not None),
        forms=tuple(PASSED if seen is None else forms[seen.form] for seen in prints),
        numbers=packed([seen for seen in prints if seen is not None]),
    )
