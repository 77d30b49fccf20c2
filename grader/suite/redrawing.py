"""Public cases again, on inputs that nobody has seen: what is known by heart fails there.

Public inputs are handed out with the homework, and so are the right answers to them; a table of
both passes every public case. Therefore an exercise that passes public cases and fails hidden ones
is looked at again: the public cases that it passed are run on inputs drawn from the salt, as those
of hidden suites are, against answers that the reference gives there and then. What passes on the
inputs handed out alone earns nothing.

A case whose inputs are written down in the suite stays what it is when it is drawn again; the
figures that a handout prints are of this kind. One of them counts as it is, as they are printed for
everybody to compare with. More need witnesses: cases of the exercise that pass on inputs that
nobody could know. Each witness vouches for `VOUCHED`, or one easy case would do for a whole table.

A submission that is right fails no hidden case, so nothing is run again for it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.errors import WireError
from grader.model import CaseResult, Message, Verdict
from grader.suite.golden import Golden
from grader.suite.observed import NOT_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.sandbox import Supply, Transport
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.student import Heard

    # A grading, its cases, and the ids of those that get the reference's upstream.
    RunOn = Callable[[Grading, Sequence[Case], frozenset[str]], object]

BY_HEART: Final = "by_heart"
BY_HEART_FIXED: Final = "by_heart_fixed"
OUT_OF_TIME: Final = "submission_timed_out"
FREE: Final = 1
VOUCHED: Final = 2
ASKED: Final = wire.Limits(size_bytes=256 << 20, nodes=20_000_000)


class Again(msgspec.Struct, frozen=True):
    """What became of a public case when it was drawn again.

    Parameters
    ----------
    fresh : bool
        Whether it asked for something else than before, and the reference passes it.
    result : CaseResult
        How the submission did.
    """

    fresh: bool
    result: CaseResult

    @property
    def passed(self) -> bool:
        """Whether the submission passed on inputs that it could not know."""
        return self.fresh and self.result.verdict is Verdict.PASSED

    @property
    def failed(self) -> bool:
        """Whether it failed there, by what it did itself."""
        missed = self.result.message.key in NOT_RUN
        return self.fresh and self.result.verdict.is_wrong and not missed

    @property
    def had_no_time(self) -> bool:
        """Whether the whole submission was out of time, so that nobody knows.

        It keeps the marks: who uses up all time to get there has none left for other exercises.
        """
        return self.result.message.key == OUT_OF_TIME


def doubtful(results: Sequence[CaseResult]) -> list[CaseResult]:
    """List the public cases that one exercise passed, if it failed a hidden one."""
    if not any(one.suite == "hidden" and one.verdict.is_wrong for one in results):
        return []
    return [one for one in results if one.suite == "public" and one.verdict is Verdict.PASSED]


def known_by_heart(
    results: Sequence[CaseResult], again: Mapping[str, Again]
) -> dict[str, CaseResult]:
    """Take the marks from what was only known.

    Parameters
    ----------
    results : sequence of CaseResult
        All cases of one exercise.
    again : mapping of str to Again
        What became of its doubtful cases, by id.

    Returns
    -------
    dict of str to CaseResult
        By id, what replaces the results that only showed memory.
    """
    witnesses = sum(one.passed for one in again.values()) + sum(
        one.suite == "hidden" and one.verdict is Verdict.PASSED for one in results
    )
    vouched = FREE + VOUCHED * witnesses
    lost: dict[str, CaseResult] = {}
    for result in results:
        redrawn = again.get(result.id)
        if redrawn is None or redrawn.passed or redrawn.had_no_time:
            continue
        if redrawn.failed:
            lost[result.id] = _unearned(result, BY_HEART)
        elif vouched:
            vouched -= 1
        else:
            lost[result.id] = _unearned(result, BY_HEART_FIXED)
    return lost


def _unearned(result: CaseResult, key: str) -> CaseResult:
    return msgspec.structs.replace(
        result,
        verdict=Verdict.FAILED,
        message=Message(key, {"name": result.exercise}),
        carried_forward=False,
    )


def draw_again(
    grading: Grading,
    cases: Sequence[Case],
    right: wire.Source,
    local: Callable[[Supply], Transport],
    run_on: RunOn,
    known: Mapping[str, tuple[str, ...]],
) -> dict[str, Again]:
    """Run public cases on other inputs, first on the reference and then on the submission.

    Parameters
    ----------
    grading : Grading
        The submission, with the results of these cases, and what they asked.
    cases : sequence of Case
        Public cases of one exercise that passed.
    right : Source
        The reference, as a submission; a case that it fails when drawn again judges nobody.
    local : callable
        Opens a way into a source in this process.
    run_on : callable
        Runs cases on a grading.
    known : mapping of str to tuple of str
        What cases asked of the reference before, where it has been run.

    Returns
    -------
    dict of str to Again
        By case.
    """
    # The recorded answers belong to the inputs handed out, and other submissions need them.
    live = grading.reference.recording_to(Golden())
    proof = grading.drawn_again(live, right, local)
    run_on(proof, cases, frozenset())
    sound = [case for case in cases if proof.results[case.id].verdict is Verdict.PASSED]
    theirs = grading.drawn_again(live.replayed())
    carried = frozenset(case.id for case in sound if grading.results[case.id].carried_forward)
    run_on(theirs, sound, carried)
    return {
        case.id: Again(
            fresh=case in sound and _asks_anew(case.id, known, grading, proof, theirs),
            result=(theirs if case in sound else proof).results[case.id],
        )
        for case in cases
    }


def _asks_anew(
    case: str,
    known: Mapping[str, tuple[str, ...]],
    grading: Grading,
    proof: Grading,
    theirs: Grading,
) -> bool:
    """Tell whether a case has other inputs when it is drawn again.

    What a submission returns may be an input too, so the reference's two runs are compared. Only
    where the first of them was not made are the submission's.
    """
    if case in known:
        return known[case] != proof.asked.get(case)
    return grading.asked.get(case) != theirs.asked.get(case)


def asked(heard: Sequence[Heard]) -> tuple[str, ...]:
    """Digest what a case asked, call by call; two that ask the same have equal digests."""
    return tuple(_digest(one) for one in heard)


def _digest(heard: Heard) -> str:
    try:
        data = wire.encode((heard.name, tuple(heard.args)), ASKED)
    except WireError:
        return ""
    return hashlib.sha256(data).hexdigest()
