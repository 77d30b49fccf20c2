"""The public cases of an exercise, run on a copy of its definitions that is loaded already."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from grader.errors import OutOfTimeError
from grader.suite.owned import mark
from grader.suite.performing import Supplies

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from grader import wire
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
        self.number = 0
        self.output = ""
        self.transport = client.transport
        self.set_parameters = client.set_parameters
        self.parameters = client.parameters
        self.close = client.close

    def call(self, target: str | wire.Handle, args: Sequence[Any], **options: Any) -> Result:
        """Call what has a copy under the name of the copy; see `Client.call`."""
        if isinstance(target, str) and target in self._names:
            target = f"{target}{mark(self.number)}" if self.number else target
        self._client.output = ""  # else what all of them print would add up
        options["timeout_s"] = min(options.get("timeout_s") or self._call_s, self._call_s)
        return self._client.call(target, args, **options)


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
        self._ends_s = max(0.0, grading.account.left_s() - most_s)

    def passes(self, client: Any, cases: Sequence[Case]) -> bool:
        """Tell whether all cases pass.

        Raises
        ------
        OutOfTimeError
            When nothing is left of the time for it.
        """
        return all(self.run(client, case) for case in cases)

    def run(self, client: Any, case: Case) -> bool:
        """Tell whether a case passes; raises `OutOfTimeError` as `passes` does."""
        if self._grading.account.left_s() <= self._ends_s:
            raise OutOfTimeError("no time to try another edit")
        twin = self._grading.trial(case.exercise, client, upstream_put_in=self.put_in)
        begin = functools.partial(twin.context, case, upstream_put_in=self.put_in)
        ended = self._tests[case.id](Supplies(twin, begin, _no_stopwatch))
        return ended.error is None


def _no_stopwatch(_context: CaseContext) -> Stopwatch:
    raise OutOfTimeError("what measures speed is not tried")
