"""Collect the suites of an assignment once and lend the collected session out."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from grader.errors import CatalogError
from grader.model import Verdict
from grader.suite import plugin
from grader.suite.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.catalog import Assignment
    from grader.suite.runner import Runner

    Body = Callable[["Runner", Sequence[pytest.Item]], None]
    Wanted = Callable[["Runner"], bool]


def with_collected(
    assignment: Assignment,
    salt: str,
    body: Body,
    *,
    hidden: bool = True,
    timing: Timing | None = None,
    wanted: Wanted | None = None,
) -> None:
    """Collect the suites, prove them on the reference, then run `body`.

    Where there are no solutions, as in a student's repository, there are only public suites, and
    the stored golden values stand for the reference.

    pytest is closed: neither the environment nor any file that it would look for, such as a
    conftest.py or a pytest.ini beside the assignment or above it, has a say in what is collected
    and how it is run.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    salt : str
        What the seeds of hidden suites are derived from.
    body : callable
        Gets the runner, whose reference has recorded its answers to every case, and the items.
    hidden : bool
        Whether hidden suites are collected too.
    timing : Timing or None
        Whether speed is measured; None for not.
    wanted : callable or None
        Asked once the suites are collected; without a yes, nothing is proven and `body` is not run.

    Raises
    ------
    CatalogError
        When the suites cannot be collected, or the reference does not pass them.
    KeyboardInterrupt
        When the user interrupts, which pytest would take for an answer.
    """
    lent = _Lent(body, salt, timing or Timing(), wanted)
    folders = [str(assignment.folder)]
    if hidden and assignment.hidden.is_dir():
        folders.append(str(assignment.hidden))
    proven = assignment.solution.is_dir()
    target = assignment.solution if proven else assignment.folder
    with _without_pytest_variables():
        code = pytest.main(
            [
                *folders, f"--submission={target}", f"--rootdir={assignment.folder}",
                f"--config-file={os.devnull}", "--noconftest", "--import-mode=importlib",
                "--strict-markers", "--timing=off",
                "--disable-plugin-autoload", "-p", "pytest_timeout", "--capture=no",
                *(word for name in UNUSED for word in ("-p", f"no:{name}")),
            ],
            plugins=[plugin, lent],
        )  # fmt: skip
    _forget_suites(folders)
    if lent.error is not None:
        raise lent.error
    if code == pytest.ExitCode.INTERRUPTED and not lent.broken:
        raise KeyboardInterrupt
    if not lent.ran:
        broken = "; ".join(lent.broken) or f"pytest ended with code {int(code)}"
        raise CatalogError(f"the suites of {assignment.id} cannot be collected: {broken}")


@contextlib.contextmanager
def _without_pytest_variables() -> Iterator[None]:
    """Take pytest's own variables out of the environment while its session lasts.

    Among them are words for its command line, plugins to load, and pytest-timeout's bound.
    """
    kept = {name: text for name, text in os.environ.items() if name.startswith("PYTEST_")}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        os.environ.update(kept)


def _forget_suites(folders: Sequence[str]) -> None:
    """Take the suites out of ``sys.modules``.

    pytest names them by their path below the root, so another course's suite of that name would
    find this one there.
    """
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if any(Path(file).is_relative_to(folder) for folder in folders):
            del sys.modules[name]


# What pytest would do around every case and a batch has no use for.
UNUSED: Final = (
    "cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "stepwise",
    "terminal", "threadexception", "unraisableexception", "warnings",
)  # fmt: skip


class _Lent:
    """A pytest plugin that takes the place of the loop over the items."""

    def __init__(self, body: Body, salt: str, timing: Timing, wanted: Wanted | None) -> None:
        self._body = body
        self._timing = timing
        self._salt = salt
        self._wanted = wanted
        self.ran = False
        self.broken: list[str] = []
        self.error: BaseException | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a suite could not be collected."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Take a case that something has left out for a broken suite."""
        self.broken += [f"{item.nodeid}: was left out" for item in items]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Prove the suites on the reference, then hand the session over."""
        if session.testsfailed or not session.items or self.broken:
            return True
        self.ran = True
        runner = session.config.stash[plugin.RUNNER]
        try:
            runner.salt = self._salt
            runner.timing = self._timing
            if self._wanted is None or self._wanted(runner):
                if runner.live:
                    prove(runner, session.items)
                self._body(runner, session.items)
        except BaseException as error:  # noqa: BLE001 - pytest would swallow it
            self.error = error
        return True


def prove(runner: Runner, items: Sequence[pytest.Item]) -> None:
    """Run every case on the reference, which records its answers.

    Raises
    ------
    CatalogError
        When a case fails there: the assignment, not a student, is at fault.
    """
    runner.recording = True
    run_items(runner, items)
    runner.recording = False
    for grading in runner.gradings.values():
        runner.right |= grading.traces
        for result in grading.results.values():
            if result.verdict not in {Verdict.PASSED, Verdict.SKIPPED}:
                raise CatalogError(
                    f"the reference does not pass {result.id}: {result.verdict} "
                    f"{result.message.key} {result.message.fields} {result.difference or ''}"
                )


def prove_under(assignment: Assignment, salts: Sequence[str]) -> None:
    """Run the suites on the reference with hidden cases drawn from several salts.

    Raises
    ------
    CatalogError
        When a case fails there.
    """

    def body(runner: Runner, items: Sequence[pytest.Item]) -> None:
        hidden = [item for item in items if runner.is_hidden(item)]
        for salt in salts[1:]:
            runner.salt = salt
            prove(runner, hidden)

    with_collected(assignment, salts[0], body)


def run_items(runner: Runner, items: Sequence[pytest.Item]) -> None:
    """Run items in order; their results end up in the runner's gradings."""
    for item, nextitem in zip(items, [*items[1:], None], strict=True):
        runner.run(item, nextitem)
