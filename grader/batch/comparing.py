"""What a class has handed in, ready to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.similarity import COMMON, Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.catalog import Assignment
    from grader.gradebook import Gradebook


def comparison_of(
    assignment: Assignment, book: Gradebook, common: int = COMMON
) -> tuple[Comparison | None, tuple[str, ...]]:
    """Take the attempts that count from a gradebook, and the handout from the assignment.

    Parameters
    ----------
    assignment : Assignment
        Its modules are what everybody was given.
    book : Gradebook
        Open.
    common : int
        See `grader.similarity.Comparison`.

    Returns
    -------
    comparison : Comparison or None
        By the students' ids; None for fewer than two.
    lost : tuple of str
        Students of whom a grade is there, but not what it was made of.
    """
    sources, lost = {}, []
    for grade in book.grades():
        if grade.attempt is None:
            continue
        submission = book.submission(grade.attempt.submission)
        if submission is None:
            lost.append(grade.id)
        elif submission.source is not None:
            sources[grade.id] = submission.source
    handout = [
        path.read_text("utf-8")
        for path in sorted(assignment.folder.glob("*.py"))
        if not path.name.startswith("test_")
    ]
    return (Comparison(sources, handout, common) if len(sources) > 1 else None), tuple(lost)


def groups_of(book: Gradebook) -> Callable[[str, str], bool]:
    """Return what tells whether two students have handed in the same submission, as a group."""
    attempts = {
        student.id: {attempt.submission for attempt in student.attempts}
        for student in book.students()
    }
    return lambda one, other: bool(attempts.get(one, set()) & attempts.get(other, set()))
