"""Where an exercise goes wrong: the line at which a small edit makes every public case pass.

The submission's own definitions of the exercise are edited in all small ways, one at a time
(`grader.edits`), and each is run on the public cases, through their own tests. What passes them
all shows where the code goes wrong, whatever it looks like, and needs no reference beside it. Edits
are made here, on text; they are run where the submission is run, many copies in one worker. Which
one it was is never told: only the line, and the kind of change.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Final

import msgspec

from grader.edits import LAST_TIER, Edit, edits_of, under_other_names
from grader.errors import StudentError
from grader.intake import place_in
from grader.model import Fault, Verdict, Visibility
from grader.suite.owned import mark, owned
from grader.suite.trial import Copies, Trial
from grader.trees import set_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Exercise
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.owned import Owned
    from grader.suite.session import Session

IN_ONE_WORKER: Final = 250
SEARCH_S: Final = 10.0  # of processor time; nobody is to wait longer for a sentence
BRIEF_S: Final = 0.5  # at least; for a call of an edited copy
AS_LONG: Final = 5.0  # as the case took before
MOST_CONFIRMED: Final = 8
MOST_LINES: Final = 2
LEAST_CASES: Final = 2  # one result can be met by accident


class Repair(msgspec.Struct, frozen=True):
    """An edit that makes all public cases of an exercise pass.

    Parameters
    ----------
    piece : int
        Which of the exercise's definitions is edited.
    edit : Edit
        How.
    """

    piece: int
    edit: Edit


def find_fault(
    session: Session, grading: Grading, exercise: Exercise, cases: Sequence[Case], *, edits: int
) -> Fault | None:
    """Say where an exercise goes wrong, as far as small edits show it; see `find_repairs`.

    Returns
    -------
    Fault or None
        None where no edit puts it right, or edits of many lines do.
    """
    found = find_repairs(session, grading, exercise, cases, edits=edits)
    if found is None or not found[1]:
        return None
    own, repairs = found
    lines = sorted({(one.piece, one.edit.line) for one in repairs})
    return Fault(
        places=tuple(place_in(own.module, own.pieces[piece], line) for piece, line in lines),
        kinds=tuple(sorted({one.edit.kind for one in repairs})),
        cases=len(_tried(grading, cases)),
        formulas=_formulas(own, lines, exercise),
    )


def _formulas(own: Owned, lines: Sequence[tuple[int, int]], exercise: Exercise) -> tuple[str, ...]:
    """List what the handout has for the names that some lines set."""
    names = {name for piece, line in lines for name in set_in(own.pieces[piece].code, line)}
    return tuple(one for one in exercise.formulas if _set_by(one) in names)


def _set_by(formula: str) -> str:
    """Return the name that a formula sets, without the index of a step."""
    return formula.partition(" = ")[0].removesuffix("_t")


def find_repairs(
    session: Session, grading: Grading, exercise: Exercise, cases: Sequence[Case], *, edits: int
) -> tuple[Owned, list[Repair]] | None:
    """Look for small edits that put an exercise right.

    Parameters
    ----------
    session : Session
        The tests of the cases.
    grading : Grading
        The submission, every case of the exercise run.
    exercise : Exercise
        The exercise.
    cases : sequence of Case
        Its cases.
    edits : int
        How many are tried at most.

    Returns
    -------
    Owned, list of Repair
        The submission's definitions, and the edits of the first tier in which there are any, of
        `MOST_LINES` lines at most; None if the search does not apply.

    Raises
    ------
    OutOfTimeError
        When the search takes more time than a diagnosis has.
    """
    tried = _tried(grading, cases)
    own = owned(grading.assignment, grading.source, grading.given, exercise)
    if not tried or own is None:
        return None
    put_in = grading.has_wrong_upstream(exercise)
    trial = Trial(grading, session.suites.tests, put_in=put_in, most_s=SEARCH_S)
    search = _Search(grading, exercise, own, trial, tried, edits)
    with _silence():
        return own, search.run()


def _tried(grading: Grading, cases: Sequence[Case]) -> list[Case]:
    """List the cases that are run, those first that fail soonest; none where that says nothing."""
    public = [case for case in cases if _is_open(case)]
    results = [grading.results[case.id] for case in public]
    fits = {Verdict.PASSED, Verdict.FAILED, Verdict.ERRORED_STUDENT, Verdict.SKIPPED}
    # Of one that passes on the inputs handed out, and on no others, there is no trace.
    bad = {one.id for one in results if not one.verdict.is_fine and one.id in grading.traces}
    if not bad or len(public) < LEAST_CASES or any(one.verdict not in fits for one in results):
        return []
    return sorted(
        public, key=lambda case: (case.id not in bad, grading.results[case.id].duration_s)
    )


def _is_open(case: Case) -> bool:
    """Tell whether a student may see what happens in a case."""
    seen = case.suite == "public" and case.visibility is Visibility.VISIBLE
    return seen and not case.timed


class _Search:
    """The search in one exercise."""

    def __init__(
        self,
        grading: Grading,
        exercise: Exercise,
        own: Owned,
        trial: Trial,
        cases: Sequence[Case],
        edits: int,
    ) -> None:
        self._grading = grading
        self._exercise = exercise
        self._own = own
        self._trial = trial
        self._cases = cases
        self._left = edits
        longest_s = max(grading.results[case.id].duration_s for case in cases)
        self._call_s = max(BRIEF_S, AS_LONG * longest_s)
        self._drafts = [under_other_names(one.code, own.names, mark(0)) for one in own.copied]

    def run(self) -> list[Repair]:
        """Try tier by tier, first in what is graded, then in the helpers."""
        if not all(self._drafts):
            return []
        graded, every = range(self._own.graded), range(len(self._own.pieces))
        for pieces in (graded, every[self._own.graded :]):
            for tier in range(LAST_TIER + 1):
                edits = self._edits(tier, pieces)
                if len(edits) > self._left:
                    break  # some would not be tried, and the repair may be among them
                self._left -= len(edits)
                found = [one for batch in _batched(edits) for one in self._passing(batch)]
                if found:
                    return self._settled(found)
        return []

    def _settled(self, found: Sequence[Repair]) -> list[Repair]:
        """Return those that do the same alone; none, if it could be anywhere."""
        if len({(one.piece, one.edit.line) for one in found}) > MOST_LINES:
            return []
        return [one for one in found[:MOST_CONFIRMED] if self._confirmed(one)]

    def _edits(self, tier: int, pieces: Sequence[int]) -> list[Repair]:
        """List the edits of a tier in some pieces; if they are too many, not all of them."""
        found: list[Repair] = []
        for number in pieces:
            most = max(0, self._left - len(found) + 1)
            code = self._own.pieces[number].code
            edits = edits_of(code, tier, self._own.names, mark(0), most)
            found += [Repair(number, edit) for edit in edits]
        return found

    def _passing(self, edits: Sequence[Repair]) -> list[Repair]:
        """Try edits in one worker, in further ones where some of them end it."""
        found = []
        waiting = list(edits)
        while waiting:
            done = 0
            with contextlib.closing(self._loaded(waiting)) as client:
                for edit in waiting:
                    if not client.transport.alive:
                        break
                    done += 1
                    client.number = done
                    if self._trial.passes(client, self._cases):
                        found.append(edit)
            waiting = waiting[done:]
            if not done:
                return found  # the file itself cannot be loaded any more
        return found

    def _loaded(self, edits: Sequence[Repair]) -> Copies:
        copies = [
            [
                (one.edit.code if at == one.piece else draft).replace(mark(0), mark(number))
                for at, draft in enumerate(self._drafts)
            ]
            for number, one in enumerate(edits, start=1)
        ]
        client = self._grading.fresh_client(
            self._exercise, self._own.with_copies(copies), upstream_put_in=self._trial.put_in
        )
        return Copies(client, self._own.names, self._call_s)

    def _confirmed(self, one: Repair) -> bool:
        """Tell whether an edit does the same in the place of the definition, and alone."""
        code = one.edit.code.replace(mark(0), "")
        try:
            client = self._grading.fresh_client(
                self._exercise,
                self._own.with_code({one.piece: code}),
                upstream_put_in=self._trial.put_in,
            )
        except StudentError:
            return False
        with contextlib.closing(client):
            return self._trial.passes(client, self._cases)


def _batched(edits: Sequence[Repair]) -> Iterator[Sequence[Repair]]:
    for first in range(0, len(edits), IN_ONE_WORKER):
        yield edits[first : first + IN_ONE_WORKER]


class _Nowhere(io.TextIOBase):
    """Takes what is printed, and keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Let what edited copies print and warn of in this process go nowhere."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(_Nowhere()),
        contextlib.redirect_stderr(_Nowhere()),
    ):
        warnings.simplefilter("ignore")
        yield
