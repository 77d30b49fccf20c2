"""`ByHand`: what an instructor does to a gradebook: set marks, comment, and take either back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from grader.errors import UsageError
from grader.gradebook import batches, journal
from grader.gradebook.engine import reading, writing
from grader.gradebook.schema import exercise_result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction
    from typing import TypeVar

    from sqlalchemy import Connection, Engine

    from grader.gradebook.journal import Entry

    Value = TypeVar("Value")

MOST_CHARACTERS: Final = 10_000


class ByHand:
    """What is done by hand, each in one transaction, and the log of it.

    Parameters
    ----------
    engine : Engine
        Of an up-to-date gradebook; use `Gradebook.by_hand`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def override(
        self, student: str, exercise: str, points: Fraction, because: str, who: str
    ) -> int:
        """Set a mark, whatever the suites find, now and after each regrade.

        Parameters
        ----------
        student : str
            Id of somebody who has a row in the present batch.
        exercise : str
            Which mark; empty for the score of the whole.
        points : Fraction
            From 0 to what it is worth.
        because, who : str
            Why, which the student reads, and by whom.

        Returns
        -------
        int
            Number of the log's entry.

        Raises
        ------
        UsageError
            When there is no such mark, or it cannot have so many points.
        """
        why = _text(because, "say why")

        def act(connection: Connection) -> int:
            most = _worth(connection, student, exercise)
            if not 0 <= points <= most:
                raise UsageError(
                    f"{points} is no mark for {exercise or 'the whole'}: give 0 to {most} points"
                )
            return journal.add(
                connection,
                "override",
                who,
                why,
                student=student,
                exercise=exercise,
                points=points,
            )

        return self._write(act)

    def comment(self, students: Sequence[str], exercise: str, text: str, who: str) -> list[int]:
        """Say something to students, about an exercise or, if that is empty, about the whole.

        Returns
        -------
        list of int
            Numbers of the log's entries, one a student.

        Raises
        ------
        UsageError
            When one of them has no such exercise; then nothing is said to any.
        """
        said = _text(text, "say something")

        def act(connection: Connection) -> list[int]:
            for student in students:
                _worth(connection, student, exercise)
            return [
                journal.add(connection, "comment", who, said, student=student, exercise=exercise)
                for student in students
            ]

        return self._write(act)

    def undo(self, numbers: Sequence[int], who: str, because: str = "") -> list[Entry]:
        """Take overrides and comments back, all or none; return what was taken back.

        Raises
        ------
        UsageError
            When a number is of nothing that is in force.
        """

        def act(connection: Connection) -> list[Entry]:
            return [
                journal.undo(connection, number, who, because) for number in dict.fromkeys(numbers)
            ]

        return self._write(act)

    def note_regrade(self, what: str, who: str) -> int:
        """Note that submissions were graded again; `what` says which."""
        return self._write(lambda connection: journal.add(connection, "regrade", who, what))

    def log(self, student: str | None = None) -> list[Entry]:
        """List what was done, in order; None for all students."""
        with reading(self._engine) as connection:
            return journal.entries(connection, student)

    def _write(self, act: Callable[[Connection], Value]) -> Value:
        with writing(self._engine, "this could not be noted in the log") as connection:
            return act(connection)


def _text(text: str, otherwise: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise UsageError(f"{otherwise}: the text is empty")
    if len(stripped) > MOST_CHARACTERS:
        raise UsageError(f"the text is longer than {MOST_CHARACTERS} characters")
    return stripped


def _worth(connection: Connection, student: str, exercise: str) -> Fraction:
    """Return how many points a mark of somebody who has a row in the present batch can have."""
    present = batches.present(connection)
    rows = [] if present is None else batches.students(connection, present.id)
    row = next((one for one in rows if one.id == student), None)
    if present is None or row is None:
        raise UsageError(f"nobody called {student!r} has a row here; grades.csv lists the ids")
    if not exercise:
        return batches.max_score(connection, present.id)
    query = select(exercise_result.c.points).where(
        exercise_result.c.batch_id == present.id,
        exercise_result.c.submission_id.in_([one.submission for one in row.candidates]),
        exercise_result.c.exercise == exercise,
    )
    most: Fraction | None = connection.execute(query.limit(1)).scalar()
    if most is None:
        raise UsageError(
            f"{student} has no mark for an exercise {exercise!r}; `total` is the mark for the whole"
        )
    return most
