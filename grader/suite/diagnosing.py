"""Why an exercise lost points: a known mistake by name, or what the numbers show."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, Protocol

from grader.diagnose import (
    ENOUGH_BITS,
    all_none,
    consistent,
    first_shown,
    information_bits,
    telling_answers,
)
from grader.diagnose.findings import find
from grader.mistakes import load_mistakes
from grader.model import Diagnosis, Finding, Message, Verdict
from grader.suite.known import Known, KnownExercise
from grader.suite.probing import probe
from grader.suite.resembling import one_change
from grader.suite.upstream import lacks_upstream
from grader.suite.variants import Variants
from grader.suite.versions import KnownVersions, Versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader import wire
    from grader.catalog import Assignment
    from grader.diagnose import Trace
    from grader.mistakes import Mistake
    from grader.model import CaseResult, Exercise, Explanation, Listing, Place
    from grader.suite.grading import Grading
    from grader.suite.student import Heard
    from grader.suite.versions import Version


MAX_FINDINGS: Final = 3


class RunHidden(Protocol):
    """Runs the hidden cases of an exercise on a source: here, or where the submission is run."""

    def __call__(self, source: wire.Source, *, confined: bool = False) -> Mapping[str, Trace]:
        """Return what it gives, by case."""


class Diagnostician:
    """Compares submissions with the known mistakes of an assignment.

    Parameters
    ----------
    assignment : Assignment
        The assignment; what its mistakes give on public cases is read when first needed.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment

    @functools.cached_property
    def known(self) -> Known:
        """What is stored of the mistakes."""
        return Known.read(self.assignment.known_mistakes)

    @functools.cached_property
    def versions(self) -> KnownVersions:
        """What is stored of wrong versions without a name; read when an exercise needs it."""
        return KnownVersions.read(self.assignment.known_versions)

    @functools.cached_property
    def _catalogue(self) -> dict[tuple[str, str], Mistake]:
        catalogue = load_mistakes(self.assignment)
        return {(one.exercise, one.id): one for found in catalogue.values() for one in found}

    @functools.cached_property
    def variants(self) -> Variants:
        """The reference, and how to put mistakes into it."""
        return Variants(self.assignment)

    def read(self) -> None:
        """Read all that may be needed, rather than when it first is."""
        self.known, self.versions, self._catalogue, self.variants  # noqa: B018 - each is read by being asked for

    def diagnose(
        self,
        grading: Grading,
        exercise: Exercise,
        right: Mapping[str, Trace],
        run_hidden: RunHidden,
    ) -> Diagnosis | None:
        """Say what is known about an exercise whose every case has been run.

        Parameters
        ----------
        grading : Grading
            The submission, with verdicts and traces.
        exercise : Exercise
            The exercise.
        right : mapping of str to Trace
            What the reference gives in hidden cases, as far as that is known already.
        run_hidden : RunHidden
            Runs the hidden cases of the exercise.

        Returns
        -------
        Diagnosis or None
            None if the exercise is right, or not written.
        """
        results = [one for one in grading.results.values() if one.exercise == exercise.id]
        try:
            return self._diagnose(grading, exercise, results, right, run_hidden)
        finally:
            for result in results:
                grading.forget(result.id)

    def _diagnose(
        self,
        grading: Grading,
        exercise: Exercise,
        results: Sequence[CaseResult],
        right: Mapping[str, Trace],
        run_hidden: RunHidden,
    ) -> Diagnosis | None:
        bad = [one for one in results if one.verdict.is_telling and one.id in grading.traces]
        if not bad:
            return None
        if grading.has_wrong_upstream(exercise) and (
            not grading.reference.can_supply() or lacks_upstream(grading, exercise)
        ):
            # The values are those of a wrong upstream, and say nothing about this exercise.
            place = _place(grading, exercise, bad, ())
            return Diagnosis(place=place, code=_code(grading, exercise, bad, ()))
        traces = {
            one.id: grading.traces[one.id]
            for one in results
            if one.id in grading.traces and (one.verdict is Verdict.PASSED or one in bad)
        }
        hidden = {one.id for one in results if one.suite == "hidden" and one.id in traces}
        public = {case: trace for case, trace in traces.items() if case not in hidden}
        known = self.known.exercises.get(exercise.id, KnownExercise())
        named = [one for one in known.mistakes if _is_candidate(public, one.traces, known.right)]
        mistakes = [one.explanation for one in named]
        if hidden and mistakes and self.assignment.mistakes.is_dir():
            found = {case: traces[case] for case in hidden}
            if not hidden <= set(right):
                right = run_hidden(self.variants.right)
            mistakes = self._confirmed(exercise, mistakes, found, right, run_hidden)
        elif all(trace.passed for trace in public.values()):
            mistakes = []  # only hidden cases failed, and how mistakes do there is not known
        told = telling_answers({one.id: traces[one.id] for one in bad}, {**known.right, **right})
        is_telling = information_bits(told) >= ENOUGH_BITS
        version = None
        if is_telling and not mistakes:
            closed = {case: traces[case] for case in hidden}
            version = self._version(exercise, public, closed, right, run_hidden)
        if version is not None and version.mistakes:
            by_id = {one.explanation.id: one.explanation for one in known.mistakes}
            mistakes = [by_id[one] for one in version.mistakes if one in by_id]
        findings = () if mistakes else self._findings(grading, exercise, known, bad)
        if version is not None and not version.mistakes:
            findings = (Finding(one_change(version, exercise), *_first(bad)), *findings)[
                :MAX_FINDINGS
            ]
        return Diagnosis(
            tuple(mistakes),
            findings,
            _place(grading, exercise, bad, findings),
            # A value that is missing is seen as such: nothing else gives it.
            certain=is_telling or all_none(told),
            together=version is not None and bool(version.mistakes),
            code=_code(grading, exercise, bad, findings),
        )

    def _confirmed(
        self,
        exercise: Exercise,
        candidates: Sequence[Explanation],
        found: Mapping[str, Trace],
        right: Mapping[str, Trace],
        run_hidden: RunHidden,
    ) -> list[Explanation]:
        """Keep the candidates that agree on the hidden cases too, where they are run now."""
        kept = []
        for candidate in candidates:
            mistake = self._catalogue.get((exercise.id, candidate.id))
            if mistake is None:
                continue
            if mistake.endless or consistent(
                found, run_hidden(self.variants.with_mistake(mistake)), right
            ):
                kept.append(candidate)
        return kept

    def _version(
        self,
        exercise: Exercise,
        public: Mapping[str, Trace],
        hidden: Mapping[str, Trace],
        right: Mapping[str, Trace],
        run_hidden: RunHidden,
    ) -> Version | None:
        """Find the one wrong version without a name that agrees on every case."""
        stored = self.versions.exercises.get(exercise.id, Versions())
        known = self.known.exercises.get(exercise.id, KnownExercise())
        alike = stored.like(public, known.right)
        if len(alike) != 1:
            return None
        (version,) = alike
        if not hidden or not self.assignment.mistakes.is_dir():
            return version
        if not hidden.keys() <= right.keys():
            right = run_hidden(self.variants.right)
        sources = self._sources(exercise, version)
        # Nobody has looked through mutants: they go where the submission goes.
        runs = (run_hidden(source, confined=bool(version.made)) for source in sources)
        return version if any(consistent(hidden, run, right) for run in runs) else None

    def _sources(self, exercise: Exercise, version: Version) -> Iterator[wire.Source]:
        """Make what a version stands for: the two mistakes at once, or some of the mutants."""
        if version.mistakes:
            pair = [self._catalogue.get((exercise.id, one)) for one in version.mistakes]
            first, second = pair
            if first is not None and second is not None:
                source = self.variants.with_pair(first, second)
                yield from [source] if source is not None else []
        for name, number in version.made:
            yield self.variants.with_mutant(exercise, name, number)

    def _findings(
        self, grading: Grading, exercise: Exercise, known: KnownExercise, bad: Sequence[CaseResult]
    ) -> tuple[Finding, ...]:
        """List what the first failing case that has anything to show shows, public ones first.

        Nothing where the first one raises, or does not end: its message says more.
        """
        ordered = sorted(bad, key=lambda one: one.suite == "hidden")
        if ordered[0].verdict is not Verdict.FAILED:
            return ()
        for result in ordered:
            messages = _messages(grading, exercise, result, known)
            if messages:
                return tuple(
                    Finding(message, result.id, result.suite) for message in messages[:MAX_FINDINGS]
                )
        return ()


def _first(bad: Sequence[CaseResult]) -> tuple[str, str]:
    """Return case and suite of what a sentence about all cases is shown beside."""
    shown = min(bad, key=lambda one: one.suite == "hidden")
    return shown.id, shown.suite


def _messages(
    grading: Grading, exercise: Exercise, result: CaseResult, known: KnownExercise
) -> list[Message]:
    failed = grading.failed_calls.get(result.id)
    if failed is None:
        return []  # a property does not hold: no single value is known to be wrong
    if failed.actual is None and failed.expected is not None:
        return [Message("finding_returns_none", {"name": failed.what})]
    asked = probe(grading, exercise, result, known)
    unsteady = [one for one in asked if one.key == "finding_depends_on_earlier_calls"]
    if unsteady:
        return unsteady  # what else one result shows, the next may not
    others = [
        (one.actual, one.expected)
        for other in grading.results.values()
        if other.exercise == exercise.id
        for one in grading.compared.get(other.id, ())
        if one is not failed and one.what == failed.what
    ]
    return [*find(failed.actual, failed.expected, others, exercise.steps), *asked]


def _place(
    grading: Grading, exercise: Exercise, bad: Sequence[CaseResult], findings: Sequence[Finding]
) -> Place | None:
    """Say where the function is defined that the case shown has called, if it is one."""
    # A hidden case is asked only where there is no other: what it calls is steered by its inputs.
    opened = [one for one in bad if one.suite == "public"]
    return grading.place_of(exercise, _guilty(grading, exercise, opened or bad, findings))


def _code(
    grading: Grading, exercise: Exercise, bad: Sequence[CaseResult], findings: Sequence[Finding]
) -> Listing | None:
    """Quote the function that went wrong in the case shown; hidden cases have no say in it."""
    opened = [one for one in bad if one.suite == "public"]
    shown = first_shown(opened, findings)
    names = _guilty(grading, exercise, opened, findings)
    place = None if shown is None else shown.place
    return grading.listing_of(exercise, names, () if place is None else (place,))


def _guilty(
    grading: Grading, exercise: Exercise, bad: Sequence[CaseResult], findings: Sequence[Finding]
) -> Sequence[str]:
    """Name the one function that the case shown has called; nothing if it is not known."""
    shown = first_shown(bad, findings)
    if len(exercise.names) == 1 or shown is None:
        return exercise.names if len(exercise.names) == 1 else ()
    failed = grading.failed_calls.get(shown.id)
    called = _functions(grading, exercise, shown)
    guilty = {alone[0] for one in bad if len(alone := _functions(grading, exercise, one)) == 1}
    names = [failed.what] if failed else called if len(called) == 1 else sorted(guilty & {*called})
    return names if len(names) == 1 else ()


def _functions(grading: Grading, exercise: Exercise, result: CaseResult) -> list[str]:
    """List which of an exercise's functions and classes a case has called."""
    called = {_function(heard) for heard in grading.calls.get(result.id, ())}
    return [name for name in exercise.names if name in called]


def _function(heard: Heard) -> str:
    """Return the name in ``load GRUCell`` and ``GRUCell.forward``."""
    return heard.name.rpartition(" ")[2].partition(".")[0]


def _is_candidate(
    public: Mapping[str, Trace], known: Mapping[str, Trace], right: Mapping[str, Trace]
) -> bool:
    """Tell whether the public cases leave room for a mistake."""
    return not public or consistent(public, known, right)
