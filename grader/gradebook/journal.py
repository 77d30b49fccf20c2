"""The log of what was done by hand, and what of it is in force.

Nothing in the log is changed or taken out. An override is in force until a later one of the same
mark, or until it is undone; a comment until it is undone. Undoing is an entry of its own.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import insert, select

from grader import clock
from grader.errors import UsageError
from grader.gradebook.schema import journal
from grader.model import Comment, Override, Status
from grader.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from grader.model import ExerciseResult, Grade

Kind = Literal["override", "comment", "undo", "regrade"]


class Entry(msgspec.Struct, frozen=True):
    """One thing that was done by hand.

    Parameters
    ----------
    id : int
        Its number, from 1.
    at, who : str
        When, in UTC, and by whom.
    kind : str
        ``override``, ``comment``, ``undo`` or ``regrade``.
    student : str
        Whose row; empty for a regrade.
    exercise : str
        About which exercise; empty for the submission as a whole.
    points : Fraction or None
        Of an override.
    text : str
        Why, what was said, or what was graded again.
    undoes : int or None
        The entry that an undo takes back.
    undone : bool
        Whether a later entry takes this one back.
    """

    id: int
    at: str
    who: str
    kind: Kind
    student: str
    exercise: str
    points: Fraction | None
    text: str
    undoes: int | None
    undone: bool = False


def add(
    connection: Connection,
    kind: Kind,
    who: str,
    text: str,
    *,
    student: str = "",
    exercise: str = "",
    points: Fraction | None = None,
    undoes: int | None = None,
) -> int:
    """Add an entry at the end; return its number."""
    made = connection.execute(
        insert(journal).values(
            at=clock.utc_now().isoformat(sep=" ", timespec="seconds"),
            who=who,
            kind=kind,
            student_id=student,
            exercise=exercise,
            points=points,
            text=text,
            undoes=undoes,
        )
    )
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def undo(connection: Connection, entry: int, who: str, because: str) -> Entry:
    """Take an override or a comment back.

    Raises
    ------
    UsageError
        When there is no such entry, it is of another kind, or it is undone already.
    """
    found = next((one for one in entries(connection) if one.id == entry), None)
    if found is None:
        raise UsageError(f"the log has no entry {entry}; `grader log` lists them")
    if found.kind not in {"override", "comment"}:
        raise UsageError(f"entry {entry} is a {found.kind}, which cannot be taken back")
    if found.undone:
        raise UsageError(f"entry {entry} is undone already")
    add(
        connection,
        "undo",
        who,
        because,
        student=found.student,
        exercise=found.exercise,
        undoes=entry,
    )
    return found


def entries(connection: Connection, student: str | None = None) -> list[Entry]:
    """List the log, or what it says of one student, from the first entry on."""
    query = select(journal).order_by(journal.c.id)
    if student is not None:
        query = query.where(journal.c.student_id == student)
    rows: Sequence[Any] = connection.execute(query).all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    return [
        Entry(
            row.id,
            row.at,
            row.who,
            row.kind,
            row.student_id,
            row.exercise,
            row.points,
            row.text,
            row.undoes,
            row.id in undone,
        )
        for row in rows
    ]


def by_student(connection: Connection) -> dict[str, list[Entry]]:
    """Return the log of each student of whom it says something."""
    found: dict[str, list[Entry]] = {}
    for entry in entries(connection):
        found.setdefault(entry.student, []).append(entry)
    return found


def adjusted(grade: Grade, done: Iterable[Entry]) -> Grade:
    """Put on a grade what is in force of it.

    Parameters
    ----------
    grade : Grade
        As the suites made it.
    done : iterable of Entry
        What the log says of its student, in order.

    Returns
    -------
    Grade
        With scores and total as they count. An override of an exercise that the grade has no result
        of has no effect as long as that is so.
    """
    there = [one for one in done if not one.undone]
    overrides = {one.exercise: one for one in there if one.kind == "override"}
    comments = tuple(
        Comment(one.id, one.exercise, one.text, one.who, one.at)
        for one in there
        if one.kind == "comment"
    )
    if not overrides and not comments:
        return grade
    results = tuple(
        _overridden(result, overrides[result.id]) if result.id in overrides else result
        for result in grade.exercises
    )
    changed = msgspec.structs.replace(grade, exercises=results, comments=comments)
    if results != grade.exercises:
        total = score(results)
        changed = msgspec.structs.replace(
            changed, status=total.status, score=total.score, max_score=total.max_score
        )
    if "" in overrides:
        whole = _override(overrides[""], changed.score)
        changed = msgspec.structs.replace(
            changed, status=Status.GRADED, score=whole.points, override=whole
        )
    return changed


def _overridden(result: ExerciseResult, entry: Entry) -> ExerciseResult:
    return msgspec.structs.replace(
        result,
        score=entry.points,
        carried_forward=Fraction(0),
        override=_override(entry, result.score),
    )


def _override(entry: Entry, computed: Fraction | None) -> Override:
    points = Fraction(0) if entry.points is None else entry.points
    return Override(entry.id, points, computed, entry.text, entry.who, entry.at)
