"""How the test behind a case is carried out: called by us, or through pytest's own protocol.

A test that asks for nothing but our fixtures and its parameters is a function that can be called.
pytest's protocol would do the same with some thirty hooks around it, most of which keep state of
the session; without them a test can be run in any order, and in a process that was forked. What
else a suite may use, fixtures of its own, classes, marks with a meaning to pytest, goes through
pytest.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
import pytest
from _pytest.assertion import pytest_runtest_protocol as with_words_for_assertions
from _pytest.python import get_direct_param_fixture_func
from _pytest.runner import runtestprotocol

from grader.suite import fixtures
from grader.suite.calls import Names
from grader.suite.check import Check
from grader.suite.timing import SkippedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.model import Message
    from grader.suite.grading import Grading
    from grader.suite.pair import CaseContext
    from grader.suite.stopwatch import Stopwatch

# Marks that say something about a case, or have done their work once it is collected.
SETTLED: Final = frozenset({"exercise", "points", "visibility", "timeout_s", "parametrize"})


class Outcome(msgspec.Struct, frozen=True):
    """How a test ended.

    Parameters
    ----------
    error : BaseException or None
        What ended it; None if it ran to its end.
    reports : tuple of pytest.TestReport
        What pytest says of it, if it went through pytest.
    """

    error: BaseException | None = None
    reports: tuple[pytest.TestReport, ...] = ()


class Supplies:
    """What one run of a test may ask for, each made when it is first asked for.

    Parameters
    ----------
    grading : Grading
        The submission that is graded.
    begin : callable
        Begins the case; gives what its fixtures share.
    stopwatch : callable
        Makes the stopwatch of a case that has begun.
    refusal : Message or None
        Why the test is skipped instead; None if it is not.
    """

    def __init__(
        self,
        grading: Grading,
        begin: Callable[[], CaseContext],
        stopwatch: Callable[[CaseContext], Stopwatch],
        refusal: Message | None = None,
    ) -> None:
        self.grading = grading
        self._begin = begin
        self._stopwatch = stopwatch
        self._refusal = refusal
        self._made: dict[str, Any] = {}
        self.context: CaseContext | None = None

    def skip_if_refused(self) -> None:
        """Raise `SkippedError` if the test is not to be run, before it draws anything."""
        if self._refusal is not None:
            raise SkippedError(self._refusal)

    def get(self, name: str) -> Any:
        """Return what a test gets for a fixture of ours, by its name."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Any:
        if name == "torch":
            return fixtures.torch_on_one_thread()
        if self.context is None:
            self.context = self._begin()
        return MAKERS[name](self.context) if name in MAKERS else self._stopwatch(self.context)


def _generator(context: CaseContext) -> Any:
    import numpy as np  # noqa: PLC0415 - a suite that draws nothing needs none

    return np.random.default_rng(context.seed)


MAKERS: Final[Mapping[str, Callable[[CaseContext], Any]]] = {
    "check": Check,
    "submission": lambda context: Names(context.student),
    "reference": lambda context: Names(context.reference),
    "rng": _generator,
}


class Perform(Protocol):
    """Carries out one test."""

    def __call__(self, supplies: Supplies) -> Outcome:
        """Run it with what it may ask for."""


def performer(item: pytest.Item) -> Perform:
    """Return how to run a collected test apart from pytest's own loop."""
    if isinstance(item, pytest.Function) and is_plain(item):
        return functools.partial(_call, item)
    return functools.partial(through_pytest, item, None, alone=True)


def is_plain(item: pytest.Function) -> bool:
    """Tell whether a test is a function that needs nothing but our fixtures and its parameters."""
    if type(item) is not pytest.Function or item.cls is not None:
        return False
    if inspect.iscoroutinefunction(item.obj) or inspect.isgeneratorfunction(item.obj):
        return False
    if any(mark.name not in SETTLED for mark in item.iter_markers()):
        return False
    definitions = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - nothing public tells
    return all(
        name in definitions
        and (
            definitions[name][-1].func.__module__ == fixtures.__name__
            or definitions[name][-1].func is get_direct_param_fixture_func
        )
        for name in item.fixturenames
        if name != "request"
    )


def _call(item: pytest.Function, supplies: Supplies) -> Outcome:
    """Call the function of a plain test."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    try:
        # A failing assert has the same words as under pytest.
        with contextlib.contextmanager(with_words_for_assertions)(item):
            supplies.skip_if_refused()
            wanted = {
                name: given[name] if name in given else supplies.get(name)
                for name in item._fixtureinfo.argnames  # noqa: SLF001 - nothing public tells
            }
            item.obj(**wanted)
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - what pytest, too, takes for a test's end
        return Outcome(error)
    return Outcome()


def through_pytest(
    item: pytest.Item, nextitem: pytest.Item | None, supplies: Supplies, *, alone: bool = False
) -> Outcome:
    """Run a test by pytest's own protocol.

    Parameters
    ----------
    item, nextitem : pytest.Item
        The test, and what pytest runs next, so that what both share stays set up.
    supplies : Supplies
        What the test may ask for.
    alone : bool
        Whether it is run between two others that know nothing of it: then nothing stays set up.
    """
    if alone:
        item.session._setupstate.teardown_exact(None)  # noqa: SLF001 - as pytest's own loop does
    item.stash[fixtures.SUPPLIES] = supplies
    item.stash[fixtures.ENDED_BY] = []
    try:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        ended_by = item.stash[fixtures.ENDED_BY]
    finally:
        del item.stash[fixtures.SUPPLIES], item.stash[fixtures.ENDED_BY]
    return Outcome(ended_by[0] if ended_by else None, tuple(reports))
