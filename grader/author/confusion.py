"""Every known mistake handed in as a submission, and what it is taken for."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from grader.batch import grade_all
from grader.intake import Submission
from grader.mistakes import load_mistakes
from grader.suite.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from grader.batch import BatchOptions
    from grader.catalog import Assignment
    from grader.mistakes import Mistake
    from grader.model import ExerciseResult, Grade
    from grader.sandbox import ForkServer


class Confusion(NamedTuple):
    """What one mistake was taken for.

    Parameters
    ----------
    mistake : Mistake
        The mistake.
    grade : Grade
        The grade of a submission that is right but for it.
    """

    mistake: Mistake
    grade: Grade

    @property
    def result(self) -> ExerciseResult:
        """The mistake's own exercise."""
        return next(one for one in self.grade.exercises if one.id == self.mistake.exercise)

    @property
    def named(self) -> tuple[str, ...]:
        """The mistakes that remained."""
        found = self.result.diagnosis
        return () if found is None else tuple(one.id for one in found.mistakes)

    @property
    def is_right(self) -> bool:
        """Whether the diagnosis is the mistake, alone or with those that it ties with."""
        return self.mistake.id in self.named and set(self.named) <= {
            self.mistake.id,
            *self.mistake.ties,
        }


def submissions_with_mistakes(assignment: Assignment) -> list[tuple[Mistake, Submission]]:
    """Make a whole submission for each mistake, right but for it."""
    variants = Variants(assignment)
    mistakes = itertools.chain.from_iterable(load_mistakes(assignment).values())
    return [
        (
            mistake,
            Submission(
                id=f"{mistake.exercise}.{mistake.id}",
                name=mistake.id,
                path=assignment.mistakes / f"{mistake.exercise}.toml",
                source=variants.with_mistake(mistake),
            ),
        )
        for mistake in mistakes
    ]


def grade_mistakes(
    assignment: Assignment,
    submissions: Iterable[tuple[Mistake, Submission]],
    exercises_of: Callable[[Mistake], Sequence[str]],
    options: BatchOptions,
    server: ForkServer,
) -> list[Confusion]:
    """Grade submissions with a mistake each.

    Parameters
    ----------
    assignment : Assignment
        The assignment, with solutions or as students have it.
    submissions : iterable of (Mistake, Submission)
        What is graded.
    exercises_of : callable
        The exercises to grade for a mistake.
    options : BatchOptions
        How.
    server : ForkServer
        Running.

    Returns
    -------
    list of Confusion
        In the order of `submissions`.
    """
    by_id = {submission.id: (mistake, submission) for mistake, submission in submissions}
    grades: dict[str, Grade] = {}
    grade_all(
        assignment,
        [submission for _, submission in by_id.values()],
        options,
        server,
        lambda submission, grade: grades.__setitem__(submission.id, grade),
        lambda submission: exercises_of(by_id[submission.id][0]),
    )
    return [Confusion(mistake, grades[key]) for key, (mistake, _) in by_id.items()]


def table(confusions: Sequence[Confusion]) -> list[str]:
    """Write the confusion table: each mistake, and what it is taken for."""
    lines = []
    for exercise, group in itertools.groupby(confusions, key=lambda one: one.mistake.exercise):
        lines.append(exercise)
        for one in group:
            found = one.result.diagnosis
            shown = ", ".join(one.named)
            if not shown and found is not None:
                shown = ", ".join(finding.message.key for finding in found.findings)
            sign = "=" if one.is_right else "!"
            lines.append(f"  {one.mistake.id:<34} {sign} {shown or 'nothing'}")
    return lines
