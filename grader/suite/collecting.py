"""Collect the suites of an assignment in a pytest that nothing outside has a say in."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from _pytest.config import _prepareconfig

from grader.errors import CatalogError
from grader.suite import fixtures
from grader.suite.collection import Cases
from grader.suite.performing import performer
from grader.suite.session import Suites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.catalog import Assignment

# What pytest would do around every case and nobody here has a use for.
UNUSED: Final = (
    "cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "stepwise",
    "terminal", "threadexception", "unraisableexception", "warnings",
)  # fmt: skip


@contextlib.contextmanager
def collected(assignment: Assignment, *, hidden: bool = True) -> Iterator[Suites]:
    """Collect the suites; their tests can be run as long as the context lasts.

    pytest is closed: neither the environment nor any file that it would look for, such as a
    conftest.py or a pytest.ini beside the assignment or above it, has a say in what is collected
    and how it is run.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    hidden : bool
        Whether hidden suites are collected too.

    Yields
    ------
    Suites
        What was collected.

    Raises
    ------
    CatalogError
        When the suites cannot be collected.
    """
    folders = [str(assignment.folder)]
    if hidden and assignment.hidden.is_dir():
        folders.append(str(assignment.hidden))
    watch = _Watch()
    arguments = [
        *folders, f"--rootdir={assignment.folder}", f"--config-file={os.devnull}", "--noconftest",
        "--import-mode=importlib", "--strict-markers", "--disable-plugin-autoload",
        "-p", "pytest_timeout", "--capture=no",
        *(word for name in UNUSED for word in ("-p", f"no:{name}")),
    ]  # fmt: skip
    try:
        with _without_pytest_variables(), _opened(arguments, watch) as session:
            _collect(session, watch)
            if watch.broken or not session.items:
                broken = "; ".join(watch.broken) or "there are no tests"
                raise CatalogError(f"the suites of {assignment.id} cannot be collected: {broken}")
            yield _suites(assignment, session.items)
    finally:
        _forget_suites(folders)


def _collect(session: pytest.Session, watch: _Watch) -> None:
    try:
        session.config.hook.pytest_collection(session=session)
    except (Exception, SystemExit, pytest.exit.Exception) as error:  # noqa: BLE001 - a suite is code
        watch.broken.append(f"{type(error).__name__}: {error}")


def _suites(assignment: Assignment, items: list[pytest.Item]) -> Suites:
    cases = Cases(items)
    items.sort(key=cases.order)
    owned = [(item, owner[1]) for item in items if (owner := cases.get(item)) is not None]
    tests = {case.id: performer(item) for item, case in owned}
    return Suites(assignment, tuple(case for _, case in owned), tests)


@contextlib.contextmanager
def _opened(arguments: list[str], watch: _Watch) -> Iterator[pytest.Session]:
    """Open a session of pytest without its loop over the items: collecting is all that it does."""
    config = _prepareconfig(arguments, [fixtures, watch])
    try:
        config._do_configure()  # noqa: SLF001 - pytest.main would run the items and close it
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        try:
            yield session
        finally:
            config.hook.pytest_sessionfinish(session=session, exitstatus=pytest.ExitCode.OK)
    finally:
        config._ensure_unconfigure()  # noqa: SLF001 - as above


class _Watch:
    """A pytest plugin that keeps why a suite is not whole."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a suite could not be collected."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Take a case that something has left out for a broken suite."""
        self.broken += [f"{item.nodeid}: was left out" for item in items]


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
