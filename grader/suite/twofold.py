"""Two edits at once, where none does alone: which two are worth trying, and which do.

All pairs would be too many. One of the two comes first: an edit after which more is right than
before, such as one part of the result, or its first steps. Tried on top of it is what alone leaves
just these parts of the result as they are, and changes the others.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from grader.edits import merged, patch_of, unedited
from grader.suite.edited import Repair
from grader.suite.owned import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.edits import Patch
    from grader.suite.edited import Change, Workbench
    from grader.suite.owned import Owned
    from grader.suite.trial import Attempt

MOST_FIRST: Final = 8
MOST_OF_A_LINE: Final = 2
MOST_CONFIRMED: Final = 4
SECOND_TIER: Final = 1  # what is far from what is written is no slip


class Twofold:
    """The search for two edits that put an exercise right together.

    Parameters
    ----------
    bench : Workbench
        Tries them.
    own : Owned
        The submission's definitions of the exercise.
    most : int
        How many pairs are tried at most.
    """

    def __init__(self, bench: Workbench, own: Owned, most: int) -> None:
        self._bench = bench
        self._left = most
        self._plain = [unedited(one.code, own.names, mark(0)) for one in own.pieces]
        self._patches: dict[Change, Patch] = {}

    def run(self, before: Attempt, attempts: Sequence[tuple[Repair, Attempt]]) -> list[Repair]:
        """Look for pairs.

        Parameters
        ----------
        before : Attempt
            How far the submission comes as it is.
        attempts : sequence of (Repair, Attempt)
            How far each single edit has come; none of them passes all cases.

        Returns
        -------
        list of Repair
            Those that do; none, if there are such of other lines as well.
        """
        for first, nearer in nearest(attempts, before):
            pairs = list(self._pairs(first, on_top_of(nearer, before, attempts)))
            if len(pairs) > self._left:
                break  # some would not be tried, and others of other lines may be among them
            self._left -= len(pairs)
            tried = self._bench.tried(pairs)
            found = [one for one, attempt in tried if attempt.passed == len(self._bench.cases)]
            if found:
                return self._settled(found)
        return []

    def _pairs(self, first: Change, seconds: Iterable[Change]) -> Iterator[Repair]:
        for second in seconds:
            if second.piece != first.piece:
                codes = {first.piece: first.edit.code, second.piece: second.edit.code}
                yield Repair((first, second), codes)
                continue
            code = merged(self._plain[first.piece], self._patch(first), self._patch(second))
            if code is not None:
                yield Repair((first, second), {first.piece: code})

    def _patch(self, change: Change) -> Patch:
        if change not in self._patches:
            plain = self._plain[change.piece]
            self._patches[change] = patch_of(plain, change.edit.code)
        return self._patches[change]

    def _settled(self, found: Sequence[Repair]) -> list[Repair]:
        """Return those that do the same alone; none, if it could be other lines."""
        if len({one.lines for one in found}) > 1:
            return []
        return [one for one in found[:MOST_CONFIRMED] if self._bench.confirmed(one)]


def nearest(
    attempts: Sequence[tuple[Repair, Attempt]], before: Attempt
) -> list[tuple[Change, Attempt]]:
    """List the edits after which more is right than before, the best first; few of a line."""
    gains = [
        (attempt.passed, len(attempt.right - before.right), -len(before.right - attempt.right), at)
        for at, (_, attempt) in enumerate(attempts)
        if attempt.passed > before.passed
        or attempt.right - before.right
        or (attempt.answered and not before.answered)
    ]
    gains.sort(key=lambda gain: gain[:3], reverse=True)
    chosen = []
    of_line: Counter[tuple[int, int]] = Counter()
    for *_, at in gains:
        repair, attempt = attempts[at]
        (line,) = repair.lines
        of_line[line] += 1
        if of_line[line] <= MOST_OF_A_LINE:
            chosen.append((repair.changes[0], attempt))
    return chosen[:MOST_FIRST]


def on_top_of(
    nearer: Attempt, before: Attempt, attempts: Iterable[tuple[Repair, Attempt]]
) -> list[Change]:
    """List the edits that may do the rest: those that touch what is wrong still, and only that.

    Where a submission stops with an error, or the first case passes by now, nobody knows what an
    edit alone would have touched, and all are listed.
    """
    unknown = not before.answered or nearer.passed > before.passed
    return [
        repair.changes[0]
        for repair, attempt in attempts
        if repair.changes[0].edit.tier <= SECOND_TIER
        and (unknown or (attempt.answered and attempt.same == nearer.right))
    ]
