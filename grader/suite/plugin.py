"""The pytest plugin that turns a run of a suite into a graded submission.

It wakes up only for tests that carry the mark ``exercise`` below a folder with exercises.toml, so
having the package installed changes nothing for other test suites. What is heavy is imported when
the first such test is collected.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from grader.suite.calls import Names
    from grader.suite.check import Check
    from grader.suite.runner import Runner
    from grader.suite.stopwatch import Stopwatch

MARKS: Final = (
    "exercise(id): the exercise that a test examines",
    "points(n): weight of a test among the tests of its exercise",
    "visibility(when): visible, hidden, after_due_date or after_published",
    "timeout_s(n): deadline of each call of a test, in seconds",
)
RUNNER: Final[pytest.StashKey[Runner]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the command line options."""
    group = parser.getgroup("grader", "grading of homework")
    group.addoption(
        "--submission",
        metavar="PATH",
        help="a .py file, a folder or a notebook to grade in place of the stubs",
    )
    group.addoption(
        "--isolate",
        action="store_true",
        help="run the submission in separate processes, as a batch does (no breakpoints)",
    )
    group.addoption(
        "--replay",
        action="store_true",
        help="compare with the stored golden values even where solutions/ is at hand",
    )
    group.addoption(
        "--timing",
        choices=("auto", "cpu", "cuda", "off"),
        default="auto",
        help="where speed is measured against the reference: on a GPU if there is one (auto, the "
        "default), on the processor, or nowhere",
    )
    group.addoption("--lang", choices=("en", "zh"), help="language of the feedback")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-k`` find a case by its exercise, whatever its test is called."""
    for mark in item.iter_markers("exercise"):
        item.extra_keyword_matches.update(str(argument) for argument in mark.args)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort cases by exercise, and get ready to grade if there are any."""
    if not any(item.get_closest_marker("exercise") for item in items):
        return
    from grader.errors import InstructorError  # noqa: PLC0415 - see the module's docstring
    from grader.suite.preparing import prepare  # noqa: PLC0415

    try:
        config.stash[RUNNER] = prepare(config, items)
    except InstructorError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a case, a second time on the reference's upstream where that is due."""
    runner = item.config.stash.get(RUNNER, None)
    if runner is None or not runner.owns(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runner.run(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a timed case, before it draws anything, where nothing is timed."""
    runner = item.config.stash.get(RUNNER, None)
    if runner is not None and runner.owns(item):
        runner.skip_unless_timed(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the exception that ended a case."""
    report = yield
    runner = item.config.stash.get(RUNNER, None)
    if runner is not None and runner.owns(item):
        runner.note(item, call)
    return report


def pytest_report_teststatus(
    report: pytest.TestReport, config: pytest.Config
) -> tuple[str, str, str] | None:
    """Give verdicts their own letter and word."""
    runner = config.stash.get(RUNNER, None)
    if runner is None:
        return None
    from grader.suite.showing import status_letter  # noqa: PLC0415 - see the module's docstring

    return status_letter(report)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of exercises and, for each, its first failing case."""
    runner = config.stash.get(RUNNER, None)
    if runner is not None:
        from grader.suite.showing import closing_lines  # noqa: PLC0415 - as above

        for line in closing_lines(runner):
            terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say by exit code if the grader itself failed."""
    runner = session.config.stash.get(RUNNER, None)
    if runner is not None:
        runner.finish(session)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the fork server, if one was started."""
    runner = config.stash.get(RUNNER, None)
    if runner is not None:
        runner.close()


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Names:
    """The student's functions and classes, by name."""
    from grader.suite.calls import Names  # noqa: PLC0415

    return Names(_context(request).student)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Names:
    """The reference's functions and classes, by name."""
    from grader.suite.calls import Names  # noqa: PLC0415

    return Names(_context(request).reference)


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Check:
    """Call student and reference alike and compare."""
    from grader.suite.check import Check  # noqa: PLC0415

    return Check(_context(request))


@pytest.fixture
def stopwatch(request: pytest.FixtureRequest) -> Stopwatch:
    """Time a function against the reference's."""
    return _runner(request).stopwatch(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Any:
    """A numpy Generator seeded from assignment, case and salt."""
    import numpy as np  # noqa: PLC0415

    return np.random.default_rng(_context(request).seed)


@pytest.fixture
def torch() -> Any:
    """The torch module, imported on first use, on one thread."""
    import torch as module  # noqa: PLC0415

    module.set_num_threads(1)
    return module


def _context(request: pytest.FixtureRequest) -> Any:
    return _runner(request).context(request.node)


def _runner(request: pytest.FixtureRequest) -> Runner:
    runner = request.config.stash.get(RUNNER, None)
    if runner is None:
        raise pytest.UsageError(f"{Path(request.path).name}: mark the test with an exercise")
    return runner
