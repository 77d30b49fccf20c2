"""The public cases of an exercise, run on a copy of its definitions that is loaded already."""

from __future__ import annotations

import contextlib
import functools
import io
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.compare.slots import right_slots
from grader.errors import OutOfTimeError
from grader.suite.owned import mark
from grader.suite.performing import Supplies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader import wire
    from grader.compare.slots import Slot
    from grader.sandbox import Client, Result
    from grader.suite.case import Case
    from grader.suite.grading import Grading
    from grader.suite.pair import CaseContext
    from grader.suite.performing import Perform
    from grader.suite.stopwatch import Stopwatch


class Copies:
    """A client that calls one of many copies of an exercise's definitions in place of its own.

    Parameters
    ----------
    client : Client
        Has loaded the copies.
    names : collection of str
        What has copies.
    call_s : float
        Seconds that a call of theirs may take.
    """

    def __init__(self, client: Client, names: Collection[str], call_s: float) -> None:
        self._client = client
        self._names = names
        self._call_s = call_s
        self._number = 0
        self.transport = client.transport
        self.set_parameters = client.set_parameters
        self.parameters = client.parameters
        self.close = client.close

    def choose(self, number: int) -> None:
        """Have the copies of a number called from now on, the first being 1."""
        self._number = number

    def take_output(self) -> str:
        """Return nothing: what copies print is nobody's."""
        return ""

    def call(self, target: str | wire.Handle, args: Sequence[Any], **options: Any) -> Result:
        """Call what has a copy under the name of the copy; see `Client.call`."""
        if isinstance(target, str) and target in self._names:
            target = f"{target}{mark(self._number)}" if self._number else target
        self._client.take_output()  # else what all of them print would add up
        options["timeout_s"] = min(options.get("timeout_s") or self._call_s, self._call_s)
        return self._client.call(target, args, **options)


class Attempt(NamedTuple):
    """How far a copy has come.

    Parameters
    ----------
    passed : int
        How many cases it has passed, one after the other.
    right : frozenset of tuple of str
        The parts that were right of the result at which it failed.
    same : frozenset of tuple of str
        The parts of it that were as they are without an edit.
    answered : bool
        Whether there was such a result.
    """

    passed: int
    right: frozenset[Slot] = frozenset()
    same: frozenset[Slot] = frozenset()
    answered: bool = False


class Trial:
    """Runs cases on a client.

    Parameters
    ----------
    grading : Grading
        The submission; nothing of it is changed.
    tests : mapping of str to Perform
        The tests, by case.
    put_in : bool
        Whether the reference's upstream is put in.
    most_s : float
        Seconds that all of it may cost, of those that a diagnosis has.
    """

    def __init__(
        self, grading: Grading, tests: Mapping[str, Perform], *, put_in: bool, most_s: float
    ) -> None:
        self._grading = grading
        self._tests = tests
        self.put_in = put_in
        self._unedited: Any = None
        self._ends_s = max(0.0, grading.account.left_s() - most_s)

    def passes(self, client: Any, cases: Sequence[Case]) -> bool:
        """Tell whether all cases pass.

        Raises
        ------
        OutOfTimeError
            When nothing is left of the time for it.
        """
        return self.attempt(client, cases).passed == len(cases)

    def attempt(self, client: Any, cases: Sequence[Case]) -> Attempt:
        """Run cases until one fails; raises `OutOfTimeError` as `passes` does."""
        for passed, case in enumerate(cases):
            context, error = self._run(client, case)
            if error is not None:
                if context is None or not context.judging:
                    return Attempt(passed)
                actual, expected = context.compared[-1].actual, context.compared[-1].expected
                right, same = right_slots(actual, expected), right_slots(actual, self._unedited)
                return Attempt(passed, right, same, answered=True)
        return Attempt(len(cases))

    def attempt_unedited(self, client: Any, cases: Sequence[Case]) -> Attempt:
        """Run the first case on the submission as it is, and keep its result to compare with."""
        context, error = self._run(client, cases[0])
        if error is None or context is None or not context.judging:
            return Attempt(int(error is None))
        failed = context.compared[-1]
        self._unedited = failed.actual
        same = right_slots(failed.actual, failed.actual)
        return Attempt(0, right_slots(failed.actual, failed.expected), same, answered=True)

    def error(self, client: Any, case: Case) -> BaseException | None:
        """Return what ends a case; None if it passes. Raises `OutOfTimeError` as `passes` does."""
        return self._run(client, case)[1]

    def _run(self, client: Any, case: Case) -> tuple[CaseContext | None, BaseException | None]:
        if self._grading.account.left_s() <= self._ends_s:
            raise OutOfTimeError("no time to try another edit")
        twin = self._grading.trial(case.exercise, client, upstream_put_in=self.put_in)
        begin = functools.partial(twin.context, case, upstream_put_in=self.put_in)
        supplies = Supplies(twin, begin, _no_stopwatch)
        ended = self._tests[case.id](supplies)
        return supplies.context, ended.error


class _Nowhere(io.TextIOBase):
    """Takes what is printed, and keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Let what edited copies print and warn of in this process go nowhere."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(_Nowhere()),
        contextlib.redirect_stderr(_Nowhere()),
    ):
        warnings.simplefilter("ignore")
        yield


def _no_stopwatch(_context: CaseContext) -> Stopwatch:
    raise OutOfTimeError("what measures speed is not tried")
