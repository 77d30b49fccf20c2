"""Make a student's run of what pytest has collected: the cases, the submission, the reference."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from grader import clock
from grader.errors import IntakeError, UsageError
from grader.intake import read_submission
from grader.suite import outcome
from grader.suite.collection import Cases
from grader.suite.homework import Homework, OwnServer
from grader.suite.performing import performer
from grader.suite.run import Run
from grader.suite.running import Access
from grader.suite.session import RunSettings, Suites, live, replaying
from grader.suite.summary import Rerun, seen_from
from grader.suite.timing import Timing
from grader.texts import pick_language, render

if TYPE_CHECKING:
    from grader import wire
    from grader.catalog import Assignment
    from grader.intake import Submission
    from grader.suite.case import Case


# Somebody sits there and waits.
SETTINGS: Final = RunSettings(edits=1_200)


def prepare(config: pytest.Config, items: list[pytest.Item]) -> Homework:
    """Sort the items by exercise and make ready the submission that the options name."""
    cases = Cases(items)
    cases.keep_exercise(config, items)
    items.sort(key=cases.order)
    lang = pick_language(config.getoption("lang"), os.environ)
    path = config.getoption("submission")
    if path is not None and len(cases.assignments) != 1:
        raise UsageError("--submission goes with the suites of one assignment")
    isolate = bool(config.getoption("isolate"))
    torch = any(case.exercise.torch for _, case in cases)
    server = OwnServer(torch=torch) if isolate else None
    timing = Timing(config.getoption("timing"), confined=isolate)
    access = Access(server.worker if server else None, timing)
    runs: dict[str, Run] = {}
    submissions: dict[str, Submission] = {}
    reruns: dict[str, Rerun] = {}
    for suites in _suites(cases, items):
        assignment = suites.assignment
        target = assignment.folder if path is None else Path(path)
        submission, source = _read(assignment, target, lang)
        submissions[assignment.id] = submission
        replay = bool(config.getoption("replay")) or not assignment.solution.is_dir()
        session = replaying(suites) if replay else live(suites)
        runs[assignment.id] = Run(session, SETTINGS, source, access, patient=not isolate)
        folder = seen_from(config.invocation_params.dir, assignment.folder)
        reruns[assignment.id] = Rerun(folder, path or "")
    for item in items:
        owner = cases.get(item)
        if owner is not None:
            _dress(config, item, *owner, lang=lang, isolate=isolate)
    if not cases.foreign:
        _hush(config)
    return Homework(cases, runs, submissions, reruns, lang, server, timing)


def _suites(cases: Cases, items: list[pytest.Item]) -> list[Suites]:
    """Tell the cases of each assignment from the others', in the order of the items."""
    owned = [(item, owner) for item in items if (owner := cases.get(item)) is not None]
    found = []
    for assignment in cases.assignments:
        own = [(item, case) for item, (owner, case) in owned if owner.id == assignment.id]
        tests = {case.id: performer(item) for item, case in own}
        found.append(Suites(assignment, tuple(case for _, case in own), tests))
    return found


def _read(assignment: Assignment, path: Path, lang: str) -> tuple[Submission, wire.Source]:
    """Read the submission to one assignment."""
    names = {exercise.id: exercise.names for exercise in assignment.exercises}
    submission = read_submission(
        path, modules=assignment.modules, exercises=names, assignment=assignment.id
    )
    if submission.source is None:
        reason = render(submission.problem, lang) if submission.problem else ""
        raise IntakeError(f"{path} cannot be graded: {reason}")
    return submission, submission.source


def _dress(
    config: pytest.Config,
    item: pytest.Item,
    assignment: Assignment,
    case: Case,
    *,
    lang: str,
    isolate: bool,
) -> None:
    """Give an item the bound of a case, and words for a student where it fails."""
    _speak_plainly(item, case, lang)
    if config.pluginmanager.has_plugin("warnings"):
        # No project's settings may turn a warning into an error of a case.
        item.add_marker(pytest.mark.filterwarnings("ignore"))
    if not isolate:
        # Each call has its own bound. This is for what those cannot end, such as a lock in C.
        limits = assignment.limits
        bound_s = limits.load_s + (case.timeout_s or limits.call_s)
        item.add_marker(pytest.mark.timeout(clock.patience_s(bound_s)))


def _speak_plainly(item: pytest.Item, case: Case, lang: str) -> None:
    """Let a failing case be reported in words for the student, without a traceback."""
    original = item.repr_failure

    def repr_failure(excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG001 - pytest's own signature
        verdict, message = outcome.judged(excinfo.value, case)
        ours = verdict.is_ours  # then a traceback helps
        return original(excinfo) if ours else render(message, lang)

    item.repr_failure = repr_failure  # type: ignore[method-assign]  # one item, not the class


def _hush(config: pytest.Config) -> None:
    """Leave out pytest's own sections, which the table replaces, unless they are asked for."""
    asked = any(str(arg).startswith(("--tb", "-r")) for arg in config.invocation_params.args)
    if not asked:
        config.option.tbstyle = "no"
        config.option.reportchars = ""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.reportchars = ""
