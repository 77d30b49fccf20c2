"""What is done once the last case of an exercise has been run: were marks earned, why some lost."""

from __future__ import annotations

import contextlib
import functools
import warnings
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import NoDiagnosisWarning, OutOfTimeError
from grader.model import Verdict
from grader.sandbox import LocalTransport
from grader.suite.redrawing import doubtful, draw_again, known_by_heart
from grader.suite.resembling import in_accord
from grader.suite.running import run_cases
from grader.suite.upstream import lacks_upstream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader import wire
    from grader.diagnose import Trace
    from grader.model import CaseResult, Diagnosis, Exercise, Fault
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.session import Session

UNSTEADY: Final = frozenset({"finding_depends_on_earlier_calls"})
RAISED: Final = "raised"  # of all exceptions the one message that gives no cause


def known_by_heart_now(
    session: Session, grading: Grading, cases: Sequence[Case]
) -> dict[str, CaseResult]:
    """Take marks from public cases that a submission passes on their own inputs alone.

    Parameters
    ----------
    session : Session
        What the submission was compared with.
    grading : Grading
        The submission; its results and traces are changed accordingly.
    cases : sequence of Case
        All cases of one exercise.

    Returns
    -------
    dict of str to CaseResult
        The results that are new, by case.
    """
    results = [grading.results[case.id] for case in cases]
    suspects = {result.id for result in doubtful(results)}
    if not suspects or not grading.reference.can_supply() or grading.is_out_of_time():
        return {}
    grading.close()  # those that come are served by workers that have seen nothing
    again = draw_again(
        grading,
        [case for case in cases if case.id in suspects],
        session.diagnostician.variants.right,
        functools.partial(LocalTransport, limits=grading.assignment.limits),
        functools.partial(run_cases, session.suites.tests),
        session.asked,
    )
    lost = known_by_heart(results, again)
    grading.results.update(lost)
    for case in lost:
        grading.traces.pop(case, None)  # memory says nothing about the code
    return lost


def diagnosis(
    session: Session, grading: Grading, exercise: Exercise, cases: Sequence[Case], *, edits: int
) -> Diagnosis | None:
    """Find out why an exercise lost points; see `Diagnostician.diagnose` and `find_fault`."""
    results = [grading.results[case.id] for case in cases]
    if not any(one.verdict.is_telling and one.id in grading.traces for one in results):
        for one in results:
            grading.forget(one.id)
        return None
    hidden = [case for case in cases if case.suite == "hidden"]

    def run_hidden(source: wire.Source, *, confined: bool = False) -> Mapping[str, Trace]:
        if grading.account.left_s() <= 0:
            raise OutOfTimeError("no time to run another mistake")
        local = functools.partial(LocalTransport, limits=grading.assignment.limits)
        twin = grading.twin(source, None if confined else local)
        return run_cases(session.suites.tests, twin, hidden)

    try:
        with grading.account.diagnosis():
            found = session.diagnostician.diagnose(grading, exercise, session.right, run_hidden)
            return _with_fault(session, grading, exercise, cases, found, edits)
    except OutOfTimeError:
        return None  # a submission that is slow enough keeps its reasons to itself
    except Exception as error:  # noqa: BLE001 - it looks at text and values of a student's making
        # A grade without a diagnosis is better than none; the author's checks show the reason.
        told = f"no diagnosis of {exercise.id}: {type(error).__name__}: {error}"
        warnings.warn(told, NoDiagnosisWarning, stacklevel=1)
        return None


def _with_fault(
    session: Session,
    grading: Grading,
    exercise: Exercise,
    cases: Sequence[Case],
    found: Diagnosis | None,
    edits: int,
) -> Diagnosis | None:
    """Add to a diagnosis where the exercise goes wrong, unless it has a name for the mistake.

    One name that is certain says as much as the line. Of names that are not, the line may be the
    only thing that is true; and where one line is all that it takes, it was not two mistakes.
    """
    if found is None or (found.mistakes and found.certain and not found.together):
        return found
    if any(one.message.key in UNSTEADY for one in found.findings):
        return found  # what passes once may fail the next time
    if not edits or _is_explained([grading.results[case.id] for case in cases]):
        return found
    if lacks_upstream(grading, exercise):
        return found  # what would mend it here is wrong elsewhere
    from grader.suite.repairing import find_fault  # noqa: PLC0415 - the right need none

    fault = None
    with contextlib.suppress(OutOfTimeError):
        fault = find_fault(session, grading, exercise, cases, edits=edits, pairs=found.certain)
    if fault is None and not found.together:
        fault = _departure(session, grading, exercise, cases)
    if fault is None or (found.together and fault.together):
        return found
    code = grading.listing_of(exercise, exercise.names, fault.places)
    findings = in_accord(found.findings, fault)
    kept = () if found.together else found.mistakes
    return msgspec.structs.replace(
        found, mistakes=kept, together=False, fault=fault, findings=findings, code=code
    )


def _is_explained(results: Sequence[CaseResult]) -> bool:
    """Tell whether all that fails gives cause and line itself: a name that nothing defines."""
    wrong = [one for one in results if one.verdict.is_telling]
    errors = [one for one in wrong if one.verdict is Verdict.ERRORED_STUDENT]
    return len(errors) == len(wrong) and all(one.message.key != RAISED for one in errors)


def _departure(
    session: Session, grading: Grading, exercise: Exercise, cases: Sequence[Case]
) -> Fault | None:
    """Look for the first value that is no step of the solution, where there are solutions."""
    if not grading.reference.can_supply():
        return None
    try:
        from grader.suite.following import find_departure  # noqa: PLC0415 - students have none
    except ModuleNotFoundError:
        return None
    with contextlib.suppress(OutOfTimeError):
        return find_departure(session, grading, exercise, cases)
    return None
