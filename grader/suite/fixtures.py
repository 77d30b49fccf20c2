"""What a suite finds around its tests: the marks and the fixtures, as a plugin of pytest.

It is light, and knows nothing of submissions: what a fixture gives comes out of the running test's
stash, where whoever runs it has put a `grader.suite.performing.Supplies`.
"""

from __future__ import annotations

from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from grader.suite.sharing import assignment_folder, shared_modules, sharing

if TYPE_CHECKING:
    from collections.abc import Generator

    from grader.suite.performing import Supplies

MARKS: Final = (
    "exercise(id): the exercise that a test examines",
    "points(n): weight of a test among the tests of its exercise",
    "visibility(when): visible, hidden, after_due_date or after_published",
    "timeout_s(n): deadline of each call of a test, in seconds",
)
SUPPLIES: Final[pytest.StashKey[Supplies]] = pytest.StashKey()
ENDED_BY: Final[pytest.StashKey[list[BaseException]]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a suite import what it shares with others of its assignment."""
    folder = assignment_folder(collector.path) if isinstance(collector, pytest.Module) else None
    if folder is None:
        return (yield)
    names, hook = shared_modules(folder), collector.config.pluginmanager.rewrite_hook
    with sharing(folder, names, hook if isinstance(hook, AssertionRewritingHook) else PathFinder):
        hook.mark_rewrite(*names)  # a failing assertion there has its words, too
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a timed case, before it draws anything, where nothing is timed."""
    supplies = item.stash.get(SUPPLIES, None)
    if supplies is not None:
        supplies.skip_if_refused()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the exception that ended a case; the first one, where its teardown fails too."""
    report = yield
    ended_by = item.stash.get(ENDED_BY, None)
    if ended_by is not None and call.excinfo is not None:
        ended_by.append(call.excinfo.value)
    return report


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Any:
    """The student's functions and classes, by name."""
    return _supplied(request, "submission")


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Any:
    """The reference's functions and classes, by name."""
    return _supplied(request, "reference")


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Any:
    """Call student and reference alike and compare."""
    return _supplied(request, "check")


@pytest.fixture
def stopwatch(request: pytest.FixtureRequest) -> Any:
    """Time a function against the reference's."""
    return _supplied(request, "stopwatch")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Any:
    """A numpy Generator seeded from assignment, case and salt."""
    return _supplied(request, "rng")


@pytest.fixture
def torch() -> Any:
    """The torch module, imported on first use, on one thread."""
    return torch_on_one_thread()


def torch_on_one_thread() -> Any:
    """Import torch, and keep it from starting threads of its own."""
    import torch as module  # noqa: PLC0415 - most suites do without

    module.set_num_threads(1)
    return module


def _supplied(request: pytest.FixtureRequest, name: str) -> Any:
    supplies = request.node.stash.get(SUPPLIES, None)
    if supplies is None:
        raise pytest.UsageError(f"{request.path.name}: mark the test with an exercise")
    return supplies.get(name)
