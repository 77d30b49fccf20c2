"""A submission and the reference beside it, both with marks that tell what they compute."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.errors import GraderError, StudentError
from grader.model import Verdict
from grader.sandbox import Client, LocalTransport, refuse_to_supply
from grader.steps import SAW, Marked, Run, grouped, marked
from grader.suite.pair import MismatchError
from grader.suite.reference import NO_SOURCE
from grader.suite.trial import Copies, Trial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from grader.model import Exercise
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.owned import Owned
    from grader.suite.session import Session

    Values = Mapping[int, Sequence[np.ndarray]]

FOLLOW_S: Final = 6.0  # of processor time, for all that is asked of both
BRIEF_S: Final = 0.5  # at least; for a call
AS_LONG: Final = 5.0  # as the case took before


def opened_sides(
    session: Session,
    grading: Grading,
    exercise: Exercise,
    own: Owned,
    cases: Sequence[Case],
    clients: contextlib.ExitStack,
) -> Sides | None:
    """Load both sides of an exercise with marks.

    Parameters
    ----------
    session : Session
        The tests of the cases, and the reference.
    grading : Grading
        The submission.
    exercise : Exercise
        The exercise.
    own : Owned
        The submission's definitions for it.
    cases : sequence of Case
        The cases that both are run on.
    clients : ExitStack
        Closes what is opened.

    Returns
    -------
    Sides or None
        None where the submission cannot be loaded with marks.

    Raises
    ------
    OutOfTimeError
        When there is no time for it.
    """
    definitions = _with_marks([piece.code for piece in own.pieces], own.names)
    if definitions is None:
        return None
    put_in = grading.has_wrong_upstream(exercise)
    source = own.with_code({at: one.code for at, one in enumerate(definitions)})
    try:
        mine = grading.fresh_client(exercise, source, upstream_put_in=put_in, recorder=SAW)
    except StudentError:
        return None
    clients.enter_context(contextlib.closing(mine))
    tests = session.suites.tests
    solution = Client(LocalTransport(refuse_to_supply), grading.assignment.limits)
    marked_right, right = _with_marks_in(session.diagnostician.variants.right, exercise.module)
    solution.load(marked_right, NO_SOURCE, exercise.module, names=exercise.names, recorder=SAW)
    return Sides(
        grading,
        exercise,
        own,
        cases,
        (mine, Trial(grading, tests, put_in=put_in, most_s=FOLLOW_S)),
        (solution, Trial(grading, tests, put_in=False, most_s=FOLLOW_S)),
        definitions,
        right,
    )


class Sides:
    """Both sides of an exercise, and what they tell of its cases.

    Parameters
    ----------
    grading : Grading
        The submission; nothing of it is changed.
    exercise : Exercise
        The exercise.
    own : Owned
        The submission's definitions for it.
    cases : sequence of Case
        Its cases.
    mine, solution : tuple of (Client, Trial)
        Both sides, loaded.
    definitions : sequence of Marked
        The definitions with marks.
    right : sequence of (Piece, Marked)
        The reference's definitions.
    """

    def __init__(
        self,
        grading: Grading,
        exercise: Exercise,
        own: Owned,
        cases: Sequence[Case],
        mine: tuple[Client, Trial],
        solution: tuple[Client, Trial],
        definitions: Sequence[Marked],
        right: Sequence[tuple[wire.Piece, Marked]],
    ) -> None:
        self._grading = grading
        self._exercise = exercise
        self.own = own
        self.cases = cases
        self.mine = mine
        self.solution = solution
        self.definitions = definitions
        self.right = right
        longest_s = max(grading.results[case.id].duration_s for case in cases)
        self._call_s = max(BRIEF_S, AS_LONG * longest_s)
        self._runs: dict[str, tuple[Run, Run] | None] = {}

    def marked_at(self, number: int) -> tuple[int, Marked]:
        """Return which of the submission's definitions has a mark, by its place among them."""
        for at, whole in enumerate(self.definitions):
            if whole.spots and whole.spots[0].number <= number <= whole.spots[-1].number:
                return at, whole
        raise GraderError(f"no mark {number}")

    def recorded(self, case: Case) -> tuple[Run, Run] | None:
        """Return what the submission and the reference tell of a case.

        None where that is too much, or the submission does not keep to the form.
        """
        if case.id not in self._runs:
            self._runs[case.id] = None
            mine, right = (self._told(*side, case) for side in (self.mine, self.solution))
            if mine is not None and right is not None:
                self._runs[case.id] = mine, grouped(right, [one for _, one in self.right])
        return self._runs[case.id]

    def _told(
        self, client: Client, trial: Trial, case: Case, instead: Values | None = None
    ) -> Run | None:
        if not client.transport.alive:
            return None
        client.record(keep=True, instead=instead)
        error = trial.error(Copies(client, (), self._call_s), case)
        if not client.transport.alive:
            return None
        run = Run.read(client.record())
        failed = self._grading.results[case.id].verdict is Verdict.FAILED
        wanted = failed and client is self.mine[0] and instead is None
        # One that is recorded and then gives another answer tells nothing of the first.
        return run if (error is not None) == wanted or instead is not None else None

    def passes(self, case: Case, instead: Values) -> bool:
        """Tell whether a case's results are right with other values in an expression's place.

        Parameters
        ----------
        case : Case
            The case.
        instead : mapping of int to sequence of ndarray
            The values, by mark.
        """
        client, trial = self.mine
        # A loss that is off by a factor has gradients that are, too.
        is_loss = self._exercise.torch and all(one[0].size == 1 for one in instead.values())
        for scaled in (False, True) if is_loss else (False,):
            if not client.transport.alive:
                return False
            client.record(instead=instead, scaled=scaled)
            error = trial.error(Copies(client, (), self._call_s), case)
            # Gradients are still those of the way the wrong value was made.
            if error is None or _is_gradients(error):
                return True
        return False

    def recorded_with(self, case: Case, instead: Values) -> Run | None:
        """Return what the submission tells of a case with other values in an expression's place."""
        return self._told(*self.mine, case, instead)


def _is_gradients(error: BaseException) -> bool:
    return isinstance(error, MismatchError) and error.key == "wrong_gradient"


def _with_marks(codes: Sequence[str], names: frozenset[str]) -> list[Marked] | None:
    found, first = [], 0
    for code in codes:
        one = marked(code, first, names)
        if one is None:
            return None
        first += len(one.spots)
        found.append(one)
    return found


def _with_marks_in(
    right: wire.Source, name: str
) -> tuple[wire.Source, list[tuple[wire.Piece, Marked]]]:
    """Return the reference with marks in the definitions of one module, and these."""
    (module,) = [one for one in right.modules if one.name == name]
    pieces: list[wire.Piece] = []
    definitions: list[tuple[wire.Piece, Marked]] = []
    first = 0
    for piece in module.pieces:
        found = marked(piece.code, first) if piece.kind == "definition" else None
        if found is not None:
            first += len(found.spots)
            definitions.append((piece, found))
        code = piece.code if found is None else found.code
        pieces.append(msgspec.structs.replace(piece, code=code))
    changed = msgspec.structs.replace(module, pieces=tuple(pieces))
    modules = tuple(changed if one is module else one for one in right.modules)
    return wire.Source(modules), definitions
