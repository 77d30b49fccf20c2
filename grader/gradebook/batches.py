"""Batches: which there are, which one is present, and what was handed in."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from grader import clock
from grader.errors import UsageError
from grader.gradebook.engine import place_in
from grader.gradebook.schema import batch, roster, submission
from grader.model import Conditions, Student

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row


class Batch(msgspec.Struct, frozen=True):
    """Grades that were made, or are being made, under the same conditions.

    Parameters
    ----------
    id : int
        Its number in the gradebook, from 1.
    begun_at : str
        When, in UTC.
    assignment : str
        Id of the assignment.
    conditions : Conditions
        Under what its grades are made.
    grades : int
        How many it holds.
    """

    id: int
    begun_at: str
    assignment: str
    conditions: Conditions
    grades: int = 0


class Outlook(msgspec.Struct, frozen=True):
    """What a run would find in the gradebook, were it to begin now.

    Parameters
    ----------
    batch : Batch or None
        The batch that it would go on with; None if it would begin a new one.
    done : frozenset of str
        Submissions that this batch holds a grade of, made from the same source.
    previous : Batch or None
        The present batch, where it is another one: its grades are set aside, which means that they
        stay in the file, and count neither for the run nor for its reports.
    """

    batch: Batch | None
    done: frozenset[str]
    previous: Batch | None


def check_assignment(connection: Connection, assignment: str) -> None:
    """Refuse a gradebook that holds another assignment's grades.

    Raises
    ------
    UsageError
        When it does.
    """
    other = connection.execute(
        select(batch.c.assignment).where(batch.c.assignment != assignment).limit(1)
    ).scalar()
    if other is not None:
        raise UsageError(
            f"{place_in(connection)} holds grades of {other}, not of {assignment}; "
            "give another folder with -o"
        )


def every(connection: Connection) -> list[Batch]:
    """List the batches by number."""
    return [_batch(row) for row in connection.execute(_query().order_by(batch.c.id))]


def get(connection: Connection, batch_id: int) -> Batch:
    """Return the batch of that number, which there is."""
    return _batch(connection.execute(_query().where(batch.c.id == batch_id)).one())


def present(connection: Connection) -> Batch | None:
    """Return the batch that was run last; None where there is none."""
    row = connection.execute(_query().order_by(batch.c.turn.desc()).limit(1)).one_or_none()
    return None if row is None else _batch(row)


def alike(connection: Connection, assignment: str, conditions: Conditions) -> Batch | None:
    """Return the last batch whose grades may be mixed with new ones; None where there is none."""
    columns = batch.c
    row = connection.execute(
        _query()
        .where(
            columns.assignment == assignment,
            columns.isolation == conditions.isolation,
            columns.salt_fingerprint == conditions.salt_fingerprint,
            columns.suite_hash == conditions.suite_hash,
        )
        .order_by(columns.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _batch(row)


def take_turn(
    connection: Connection, found: Batch | None, assignment: str, conditions: Conditions
) -> int:
    """Make a batch the present one, a new one if none is given; return its number."""
    turn = (connection.execute(select(func.max(batch.c.turn))).scalar() or 0) + 1
    if found is not None:
        connection.execute(update(batch).where(batch.c.id == found.id).values(turn=turn))
        return found.id
    made = connection.execute(
        insert(batch).values(
            turn=turn,
            begun_at=clock.utc_now().isoformat(sep=" ", timespec="seconds"),
            assignment=assignment,
            isolation=conditions.isolation,
            salt_fingerprint=conditions.salt_fingerprint,
            suite_hash=conditions.suite_hash,
            parts=conditions.parts,
        )
    )
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def replace_roster(connection: Connection, batch_id: int, students: Collection[Student]) -> None:
    """Note who has a row now, in the place of whoever had one; these are marked as not present."""
    own = roster.c.batch_id == batch_id
    connection.execute(update(roster).where(own).values(present=False))
    put_rows(connection, batch_id, students)


def put_rows(connection: Connection, batch_id: int, students: Collection[Student]) -> None:
    """Note what is known now of some who have a row; the others' stay as they are."""
    own = roster.c.batch_id == batch_id
    if students:  # one by one: a statement takes only so many values
        one = delete(roster).where(own, roster.c.student_id == bindparam("of"))
        connection.execute(one, [{"of": student.id} for student in students])
    rows = [
        {"batch_id": batch_id, "student_id": one.id, "present": True, "student": one}
        for one in sorted(students, key=lambda student: student.id)
    ]
    if rows:
        connection.execute(insert(roster), rows)


def students(connection: Connection, batch_id: int | None) -> list[Student]:
    """List who has a row in a batch's reports, in the order of ids."""
    query = (
        select(roster.c.student)
        .where(roster.c.batch_id == batch_id, roster.c.present)
        .order_by(roster.c.student_id)
    )
    return list(connection.execute(query).scalars())


def max_score(connection: Connection, batch_id: int) -> Fraction:
    """Return what the whole of a batch's assignment is worth, as far as its grades tell."""
    query = select(submission.c.max_score).where(submission.c.batch_id == batch_id).distinct()
    return max(connection.execute(query).scalars(), default=Fraction(0))


def _query() -> Any:
    """Select batches with the number of their grades."""
    grades = (
        select(func.count())
        .where(submission.c.batch_id == batch.c.id)
        .correlate(batch)
        .scalar_subquery()
    )
    return select(batch, grades.label("grades"))


def _batch(row: Row[Any]) -> Batch:
    conditions = Conditions(row.isolation, row.salt_fingerprint, row.suite_hash, row.parts)
    return Batch(row.id, row.begun_at, row.assignment, conditions, row.grades)
