"""Copies of an exercise's definitions with edits in them, loaded and run many at a time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from grader.errors import StudentError
from grader.suite.owned import mark
from grader.suite.trial import Copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.edits import Edit
    from grader.model import Exercise
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.owned import Owned
    from grader.suite.trial import Attempt, Trial

IN_ONE_WORKER: Final = 250
BRIEF_S: Final = 0.5  # at least; for a call of an edited copy
AS_LONG: Final = 5.0  # as the case took before


class Change(NamedTuple):
    """An edit of one of an exercise's definitions.

    Parameters
    ----------
    piece : int
        Which.
    edit : Edit
        How; its names are those of a draft.
    """

    piece: int
    edit: Edit


class Repair(msgspec.Struct, frozen=True):
    """What is tried: one edit, or two at once.

    Parameters
    ----------
    changes : tuple of Change
        They.
    codes : mapping of int to str
        What stands in the place of the definitions that they change.
    """

    changes: tuple[Change, ...]
    codes: Mapping[int, str]

    @property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """The lines that are others: which definition, which line of it."""
        return tuple(sorted({(one.piece, one.edit.line) for one in self.changes}))


class Workbench:
    """Runs the cases of an exercise on copies with edits in them.

    Parameters
    ----------
    grading : Grading
        The submission; nothing of it is changed.
    exercise : Exercise
        The exercise.
    own : Owned
        The submission's definitions of it.
    drafts : sequence of str
        All that has copies, names as in drafts.
    trial : Trial
        Runs a case.
    cases : sequence of Case
        The cases, those first that fail.
    """

    def __init__(
        self,
        grading: Grading,
        exercise: Exercise,
        own: Owned,
        drafts: Sequence[str],
        trial: Trial,
        cases: Sequence[Case],
    ) -> None:
        self.cases = cases
        self._grading = grading
        self._exercise = exercise
        self._own = own
        self._drafts = drafts
        self._trial = trial
        longest_s = max(grading.results[case.id].duration_s for case in cases)
        self._call_s = max(BRIEF_S, AS_LONG * longest_s)

    def tried(self, repairs: Sequence[Repair]) -> Iterator[tuple[Repair, Attempt]]:
        """Try repairs in one worker, in further ones where they are many or some of them end it.

        Raises
        ------
        OutOfTimeError
            When nothing is left of the time for it; as all that follows.
        """
        waiting = list(repairs)
        while waiting:
            done = 0
            batch = waiting[:IN_ONE_WORKER]
            with contextlib.closing(self._loaded(batch)) as client:
                for repair in batch:
                    if not client.transport.alive:
                        break
                    done += 1
                    client.choose(done)
                    yield repair, self._trial.attempt(client, self.cases)
            waiting = waiting[done:]
            if not done:
                return  # the file itself cannot be loaded any more

    def unedited(self) -> Attempt:
        """Try the submission as it is; what comes later is compared with its result."""
        with contextlib.closing(self._loaded(())) as client:
            return self._trial.attempt_unedited(client, self.cases)

    def confirmed(self, repair: Repair) -> bool:
        """Tell whether a repair does the same in the place of the definitions, and alone."""
        codes = {piece: code.replace(mark(0), "") for piece, code in repair.codes.items()}
        try:
            client = self._grading.fresh_client(
                self._exercise, self._own.with_code(codes), upstream_put_in=self._trial.put_in
            )
        except StudentError:
            return False
        with contextlib.closing(client):
            return self._trial.passes(client, self.cases)

    def _loaded(self, repairs: Sequence[Repair]) -> Copies:
        copies = [
            [
                repair.codes.get(at, draft).replace(mark(0), mark(number))
                for at, draft in enumerate(self._drafts)
            ]
            for number, repair in enumerate(repairs, start=1)
        ]
        client = self._grading.fresh_client(
            self._exercise, self._own.with_copies(copies), upstream_put_in=self._trial.put_in
        )
        return Copies(client, self._own.names, self._call_s)
