"""A submission's code beside the reference's, exercise by exercise. Nothing of it is run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.report.beside import Beside, Code
from grader.trees import defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.model import Exercise


def beside(assignment: Assignment, submission: Submission | None) -> list[Beside]:
    """Pair what a submission defines for each exercise with the reference's definitions.

    Parameters
    ----------
    assignment : Assignment
        With its solutions, where there are any.
    submission : Submission or None
        As intake has read it; None where it was not kept.

    Returns
    -------
    list of Beside
        In the assignment's order; a side may have nothing.
    """
    return [
        Beside(
            exercise.id,
            () if submission is None else tuple(_theirs(submission, exercise)),
            tuple(_ours(assignment, exercise)),
        )
        for exercise in assignment.exercises
    ]


def _names(exercise: Exercise) -> tuple[str, ...]:
    return exercise.names or (exercise.id,)


def _theirs(submission: Submission, exercise: Exercise) -> Iterator[Code]:
    wanted = set(_names(exercise))
    if submission.source is None:
        return
    for module in submission.source.modules:
        for piece in module.pieces:
            if wanted & {*piece.names, *piece.amends}:
                yield Code(module.called(piece.filename), piece.line, piece.code)


def _ours(assignment: Assignment, exercise: Exercise) -> Iterator[Code]:
    path = assignment.solution / f"{exercise.module}.py"
    if not path.is_file():
        return
    text = path.read_text("utf-8")
    found = defined(ast.parse(text).body)
    for name in _names(exercise):
        if name in found:
            node = found[name]
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            lines = text.splitlines()[first - 1 : node.end_lineno]
            yield Code(path.name, first, "\n".join(lines))
