"""The pytest plugin that turns a run of a suite into a graded submission.

It wakes up only for tests that carry the mark ``exercise`` below a folder with exercises.toml, so
having the package installed changes nothing for other test suites. What is heavy is imported when
the first such test is collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from grader.suite.homework import Homework

pytest_plugins = ("grader.suite.fixtures",)

HOMEWORK: Final[pytest.StashKey[Homework]] = pytest.StashKey()


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


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave suites unread that have no case of the exercise that ``-k`` names.

    Of an assignment its cases alone are kept then (`Cases.keep_exercise`), so a suite in which that
    word does not even stand has nothing to give.
    """
    name = str(config.option.keyword).strip()
    is_suite = name.isidentifier() and collection_path.match("test_*.py")
    if not is_suite or not collection_path.is_file():
        return None
    catalogue = collection_path.parent / "exercises.toml"
    if not catalogue.is_file() or f'id = "{name}"' not in catalogue.read_text("utf-8"):
        return None
    return True if name not in collection_path.read_text("utf-8", "replace") else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-k`` find a case by its exercise, whatever its test is called."""
    for mark in item.iter_markers("exercise"):
        item.extra_keyword_matches.update(str(argument) for argument in mark.args)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort cases by exercise, and get ready to grade if there are any."""
    if not any(item.get_closest_marker("exercise") for item in items):
        return
    from grader.worker.garbage import everything_kept  # noqa: PLC0415 - see the module's docstring

    # pytest has the whole heap searched several times when it ends, and Python once more.
    with everything_kept():
        from grader.errors import InstructorError  # noqa: PLC0415 - as above
        from grader.suite.preparing import prepare  # noqa: PLC0415 - as above

        try:
            config.stash[HOMEWORK] = prepare(config, items)
        except InstructorError as error:
            raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a case, a second time on the reference's upstream where that is due."""
    homework = item.config.stash.get(HOMEWORK, None)
    if homework is None or not homework.owns(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in homework.run(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_report_teststatus(
    report: pytest.TestReport, config: pytest.Config
) -> tuple[str, str, str] | None:
    """Give verdicts their own letter and word."""
    if config.stash.get(HOMEWORK, None) is None:
        return None
    from grader.suite.showing import status_letter  # noqa: PLC0415 - see the module's docstring

    return status_letter(report)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of exercises and, for each, its first failing case."""
    homework = config.stash.get(HOMEWORK, None)
    if homework is not None:
        from grader.suite.showing import closing_lines  # noqa: PLC0415 - as above

        markup = config.get_terminal_writer().markup
        for line in closing_lines(homework, markup):
            terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say by exit code if the grader itself failed."""
    homework = session.config.stash.get(HOMEWORK, None)
    if homework is not None and homework.is_broken():
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the fork server, if one was started."""
    homework = config.stash.get(HOMEWORK, None)
    if homework is not None:
        homework.close()
