"""Collect the suites of an assignment once and lend the collected session out."""

from __future__ import annotations

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
    from collections.abc import Callable, Sequence

    from grader.catalog import Assignment
    from grader.suite.runner import Runner

    Body = Callable[["Runner", Sequence[pytest.Item]], None]


def with_collected(
    assignment: Assignment,
    salt: str,
    body: Body,
    *,
    hidden: bool = True,
    timing: Timing | None = None,
) -> None:
    """Collect the suites, prove them on the reference, then run `body`.

    Where there are no solutions, as in a student's repository, there are only public suites, and
    the stored golden values stand for the reference.

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

    Raises
    ------
    CatalogError
        When the suites cannot be collected, or the reference does not pass them.
    """
    lent = _Lent(body, salt, timing or Timing())
    folders = [str(assignment.folder)]
    if hidden and assignment.hidden.is_dir():
        folders.append(str(assignment.hidden))
    proven = assignment.solution.is_dir()
    target = assignment.solution if proven else assignment.folder
    # Nothing of the caller's own pytest configuration may change a grade.
    code = pytest.main(
        [
            *folders, f"--submission={target}", f"--rootdir={assignment.folder}",
            f"--config-file={os.devnull}", "--import-mode=importlib", "--strict-markers",
            "--timing=off",
            "--disable-plugin-autoload", "-p", "pytest_timeout", "--capture=no",
            *(word for name in UNUSED for word in ("-p", f"no:{name}")),
        ],
        plugins=[plugin, lent],
    )  # fmt: skip
    _forget_suites(folders)
    if lent.error is not None:
        raise lent.error
    if not lent.ran:
        broken = "; ".join(lent.broken) or f"pytest ended with code {int(code)}"
        raise CatalogError(f"the suites of {assignment.id} cannot be collected: {broken}")


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

    def __init__(self, body: Body, salt: str, timing: Timing) -> None:
        self._body = body
        self._timing = timing
        self._salt = salt
        self.ran = False
        self.broken: list[str] = []
        self.error: BaseException | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a suite could not be collected."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Prove the suites on the reference, then hand the session over."""
        if session.testsfailed or not session.items:
            return True
        self.ran = True
        runner = session.config.stash[plugin.RUNNER]
        try:
            runner.salt = self._salt
            runner.timing = self._timing
            if runner.live:
                prove(runner, session.items)
            self._body(runner, session.items)
        except Exception as error:  # noqa: BLE001 - pytest would swallow it
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
