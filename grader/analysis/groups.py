"""Students who made the same mistake or went wrong at the same step, as diagnoses say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from grader.analysis.selecting import step_of
from grader.model import Explanation, Fault, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.model import ExerciseResult, Grade

Kind = Literal["mistake", "step", "finding"]
Said = Explanation | Fault | Finding


@dataclass(frozen=True, slots=True)
class Group:
    """Students of whom a diagnosis says the same.

    Parameters
    ----------
    exercise : str
        In which exercise.
    kind : str
        ``mistake``, a known one that is named alone; ``step``, the one at which it goes wrong; or
        ``finding``, what the numbers show.
    key : str
        Its name.
    said : Explanation, Fault or Finding
        What is said of it, of the first of them.
    students : tuple of (str, str)
        Id and name of each.
    """

    exercise: str
    kind: Kind
    key: str
    said: Said
    students: tuple[tuple[str, str], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What `Selection.parse` reads to mean them."""
        if self.kind == "mistake":
            return (f"mistake={self.exercise}/{self.key}",)
        return (f"exercise={self.exercise}", f"{self.kind}={self.key}")


class Groups:
    """Gathers them, grade by grade."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, Kind, str], Said] = {}
        self._students: dict[tuple[str, Kind, str], dict[str, str]] = {}

    def add(self, grade: Grade) -> None:
        """Take in a grade."""
        for result in grade.exercises:
            for kind, key, said in _told(result):
                group = (result.id, kind, key)
                self._said.setdefault(group, said)
                self._students.setdefault(group, {})[grade.id] = grade.name

    def of(self, exercises: Sequence[str]) -> list[Group]:
        """List the groups in the order of exercises, the largest of each first."""
        order = {name: number for number, name in enumerate(exercises)}
        found = [
            Group(*group, said, tuple(sorted(self._students[group].items())))
            for group, said in self._said.items()
        ]
        return sorted(
            found,
            key=lambda one: (
                order.get(one.exercise, len(order)), -len(one.students), one.kind, one.key,
            ),
        )  # fmt: skip


def groups(grades: Iterable[Grade], exercises: Sequence[str]) -> list[Group]:
    """Group students by what their diagnoses say."""
    gathered = Groups()
    for grade in grades:
        gathered.add(grade)
    return gathered.of(exercises)


def _told(result: ExerciseResult) -> Iterator[tuple[Kind, str, Said]]:
    found = result.diagnosis
    if found is None:
        return
    if len(found.mistakes) == 1:
        (mistake,) = found.mistakes
        yield "mistake", mistake.id, mistake
        return
    if found.fault is not None:
        yield "step", step_of(result), found.fault
    seen: set[str] = set()
    for finding in found.findings:
        if finding.message.key not in seen:
            seen.add(finding.message.key)
            yield "finding", finding.message.key, finding
