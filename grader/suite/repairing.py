"""Where an exercise goes wrong: the line at which a small edit makes every public case pass.

The submission's own definitions of the exercise are edited in all small ways, one at a time
(`grader.edits`), and each is run on the public cases, through their own tests; where none does,
two are made at once (`grader.suite.twofold`). What passes them all shows where the code goes wrong,
whatever it looks like, and needs no reference beside it. Edits are made here, on text; they are run
where the submission is run, many copies in one worker. Which one it was is never told: only the
line, and the kind of change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.edits import LAST_TIER, edits_of, under_other_names
from grader.errors import OutOfTimeError
from grader.intake import place_in
from grader.model import Fault, Verdict, Visibility
from grader.suite.edited import Change, Repair, Workbench
from grader.suite.owned import mark, owned
from grader.suite.trial import Trial, silence
from grader.suite.twofold import SECOND_TIER, Twofold
from grader.trees import set_in

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.model import CaseResult, Exercise
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.owned import Owned
    from grader.suite.session import Session
    from grader.suite.trial import Attempt

SEARCH_S: Final = 10.0  # of processor time; nobody is to wait longer for a sentence
MOST_CONFIRMED: Final = 8
MOST_LINES: Final = 2
FAR_TIER: Final = 3  # the first tier that comes after two slips
WRONG_VALUE: Final = "wrong_value"
LEAST_CASES: Final = 2  # one result can be met by accident


def find_fault(
    session: Session,
    grading: Grading,
    exercise: Exercise,
    cases: Sequence[Case],
    *,
    edits: int,
    pairs: bool = True,
) -> Fault | None:
    """Say where an exercise goes wrong, as far as small edits show it; see `find_repairs`.

    Returns
    -------
    Fault or None
        None where no edit puts it right, or edits of many lines do.
    """
    found = find_repairs(session, grading, exercise, cases, edits=edits, pairs=pairs)
    if found is None or not found[1]:
        return None
    own, repairs = found
    lines = sorted({line for one in repairs for line in one.lines})
    return Fault(
        places=tuple(place_in(own.module, own.pieces[piece], line) for piece, line in lines),
        kinds=tuple(sorted({one.edit.kind for repair in repairs for one in repair.changes})),
        cases=len(_tried(grading, cases)),
        formulas=_formulas(own, lines, exercise),
        together=len(repairs[0].changes) > 1,
    )


def _formulas(own: Owned, lines: Sequence[tuple[int, int]], exercise: Exercise) -> tuple[str, ...]:
    """List what the handout has for the names that some lines set."""
    names = {name for piece, line in lines for name in set_in(own.pieces[piece].code, line)}
    return exercise.formulas_of(names)


def find_repairs(
    session: Session,
    grading: Grading,
    exercise: Exercise,
    cases: Sequence[Case],
    *,
    edits: int,
    pairs: bool = True,
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
    pairs : bool
        Whether two are made at once where none does alone: where results tell little, two may
        meet them by accident.

    Returns
    -------
    Owned, list of Repair
        The submission's definitions, and the edits of the first tier in which there are any, of
        `MOST_LINES` lines at most, or pairs of the same lines; None if the search does not apply.

    Raises
    ------
    OutOfTimeError
        When the search takes more time than a diagnosis has.
    """
    tried = _tried(grading, cases)
    own = owned(grading.assignment, grading.source, grading.given, exercise)
    if not tried or own is None:
        return None
    drafts = [under_other_names(one.code, own.names, mark(0)) for one in own.copied]
    if not all(drafts):
        return own, []
    put_in = grading.has_wrong_upstream(exercise)
    trial = Trial(grading, session.suites.tests, put_in=put_in, most_s=SEARCH_S)
    bench = Workbench(grading, exercise, own, drafts, trial, tried)
    with silence():
        return own, _Search(own, bench, edits, pairs=pairs).run()


def _tried(grading: Grading, cases: Sequence[Case]) -> list[Case]:
    """List the cases that are run, those first that fail; none where that says nothing."""
    public = [case for case in cases if _is_open(case)]
    results = [grading.results[case.id] for case in public]
    fits = {Verdict.PASSED, Verdict.FAILED, Verdict.ERRORED_STUDENT, Verdict.SKIPPED}
    # Of one that passes on the inputs handed out, and on no others, there is no trace.
    bad = {one.id for one in results if not one.verdict.is_fine and one.id in grading.traces}
    if not bad or len(public) < LEAST_CASES or any(one.verdict not in fits for one in results):
        return []
    return sorted(public, key=lambda case: _late(grading.results[case.id], bad))


def _late(result: CaseResult, bad: Collection[str]) -> tuple[bool, bool]:
    """Put first what fails, and of that what has a value to compare; else as in the suite.

    How long each has taken is left out: which edits come nearer depends on what is tried first.
    """
    return result.id not in bad, result.message.key != WRONG_VALUE


def _is_open(case: Case) -> bool:
    """Tell whether a student may see what happens in a case."""
    seen = case.suite == "public" and case.visibility is Visibility.VISIBLE
    return seen and not case.timed


class _Search:
    """The search in one exercise."""

    def __init__(self, own: Owned, bench: Workbench, edits: int, *, pairs: bool) -> None:
        self._own = own
        self._bench = bench
        self._left = self._most = edits
        self._pairs = pairs
        self._fits = True
        self._attempts: list[tuple[Repair, Attempt]] = []

    def run(self) -> list[Repair]:
        """Try tier by tier, first in what is graded, then in the helpers; and two slips at once.

        What is far from what is written comes last, and still goes before two edits.
        """
        graded, every = range(self._own.graded), range(len(self._own.pieces))
        before = self._bench.unedited() if self._pairs else None
        both: list[Repair] = []
        try:
            for pieces, tiers in (
                (graded, range(FAR_TIER)),
                (graded, range(FAR_TIER, LAST_TIER + 1)),
                (every[self._own.graded :], range(LAST_TIER + 1)),
            ):
                is_far = tiers.start == FAR_TIER
                if is_far and not self._fits:
                    continue
                found = self._first(pieces, tiers)
                if found:
                    return self._settled(found)
                if before is not None and pieces is graded and not is_far:
                    slips = [one for one in self._attempts if _is_slip(one[0])]
                    both = Twofold(self._bench, self._own, self._most).run(before, slips)
        except OutOfTimeError:
            if not both:
                raise
        return both

    def _first(self, pieces: Sequence[int], tiers: Sequence[int]) -> list[Repair]:
        """Return what puts it right in the first tier in which anything does."""
        for tier in tiers:
            edits = self._edits(tier, pieces)
            if len(edits) > self._left:
                self._fits = False
                break  # some would not be tried, and the repair may be among them
            self._left -= len(edits)
            tried = list(self._bench.tried(edits))
            found = [one for one, attempt in tried if self._is_right(attempt)]
            if found:
                return found
            self._attempts += tried
        return []

    def _is_right(self, attempt: Attempt) -> bool:
        return attempt.passed == len(self._bench.cases)

    def _settled(self, found: Sequence[Repair]) -> list[Repair]:
        """Return those that do the same alone; none, if it could be anywhere."""
        if len({one.lines for one in found}) > MOST_LINES:
            return []
        return [one for one in found[:MOST_CONFIRMED] if self._bench.confirmed(one)]

    def _edits(self, tier: int, pieces: Sequence[int]) -> list[Repair]:
        """List the edits of a tier in some pieces; if they are too many, not all of them."""
        found: list[Repair] = []
        for number in pieces:
            most = max(0, self._left - len(found) + 1)
            code = self._own.pieces[number].code
            edits = edits_of(code, tier, self._own.names, mark(0), most)
            found += [Repair((Change(number, edit),), {number: edit.code}) for edit in edits]
        return found


def _is_slip(repair: Repair) -> bool:
    return all(one.edit.tier <= SECOND_TIER for one in repair.changes)
