"""`Grade` to rows and back, inside the caller's transaction."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, literal, select

from grader.errors import HarnessError
from grader.gradebook.schema import batch, case_result, exercise_result, submission
from grader.model import (
    CaseResult,
    Conditions,
    ExerciseResult,
    Grade,
    Status,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from sqlalchemy import Connection, Row

    from grader.gradebook.batches import Batch
    from grader.model import Student


def write_grade(
    connection: Connection, grade: Grade, digest: str, batch_id: int, handed_in: bytes | None = None
) -> None:
    """Put a grade in the place of any earlier one of the same id in the same batch."""
    own = {"batch_id": batch_id, "submission_id": grade.id}
    connection.execute(
        delete(submission).where(submission.c.batch_id == batch_id, submission.c.id == grade.id)
    )
    connection.execute(
        insert(submission),
        {
            "batch_id": batch_id,
            "id": grade.id,
            "name": grade.name,
            "digest": digest,
            "made_in": batch_id,
            "handed_in": handed_in,
            "status": grade.status.value,
            "score": grade.score,
            "max_score": grade.max_score,
            "notes": grade.notes,
            "duration_s": grade.duration_s,
        },
    )
    exercises = [
        {
            **own,
            "exercise": result.id,
            "position": position,
            "points": result.points,
            "score": result.score,
            "carried_forward": result.carried_forward,
            "diagnosis": result.diagnosis,
        }
        for position, result in enumerate(grade.exercises)
    ]
    cases = [
        own | _case_row(result.id, position, case)
        for result in grade.exercises
        for position, case in enumerate(result.cases)
    ]
    if exercises:
        connection.execute(insert(exercise_result), exercises)
    if cases:
        connection.execute(insert(case_result), cases)


def read_grade(connection: Connection, submission_id: str, batch_id: int) -> Grade | None:
    """Read one grade of a batch; None if the batch has none of that id."""
    query = (
        select(submission, batch)
        .join(batch, batch.c.id == submission.c.made_in)
        .where(submission.c.id == submission_id, submission.c.batch_id == batch_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented accessor for look-up by column
    return Grade(
        id=found[submission.c.id],
        name=found[submission.c.name],
        assignment=found[batch.c.assignment],
        status=Status(found[submission.c.status]),
        score=found[submission.c.score],
        max_score=found[submission.c.max_score],
        conditions=Conditions(
            isolation=found[batch.c.isolation],
            salt_fingerprint=found[batch.c.salt_fingerprint],
            suite_hash=found[batch.c.suite_hash],
            parts=found[batch.c.parts],
        ),
        exercises=_read_exercises(connection, submission_id, batch_id),
        notes=found[submission.c.notes],
        duration_s=found[submission.c.duration_s],
    )


def carry_over(
    connection: Connection,
    from_batch: int,
    to_batch: int,
    ids: Iterable[str],
    *,
    replace: bool = False,
) -> None:
    """Copy grades of submissions from one batch into another, where that has none of them yet.

    With `replace` those that it has give way, but not to nothing.
    """
    carried = _to_carry(connection, from_batch, to_batch, ids, replace=replace)
    for table, name in (
        (submission, "id"),
        (exercise_result, "submission_id"),
        (case_result, "submission_id"),
    ):
        columns = [column for column in table.c if column.name != "batch_id"]
        into = ["batch_id", *(column.name for column in columns)]
        for one in carried:
            rows = select(literal(to_batch), *columns).where(
                table.c.batch_id == from_batch, table.c[name] == one
            )
            connection.execute(insert(table).from_select(into, rows))


def _to_carry(
    connection: Connection, from_batch: int, to_batch: int, ids: Iterable[str], *, replace: bool
) -> list[str]:
    """List whose grades are copied, and make room for them."""

    def held(batch_id: int) -> set[str]:
        query = select(submission.c.id).where(submission.c.batch_id == batch_id)
        return set(connection.execute(query).scalars())

    there = held(to_batch)
    if not replace:
        return [one for one in ids if one not in there]
    known = held(from_batch)
    carried = [one for one in ids if one in known]
    for one in carried:
        if one in there:
            connection.execute(
                delete(submission).where(submission.c.batch_id == to_batch, submission.c.id == one)
            )
    return carried


def missing(student: Student, found: Batch, max_score: Fraction) -> Grade:
    """Make the grade of somebody who has handed in nothing: a row, but no score."""
    return Grade(
        id=student.id,
        name=student.name,
        assignment=found.assignment,
        status=Status.MISSING,
        score=None,
        max_score=max_score,
        conditions=found.conditions,
        student=student,
    )


def _case_row(exercise: str, position: int, case: CaseResult) -> dict[str, Any]:
    if case.exercise != exercise:
        raise HarnessError(f"case {case.id} of {case.exercise} stands among those of {exercise}")
    return {
        "exercise": exercise,
        "position": position,
        "id": case.id,
        "test": case.test,
        "suite": case.suite,
        "visibility": case.visibility.value,
        "verdict": case.verdict.value,
        "weight": case.weight,
        "message": case.message,
        "difference": case.difference,
        "recipe": case.recipe,
        "place": case.place,
        "output": case.output,
        "carried_forward": case.carried_forward,
        "duration_s": case.duration_s,
    }


def _read_exercises(
    connection: Connection, submission_id: str, batch_id: int
) -> tuple[ExerciseResult, ...]:
    table = case_result
    rows = connection.execute(
        select(table)
        .where(table.c.batch_id == batch_id, table.c.submission_id == submission_id)
        .order_by(table.c.exercise, table.c.position)
    )
    cases = {
        exercise: tuple(_case(row) for row in group)
        for exercise, group in groupby(rows, key=lambda row: row.exercise)
    }
    results = connection.execute(
        select(exercise_result)
        .where(
            exercise_result.c.batch_id == batch_id,
            exercise_result.c.submission_id == submission_id,
        )
        .order_by(exercise_result.c.position)
    )
    return tuple(
        ExerciseResult(
            id=row.exercise,
            points=row.points,
            score=row.score,
            carried_forward=row.carried_forward,
            cases=cases.get(row.exercise, ()),
            diagnosis=row.diagnosis,
        )
        for row in results
    )


def _case(row: Row[Any]) -> CaseResult:
    return CaseResult(
        id=row.id,
        exercise=row.exercise,
        test=row.test,
        suite=row.suite,
        visibility=Visibility(row.visibility),
        verdict=Verdict(row.verdict),
        weight=row.weight,
        message=row.message,
        difference=row.difference,
        recipe=row.recipe,
        place=row.place,
        output=row.output,
        carried_forward=row.carried_forward,
        duration_s=row.duration_s,
    )
