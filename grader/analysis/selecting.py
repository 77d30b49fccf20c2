"""Which grades an instructor means: `mistake=clip/upper_only`, `verdict=timed_out`, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import UsageError
from grader.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from grader.model import ExerciseResult, Grade

KEYS: Final = ("student", "exercise", "mistake", "step", "finding", "verdict")


class Selection(msgspec.Struct, frozen=True):
    """What grades must have to be meant; of each kind one of the values, where there are any.

    Parameters
    ----------
    student : tuple of str
        Ids of submissions.
    exercise : tuple of str
        Exercises that something was handed in for.
    mistake : tuple of str
        Known mistakes that a diagnosis names, alone: ``upper_only`` or ``clip/upper_only``.
    step : tuple of str
        The step at which an exercise goes wrong, as `step_of` names it.
    finding : tuple of str
        What the numbers of a diagnosis show, by name: ``first_steps_right``.
    verdict : tuple of str
        How some case ended.
    """

    student: tuple[str, ...] = ()
    exercise: tuple[str, ...] = ()
    mistake: tuple[str, ...] = ()
    step: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Sequence[str]) -> Selection:
        """Read ``KEY=VALUE`` words; of one key any value will do, of several keys each must hold.

        Raises
        ------
        UsageError
            When one is no such word.
        """
        chosen: dict[str, tuple[str, ...]] = {}
        for word in words:
            key, sign, value = word.partition("=")
            if not sign or not value or key not in KEYS:
                raise UsageError(
                    f"{word!r} selects nothing; give one of "
                    f"{', '.join(f'{key}=...' for key in KEYS)}"
                )
            if key == "verdict" and value not in {one.value for one in Verdict}:
                raise UsageError(
                    f"{value!r} is no verdict; there are {', '.join(one.value for one in Verdict)}"
                )
            chosen[key] = (*chosen.get(key, ()), value)
        return cls(**chosen)

    def words(self) -> list[str]:
        """Return the words that `parse` reads."""
        return [f"{key}={value}" for key in KEYS for value in getattr(self, key)]

    def means(self, grade: Grade) -> bool:
        """Tell whether a grade is meant: one and the same exercise must have all that is asked."""
        if self.student and grade.id not in self.student:
            return False
        if not (self.exercise or self.mistake or self.step or self.finding or self.verdict):
            return True
        return any(self._in(result) for result in grade.exercises)

    def of(self, grades: Iterable[Grade]) -> list[str]:
        """List the ids of the grades that are meant."""
        return [grade.id for grade in grades if self.means(grade)]

    def _in(self, result: ExerciseResult) -> bool:
        return (
            (not self.exercise or (result.id in self.exercise and _is_written(result)))
            and (not self.mistake or _has(self.mistake, _mistakes(result)))
            and (not self.step or step_of(result) in self.step)
            and (not self.finding or _has(self.finding, _findings(result)))
            and (not self.verdict or _has(self.verdict, {case.verdict for case in result.cases}))
        )


def step_of(result: ExerciseResult) -> str:
    """Name the step at which an exercise goes wrong, in the same way for every student.

    Returns
    -------
    str
        What the handout has for it; else what an edit there changes; empty if it was not found.
    """
    fault = None if result.diagnosis is None else result.diagnosis.fault
    return "" if fault is None else "; ".join(fault.formulas or fault.kinds)


def _has(wanted: Collection[str], there: Collection[str]) -> bool:
    return any(one in there for one in wanted)


def _is_written(result: ExerciseResult) -> bool:
    return any(not case.verdict.is_unwritten for case in result.cases if case.verdict.counts)


def _mistakes(result: ExerciseResult) -> set[str]:
    found = result.diagnosis
    if found is None or len(found.mistakes) != 1:
        return set()
    (mistake,) = found.mistakes
    return {mistake.id, f"{result.id}/{mistake.id}"}


def _findings(result: ExerciseResult) -> set[str]:
    found = result.diagnosis
    return set() if found is None else {one.message.key for one in found.findings}
