"""What cases have shown of a submission: kept for a diagnosis, within a bound of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from grader.diagnose import Answer, Trace
from grader.errors import TimedOutError
from grader.suite.student import NOTHING

if TYPE_CHECKING:
    from grader import wire
    from grader.sandbox import Supply
    from grader.suite.case import Case
    from grader.suite.pair import CaseContext, Compared
    from grader.suite.student import Heard

# The submission was not even asked, so there is nothing to be learnt about it.
NOT_RUN: Final = frozenset({"not_run_after_timeouts", "submission_timed_out"})
# Of what one case gave; the memory of the process that compares must do for all cases.
KEPT_BYTES: Final = 4 << 20
KEPT_IN_ALL: Final = 64 << 20
TOO_LARGE: Final = Answer("", error="too large to look at")


class Observations:
    """What each case has shown, by its id.

    Attributes
    ----------
    traces : dict
        What the submission answered, in short.
    compared : dict
        What was compared with what.
    failed_calls : dict
        The comparison that failed.
    calls : dict
        What the submission was asked.
    put_in : dict
        By exercise, which functions of the reference's its workers have asked for in public cases.
    listening : bool
        Whether that is taken note of: of hidden cases nothing is.
    """

    def __init__(self) -> None:
        self.traces: dict[str, Trace] = {}
        self.compared: dict[str, list[Compared]] = {}
        self.failed_calls: dict[str, Compared] = {}
        self.calls: dict[str, list[Heard]] = {}
        self.put_in: dict[str, set[str]] = {}
        self.listening = True
        self._kept_bytes: dict[str, int] = {}

    def noted(self, exercise: str, supply: Supply) -> Supply:
        """Take note of what an exercise's workers ask for, and hand it on."""
        asked = self.put_in.setdefault(exercise, set())

        def noting(question: wire.Asked) -> wire.Supplied:
            if self.listening:
                asked.add(question.name)
            return supply(question)

        return noting

    def keep_trace(
        self,
        case: Case,
        context: CaseContext | None,
        error: BaseException | None,
        *,
        always: bool = False,
    ) -> None:
        """Keep what a case has shown of the submission.

        Of a case that passed not what each call gave, unless `always`.
        """
        self.forget(case.id)
        if isinstance(error, TimedOutError) and error.key in NOT_RUN:
            self.traces.pop(case.id, None)
            return
        passed = error is None
        if context is None:
            self.traces[case.id] = Trace(passed=passed)
            return
        silent = passed and not always
        if not always and not self._has_room_for(case, context.student.answered_bytes()):
            # What nobody could look through is not kept, and resembles no known mistake.
            self.traces[case.id] = Trace(passed=passed, answers=() if passed else (TOO_LARGE,))
            return
        answered = None if silent else context.student.trace(passed=passed)
        self.traces[case.id] = answered or Trace(passed=True)
        # A result may be large, and its sketch is enough.
        heard = context.student.heard
        unanswered = [msgspec.structs.replace(one, outcome=NOTHING) for one in heard]
        self.calls[case.id] = heard if always else unanswered
        self.compared[case.id] = context.compared
        if not passed and context.judging:
            self.failed_calls[case.id] = context.compared[-1]

    def forget(self, case: str) -> None:
        """Drop the values of a case, which only a diagnosis looks at."""
        for kept in (self.compared, self.failed_calls, self.calls, self._kept_bytes):
            kept.pop(case, None)

    def _has_room_for(self, case: Case, size_bytes: int) -> bool:
        """Tell whether so much of a case can be kept besides what others have given."""
        self._kept_bytes.pop(case.id, None)
        if size_bytes > KEPT_BYTES or sum(self._kept_bytes.values()) + size_bytes > KEPT_IN_ALL:
            return False
        self._kept_bytes[case.id] = size_bytes
        return True
