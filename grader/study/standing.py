"""What is known of all exercises, and which of them there is to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.scoring import by_need, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Exercise, ExerciseResult
    from grader.study.messages import Checked


class Count(NamedTuple):
    """How far somebody has come: exercises that are right, and those that there are."""

    right: int
    of: int


class Standing:
    """How each exercise went when it was last checked, and the one that is shown.

    Parameters
    ----------
    exercises : sequence of Exercise
        All of the assignment.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self._exercises = exercises
        self._known: dict[str, Checked] = {}
        self._passed_over: list[str] = []
        self._just_right: list[str] = []

    @property
    def known(self) -> tuple[Checked, ...]:
        """All that is known."""
        return tuple(self._known.values())

    def add(self, checked: Checked) -> None:
        """Take in how an exercise went."""
        name, before = checked.result.id, self._known.get(checked.result.id)
        self._known[name] = checked
        right = state_of(checked.result) == "full"
        if right and name in self._passed_over:
            self._passed_over.remove(name)
        if right and before is not None and state_of(before.result) != "full":
            self._just_right.append(name)

    def begin(self) -> None:
        """Begin a new round: what has become right in the last one is no news any more."""
        self._just_right = []

    @property
    def just_right(self) -> tuple[str, ...]:
        """The exercises that have become right in this round, by id."""
        return tuple(self._just_right)

    def forget(self) -> None:
        """Know nothing any more."""
        self._known = {}

    @property
    def shown(self) -> ExerciseResult | None:
        """The exercise to work on: the first that is not right and was not passed over.

        In the order of a report. When all that are left were passed over, they come again; until
        all are known, the first of them stands in for the next.
        """
        open_ = self._open
        left = [result for result in open_ if result.id not in self._passed_over]
        if open_ and not left:
            left = open_
            if len(self._known) == len(self._exercises):
                self._passed_over = []
        return left[0] if left else None

    def pass_over(self) -> None:
        """Go on to the next exercise, though this one is not right yet."""
        shown = self.shown
        if shown is not None:
            self._passed_over.append(shown.id)

    @property
    def is_done(self) -> bool:
        """Whether all exercises are known, and there is nothing to do about any of them."""
        return len(self._known) == len(self._exercises) and not self._open

    @property
    def count(self) -> Count:
        """How many exercises are right."""
        states = [state_of(one.result) for one in self._known.values()]
        return Count(states.count("full"), len(self._exercises))

    @property
    def _open(self) -> list[ExerciseResult]:
        results = [
            self._known[exercise.id].result
            for exercise in self._exercises
            if exercise.id in self._known
        ]
        need = by_need(self._exercises, results)
        return [*need.ungraded, *need.wrong, *need.partial, *need.unwritten]
